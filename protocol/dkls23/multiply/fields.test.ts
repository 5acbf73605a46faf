import { describe, expect, test } from 'vitest'
import { Malformed } from '../../core/errors.ts'
import { concat } from '../../core/bytes.ts'
import { groupOfSuite } from '../../core/group.ts'
import { seededRng } from '../../testing/seeded-rng.ts'
import { canonicalScalars } from './fields.ts'
import { group, q, readScalar, select, writeScalar } from './scalars.ts'

const shape = { group: groupOfSuite(1), threshold: 2 }
const field = canonicalScalars(3)

/** Of any 256-bit value, also of one that is no scalar. */
function encode(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32)
  writeScalar(new DataView(bytes.buffer), 0, value)
  return bytes
}

describe('a field of scalars', () => {
  const rng = seededRng('canonical scalars')

  test.each([0n, 1n, q - 1n, q - 2n ** 128n, 2n ** 255n, q - 2n ** 16n])('takes %i at every place', (value) => {
    for (let place = 0; place < 3; place++) {
      const raw = concat(...[0, 1, 2].map((i) => encode(i === place ? value : 5n)))
      expect(field.decode(shape, raw)).toEqual(raw)
    }
  })

  test.each([q, q + 1n, q + 2n ** 16n, q + 2n ** 32n, q + 2n ** 120n, 2n ** 256n - 1n, 2n ** 256n - 2n ** 128n])('refuses %i at every place', (value) => {
    for (let place = 0; place < 3; place++) {
      const raw = concat(...[0, 1, 2].map((i) => encode(i === place ? value : 5n)))
      expect(() => field.decode(shape, raw)).toThrow(Malformed)
      expect(() => field.decode(shape, raw)).toThrow(expect.objectContaining({ code: 'E_SCALAR' }))
    }
  })

  test('says of any bytes what the group says of each scalar', () => {
    for (let run = 0; run < 300; run++) {
      // Close to the order: the first half of every scalar is that of q − 1 or q.
      const raw = concat(encode(q).slice(0, 16), rng(16), encode(q).slice(0, 17), rng(15), encode(q).slice(0, 20), rng(12))
      const canonical = [0, 32, 64].every((at) => BigInt(`0x${Buffer.from(raw.subarray(at, at + 32)).toString('hex')}`) < q)
      const decode = (): Uint8Array => field.decode(shape, raw)
      if (canonical) expect(decode()).toEqual(raw)
      else expect(decode).toThrow(Malformed)
    }
  })

  test('gives a copy, and encodes no other length', () => {
    const raw = new Uint8Array(96)
    const decoded = field.decode(shape, raw)
    raw[95] = 1
    expect(decoded).toEqual(new Uint8Array(96))
    expect(field.size(shape)).toBe(96)
    expect(field.encode(shape, raw)).toEqual(raw)
    expect(() => field.encode(shape, raw.subarray(1))).toThrow(RangeError)
  })
})

describe('scalars in bytes', () => {
  test('are read and written as the group does', () => {
    const rng = seededRng('scalars')
    for (const value of [0n, 1n, q - 1n, ...Array.from({ length: 50 }, () => group.decodeScalar(concat(Uint8Array.of(0), rng(31))))]) {
      const padded = concat(new Uint8Array(3), group.encodeScalar(value), new Uint8Array(3))
      expect(readScalar(new DataView(padded.buffer), 3)).toBe(value)
      expect(encode(value)).toEqual(group.encodeScalar(value))
    }
  })

  test('are selected by a bit', () => {
    expect([select(0, q), select(1, q), select(1, 0n)]).toEqual([0n, q, 0n])
  })
})
