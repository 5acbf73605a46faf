import { describe, expect, test } from 'vitest'
import { seededRng } from '../../testing/seeded-rng.ts'
import { N, ROLL_COLUMN, ROW, SIGN_COLUMN } from '../parameters.ts'
import { transpose } from './transpose.ts'
import { universalHash } from './universal-hash.ts'
import { bitOf } from './words.ts'

/** Bit i is the coefficient of z^i. */
function toElement(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n)
}

/** Schoolbook. */
function naiveMultiply(a: bigint, b: bigint): bigint {
  let product = 0n
  for (let k = 127n; k >= 0n; k--) {
    product <<= 1n
    if (product >> 128n === 1n) product ^= (1n << 128n) | 0x87n
    if ((b >> k) & 1n) product ^= a
  }
  return product
}

/** §C.1.4 as it stands there. */
function naiveHash(column: Uint8Array, chi: Uint8Array): bigint {
  const blocks = column.subarray(0, -ROW)
  let sum = toElement(column.subarray(-ROW))
  for (let b = 0; b * ROW < chi.length; b++) {
    sum ^= naiveMultiply(toElement(chi.subarray(b * ROW, (b + 1) * ROW)), toElement(blocks.subarray(b * ROW, (b + 1) * ROW)))
  }
  return sum
}

/** U of one column, one word a row. */
function hashOne(column: Uint8Array, chi: Uint8Array): bigint {
  const rows = Int32Array.from({ length: 8 * column.length }, (_, i) => bitOf(column, i))
  return universalHash(rows, 1, chi).reduceRight((sum, bit) => sum * 2n + BigInt(bit), 0n)
}

/** A product in the field is U of a column with one block and no mask. */
function multiply(a: Uint8Array, b: Uint8Array): Uint8Array {
  const product = hashOne(Uint8Array.of(...b, ...new Uint8Array(ROW)), a)
  return Uint8Array.from({ length: ROW }, (_, i) => Number((product >> BigInt(8 * i)) & 0xffn))
}

describe('the hash of the consistency check', () => {
  const rng = seededRng('universal hash')

  test.each([SIGN_COLUMN, ROLL_COLUMN])('equals the schoolbook sum of products for all columns of %i bytes', (columnBytes) => {
    const chi = rng(Math.ceil((columnBytes - ROW) / ROW) * ROW)
    const columns = rng(N * columnBytes)
    const rows = new Int32Array(transpose(columns, columnBytes).buffer)
    const hashes = transpose(new Uint8Array(universalHash(rows, ROW / 4, chi).buffer), ROW)
    for (let c = 0; c < N; c++) {
      const column = columns.subarray(c * columnBytes, (c + 1) * columnBytes)
      expect(toElement(hashes.subarray(c * ROW, (c + 1) * ROW))).toBe(naiveHash(column, chi))
      if (c < 4) expect(hashOne(column, chi)).toBe(naiveHash(column, chi))
    }
  })

  test('reduces as the specification says: 2·2^127 = 0x87', () => {
    const two = Uint8Array.of(2, ...new Uint8Array(15))
    const top = Uint8Array.of(...new Uint8Array(15), 0x80)
    expect(toElement(multiply(two, top))).toBe(0x87n)
    expect(toElement(multiply(top, two))).toBe(0x87n)
  })

  test('multiplies in a field of 2^128 elements: a^(2^128) = a', () => {
    for (let run = 0; run < 5; run++) {
      const a = rng(ROW)
      let power = a
      for (let k = 0; k < 128; k++) power = multiply(power, power)
      expect(power).toEqual(a)
      expect(multiply(a, a)).not.toEqual(a)
    }
  })

  test('multiplies associatively, commutatively and distributively', () => {
    for (let run = 0; run < 20; run++) {
      const [a, b, c] = [rng(ROW), rng(ROW), rng(ROW)]
      expect(multiply(a, multiply(b, c))).toEqual(multiply(multiply(a, b), c))
      expect(multiply(a, b)).toEqual(multiply(b, a))
      const sum = b.map((byte, i) => byte ^ (c[i] ?? 0))
      const product = multiply(a, c)
      expect(multiply(a, sum)).toEqual(multiply(a, b).map((byte, i) => byte ^ (product[i] ?? 0)))
    }
  })
})
