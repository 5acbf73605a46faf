/** Lasting changes that a protocol asks for: values, written and read back by `party` before anything that depends on them is sent. */
import type { KeyShare } from './key-share.ts'
import type { Roster } from './roster.ts'

export type LastingChange = { readonly kind: 'prepared'; readonly epoch: PreparedEpoch }

/** New shares that verified, waiting for everybody's vote (`protocol.md` §E.4). */
export interface PreparedEpoch {
  /** Hex of the wallet's id. */
  readonly walletId: string
  /** Session id of the ceremony's suite 0, 32 bytes. */
  readonly sid: Uint8Array
  readonly roster: Roster
  /** D of §E.4, 32 bytes: what the members vote for. */
  readonly voteHash: Uint8Array
  /** One for each suite, ascending. */
  readonly keys: readonly KeyShare[]
}
