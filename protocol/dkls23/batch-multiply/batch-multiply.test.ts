import { secp256k1, secp256k1_hasher } from '@noble/curves/secp256k1.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import kat from '../../vectors/protocol-kat.json' with { type: 'json' }
import { concat } from '../../core/bytes.ts'
import { Bug, Malformed } from '../../core/errors.ts'
import { groupOfSuite, randomScalar, type Point } from '../../core/group.ts'
import { DOM } from '../../core/transcript.ts'
import { seededRng } from '../../testing/seeded-rng.ts'
import { splitScalar } from './scalars.ts'
import { addAll, decodeAll, hashAllToCurve, multiplyAll, multiplyByAll, placeAll } from './index.ts'

const group = groupOfSuite(1)
const q = group.order
const LAMBDA = 0x5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72n

const EDGES = [1n, 2n, 3n, 15n, 16n, 17n, 2n ** 128n, 2n ** 129n - 1n, 2n ** 255n, q >> 1n, (q >> 1n) + 1n, q - 3n, q - 2n, q - 1n, LAMBDA, q - LAMBDA]
/** With these the last addition meets a point and itself, so that the library has to step in. */
const EXCEPTIONAL = [((2n * (q - 13n)) * LAMBDA) % q, q - 2n * 0x3086d221a7d46bcde86c90e49284eb15n]

const randomScalars = (seed: string, count: number): bigint[] => {
  const rng = seededRng(seed)
  return Array.from({ length: count }, () => randomScalar(group, rng))
}
const randomPoints = (seed: string, count: number): Point[] => randomScalars(seed, count).map((k) => group.generator.multiply(k))
const hex = (points: readonly Point[]): string[] => points.map((point) => bytesToHex(group.encodePoint(point)))

describe('many scalars and one point', () => {
  test('equals the library for the generator and 2,000 scalars', () => {
    // Apart from each other, as one exceptional scalar sends its whole batch to the library.
    for (const scalars of [EXCEPTIONAL, [...EDGES, ...randomScalars('base', 2000)]]) {
      expect(hex(multiplyByAll(group.generator, scalars))).toEqual(hex(scalars.map((k) => group.generator.multiply(k))))
    }
  })

  test('equals the library for other points, among them multiples of the generator that lie in its table', () => {
    for (const point of [...randomPoints('points', 4), group.generator.multiply(2n), group.generator.multiply(16n), group.generator.negate()]) {
      const scalars = [...EDGES, ...randomScalars('other', 20)]
      expect(hex(multiplyByAll(point, scalars))).toEqual(hex(scalars.map((k) => point.multiply(k))))
    }
  })
})

describe('many points and one scalar', () => {
  test('equals the library for every kind of scalar', () => {
    const points = [...randomPoints('few', 3), group.generator, group.generator.negate()]
    for (const k of [...EDGES, ...EXCEPTIONAL, ...randomScalars('same', 30)]) {
      expect(hex(multiplyAll(points, k))).toEqual(hex(points.map((point) => point.multiply(k))))
    }
  })

  test('equals the library for 256 points, some equal, some opposite, some not normalised', () => {
    const some = randomPoints('many', 120)
    const others = [...some.slice(60).map((point) => point.negate()), ...some.slice(0, 16).map((point) => point.add(group.generator))]
    const points = [...some, ...some.slice(0, 60), ...others]
    const [k] = randomScalars('one', 1)
    if (k === undefined) throw new Error('no scalar')
    expect(points).toHaveLength(256)
    expect(hex(multiplyAll(points, k))).toEqual(hex(points.map((point) => point.multiply(k))))
  })
})

describe('both', () => {
  test('have nothing to do for nothing', () => {
    expect([multiplyAll([], 5n), multiplyByAll(group.generator, []), hashAllToCurve([]), decodeAll(new Uint8Array())]).toEqual([[], [], [], []])
  })

  test('refuse the identity, a point of another curve, and a scalar out of range', () => {
    for (const point of [group.identity, groupOfSuite(2).generator]) expect(() => multiplyAll([group.generator, point], 5n)).toThrow(Bug)
    for (const k of [0n, q, -1n]) {
      expect(() => multiplyAll([group.generator], k)).toThrow(Bug)
      expect(() => multiplyByAll(group.generator, [1n, k])).toThrow(Bug)
    }
  })

  test('split a scalar into two odd halves of 33 digits', () => {
    const value = (digits: Uint8Array): bigint => digits.reduceRight((sum, e) => sum * 16n + BigInt(2 * e - 15), 0n)
    for (const k of [...EDGES, ...EXCEPTIONAL, ...randomScalars('split', 500)]) {
      const [k1, k2] = splitScalar(k).map(value)
      if (k1 === undefined || k2 === undefined) throw new Error('not two halves')
      expect((((k1 + k2 * LAMBDA - k) % q) + q) % q).toBe(0n)
      for (const half of [k1, k2]) expect(half < 2n ** 130n && half > -(2n ** 130n)).toBe(true)
    }
  })
})

describe('adding pairwise', () => {
  test('equals the library, also where points are equal or opposite', () => {
    const [a, b] = [randomPoints('a', 300), randomPoints('b', 300)]
    expect(hex(addAll(a, b))).toEqual(hex(a.map((point, i) => point.add(b[i] ?? group.identity))))
    const [first] = a
    if (first === undefined) throw new Error('no point')
    const [sum, twice, none] = addAll([first, first, first], [group.generator, first, first.negate()])
    expect(sum?.equals(first.add(group.generator))).toBe(true)
    expect(twice?.equals(first.multiply(2n))).toBe(true)
    expect(none?.is0()).toBe(true)
  })

  test('places pairs by bits', () => {
    const [a, b] = [randomPoints('first', 16), randomPoints('second', 16)]
    const bits = Uint8Array.of(0b01010011, 0b10000001)
    const placed = placeAll(a, b, bits)
    const expected = a.flatMap((point, i) => {
      const other = b[i] ?? group.identity
      return [0, 1, 4, 6, 8, 15].includes(i) ? [other, point] : [point, other]
    })
    expect(hex(placed)).toEqual(hex(expected))
  })
})

describe('hashing to the curve', () => {
  test('gives the known answers of the specification', () => {
    const [h0, h1] = hashAllToCurve(['0', '1'].map((branch) => ({ message: utf8ToBytes('abc'), dst: utf8ToBytes(`${DOM}ot/base/h${branch}`) })))
    if (h0 === undefined || h1 === undefined) throw new Error('not two points')
    expect(hex([h0, h1])).toEqual([kat.h2c_b0_abc, kat.h2c_b1_abc])
  })

  test('gives the x coordinates of RFC 9380, appendix J.8.1', () => {
    const dst = utf8ToBytes('QUUX-V01-CS02-with-secp256k1_XMD:SHA-256_SSWU_RO_')
    const messages = ['', 'abc', 'abcdef0123456789', `q128_${'q'.repeat(128)}`, `a512_${'a'.repeat(512)}`]
    const points = hashAllToCurve(messages.map((text) => ({ message: utf8ToBytes(text), dst })))
    expect(hex(points).map((encoded) => encoded.slice(2))).toEqual([
      'c1cae290e291aee617ebaef1be6d73861479c48b841eaba9b7b5852ddfeb1346',
      '3377e01eab42db296b512293120c6cee72b6ecf9f9205760bd9ff11fb3cb2c4b',
      'bac54083f293f1fe08e4a70137260aa90783a5cb84d3f35848b324d0674b0e3a',
      'e2167bc785333a37aa562f021f1e881defb853839babf52a7f72b102e41890e9',
      'e3c8d35aaaf0b9b647e88a0a0a7ee5d5bed5ad38238152e4e6fd8c1f8cb7c998',
    ])
  })

  test('equals the library for 3,000 messages of all lengths under two tags', () => {
    const rng = seededRng('messages')
    const inputs = Array.from({ length: 3000 }, (_, i) => ({ message: rng(i % 200), dst: utf8ToBytes(`${DOM}ot/base/h${i & 1}`) }))
    const expected = inputs.map(({ message, dst }) => secp256k1_hasher.hashToCurve(message, { DST: dst }))
    expect(hex(hashAllToCurve(inputs))).toEqual(hex(expected))
  })
})

describe('decoding', () => {
  const points = randomPoints('decode', 200)
  const encoded = points.map((point) => group.encodePoint(point))

  test('equals the library', () => {
    expect(hex(decodeAll(concat(...encoded)))).toEqual(hex(points))
  })

  test('refuses what the group refuses, wherever it stands', () => {
    const [good] = encoded
    if (good === undefined) throw new Error('no point')
    const field = (x: bigint): Uint8Array => secp256k1.Point.Fp.toBytes(x)
    const bad = [
      new Uint8Array(33), good.with(0, 0), good.with(0, 1), good.with(0, 4), good.with(0, 5), good.with(0, 6), good.with(0, 0x82),
      concat(Uint8Array.of(2), field(0n)), concat(Uint8Array.of(2), field(5n)), concat(Uint8Array.of(3), new Uint8Array(32).fill(255)),
      // x = p + 1, which is a point's x if reduced.
      concat(Uint8Array.of(2), field(secp256k1.Point.Fp.ORDER - 1n).map((byte, i) => (i === 31 ? byte + 2 : byte))),
    ]
    for (const one of bad) {
      expect(() => group.decodePoint(one), bytesToHex(one)).toThrow(Malformed)
      expect(() => decodeAll(concat(good, one, good)), bytesToHex(one)).toThrow(Malformed)
    }
    expect(() => decodeAll(good.subarray(1))).toThrow(Malformed)
    expect(decodeAll(concat(good, good))).toHaveLength(2)
  })

  test('agrees with the group on random x, about half of which are on the curve', () => {
    const rng = seededRng('x')
    const accepts = (decode: () => unknown): boolean => {
      try {
        decode()
        return true
      } catch (error) {
        if (error instanceof Malformed) return false
        throw error
      }
    }
    const candidates = Array.from({ length: 400 }, () => rng(33)).map((bytes) => bytes.with(0, 2 + ((bytes[0] ?? 0) & 1)))
    const verdicts = candidates.map((bytes) => accepts(() => decodeAll(bytes)))
    expect(verdicts).toEqual(candidates.map((bytes) => accepts(() => group.decodePoint(bytes))))
    expect(verdicts.filter(Boolean).length).toBeGreaterThan(150)
    expect(verdicts.filter((accepted) => !accepted).length).toBeGreaterThan(150)
  })
})
