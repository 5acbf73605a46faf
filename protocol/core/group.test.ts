/** Groups, polynomials and proofs: the mathematics that the rounds stand on. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRng } from '../testing/index.ts'
import { baseMultiply, groupOfSuite, mod, randomScalar, sumPoints } from './group.ts'
import { evaluate, evaluateInExponent, lagrangeAtZero } from './polynomial.ts'
import { prove, verifyProof } from './proof.ts'

const TORSION = ed25519.Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')
const GROUPS = [['Ed25519', groupOfSuite(2)], ['secp256k1', groupOfSuite(3)]] as const

describe.each(GROUPS)('%s', (_, group) => {
  const rng = seededRng('group')

  test('reads back the points and scalars that it writes', () => {
    for (let i = 0; i < 5; i++) {
      const scalar = randomScalar(group, rng)
      const point = baseMultiply(group, scalar)
      expect(group.decodeScalar(group.encodeScalar(scalar))).toBe(scalar)
      expect(group.encodePoint(group.decodePoint(group.encodePoint(point)))).toEqual(group.encodePoint(point))
    }
  })

  test('takes scalars below the order alone, and zero', () => {
    const bytes = (value: bigint): Uint8Array => {
      const bigEndian = Uint8Array.from({ length: 32 }, (_unused, i) => Number((value >> BigInt(8 * (31 - i))) & 255n))
      return group.pointBytes === 32 ? bigEndian.toReversed() : bigEndian
    }
    expect(group.decodeScalar(bytes(group.order - 1n))).toBe(group.order - 1n)
    expect(group.decodeScalar(bytes(0n))).toBe(0n)
    for (const value of [group.order, group.order + 1n, 2n ** 256n - 1n]) expect(() => group.decodeScalar(bytes(value))).toThrow(/below the group order/)
    for (const size of [0, 31, 33]) expect(() => group.decodeScalar(new Uint8Array(size))).toThrow(/32 bytes/)
  })

  test('takes points of its one length alone', () => {
    for (const size of [0, 31, group.pointBytes - 1, group.pointBytes + 1, 65]) expect(() => group.decodePoint(new Uint8Array(size))).toThrow(/expected a point/)
  })

  test('never draws zero, also when the randomness would give it', () => {
    let calls = 0
    const stuck = (size: number): Uint8Array => {
      calls += 1
      return new Uint8Array(size).fill(calls < 3 ? 0 : 1)
    }
    expect(randomScalar(group, stuck)).not.toBe(0n)
    expect(calls).toBe(3)
  })

  test('multiplies its generator also by zero, and adds nothing up to the identity', () => {
    expect(baseMultiply(group, 0n).is0()).toBe(true)
    expect(sumPoints(group, []).is0()).toBe(true)
    expect(sumPoints(group, [group.generator, group.generator]).equals(baseMultiply(group, 2n))).toBe(true)
  })

  test('evaluates a polynomial in the exponent as over the scalars', () => {
    const coefficients = Array.from({ length: 4 }, () => randomScalar(group, rng))
    const F = coefficients.map((a) => baseMultiply(group, a))
    for (const x of [1, 2, 16, 65_279]) {
      const direct = coefficients.reduce((sum, a, k) => mod(sum + a * BigInt(x) ** BigInt(k), group.order), 0n)
      expect(evaluate(group, coefficients, x)).toBe(direct)
      expect(evaluateInExponent(group, F, x).equals(baseMultiply(group, direct))).toBe(true)
    }
  })

  test('interpolates the constant term from any distinct indices, as many as there are coefficients', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 65_279 }), { minLength: 2, maxLength: 6 }), (set) => {
      const coefficients = Array.from({ length: set.length }, () => randomScalar(group, rng))
      const interpolated = (indices: readonly number[]): bigint =>
        indices.reduce((sum, i) => mod(sum + lagrangeAtZero(group, i, indices) * evaluate(group, coefficients, i), group.order), 0n)
      expect(interpolated(set)).toBe(coefficients[0])
      expect(interpolated(set.slice(1))).not.toBe(coefficients[0])
    }), { numRuns: 20, seed: 1 })
  })

  test('interpolates over no index that stands twice, nor without the own one', () => {
    expect(() => lagrangeAtZero(group, 1, [1, 2, 2])).toThrow(/distinct/)
    expect(() => lagrangeAtZero(group, 3, [1, 2])).toThrow(/distinct/)
  })

  test('verifies a proof for its own statement, context and tag alone', () => {
    const [x, ctx] = [randomScalar(group, rng), Uint8Array.of(1, 2, 3)]
    const X = baseMultiply(group, x)
    const proof = prove(group, 'dkg/pop', ctx, x, X, rng)
    expect(verifyProof(group, 'dkg/pop', ctx, X, proof)).toBe(true)
    expect(verifyProof(group, 'dkg/fin', ctx, X, proof)).toBe(false)
    expect(verifyProof(group, 'dkg/pop', Uint8Array.of(1, 2, 4), X, proof)).toBe(false)
    expect(verifyProof(group, 'dkg/pop', ctx, X.add(group.generator), proof)).toBe(false)
    expect(verifyProof(group, 'dkg/pop', ctx, X, { ...proof, z: mod(proof.z + 1n, group.order) })).toBe(false)
    expect(verifyProof(group, 'dkg/pop', ctx, X, { ...proof, K: proof.K.add(group.generator) })).toBe(false)
  })
})

describe('Ed25519 points', () => {
  const group = groupOfSuite(2)
  const p = 2n ** 255n - 19n
  const encoded = (y: bigint, sign: 0 | 1): Uint8Array =>
    Uint8Array.from({ length: 32 }, (_, i) => Number((y >> BigInt(8 * i)) & 255n) | (i === 31 ? sign << 7 : 0))

  test.for([
    ['the identity', ed25519.Point.ZERO.toBytes()],
    ['the identity with a sign', encoded(1n, 1)],
    ['the identity, not reduced', encoded(p + 1n, 0)],
    ['y = p, which is 0', encoded(p, 0)],
    ['the point of order two', encoded(p - 1n, 0)],
    ['a point of order four', encoded(0n, 0)],
    ['a point of order eight', TORSION.toBytes()],
    ['a good point plus torsion', ed25519.Point.BASE.add(TORSION).toBytes()],
    ['no point of the curve', encoded(2n, 0)],
  ] as const)('refuse %s', ([, bytes]) => {
    expect(() => group.decodePoint(bytes)).toThrow(expect.objectContaining({ code: 'E_POINT' }))
  })
})

describe('secp256k1 points', () => {
  const group = groupOfSuite(3)
  const G = secp256k1.Point.BASE
  test.for([
    ['uncompressed', G.toBytes(false)],
    ['the encoding of the identity', Uint8Array.of(0)],
    ['a hybrid prefix', G.toBytes(true).with(0, 6)],
    ['an unknown prefix', G.toBytes(true).with(0, 4)],
    ['an x that is on no point', Uint8Array.of(2, ...new Uint8Array(31), 5)],
    ['an x above the field prime', Uint8Array.of(2, ...new Uint8Array(32).fill(0xff))],
  ] as const)('refuse %s', ([, bytes]) => {
    expect(() => group.decodePoint(bytes)).toThrow(expect.objectContaining({ code: 'E_POINT' }))
  })
})
