/** One pair set up anew, after a ban, a crash in the middle of a test, or where the two differ. Source: `protocol.md` §E.2. */
import { requireSameContext } from '../../core/approval.ts'
import { u16, u32 } from '../../core/bytes.ts'
import { decodeBody, type Message } from '../../core/codec.ts'
import { Disagreement, InputError, type Pid } from '../../core/errors.ts'
import { groupOfSuite } from '../../core/group.ts'
import type { Vocabulary } from '../../core/inbox.ts'
import type { KeyShare } from '../../core/key-share.ts'
import { wipePair } from '../../core/pair-state.ts'
import { recompute } from '../../core/recompute.ts'
import type { Rng } from '../../core/rng.ts'
import { broadcast, exchange, FromEach, identify, persist, type Claim, type Script, type Session } from '../../core/script.ts'
import { TH } from '../../core/transcript.ts'
import { Confirm, isFromItsRole, Join, pairMessages } from './messages.ts'
import { isA } from './roles.ts'
import { confirmPair, isConfirmed } from './rounds.ts'
import { closePair, openPair } from './script.ts'

export interface RepairCeremony {
  /** 32 bytes; never used before under this key. */
  readonly instance: Uint8Array
  readonly epoch: number
  /** Of suite 1. */
  readonly share: Pick<KeyShare, 'suite' | 'pid' | 'keyId' | 'verifyingShares'>
  readonly peer: Pid
  readonly contextFrom?: Claim
}

/** What is said under the suite's header byte. @param members of the epoch: who is A follows from the ranks in it */
export function repairVocabulary(me: Pid, members: readonly Pid[]): Vocabulary {
  return { suite: 1, messages: [Join, ...pairMessages, Confirm], expects: (message: Message, from: Pid) => isFromItsRole(message, from, me, members) }
}

/** ctx = TH("pair/ctx", key_id, epoch, min, max), 32 bytes */
export function repairContext(keyId: Uint8Array, epoch: number, pair: readonly Pid[]): Uint8Array {
  return TH('pair/ctx', keyId, u32(epoch), ...pair.toSorted((a, b) => a - b).map(u16))
}

/** Ends when the new pair has replaced the old one. @throws {InputError} E_CONFIG before anything is sent */
export function* repairPair(c: RepairCeremony, rng: Rng): Script<void> {
  const { instance, share, peer } = c
  const me = share.pid
  const members = share.verifyingShares.map(({ pid }) => pid)
  if (share.suite !== 1 || peer === me || !members.includes(peer)) throw new InputError('peer', `party ${peer} is no other member of an ECDSA key`, 'E_CONFIG')
  const pair = [me, peer].toSorted((a, b) => a - b)
  const hello: Session = { suite: 1, shape: { group: groupOfSuite(1), threshold: 2, pairwise: true }, me, parties: pair }
  const ctx = repairContext(share.keyId, c.epoch, pair)
  const mine = { nonce: rng(32), ctx }
  const joins = (yield* broadcast(hello, Join, mine)).with(me, mine)
  requireSameContext(joins, ctx, { suite: 1, message: Join, from: c.contextFrom })
  const sidOf = (nonces: FromEach<Uint8Array>): Uint8Array => TH('pair/sid', instance, ctx, ...nonces.entries().flatMap(([pid, nonce]) => [u16(pid), nonce]))
  const sid = sidOf(joins.map(({ nonce }) => nonce))
  const s = {
    ...hello, sid, peer,
    sidFrom: { suite: 1 as const, type: Join.type, recompute: (heard: ReadonlyMap<Pid, Uint8Array>) => recompute(pair, heard, (raw) => decodeBody(Join, hello.shape, raw)['nonce'], sidOf) },
  }
  yield* identify(sid)
  const made = yield* closePair(s, yield* openPair(s, members, rng))
  let isHandedOut = false
  try {
    const a = isA(me, peer, members) ? me : peer
    const told = yield* exchange(s, Confirm, new FromEach(new Map([[peer, { pc: confirmPair(s, made, me, a) }]])))
    if (!isConfirmed(s, made, a, told.get(peer).pc)) throw new Disagreement('E_PAIR_STATE', `pair set-up: party ${peer} set up something else`)
    isHandedOut = true
    yield* persist({ kind: 'paired', pair: made })
  } finally {
    if (!isHandedOut) wipePair(made)
  }
}
