/** Key generation on one page: one ceremony, one approval, one certificate for all suites. Source: `protocol.md` §A.4, §B, §E.4. */
import { bytesToHex } from '@noble/hashes/utils.js'
import { equalBytes, u8 } from '../core/bytes.ts'
import type { PreparedEpoch } from '../core/change.ts'
import { ClaimDiffers } from '../core/claim-differs.ts'
import { commitments, decodeBody, proof, type Body, type Message } from '../core/codec.ts'
import { InputError, type Pid } from '../core/errors.ts'
import { groupOfSuite } from '../core/group.ts'
import { INVITE, keygenContext } from '../core/invitation.ts'
import type { KeyShare } from '../core/key-share.ts'
import { checkFirstRoster, rosterHash, type Roster } from '../core/roster.ts'
import type { Rng } from '../core/rng.ts'
import { all, broadcast, echo, exchange, identify, judgeBy, persist, FromEach, type Claim, type EchoDue, type Script, type Session } from '../core/script.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { TH } from '../core/transcript.ts'
import { checkVotes, voteHash } from '../epoch/vote.ts'
import { Vote } from '../epoch/messages.ts'
import { Join, R1, R2, R3, R4 } from './messages.ts'
import { keygenSid } from './session-id.ts'
import {
  confirmation, confirmationIsRight, round1, round2, round3, round4, round5, shareIsRight, type KeygenSession, type Outcome,
} from './rounds.ts'

export interface KeygenCeremony {
  /** 32 random bytes of the initiator; names the wallet afterwards. */
  readonly instance: Uint8Array
  readonly roster: Roster
  readonly me: Pid
}

/** What each suite of the header may say in this ceremony. */
export function keygenVocabulary(roster: Roster): readonly { readonly suite: SuiteId | 0; readonly messages: readonly Message[] }[] {
  return [{ suite: 0, messages: [Join, Vote] }, ...roster.suites.map((suite) => ({ suite, messages: [R1, R2, R3, R4] }))]
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
  checkContext(joins, ctx)
  const nonces = joins.map(({ nonce }) => nonce)
  const under = <S extends SuiteId | 0>(suite: S): Session & { readonly suite: S; readonly sid: Uint8Array } => {
    const sidOf = (from: FromEach<Uint8Array>): Uint8Array => keygenSid(c.instance, ctx, suite, from)
    return {
      ...base, suite, sid: sidOf(nonces), shape: { group: groupOfSuite(suite === 0 ? 1 : suite), threshold },
      sidFrom: { suite: 0, type: Join.type, recompute: (heard) => fromEach(base.parties, heard, (raw) => decodeBody(Join, base.shape, raw)['nonce'], sidOf) },
    }
  }

  const ceremony = under(0)
  yield* identify(ceremony.sid)
  const keys = yield* all(suites.map((suite) => generateKey(under(suite), rng)))

  const walletId = bytesToHex(c.instance)
  const hash = voteHash(c.instance, c.roster, keys)
  const prepared: PreparedEpoch = { walletId, sid: ceremony.sid, roster: c.roster, voteHash: hash, keys }
  yield* persist({ kind: 'prepared', epoch: prepared })
  const votes = yield* broadcast(ceremony, Vote, { epoch: c.roster.epoch, voteHash: hash })
  checkVotes(votes, c.roster.epoch, hash)
  return prepared
}

/** The rounds of §B.1 for one suite. */
function* generateKey(s: KeygenSession, rng: Rng): Script<KeyShare> {
  const { dealing, broadcast: r1Mine } = round1(s, rng)
  try {
    const r1 = (yield* broadcast(s, R1, r1Mine)).with(s.me, r1Mine)
    const echo1 = echoOfR1(s, r1)
    yield* echo(echo1)
    const r2Mine = round2(s, dealing, rng)
    const r2 = (yield* broadcast(s, R2, r2Mine)).with(s.me, r2Mine)
    const r3Mine = round3(s, dealing, r1, r2)
    const echo2 = echoOfR2(s, r2)
    yield* echo(echo2)
    yield* judgeBy(s, R3, { code: 'E_SHARE', echo: echo2, isRight: (dealer, receiver, { share }) => shareIsRight(s, r2.get(dealer).F, receiver, share) })
    const r3 = (yield* exchange(s, R3, forOthers(s, r3Mine))).with(s.me, r3Mine.get(s.me))
    const outcome: Outcome = round4(s, r2, r3, [echo1.hash, echo2.hash])
    yield* judgeBy(s, R4, { code: 'E_FINAL', isRight: (sender, _, body) => confirmationIsRight(s, outcome, sender, body) })
    const r4Mine = confirmation(s, outcome, rng)
    const r4 = yield* exchange(s, R4, forOthers(s, r3Mine.map(() => r4Mine)))
    return round5(s, outcome, r4)
  } finally {
    // BigInts cannot be wiped: they go with the worker's heap. What is bytes is wiped, also on abort.
    dealing.blind.fill(0)
  }
}

/** echo_1 = TH("echo", sid, 1, com_1, …, com_n) */
function echoOfR1(s: KeygenSession, r1: FromEach<Body<typeof R1>>): EchoDue {
  const hash = (coms: FromEach<Uint8Array>): Uint8Array => TH('echo', s.sid, u8(1), ...coms.entries().map(([, com]) => com))
  return {
    hash: hash(r1.map(({ com }) => com)),
    claim: { suite: s.suite, type: R1.type, recompute: (heard) => fromEach(s.parties, heard, (raw) => decodeBody(R1, s.shape, raw)['com'], hash) },
  }
}

/** echo_2 = TH("echo", sid, 2, TH("m", F_j, pop_j, cc_j, blind_j) for all j) */
function echoOfR2(s: KeygenSession, r2: FromEach<Body<typeof R2>>): EchoDue {
  const hash = (leaves: FromEach<Uint8Array>): Uint8Array => TH('echo', s.sid, u8(2), ...leaves.entries().map(([, leaf]) => leaf))
  const leaf = ({ F, pop, cc, blind }: Body<typeof R2>): Uint8Array =>
    TH('m', commitments.encode(s.shape, F), proof.encode(s.shape, pop), cc, blind)
  const claim: Claim = {
    suite: s.suite, type: R2.type,
    recompute: (heard) => fromEach(s.parties, heard, (raw) => leafOfRaw(s, raw), hash),
  }
  return { hash: hash(r2.map(leaf)), claim }
}

/** The same leaf from the bytes of an R2: sid ‖ F ‖ pop ‖ cc ‖ blind ‖ echo, every value canonical. */
function leafOfRaw({ shape }: KeygenSession, raw: Uint8Array): Uint8Array {
  decodeBody(R2, shape, raw)
  const f = 32 + commitments.size(shape)
  const p = f + proof.size(shape)
  return TH('m', raw.subarray(32, f), raw.subarray(f, p), raw.subarray(p, p + 32), raw.subarray(p + 32, p + 64))
}

/** A hash over one value of each party, or nothing where a party's message is missing. @throws {Malformed} where one is unreadable */
function fromEach(
  parties: readonly Pid[], heard: ReadonlyMap<Pid, Uint8Array>, value: (raw: Uint8Array) => unknown, hash: (all: FromEach<Uint8Array>) => Uint8Array,
): Uint8Array | undefined {
  const values = new Map<Pid, Uint8Array>()
  for (const pid of parties) {
    const raw = heard.get(pid)
    const read = raw === undefined ? undefined : value(raw)
    if (!(read instanceof Uint8Array)) return undefined
    values.set(pid, read)
  }
  return hash(new FromEach(values))
}

/** Everybody approved what I approved, or somebody was asked for something else. */
function checkContext(joins: FromEach<Body<typeof Join>>, ctx: Uint8Array): void {
  const differing = joins.except((join) => equalBytes(join.ctx, ctx))
  if (differing.length === 0) return
  throw new ClaimDiffers('E_SID', `keygen: ${differing.map((pid) => `party ${pid}`).join(', ')} approved another roster than I did`, {
    claims: new Map(differing.map((pid) => [pid, joins.get(pid).ctx])),
    claim: {
      suite: 0, type: INVITE,
      recompute: (heard) => {
        const [invitation] = heard.values()
        return invitation === undefined ? undefined : keygenContext(invitation)
      },
    },
    carriedBy: differing.map((from) => ({ suite: 0, type: Join.type, from })),
  })
}

function forOthers<T>(s: Session, values: FromEach<T>): FromEach<T> {
  return new FromEach(new Map(values.entries().filter(([pid]) => pid !== s.me)))
}
