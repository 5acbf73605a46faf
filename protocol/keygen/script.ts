/** Key generation on one page: one ceremony, one approval, one certificate for all suites. Source: `protocol.md` §A.4, §B, §E.4. */
import { approve } from '../core/approval.ts'
import type { PreparedEpoch } from '../core/change.ts'
import type { Message } from '../core/codec.ts'
import { InputError, type Pid } from '../core/errors.ts'
import type { Vocabulary } from '../core/inbox.ts'
import { INVITE, keygenContext } from '../core/invitation.ts'
import { checkFirstRoster, rosterHash, type Roster } from '../core/roster.ts'
import type { Rng } from '../core/rng.ts'
import { broadcast, type Claim, type Script } from '../core/script.ts'
import type { Receiver } from '../dkls23/base-ot/index.ts'
import { isFromItsRole, pairMessages } from '../dkls23/pair-setup/messages.ts'
import { Vote } from '../epoch/messages.ts'
import { checkVotes } from '../epoch/vote.ts'
import { generateKey } from './key.ts'
import { Join, R1, R2, R3, R4 } from './messages.ts'
import { keygenSid } from './session-id.ts'
import { makeEpoch } from './store.ts'

export interface KeygenCeremony {
  /** 32 random bytes of the initiator; names the wallet afterwards. */
  readonly instance: Uint8Array
  readonly roster: Roster
  readonly me: Pid
  /** What was made beforehand to save time in the ceremony: `prepareBaseOts`. Secret; used up by it. */
  readonly baseOts?: readonly Receiver[]
}

/** What each suite of the header may say to `me` in this ceremony. */
export function keygenVocabulary({ suites, members }: Roster, me: Pid): readonly Vocabulary[] {
  const pids = members.map(({ pid }) => pid)
  const parts = suites.map((suite) => (suite === 1
    ? { suite, messages: [R1, ...pairMessages, R2, R3, R4], expects: (message: Message, from: Pid) => isFromItsRole(message, from, me, pids) }
    : { suite, messages: [R1, R2, R3, R4] }))
  return [{ suite: 0, messages: [Join, Vote] }, ...parts]
}

/**
 * Makes one key for each suite of the roster, together with all its members.
 * @returns the stored epoch, voted for by everybody: the caller assembles the certificate and commits
 * @throws {InputError} E_CONFIG: a roster that may not run
 */
export function* keygen(c: KeygenCeremony, rng: Rng): Script<PreparedEpoch> {
  checkFirstRoster(c.roster)
  const { suites, threshold, members } = c.roster
  if (c.instance.length !== 32) throw new InputError('instance', `expected 32 bytes, got ${c.instance.length}`, 'E_CONFIG')
  if (!members.some(({ pid }) => pid === c.me)) throw new InputError('me', `party ${c.me} is no member`, 'E_CONFIG')
  const ctx = rosterHash(c.roster)
  const { ceremony, under } = yield* approve({
    me: c.me, parties: members.map(({ pid }) => pid), threshold, message: Join, ctx, from: CONTEXT_FROM,
    sidOf: (suite, nonces) => keygenSid(c.instance, ctx, suite, nonces),
  }, rng)
  const prepared = yield* makeEpoch(c.instance, ceremony.sid, c.roster, suites.map((suite) => generateKey(under(suite), rng, c.baseOts)))
  const vote = { epoch: c.roster.epoch, voteHash: prepared.voteHash }
  const votes = yield* broadcast(ceremony, Vote, vote)
  checkVotes(votes, vote.epoch, vote.voteHash)
  return prepared
}

const CONTEXT_FROM: Claim = {
  suite: 0, type: INVITE,
  recompute: (heard) => {
    const [invitation] = heard.values()
    return invitation === undefined ? undefined : keygenContext(invitation)
  },
}
