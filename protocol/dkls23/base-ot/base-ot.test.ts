import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import kat from '../../vectors/protocol-kat.json' with { type: 'json' }
import { concat, u16 } from '../../core/bytes.ts'
import { Bug, Malformed } from '../../core/errors.ts'
import { groupOfSuite, type Point } from '../../core/group.ts'
import { DOM, hashToScalar, taggedHash } from '../../core/transcript.ts'
import { seededRng } from '../../testing/seeded-rng.ts'
import { hashAllToCurve } from '../batch-multiply/index.ts'
import { bitOf } from '../ot-extension/words.ts'
import { N, SEED } from '../parameters.ts'
import { answer, answerWith, baseOtId, offer, prepareReceiver, receive, receiverOf } from './index.ts'

const group = groupOfSuite(1)
const sid = taggedHash('kat/sid', [])
const osid = baseOtId(sid, 1, 2)
const hex = bytesToHex
const digest = (bytes: Uint8Array): string => bytesToHex(sha256(bytes))
const keyAt = (keys: Uint8Array, at: number): string => hex(keys.subarray(at * SEED, (at + 1) * SEED))

describe('base OT', () => {
  test('gives the known answers of the specification', () => {
    expect([hex(sid), hex(osid), hex(baseOtId(sid, 2, 1))]).toEqual([kat.pair.sid, kat.pair.osid_forward, kat.pair.osid_backward])
    const scalars = (tag: string): bigint[] => Array.from({ length: N }, (_, i) => hashToScalar(group.order, tag, u16(i)))
    const receiver = receiverOf({ choices: taggedHash('kat/ch', []).slice(0, 16), t: scalars('kat/t'), s: scalars('kat/s') })
    expect(hex(receiver.choices)).toBe(kat.baseOT.ch)
    const { points } = offer(receiver, osid)
    const msg1 = concat(...points.map((point) => group.encodePoint(point)))
    expect(hex(msg1.subarray(0, 66))).toBe(kat.baseOT.msg1_first66)
    expect(digest(msg1)).toBe(kat.baseOT.msg1_sha256)
    const { M, keys } = answerWith(points, osid, hashToScalar(group.order, 'kat/b'))
    expect(hex(group.encodePoint(M))).toBe(kat.baseOT.MB)
    expect([keyAt(keys, 0), keyAt(keys, 1), keyAt(keys, 255)]).toEqual([kat.baseOT.key_0_0, kat.baseOT.key_0_1, kat.baseOT.key_127_1])
    expect(digest(keys)).toBe(kat.baseOT.all_keys_sha256)
    const chosen = receive(receiver, points, osid, M)
    expect(Array.from({ length: N }, (_, i) => keyAt(chosen, i))).toEqual(Array.from({ length: N }, (_, i) => keyAt(keys, 2 * i + bitOf(receiver.choices, i))))
  })

  test('gives the receiver the key it chose and not the other; all keys differ', () => {
    const rng = seededRng('base transfers')
    for (let run = 0; run < 3; run++) {
      const receiver = prepareReceiver(rng)
      const { points } = offer(receiver, osid)
      expect(new Set(points.map((point) => hex(point.toBytes()))).size).toBe(2 * N)
      const { M, keys } = answer(points, osid, rng)
      const chosen = receive(receiver, points, osid, M)
      for (let i = 0; i < N; i++) {
        const c = bitOf(receiver.choices, i)
        expect(keyAt(chosen, i)).toBe(keyAt(keys, 2 * i + c))
        expect(keyAt(chosen, i)).not.toBe(keyAt(keys, 2 * i + 1 - c))
      }
      expect(new Set(Array.from({ length: 2 * N }, (_, at) => keyAt(keys, at))).size).toBe(2 * N)
    }
  })

  test('never repeats: two offers, and two answers to one offer, share nothing', () => {
    const rng = seededRng('fresh')
    const [first, second] = [prepareReceiver(rng), prepareReceiver(rng)]
    expect(first.choices).not.toEqual(second.choices)
    expect(new Set([...first.t, ...second.t]).size).toBe(2 * N)
    const { points } = offer(first, osid)
    const [one, two] = [answer(points, osid, rng), answer(points, osid, rng)]
    expect(one.M.equals(two.M)).toBe(false)
    expect(keyAt(one.keys, 0)).not.toBe(keyAt(two.keys, 0))
  })

  test('gives no common key to two who think of different sessions', () => {
    const rng = seededRng('sessions')
    const receiver = prepareReceiver(rng)
    const { points } = offer(receiver, osid)
    const { M, keys } = answer(points, baseOtId(sid, 2, 1), rng)
    const senders = new Set(Array.from({ length: 2 * N }, (_, at) => keyAt(keys, at)))
    const chosen = receive(receiver, points, osid, M)
    expect(Array.from({ length: N }, (_, i) => keyAt(chosen, i)).filter((key) => senders.has(key))).toEqual([])
  })

  test('keeps keys apart even where the receiver sends the same points in every transfer', () => {
    const rng = seededRng('same points')
    const { points } = offer(prepareReceiver(rng), osid)
    const { keys } = answer(points.map((_, at) => points[at & 1] ?? group.identity), osid, rng)
    expect(new Set(Array.from({ length: 2 * N }, (_, at) => keyAt(keys, at))).size).toBe(2 * N)
  })

  test('refuses a point that cancels its hash, since b times that is known to all', () => {
    const rng = seededRng('cancels')
    const { points } = offer(prepareReceiver(rng), osid)
    for (const at of [0, 1, 254, 255]) {
      const other = points[at ^ 1] ?? group.identity
      const hashed = hashAllToCurve([{ message: concat(osid, u16(at >> 1), group.encodePoint(other)), dst: utf8ToBytes(`${DOM}ot/base/h${at & 1}`) }])
      const cancelling = (hashed[0] ?? group.identity).negate()
      const error = refusal(() => answer(points.with(at, cancelling), osid, rng))
      expect(error).toBeInstanceOf(Malformed)
      expect(error).toMatchObject({ code: 'E_POINT' })
      // Its negative only doubles: no reason to refuse.
      expect(answer(points.with(at, cancelling.negate()), osid, rng).keys).toHaveLength(2 * N * SEED)
    }
  })

  test('takes 256 points, no more and no fewer', () => {
    const rng = seededRng('count')
    const { points } = offer(prepareReceiver(rng), osid)
    const others: readonly (readonly Point[])[] = [points.slice(1), [...points, group.generator], []]
    for (const wrong of others) expect(() => answer(wrong, osid, rng)).toThrow(Bug)
  })
})

function refusal(attempt: () => unknown): unknown {
  try {
    attempt()
  } catch (error) {
    return error
  }
  throw new Error('nothing was refused')
}
