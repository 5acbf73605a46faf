import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { elements, invert, invertAll, isZero, parity, powerOfQuarter, read, write, writeBytes } from './element.ts'
import { LIMBS, multiply, P, plus, product, reduce, square, squared, subtract } from './field.ts'

/** Numbers at which carries and folds are at their limits. */
const EDGES = [
  0n, 1n, 2n, 2n ** 23n, 2n ** 24n - 1n, 2n ** 32n + 976n, 2n ** 32n + 977n, 2n ** 240n - 1n, 2n ** 255n, P >> 1n, P - 2n ** 32n, P - 977n, P - 2n, P - 1n,
  // All limbs at 2^23, the largest, and at −2^23.
  BigInt(`0x8000${'800000'.repeat(10)}`), BigInt(`0x7fff${'7fffff'.repeat(10)}`), BigInt(`0x7fff${'800000'.repeat(10)}`),
]
const number = fc.oneof(fc.constantFrom(...EDGES), fc.bigInt(0n, P - 1n))
const mod = (x: bigint): bigint => ((x % P) + P) % P

function element(value: bigint) {
  const out = elements(1)
  write(out, 0, value)
  return out
}

describe('an element of the field', () => {
  test('reads back as the number it was written from', () => {
    fc.assert(fc.property(number, (x) => {
      expect(read(element(x), 0)).toBe(x)
    }), { numRuns: 2000, seed: 1 })
  })

  test('is one below p: other bytes are told', () => {
    const bytes = (value: bigint): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * (31 - i))) & 255n))
    const out = elements(1)
    for (const x of EDGES) expect(writeBytes(out, 0, bytes(x))).toBe(true)
    for (const x of [P, P + 1n, 2n ** 256n - 1n]) expect(writeBytes(out, 0, bytes(x))).toBe(false)
  })
})

describe('arithmetic in limbs', () => {
  test('equals that of BigInt', () => {
    const out = elements(1)
    fc.assert(fc.property(number, number, number, (x, y, z) => {
      const [X, Y, D] = [element(x), element(y), element(z)]
      multiply(out, 0, X, 0, Y, 0)
      expect(read(out, 0)).toBe(mod(x * y))
      square(out, 0, X, 0)
      expect(read(out, 0)).toBe(mod(x * x))
      subtract(out, 0, X, 0, Y, 0)
      expect(read(out, 0)).toBe(mod(x - y))
      expect(isZero(out, 0)).toBe(x === y)
      expect(parity(out, 0)).toBe(Number(mod(x - y) & 1n))
      product(X, 0, Y, 0)
      plus(D, 0, -3)
      reduce(out, 0)
      expect(read(out, 0)).toBe(mod(x * y - 3n * z))
      squared(X, 0)
      plus(D, 0, 1)
      reduce(out, 0)
      expect(read(out, 0)).toBe(mod(x * x + z))
    }), { numRuns: 5000, seed: 2 })
  })

  test('stays exact, and within its bounds, at the largest weights that may meet', () => {
    const sides = [-1, 1].map((side) => {
      const limbs = elements(1).fill(side * 1.02 * 2 ** 23)
      limbs[LIMBS - 1] = side * Math.floor(2 ** 17.7)
      return limbs.map(Math.round)
    })
    const value = (limbs: Float64Array): bigint => limbs.reduceRight((sum, limb) => sum * 2n ** 24n + BigInt(limb), 0n)
    const out = elements(1)
    for (const X of sides) {
      for (const Y of sides) {
        for (const [v, w] of [[1, 1], [8, 1], [4, 2], [2, 4]] as const) {
          product(X.map((limb) => v * limb), 0, Y.map((limb) => w * limb), 0)
          reduce(out, 0)
          expect(read(out, 0)).toBe(mod(BigInt(v * w) * value(X) * value(Y)))
          expect(Math.max(...out.map(Math.abs))).toBeLessThan(1.02 * 2 ** 23)
          expect(Math.abs(out[LIMBS - 1] ?? NaN)).toBeLessThan(2 ** 17.7)
        }
      }
      squared(X.map((limb) => 2 * limb), 0)
      reduce(out, 0)
      expect(read(out, 0)).toBe(mod(4n * value(X) ** 2n))
    }
  })

  test('writes and reads at an offset, and over its own input', () => {
    const values = [5n, P - 7n, 11n]
    const array = elements(3)
    for (const [i, value] of values.entries()) write(array, i * LIMBS, value)
    multiply(array, LIMBS, array, LIMBS, array, 2 * LIMBS)
    square(array, 0, array, 0)
    expect([0, 1, 2].map((i) => read(array, i * LIMBS))).toEqual([25n, P - 77n, 11n])
  })

  test('inverts, one or many, and says so if one is zero', () => {
    const out = elements(1)
    const invertible = fc.oneof(fc.constantFrom(...EDGES.slice(1)), fc.bigInt(1n, P - 1n))
    fc.assert(fc.property(fc.array(invertible, { minLength: 1, maxLength: 9 }), fc.nat(8), (values, at) => {
      const array = elements(values.length)
      for (const [i, value] of values.entries()) write(array, i * LIMBS, value)
      invert(out, 0, array, 0)
      expect(mod(read(out, 0) * (values[0] ?? 0n))).toBe(1n)
      const zero = array.slice()
      write(zero, (at % values.length) * LIMBS, 0n)
      expect(invertAll(zero, elements(values.length))).toBe(false)
      expect(invertAll(array, elements(values.length))).toBe(true)
      for (const [i, value] of values.entries()) expect(mod(read(array, i * LIMBS) * value)).toBe(1n)
    }), { numRuns: 200, seed: 3 })
  })

  test('takes the power that square roots rest on', () => {
    const out = elements(1)
    fc.assert(fc.property(number, (x) => {
      powerOfQuarter(out, 0, element(x), 0)
      multiply(out, 0, out, 0, element(x), 0)
      // Now x^((p+1)/4), whose square is x or −x.
      expect([mod(x), mod(-x)]).toContain(mod(read(out, 0) ** 2n))
    }), { numRuns: 200, seed: 4 })
  })
})
