/** Everybody approved what I approved, or somebody was asked for something else. Source: `protocol.md` §A.4, §A.8 code 4. */
import { equalBytes } from './bytes.ts'
import { ClaimDiffers } from './claim-differs.ts'
import { decodeBody, type Field, type Message } from './codec.ts'
import { Disagreement, type Pid } from './errors.ts'
import { groupOfSuite } from './group.ts'
import { recompute } from './recompute.ts'
import type { Rng } from './rng.ts'
import { broadcast, identify, type Claim, type FromEach, type Script, type Session, type SuiteSession } from './script.ts'
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

/** What one approval covers: a session for all suites together, and one for each. */
export interface Approved {
  readonly ceremony: Session & { readonly suite: 0; readonly sid: Uint8Array }
  readonly under: (suite: SuiteId) => SuiteSession
}

type Join = Message<{ readonly nonce: Field<Uint8Array>; readonly ctx: Field<Uint8Array> }>

/**
 * Everybody says yes to the same and adds a fresh nonce, from which the session ids follow (§A.4).
 * @param facts.ctx what I approved, 32 bytes
 * @param facts.from how it follows from the invitation
 * @throws {ClaimDiffers} E_SID
 */
export function* approve({ me, parties, threshold, message, ctx, from, sidOf }: {
  readonly me: Pid
  readonly parties: readonly Pid[]
  readonly threshold: number
  readonly message: Join
  readonly ctx: Uint8Array
  readonly from: Claim
  readonly sidOf: (suite: SuiteId | 0, nonces: FromEach<Uint8Array>) => Uint8Array
}, rng: Rng): Script<Approved> {
  const base = { shape: { group: groupOfSuite(1), threshold }, me, parties }
  const hello: Session = { ...base, suite: 0 }
  const mine = { nonce: rng(32), ctx }
  const joins = (yield* broadcast(hello, message, mine)).with(me, mine)
  requireSameContext(joins, ctx, { suite: 0, message, from })
  const nonces = joins.map(({ nonce }) => nonce)
  const under = <S extends SuiteId | 0>(suite: S): Session & { readonly suite: S; readonly sid: Uint8Array } => ({
    ...base, suite, sid: sidOf(suite, nonces), shape: { group: groupOfSuite(suite === 0 ? 1 : suite), threshold, pairwise: suite === 1 },
    sidFrom: {
      suite: 0, type: message.type,
      recompute: (heard) => recompute(parties, heard, (raw) => decodeBody(message, base.shape, raw)['nonce'], (all) => sidOf(suite, all)),
    },
  })
  const ceremony = under(0)
  yield* identify(ceremony.sid)
  return { ceremony, under }
}
