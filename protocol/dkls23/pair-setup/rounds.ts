/** The rounds of one pair's set-up, each a pure function. Source: `protocol.md` §B.3–B.6; step letters and numbers are of §B.6. */
import { concat, equalBytes, u16 } from '../../core/bytes.ts'
import { point, points, type Body } from '../../core/codec.ts'
import { Blame, Malformed, type ErrorCode, type Pid } from '../../core/errors.ts'
import type { PairState } from '../../core/pair-state.ts'
import type { Rng } from '../../core/rng.ts'
import type { Session } from '../../core/script.ts'
import { TH } from '../../core/transcript.ts'
import { buildTrees, evaluateTrees } from '../all-but-one/index.ts'
import { answer, baseOtId, offer, receive, type Receiver } from '../base-ot/index.ts'
import { N } from '../parameters.ts'
import { acceptRollOver, offerRollOver, rollOverId } from '../roll-over/index.ts'
import { Ot1, Ot2, Ot3 } from './messages.ts'

/** A pair's session: `parties` are the two of them, `sid` is the ceremony's. */
export interface PairSession extends Session {
  readonly sid: Uint8Array
  readonly peer: Pid
}

/** What both transcripts begin with. */
interface Transcript {
  readonly a: Pid
  readonly b: Pid
  readonly msg1: Uint8Array
  /** M_B ‖ PPRF_f ‖ mR */
  readonly ot2: Uint8Array
}

/** A after OT2: its Δ and its leaves, and what the backward direction is made from. Secret. */
export interface HalfOfA extends Transcript {
  readonly role: 'A'
  readonly delta: Uint8Array
  readonly leaves: Uint8Array
  /** K'_{t,0} ‖ K'_{t,1} */
  readonly backwardKeys: Uint8Array
  readonly zs: Uint8Array
  readonly peerZs: Uint8Array
}

/** B after OT2: its leaves, and its choices for the backward direction. Secret. */
export interface HalfOfB extends Transcript {
  readonly role: 'B'
  readonly leaves: Uint8Array
  readonly choices: Uint8Array
  /** K'_{t,c̃_t} */
  readonly backwardKeys: Uint8Array
  readonly zs: Uint8Array
}

/** A, OT1: needs the session id for its hashes alone, so `receiver` may be made before. */
export function offerBaseOts(s: PairSession, receiver: Receiver): Body<typeof Ot1> {
  return { msg1: offer(receiver, baseOtId(s.sid, s.me, s.peer)).points }
}

/** B, OT2: answers the base OTs, builds the forward trees and rolls over at once. @throws {Malformed} E_POINT, naming the peer */
export function answerBaseOts(s: PairSession, { msg1 }: Body<typeof Ot1>, rng: Rng): { readonly half: HalfOfB; readonly reply: Body<typeof Ot2> } {
  const osid = baseOtId(s.sid, s.peer, s.me)
  const { M, keys } = named(s, () => answer(msg1, osid, rng))
  const { message: trees, leaves } = buildTrees(keys, osid)
  keys.fill(0)
  const zs = rng(32)
  const raw = points(2 * N).encode(s.shape, msg1)
  const forward = concat(point.encode(s.shape, M), trees.T, trees.P, trees.proof)
  const roll = offerRollOver(leaves, rollOverId(s.sid, s.peer, s.me, raw, forward), rng)
  const { u, X, hT } = roll.message
  return {
    half: { role: 'B', a: s.peer, b: s.me, msg1: raw, ot2: concat(forward, u, X, hT), leaves, choices: roll.choices, backwardKeys: roll.keys, zs },
    reply: { M, ...trees, u, X, hT, zs },
  }
}

/** A, on OT2, in this order: the forward trees (E_PPRF), the roll-over (E_ROLL). Nothing that depends on Δ_A has left yet. */
export function checkAnswer(s: PairSession, receiver: Receiver, sent: Body<typeof Ot1>, reply: Body<typeof Ot2>, rng: Rng): HalfOfA {
  const osid = baseOtId(s.sid, s.me, s.peer)
  const { M, T, P, proof, u, X, hT, zs: peerZs } = reply
  const keys = receive(receiver, sent.msg1, osid, M)
  const evaluated = evaluateTrees(receiver.choices, keys, osid, { T, P, proof })
  keys.fill(0)
  if (evaluated === undefined) throw blame(s, 'E_PPRF', 'the forward trees do not hang together')
  const raw = points(2 * N).encode(s.shape, sent.msg1)
  const forward = concat(point.encode(s.shape, M), T, P, proof)
  const { delta, leaves } = evaluated
  const backwardKeys = acceptRollOver(delta, leaves, rollOverId(s.sid, s.me, s.peer, raw, forward), { u, X, hT })
  if (backwardKeys === undefined) {
    delta.fill(0)
    leaves.fill(0)
    throw blame(s, 'E_ROLL', 'the roll-over is inconsistent')
  }
  return { role: 'A', a: s.me, b: s.peer, msg1: raw, ot2: concat(forward, u, X, hT), delta, leaves, backwardKeys, zs: rng(32), peerZs }
}

/** A, OT3: after all checks of all peers (§B.1 step 4). */
export function rollBack(s: PairSession, half: HalfOfA): { readonly pair: PairState; readonly send: Body<typeof Ot3> } {
  const { message: trees, leaves } = buildTrees(half.backwardKeys, baseOtId(s.sid, s.peer, s.me))
  const [forwardId, backwardId] = pairIds(s.sid, half, concat(trees.T, trees.P, trees.proof))
  const pair = {
    peer: s.peer, zeroSeed: zeroSeed(s, half.zs, half.peerZs),
    asAlice: { id: forwardId, delta: half.delta, leaves: half.leaves }, asBob: { id: backwardId, leaves },
  }
  return { pair, send: { ...trees, zs: half.zs } }
}

/** B, on OT3: the backward trees (E_PPRF). */
export function checkRollBack(s: PairSession, half: HalfOfB, { T, P, proof, zs: peerZs }: Body<typeof Ot3>): PairState {
  const evaluated = evaluateTrees(half.choices, half.backwardKeys, baseOtId(s.sid, s.me, s.peer), { T, P, proof })
  if (evaluated === undefined) throw blame(s, 'E_PPRF', 'the backward trees do not hang together')
  const [forwardId, backwardId] = pairIds(s.sid, half, concat(T, P, proof))
  return {
    peer: s.peer, zeroSeed: zeroSeed(s, half.zs, peerZs),
    asAlice: { id: backwardId, ...evaluated }, asBob: { id: forwardId, leaves: half.leaves },
  }
}

/**
 * pc_{from→to} = TH("pair/confirm", sid, from, to, pair_id_{A,B}, pair_id_{B,A}, z), 32 bytes.
 * @param from me or the peer
 * @param a which of the two is A
 */
export function confirmPair(s: PairSession, { asAlice, asBob, zeroSeed: z }: PairState, from: Pid, a: Pid): Uint8Array {
  const ids = a === s.me ? [asAlice.id, asBob.id] : [asBob.id, asAlice.id]
  return TH('pair/confirm', s.sid, u16(from), u16(from === s.me ? s.peer : s.me), ...ids, z)
}

/** Whether the peer set up the same; compared before anything is stored. */
export function isConfirmed(s: PairSession, pair: PairState, a: Pid, pc: Uint8Array): boolean {
  return equalBytes(pc, confirmPair(s, pair, s.peer, a))
}

/** tr, then pair_id_{A,B} and pair_id_{B,A}: both cover all three messages. */
function pairIds(sid: Uint8Array, { a, b, msg1, ot2 }: Transcript, backward: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const tr = TH('pair/tr', sid, u16(a), u16(b), msg1, ot2, backward)
  return [TH('pair/id', u16(a), u16(b), tr), TH('pair/id', u16(b), u16(a), tr)]
}

/** z = TH("zs/seed", sid, min, max, zs_min, zs_max) */
function zeroSeed({ sid, me, peer }: PairSession, mine: Uint8Array, theirs: Uint8Array): Uint8Array {
  const parts = me < peer ? [mine, theirs] : [theirs, mine]
  return TH('zs/seed', sid, u16(Math.min(me, peer)), u16(Math.max(me, peer)), ...parts)
}

/** Points that are each one of the group, and of no use together: the sender chose them so. */
function named<T>(s: PairSession, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof Malformed ? new Malformed(error.code, `${error.message} (party ${s.peer})`, { culprits: [s.peer], cause: error }) : error
  }
}

/** Not transferable: only who holds the other half can tell. */
function blame(s: PairSession, code: ErrorCode, what: string): Blame {
  return new Blame(code, `pair set-up: ${what} (party ${s.peer})`, { culprits: [s.peer] })
}
