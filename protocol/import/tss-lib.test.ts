import { readFileSync } from 'node:fs'
import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { baseMultiply, groupOfSuite, mod, sumPoints } from '../core/group.ts'
import { invert } from '../core/polynomial.ts'
import { readTssLibShare, type TssLibShare } from './tss-lib.ts'

const fileOf = (kind: 'ecdsa' | 'eddsa', holder: number): Uint8Array =>
  readFileSync(new URL(`vectors/tss-lib/${kind}/keygen_data_${holder}.json`, import.meta.url))

const sharesOf = (kind: 'ecdsa' | 'eddsa'): TssLibShare[] => [0, 1, 2, 3, 4].map((holder) => readTssLibShare(fileOf(kind, holder)))

const NONE = new Uint8Array()

/** λ of each, over any x-coordinates: those of tss-lib are no share indices. */
function lagrange(order: bigint, ks: readonly bigint[]): bigint[] {
  return ks.map((k) => ks.filter((other) => other !== k).reduce((product, other) => mod(product * other * invert(other - k, order), order), 1n))
}

function subsets(n: number, size: number): number[][] {
  const all: number[][] = [[]]
  for (let i = 0; i < n; i++) all.push(...all.map((set) => [...set, i]))
  return all.filter((set) => set.length === size)
}

describe.each([{ kind: 'ecdsa', suite: 1 }, { kind: 'eddsa', suite: 2 }] as const)('the five files of tss-lib for $kind', ({ kind, suite }) => {
  const shares = sharesOf(kind)
  const group = groupOfSuite(suite)
  const [first] = shares
  if (!first) throw new Error('no file')
  const { holders, groupKey } = first.sharing
  const ks = holders.map(({ x }) => x)

  test('are read: five holders in their order, of one key, any three of whom sign', () => {
    expect(shares.map((share) => share.index)).toEqual([0, 1, 2, 3, 4])
    expect(first.sharing).toMatchObject({ suite, threshold: 3, keyId: undefined })
    expect(ks).toHaveLength(5)
    for (const share of shares) expect(share.sharing).toEqual(first.sharing)
    expect(new Set(shares.map((share) => bytesToHex(share.share))).size).toBe(5)
  })

  test('give, by any three holders, the secret of the public key, and by any three points the public key', () => {
    const secrets = new Set<bigint>()
    for (const set of subsets(5, 3)) {
      const lambdas = lagrange(group.order, set.map((i) => ks[i] ?? 0n))
      const secret = set.reduce((sum, i, at) => mod(sum + (lambdas[at] ?? 0n) * group.decodeScalar(shares[i]?.share ?? NONE), group.order), 0n)
      secrets.add(secret)
      expect(group.encodePoint(baseMultiply(group, secret))).toEqual(groupKey)
      expect(pointAtZero(set)).toEqual(groupKey)
    }
    expect(secrets.size).toBe(1)
  })

  test('do not give it by two holders: the threshold is not read too low', () => {
    for (const set of subsets(5, 2)) expect(pointAtZero(set)).not.toEqual(groupKey)
  })

  function pointAtZero(set: readonly number[]): Uint8Array {
    const lambdas = lagrange(group.order, set.map((i) => ks[i] ?? 0n))
    return group.encodePoint(sumPoints(group, set.map((i, at) => group.decodePoint(holders[i]?.point ?? NONE).multiplyUnsafe(lambdas[at] ?? 0n))))
  }
})

test('the EdDSA key is the point that RFC 8032 encodes', () => {
  const file: unknown = JSON.parse(new TextDecoder().decode(fileOf('eddsa', 0)).replace(/\d{16,}/g, '"$&"'))
  const { EDDSAPub: { Coords: [x, y] } } = file as { EDDSAPub: { Coords: [string, string] } }
  const [share] = sharesOf('eddsa')
  const point = ed25519.Point.fromBytes(share?.sharing.groupKey ?? NONE)
  expect(point.toAffine()).toEqual({ x: BigInt(x), y: BigInt(y) })
})

interface Made { suite?: 1 | 2; coefficients: readonly bigint[]; ks: readonly bigint[]; holder?: number }

/** A file of any threshold in the plain form: `points` and the rest follow from the coefficients. */
function made({ suite = 1, coefficients, ks, holder = 0 }: Made): Uint8Array {
  const group = groupOfSuite(suite)
  const curve = suite === 1 ? 'secp256k1' : 'ed25519'
  const value = (x: bigint): bigint => coefficients.reduceRight((sum, a) => mod(sum * x + a, group.order), 0n)
  const json = (scalar: bigint): string => {
    const { x, y } = affine(suite, scalar)
    return `{"Curve":"${curve}","Coords":[${x},${y}]}`
  }
  const own = ks[holder] ?? 0n
  const publicKey = suite === 1 ? 'ECDSAPub' : 'EDDSAPub'
  const points = ks.map((k) => json(value(k))).join()
  const text = `{"Xi":${value(own)},"ShareID":${own},"Ks":[${ks.join()}],"BigXj":[${points}],"${publicKey}":${json(value(0n))}}`
  return utf8ToBytes(text)
}

function affine(suite: 1 | 2, scalar: bigint): { x: bigint; y: bigint } {
  const point = baseMultiply(groupOfSuite(suite), scalar)
  if (!('toAffine' in point) || typeof point.toAffine !== 'function') throw new Error('expected a point of noble')
  return (point.toAffine as () => { x: bigint; y: bigint }).call(point)
}

describe('the threshold', () => {
  test('is found for every degree that so many holders can have', () => {
    const coefficients = [11n, 22n, 33n, 44n, 55n, 66n]
    const ks = [901n, 902n, 905n, 77n, 3n, 14n]
    for (const suite of [1, 2] as const) {
      for (let n = 2; n <= 6; n++) {
        for (let t = 2; t <= n; t++) {
          const file = made({ suite, coefficients: coefficients.slice(0, t), ks: ks.slice(0, n), holder: n - 1 })
          const { sharing, index } = readTssLibShare(file)
          expect([sharing.suite, sharing.threshold, index, sharing.holders.map(({ x }) => x)]).toEqual([suite, t, n - 1, ks.slice(0, n)])
        }
      }
    }
  })

  test('of one is refused: every holder would have the whole key', () => {
    expect(() => readTssLibShare(made({ coefficients: [5n], ks: [1n, 2n, 3n] }))).toThrow(/^BigXj: all are the public key/)
  })
})

describe('of many holders', () => {
  const many = (n: number): Uint8Array => made({ coefficients: [5n, 6n, 7n], ks: Array.from({ length: n }, (_, i) => BigInt(3 * i + 2)) })
  /** Its sign is the parity of y: the point is on the curve, and another one. */
  const withOneNegated = (n: number): Uint8Array => {
    const text = new TextDecoder().decode(many(n))
    return utf8ToBytes(text.replace(/"BigXj":\[(?:\{[^}]*\},){7}\{"Curve":"secp256k1","Coords":\[\d+,(\d+)/, (match, y: string) => match.slice(0, -y.length) + String(P - BigInt(y))))
  }
  const P = secp256k1.Point.Fp.ORDER

  test('sixty-four are read', () => {
    expect(readTssLibShare(many(64)).sharing).toMatchObject({ threshold: 3 })
  })

  test('a wrong point is named up to sixteen, and not searched for above', () => {
    expect(() => readTssLibShare(withOneNegated(16))).toThrow(/^BigXj\[7\]: does not fit the other shares and ECDSAPub/)
    expect(() => readTssLibShare(withOneNegated(17))).toThrow('BigXj: with Ks and ECDSAPub, these are not the shares of one key')
  })
})

test('holders are told apart modulo the order of the group, as tss-lib counts them', () => {
  const { order } = groupOfSuite(1)
  const share = readTssLibShare(made({ coefficients: [5n, 6n], ks: [order + 7n, 2n * order + 9n, 4n] }))
  expect(share.sharing.holders.map(({ x }) => x)).toEqual([7n, 9n, 4n])
  expect([share.index, share.sharing.threshold]).toEqual([0, 2])
})

test('a file of version 1, which names no curve, is read', () => {
  const text = new TextDecoder().decode(fileOf('ecdsa', 0))
  for (const without of [text.replace(/"Curve": "secp256k1",/g, ''), text.replace(/"secp256k1"/g, '""')]) {
    expect(readTssLibShare(utf8ToBytes(without))).toEqual(readTssLibShare(fileOf('ecdsa', 0)))
  }
})

test('wiping the file leaves the share', () => {
  const file = Uint8Array.from(fileOf('eddsa', 2))
  const share = readTssLibShare(file)
  const before = bytesToHex(share.share)
  file.fill(0)
  expect(bytesToHex(share.share)).toBe(before)
  expect(() => readTssLibShare(file)).toThrow(/^file: /)
})
