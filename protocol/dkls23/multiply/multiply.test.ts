import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import kat from '../../vectors/protocol-kat.json' with { type: 'json' }
import { concat, u16, u8 } from '../../core/bytes.ts'
import { mod, randomScalar } from '../../core/group.ts'
import { hashToScalar, PRG, TH } from '../../core/transcript.ts'
import { seededRng } from '../../testing/seeded-rng.ts'
import { check, SIGNING } from '../ot-extension/index.ts'
import { dealPair } from '../ot-extension/testing/pair.ts'
import { bitOf } from '../ot-extension/words.ts'
import { WIDTH, XI } from '../parameters.ts'
import { answerMultiplication, finishMultiplication, forget, multiplicationId, startMultiplication, type M1, type M2 } from './index.ts'
import { gadget, group, q } from './scalars.ts'

const rng = seededRng('multiply')
const pair = dealPair(rng)
const inputs = (): readonly [bigint, bigint] => [randomScalar(group, rng), randomScalar(group, rng)]

function answered(m1: M1, vsid: Uint8Array, a: readonly [bigint, bigint]) {
  const answer = answerMultiplication(pair.owner, vsid, m1, a, rng)
  if (answer === undefined) throw new Error('refused')
  return answer
}

/** Both sides up to m2. */
function upToM2() {
  const vsid = multiplicationId(rng(32), 1, 2)
  const { m1, b, state } = startMultiplication(pair.leaves, vsid, rng)
  return { vsid, m1, b, state, ...answered(m1, vsid, inputs()) }
}

/** §C.2 step by step and scalar by scalar, but with a_0 + 1 instead of a_0 in one row. */
function aliceByTheText(vsid: Uint8Array, m1: M1, [a0, a1]: readonly [bigint, bigint], row: number): { readonly m2: M2; readonly c: readonly bigint[] } {
  const W = check(SIGNING, pair.owner, vsid, m1)
  if (W === undefined) throw new Error('refused')
  const CR = (j: number, input: Uint8Array): bigint[] => {
    const pads = PRG(TH('ot/cr', vsid), concat(u16(j), input), 96)
    return [0, 32, 64].map((at) => BigInt(`0x${bytesToHex(pads.subarray(at, at + 32))}`) % q)
  }
  const rows = Array.from({ length: XI }, (_, j) => W.slice(16 * j, 16 * j + 16))
  const alpha0 = rows.map((input, j) => CR(j, input))
  const alpha1 = rows.map((input, j) => CR(j, input.map((byte, k) => byte ^ (pair.owner.delta[k] ?? 0))))
  const a = [a0, a1, randomScalar(group, rng)]
  const aTilde = concat(...alpha0.flatMap((triple, j) => triple.map((alpha, i) =>
    group.encodeScalar(mod(alpha - (alpha1[j]?.[i] ?? 0n) + (a[i] ?? 0n) + (j === row && i === 0 ? 1n : 0n), q)))))
  const seed = TH('rvole/theta', vsid, TH('rvole/m1', concat(m1.u, m1.X, m1.hT)), aTilde)
  const [theta0, theta1] = [0, 1].map((i) => hashToScalar(q, 'rvole/theta-i', seed, u8(i)))
  const linear = ([first = 0n, second = 0n, third = 0n]: readonly bigint[]): bigint => (third + (theta0 ?? 0n) * first + (theta1 ?? 0n) * second) % q
  const mu = TH('rvole/mu', vsid, concat(...alpha0.map((triple) => group.encodeScalar(linear(triple)))))
  const c = [0, 1].map((i) => mod(-gadget().reduce((sum, g, j) => sum + g * (alpha0[j]?.[i] ?? 0n), 0n), q))
  return { m2: { aTilde, eta: linear(a), mu }, c }
}

function altered(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))
}

describe('multiplication', () => {
  test('ends with c + d = a·b for both inputs, a thousand times', () => {
    let wrong = 0
    const products = new Set<bigint>()
    for (let run = 0; run < 1000; run++) {
      const vsid = multiplicationId(rng(32), 1, 2)
      const a = inputs()
      const { m1, b, state } = startMultiplication(pair.leaves, vsid, rng)
      const { m2, outputs: c } = answered(m1, vsid, a)
      const d = finishMultiplication(state, m2)
      if (d === undefined || (c[0] + d[0] - a[0] * b) % q !== 0n || (c[1] + d[1] - a[1] * b) % q !== 0n) wrong++
      for (const share of [b, ...c, ...d ?? []]) {
        if (share < 0n || share >= q) wrong++
        products.add(share)
      }
    }
    expect(wrong).toBe(0)
    expect(products.size).toBe(5000)
  }, 60_000)

  test('works for inputs 0, 1 and q − 1', () => {
    for (const a of [[0n, 1n], [q - 1n, 0n], [q - 1n, q - 1n]] as const) {
      const vsid = multiplicationId(rng(32), 1, 2)
      const { m1, b, state } = startMultiplication(pair.leaves, vsid, rng)
      const { m2, outputs: c } = answered(m1, vsid, a)
      const d = finishMultiplication(state, m2)
      expect(d?.map((share, i) => (share + (c[i] ?? 0n)) % q)).toEqual(a.map((factor) => (factor * b) % q))
    }
  })

  test('uses the gadget of the specification', () => {
    const all = concat(...gadget().map((g) => group.encodeScalar(g)))
    expect(bytesToHex(sha256(all))).toBe(kat.gadget.sha256_of_all_416x32)
    expect([0, 1, 415].map((j) => bytesToHex(all.slice(32 * j, 32 * j + 32)))).toEqual([kat.gadget.g0, kat.gadget.g1, kat.gadget.g415])
  })

  test('has messages of the sizes of the specification', () => {
    const { m1, m2 } = upToM2()
    expect([m1.u.length, m1.X.length, m1.hT.length]).toEqual([2176, 16, 32])
    expect([m2.aTilde.length, m2.mu.length]).toEqual([39936, 32])
    expect(2 * (XI * WIDTH * 32 + 64 + 2224)).toBe(84448)
  })

  test('wipes what Bob kept, when he finishes and when he forgets', () => {
    const finished = upToM2()
    const forgotten = upToM2()
    expect(finishMultiplication(finished.state, finished.m2)).toBeDefined()
    forget(forgotten.state)
    for (const { state } of [finished, forgotten]) {
      expect([...state.choices, ...state.pads].every((byte) => byte === 0)).toBe(true)
    }
  })
})

describe('a cheating Bob is caught before Alice answers', () => {
  test.each(['u', 'X', 'hT'] as const)('who alters %s', (field) => {
    const vsid = multiplicationId(rng(32), 1, 2)
    const { m1 } = startMultiplication(pair.leaves, vsid, rng)
    for (const at of [0, m1[field].length - 1]) {
      expect(answerMultiplication(pair.owner, vsid, { ...m1, [field]: altered(m1[field], at) }, inputs(), rng)).toBeUndefined()
    }
  })

  test('who takes the roles the other way round', () => {
    const sid = rng(32)
    const { m1 } = startMultiplication(pair.leaves, multiplicationId(sid, 2, 1), rng)
    expect(answerMultiplication(pair.owner, multiplicationId(sid, 1, 2), m1, inputs(), rng)).toBeUndefined()
  })

  test('who repeats a message of another session', () => {
    const { m1 } = startMultiplication(pair.leaves, multiplicationId(rng(32), 1, 2), rng)
    expect(answerMultiplication(pair.owner, multiplicationId(rng(32), 1, 2), m1, inputs(), rng)).toBeUndefined()
  })
})

describe('a cheating Alice is caught', () => {
  test.each<[string, (m2: M2) => M2]>([
    ['ã in its first scalar', (m2) => ({ ...m2, aTilde: altered(m2.aTilde, 31) })],
    ['ã in its last scalar', (m2) => ({ ...m2, aTilde: altered(m2.aTilde, m2.aTilde.length - 1) })],
    ['η', (m2) => ({ ...m2, eta: (m2.eta + 1n) % q })],
    ['μ', (m2) => ({ ...m2, mu: altered(m2.mu, 31) })],
  ])('who alters %s', (_, alter) => {
    const { state, m2 } = upToM2()
    expect(finishMultiplication(state, alter(m2))).toBeUndefined()
    expect(state.pads.every((byte) => byte === 0)).toBe(true)
  })

  test('who answers under the roles the other way round', () => {
    const sid = rng(32)
    const { state } = startMultiplication(pair.leaves, multiplicationId(sid, 1, 2), rng)
    const reversed = multiplicationId(sid, 2, 1)
    const { m2 } = answered(startMultiplication(pair.leaves, reversed, rng).m1, reversed, inputs())
    expect(finishMultiplication(state, m2)).toBeUndefined()
  })

  test('who uses another input in one row, if Bob chose 1 there; otherwise it changes nothing', () => {
    const a = inputs()
    for (const row of [0, 1, 2, 3, 413, 414, 415]) {
      const vsid = multiplicationId(rng(32), 1, 2)
      const { m1, b, state } = startMultiplication(pair.leaves, vsid, rng)
      const chosen = bitOf(state.choices, row) === 1
      const { m2, c } = aliceByTheText(vsid, m1, a, row)
      const d = finishMultiplication(state, m2)
      if (chosen) expect(d).toBeUndefined()
      else expect(d?.map((share, i) => (share + (c[i] ?? 0n)) % q)).toEqual(a.map((factor) => (factor * b) % q))
    }
  })
})
