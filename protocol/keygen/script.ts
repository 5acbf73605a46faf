/** Key generation on one page: one ceremony, one approval, one certificate for all suites. Source: `protocol.md` §A.4, §B, §E.4. */
import { bytesToHex } from '@noble/hashes/utils.js'
import { requireSameContext } from '../core/approval.ts'
import type { PreparedEpoch } from '../core/change.ts'
import { decodeBody, type Message } from '../core/codec.ts'
import { InputError, type Pid } from '../core/errors.ts'
import { groupOfSuite } from '../core/group.ts'
import type { Vocabulary } from '../core/inbox.ts'
import { INVITE, keygenContext } from '../core/invitation.ts'
import { recompute } from '../core/recompute.ts'
import { checkFirstRoster, rosterHash, type Roster } from '../core/roster.ts'
import type { Rng } from '../core/rng.ts'
import { all, broadcast, identify, kept, persist, type Claim, type FromEach, type Script, type Session } from '../core/script.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { prepareReceiver, type Receiver } from '../dkls23/base-ot/index.ts'
import { isFromItsRole, pairMessages } from '../dkls23/pair-setup/messages.ts'
import { isA } from '../dkls23/pair-setup/roles.ts'
import { Vote } from '../epoch/messages.ts'
import { checkVotes, voteHash } from '../epoch/vote.ts'
import { generateKey, wipeGenerated, type GeneratedKey } from './key.ts'
import { Join, R1, R2, R3, R4 } from './messages.ts'
import { keygenSid } from './session-id.ts'
export interface KeygenCeremony {
  /** 32 random bytes of the initiator; names the wallet afterwards. */
  readonly instance: Uint8Array
  readonly roster: Roster
  readonly me: Pid
  /** What was made beforehand to save time in the ceremony: `prepareKeygen`. Secret; used up by it. */
  readonly baseOts?: readonly Receiver[]
}

/** What a party can do before everybody has approved: the base OTs that it will receive (`protocol.md` §K.2 1d). */
export function prepareKeygen({ suites, members }: Roster, me: Pid, rng: Rng): readonly Receiver[] {
  if (!suites.includes(1)) return []
  const pids = members.map(({ pid }) => pid)
  return pids.filter((peer) => peer !== me && isA(me, peer, pids)).map(() => prepareReceiver(rng))
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
  const base = { shape: { group: groupOfSuite(1), threshold }, me: c.me, parties: members.map(({ pid }) => pid) }
  const hello: Session = { ...base, suite: 0 }
  const ctx = rosterHash(c.roster)
  const mine = { nonce: rng(32), ctx }
  const joins = (yield* broadcast(hello, Join, mine)).with(c.me, mine)
  requireSameContext(joins, ctx, { suite: 0, message: Join, from: CONTEXT_FROM })
  const nonces = joins.map(({ nonce }) => nonce)
  const under = <S extends SuiteId | 0>(suite: S): Session & { readonly suite: S; readonly sid: Uint8Array } => {
    const sidOf = (from: FromEach<Uint8Array>): Uint8Array => keygenSid(c.instance, ctx, suite, from)
    return {
      ...base, suite, sid: sidOf(nonces), shape: { group: groupOfSuite(suite === 0 ? 1 : suite), threshold, pairwise: suite === 1 },
      sidFrom: { suite: 0, type: Join.type, recompute: (heard) => recompute(base.parties, heard, (raw) => decodeBody(Join, base.shape, raw)['nonce'], sidOf) },
    }
  }

  const ceremony = under(0)
  yield* identify(ceremony.sid)
  const prepared = yield* makeEpoch(c, ceremony.sid, suites.map((suite) => generateKey(under(suite), rng, c.baseOts)))
  const vote = { epoch: c.roster.epoch, voteHash: prepared.voteHash }
  const votes = yield* broadcast(ceremony, Vote, vote)
  checkVotes(votes, vote.epoch, vote.voteHash)
  return prepared
}

/** All suites' keys, stored before anybody votes. */
function* makeEpoch({ instance, roster }: KeygenCeremony, sid: Uint8Array, scripts: readonly Script<GeneratedKey>[]): Script<PreparedEpoch> {
  const made: GeneratedKey[] = []
  let isHandedOut = false
  try {
    const generated = yield* all(scripts.map((script) => kept(made, script)))
    const keys = generated.map(({ key }) => key)
    const epoch: PreparedEpoch = { walletId: bytesToHex(instance), sid, roster, voteHash: voteHash(instance, roster, keys), keys }
    isHandedOut = true
    yield* persist({ kind: 'prepared', epoch, pairs: generated.flatMap(({ pairs }) => pairs) })
    return epoch
  } finally {
    if (!isHandedOut) made.forEach(wipeGenerated)
  }
}

const CONTEXT_FROM: Claim = {
  suite: 0, type: INVITE,
  recompute: (heard) => {
    const [invitation] = heard.values()
    return invitation === undefined ? undefined : keygenContext(invitation)
  },
}
