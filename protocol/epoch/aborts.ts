/** When the word of others ends a session for a device that has voted in it. Source: `protocol.md` §A.8, §E.4. */
import { equalBytes } from '../core/bytes.ts'
import type { PreparedEpoch } from '../core/change.ts'
import { Disagreement } from '../core/errors.ts'
import { identityKeyHash } from '../core/roster.ts'
import type { Signed } from './certificate.ts'
import { ABORT, ABORT_BODY_BYTES } from './messages.ts'

/**
 * ABORT of t' distinct members of the new epoch: one of them is honest, has not voted and never will. What others sent, or what is
 * about another session, is left out; so nothing that a cheat adds makes those of the honest worthless.
 * @param aborts in any order, also several of one party; their signatures verify
 * @throws {Disagreement} E_CONFIG where they are too few
 */
export function checkAborts(aborts: readonly Signed[], { sid, roster }: PreparedEpoch): void {
  const counting = roster.members.filter(({ pid, idKeyHash }) => aborts.some(({ identityKey, envelope: { header, body } }) => (
    header.from === pid && equalBytes(identityKeyHash(identityKey), idKeyHash) && header.suite === 0 && header.type === ABORT && header.to === 0
    && body.length === ABORT_BODY_BYTES && equalBytes(body.subarray(0, 32), sid)
  )))
  if (counting.length >= roster.threshold) return
  throw new Disagreement('E_CONFIG', `aborts: expected those of ${roster.threshold} members of epoch ${roster.epoch}, got ${counting.length}`)
}
