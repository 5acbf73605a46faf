import { Disagreement, type ErrorCode, type MessageRef, type Pid } from './errors.ts'
import type { Claim } from './script.ts'

/** Others claim a value that does not follow from what I was told; `Dispute` finds out whose fault that is. */
export class ClaimDiffers extends Disagreement {
  /** What each of them claims. */
  readonly claims: ReadonlyMap<Pid, Uint8Array>
  readonly claim: Claim

  constructor(code: ErrorCode, message: string, facts: {
    readonly claims: ReadonlyMap<Pid, Uint8Array>
    readonly claim: Claim
    readonly carriedBy: readonly MessageRef[]
  }) {
    super(code, message, { evidence: facts.carriedBy })
    this.claims = facts.claims
    this.claim = facts.claim
  }
}
