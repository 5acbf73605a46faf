import { bytesToHex } from '@noble/hashes/utils.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { u16 } from '../../core/bytes.ts'
import { TH } from '../../core/transcript.ts'
import { seededRng } from '../../testing/seeded-rng.ts'
import { check, choose, ROLL_OVER } from '../ot-extension/index.ts'
import { dealPair, type DealtPair } from '../ot-extension/testing/pair.ts'
import { bitOf } from '../ot-extension/words.ts'
import { N, ROW, SEED } from '../parameters.ts'
import { acceptRollOver, offerRollOver, rollOverId } from './index.ts'

const rng = seededRng('roll-over')

/** One run with all that both sides hold. */
function roll(pair: DealtPair, rsid: Uint8Array) {
  const x = rng(ROLL_OVER.columnBytes)
  const { message, choices, keys } = offerRollOver(pair.leaves, rsid, () => x.slice())
  const both = acceptRollOver(pair.owner.delta, pair.owner.leaves, rsid, message)
  if (both === undefined) throw new Error('refused')
  return { x, message, choices, keys, both }
}

const keyAt = (keys: Uint8Array, i: number): Uint8Array => keys.subarray(i * SEED, (i + 1) * SEED)
const complement = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => ~byte)
const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte ^ (b[i] ?? 0))

function distance(a: Uint8Array, b: Uint8Array): number {
  let bits = 0
  for (let i = 0; i < 8 * a.length; i++) bits += bitOf(a, i) ^ bitOf(b, i)
  return bits
}

describe('ten thousand transfers', () => {
  const RUNS = 80
  const runs: (ReturnType<typeof roll> & { readonly rsid: Uint8Array; readonly pair: DealtPair })[] = []

  beforeAll(() => {
    for (let run = 0; run < RUNS; run++) {
      const pair = dealPair(rng)
      const rsid = rng(32)
      runs.push({ ...roll(pair, rsid), rsid, pair })
    }
  })

  test('give B the key it chose, and never the other', () => {
    let wrong = 0
    for (const { choices, keys, both } of runs) {
      for (let t = 0; t < N; t++) {
        const c = bitOf(choices, t)
        if (distance(keyAt(keys, t), keyAt(both, 2 * t + c)) !== 0) wrong++
        if (distance(keyAt(keys, t), keyAt(both, 2 * t + 1 - c)) === 0) wrong++
      }
    }
    expect(wrong).toBe(0)
  })

  test('are all different, and 128 bits apart on the average', () => {
    const all = new Set<string>()
    let sum = 0
    for (const { both } of runs) {
      for (let i = 0; i < 2 * N; i++) all.add(bytesToHex(keyAt(both, i)))
      for (let t = 0; t < N; t++) sum += distance(keyAt(both, 2 * t), keyAt(both, 2 * t + 1))
    }
    expect(all.size).toBe(RUNS * N * 2)
    expect(Math.abs(sum / (RUNS * N) - 128)).toBeLessThan(0.5)
  })

  test('have balanced choices', () => {
    const ones = runs.reduce((sum, { choices }) => sum + distance(choices, new Uint8Array(ROW)), 0)
    // Four standard deviations.
    expect(Math.abs(ones - (RUNS * N) / 2)).toBeLessThan(2 * Math.sqrt(RUNS * N))
  })

  test('have an other key that is none of those B can compute', () => {
    for (const { rsid, pair, x, message, choices, both } of runs.slice(0, 4)) {
      const V = choose(ROLL_OVER, pair.leaves, rsid, x).rows
      const row = (t: number): Uint8Array => V.subarray(t * ROW, (t + 1) * ROW)
      const candidates = new Set<string>()
      const add = (t: number, input: Uint8Array): void => {
        for (const form of [input, complement(input)]) candidates.add(bytesToHex(TH('ot/roll/key', rsid, u16(t), form)))
      }
      const masks = [choices, message.X, ...Array.from({ length: message.u.length / 32 }, (_, j) => message.u.subarray(j * 32, j * 32 + ROW))]
      for (let t = 0; t < N; t++) {
        add(t, new Uint8Array(ROW))
        for (const mask of masks) add(t, xor(row(t), mask))
        for (const s of [t, 0, (t + 1) % N, N - 1]) {
          add(t, row(s))
          add(s, row(t))
        }
      }
      for (let t = 0; t < N; t++) {
        expect(candidates.has(bytesToHex(keyAt(both, 2 * t + 1 - bitOf(choices, t))))).toBe(false)
        expect(candidates.has(bytesToHex(keyAt(both, 2 * t + bitOf(choices, t))))).toBe(true)
      }
    }
  })
})

describe('a cheating B', () => {
  test('is refused with u, X or hT altered', () => {
    const pair = dealPair(rng)
    const rsid = rng(32)
    const { message } = roll(pair, rsid)
    for (const field of ['u', 'X', 'hT'] as const) {
      for (const at of [0, message[field].length - 1]) {
        const altered = { ...message, [field]: message[field].map((byte, i) => (i === at ? byte ^ 0x80 : byte)) }
        expect(acceptRollOver(pair.owner.delta, pair.owner.leaves, rsid, altered)).toBeUndefined()
      }
    }
  })

  test('is refused when roles are swapped in rsid, or another transcript or session stands there', () => {
    const pair = dealPair(rng)
    const [sid, msg1, forward] = [rng(32), rng(N * 66), rng(7233)]
    const { message } = roll(pair, rollOverId(sid, 1, 2, msg1, forward))
    const others = [
      rollOverId(sid, 2, 1, msg1, forward), rollOverId(rng(32), 1, 2, msg1, forward),
      rollOverId(sid, 1, 2, rng(N * 66), forward), rollOverId(sid, 1, 2, msg1, rng(7233)),
    ]
    for (const other of others) expect(acceptRollOver(pair.owner.delta, pair.owner.leaves, other, message)).toBeUndefined()
  })
})

test('A’s keys are hashes of her rows and of her rows with Δ', () => {
  const pair = dealPair(rng)
  const rsid = rng(32)
  const { message, both } = roll(pair, rsid)
  const W = check(ROLL_OVER, pair.owner, rsid, message) ?? new Uint8Array()
  for (let t = 0; t < N; t++) {
    const row = W.subarray(t * ROW, (t + 1) * ROW)
    expect(keyAt(both, 2 * t)).toEqual(TH('ot/roll/key', rsid, u16(t), row))
    expect(keyAt(both, 2 * t + 1)).toEqual(TH('ot/roll/key', rsid, u16(t), xor(row, pair.owner.delta)))
  }
})
