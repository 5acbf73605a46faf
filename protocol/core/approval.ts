/** Everybody approved what I approved, or somebody was asked for something else. Source: `protocol.md` §A.4, §A.8 code 4. */
import { equalBytes } from './bytes.ts'
import { ClaimDiffers } from './claim-differs.ts'
import type { Message } from './codec.ts'
import { Disagreement } from './errors.ts'
import type { Claim, FromEach } from './script.ts'
import type { SuiteId } from './suite-id.ts'

/**
 * @param ctx mine, 32 bytes
 * @param facts.from how the context follows from the invitation; without it nobody can be named, since it cannot be told whether
 *   they lie or were asked for something else
 * @throws {ClaimDiffers | Disagreement} E_SID
 */
export function requireSameContext(
  joins: FromEach<{ readonly ctx: Uint8Array }>, ctx: Uint8Array,
  { suite, message, from }: { readonly suite: SuiteId | 0; readonly message: Message; readonly from: Claim | undefined },
): void {
  const differing = joins.except((join) => equalBytes(join.ctx, ctx))
  if (differing.length === 0) return
  const sentence = `${message.name}: ${differing.map((pid) => `party ${pid}`).join(', ')} approved something else than I did`
  if (from === undefined) throw new Disagreement('E_SID', sentence)
  throw new ClaimDiffers('E_SID', sentence, {
    claims: new Map(differing.map((pid) => [pid, joins.get(pid).ctx])),
    claim: from,
    carriedBy: differing.map((pid) => ({ suite, type: message.type, from: pid })),
  })
}
