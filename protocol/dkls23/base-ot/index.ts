/** 128 random oblivious transfers made with public keys: batched endemic OT. Source: `protocol.md` §B.3; A is the receiver, B the sender. */
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, u16, u8 } from '../../core/bytes.ts'
import { Bug, Malformed, type Pid } from '../../core/errors.ts'
import { groupOfSuite, randomScalar, type Point } from '../../core/group.ts'
import type { Rng } from '../../core/rng.ts'
import { DOM, TH } from '../../core/transcript.ts'
import { addAll, hashAllToCurve, multiplyAll, multiplyByAll, placeAll, type HashInput } from '../batch-multiply/index.ts'
import { bitOf } from '../ot-extension/words.ts'
import { N, ROW } from '../parameters.ts'

const group = groupOfSuite(1)

/**
 * osid_{X,Y}: names one direction of a pair in one session.
 * @param owner X, who will own Δ
 * @param holder Y, who will hold all leaves
 * @returns 32 bytes
 */
export function baseOtId(sid: Uint8Array, owner: Pid, holder: Pid): Uint8Array {
  return TH('ot/base/sid', sid, u16(owner), u16(holder))
}

/**
 * What A draws, before it even knows the session (`protocol.md` §K.2 1d). Secret, and good for one offer alone:
 * the choice bits become Δ, and each t opens a key.
 */
export interface Receiver {
  /** c: 16 bytes, bit i for transfer i. The caller wipes it. */
  readonly choices: Uint8Array
  /** t_i, non-zero. */
  readonly t: readonly bigint[]
  /** t_i·G */
  readonly tG: readonly Point[]
  /** s_i·G, the sides not chosen; s_i itself has no further use. */
  readonly sG: readonly Point[]
}

export function prepareReceiver(rng: Rng): Receiver {
  const draw = (): bigint[] => Array.from({ length: N }, () => randomScalar(group, rng))
  return receiverOf({ choices: rng(ROW), t: draw(), s: draw() })
}

/** As `prepareReceiver`, from given randomness. @param secrets 16 bytes; 128 non-zero scalars each */
export function receiverOf({ choices, t, s }: { readonly choices: Uint8Array, readonly t: readonly bigint[], readonly s: readonly bigint[] }): Receiver {
  const multiples = multiplyByAll(group.generator, [...t, ...s])
  return { choices, t, tG: multiples.slice(0, N), sG: multiples.slice(N) }
}

export interface Offer {
  /** msg1: r_{0,0}, r_{0,1}, r_{1,0}, … of 128 pairs. */
  readonly points: readonly Point[]
}

/**
 * A: r_{i,1−c} = s_i·G and r_{i,c} = t_i·G − H2C(c, osid ‖ i ‖ r_{i,1−c}).
 * The other 128 hashes are not computed and discarded, as §B.3 leaves open: nothing but the last byte of the tag depends on c,
 * each hash takes the same steps whatever its input, and the results are placed by select.
 * @param osid 32 bytes
 */
export function offer(receiver: Receiver, osid: Uint8Array): Offer {
  const { choices, tG, sG } = receiver
  const hashes = hashAllToCurve(encodeAll(sG).map((other, i) => hashInput(bitOf(choices, i), osid, i, other)))
  const chosen = addAll(tG, hashes.map((point) => point.negate()))
  return { points: placeAll(chosen, sG, choices) }
}

export interface Answer {
  /** M_B = b·G, sent to A. */
  readonly M: Point
  /** K_{0,0} ‖ K_{0,1} ‖ K_{1,0} ‖ …: 8192 bytes, secret. */
  readonly keys: Uint8Array
}

/**
 * B: keys of both branches of every transfer.
 * @param points msg1, 256 points, none the identity
 * @param osid 32 bytes, as A's
 * @throws {Malformed} E_POINT: an r cancels its hash; the caller names A
 */
export function answer(points: readonly Point[], osid: Uint8Array, rng: Rng): Answer {
  return answerWith(points, osid, randomScalar(group, rng))
}

/** As `answer`, with given randomness. @param b non-zero; fresh for every offer, since a second answer with it would repeat M_B */
export function answerWith(points: readonly Point[], osid: Uint8Array, b: bigint): Answer {
  if (points.length !== 2 * N) throw new Bug(`expected ${2 * N} points, got ${points.length}`)
  const r = encodeAll(points)
  const Ms = addAll(points, hashAllToCurve(r.map((_, at) => hashInput(at & 1, osid, at >> 1, pick(r, at ^ 1)))))
  if (Ms.some((point) => point.is0())) throw new Malformed('E_POINT', 'a point of the base transfers cancels its hash')
  const M = group.generator.multiply(b)
  const transcript = transcriptOf(osid, r, M)
  return { M, keys: concat(...multiplyAll(Ms, b).map((shared, at) => keyOf(transcript, at >> 1, at & 1, shared))) }
}

/**
 * A: the keys it chose.
 * @param points msg1, as `offer` gave it
 * @param M M_B, decoded: never the identity
 * @returns K_{0,c_0} ‖ K_{1,c_1} ‖ …: 4096 bytes, secret
 */
export function receive(receiver: Receiver, points: readonly Point[], osid: Uint8Array, M: Point): Uint8Array {
  const transcript = transcriptOf(osid, encodeAll(points), M)
  return concat(...multiplyByAll(M, receiver.t).map((shared, i) => keyOf(transcript, i, bitOf(receiver.choices, i), shared)))
}

interface Transcript {
  readonly osid: Uint8Array
  readonly r: readonly Uint8Array[]
  readonly M: Uint8Array
}

function transcriptOf(osid: Uint8Array, r: readonly Uint8Array[], M: Point): Transcript {
  return { osid, r, M: group.encodePoint(M) }
}

/** K_{i,w}: separates transfers and branches and takes the transcript, on which the reuse of one M_B rests. */
function keyOf({ osid, r, M }: Transcript, i: number, w: number, shared: Point): Uint8Array {
  return TH('ot/base/key', osid, u16(i), u8(w), concat(pick(r, 2 * i), pick(r, 2 * i + 1)), M, group.encodePoint(shared))
}

/** What H2C(w, osid ‖ i ‖ other) hashes. @param w may be secret: it enters by arithmetic alone @param other the encoded r of the other branch */
function hashInput(w: number, osid: Uint8Array, i: number, other: Uint8Array): HashInput {
  return { message: concat(osid, u16(i), other), dst: concat(HASH_TAG, u8(ZERO_DIGIT + w)) }
}

const HASH_TAG = utf8ToBytes(DOM + 'ot/base/h')
/** "0" in ASCII. */
const ZERO_DIGIT = 0x30

function encodeAll(points: readonly Point[]): Uint8Array[] {
  return points.map((point) => group.encodePoint(point))
}

function pick(encoded: readonly Uint8Array[], at: number): Uint8Array {
  const found = encoded[at]
  if (found === undefined) throw new Bug(`no point ${at} in the base transfers`)
  return found
}
