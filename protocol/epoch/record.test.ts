import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat } from '../core/bytes.ts'
import { Malformed } from '../core/errors.ts'
import { generate } from '../testing/index.ts'
import { decodePreparedEpoch, encodePreparedEpoch } from './index.ts'

const epochs = generate(2, 3, 'record')
const [epoch] = epochs
if (epoch === undefined) throw new Error('no record')
const bytes = encodePreparedEpoch(epoch)

describe('the record of an epoch', () => {
  test('comes back from its bytes, for every party', () => {
    for (const each of epochs) expect(decodePreparedEpoch(encodePreparedEpoch(each))).toEqual(each)
  })

  test('is a copy: wiping the bytes leaves the record alone', () => {
    const copy = bytes.slice()
    const record = decodePreparedEpoch(copy)
    copy.fill(0)
    expect(record).toEqual(epoch)
  })

  test('is refused when cut short or extended', () => {
    for (let size = 0; size < bytes.length; size++) expect(() => decodePreparedEpoch(bytes.subarray(0, size))).toThrow(Malformed)
    expect(() => decodePreparedEpoch(concat(bytes, Uint8Array.of(0)))).toThrow(Malformed)
  })

  test('is refused, or is seen to be another one, when any bit of it is another', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 0, max: 7 }), (at, bit) => {
      const changed = bytes.with(at, (bytes[at] ?? 0) ^ (1 << bit))
      let record
      try {
        record = decodePreparedEpoch(changed)
      } catch (error) {
        expect(error).toBeInstanceOf(Malformed)
        return
      }
      expect(record).not.toEqual(epoch)
    }), { numRuns: 150, seed: 1 })
  })

  test('throws nothing but Malformed on random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (random) => {
      expect(() => decodePreparedEpoch(concat(Uint8Array.of(1), random))).toThrow(Malformed)
    }), { numRuns: 300, seed: 1 })
  })

  test('of another version is refused', () => {
    expect(() => decodePreparedEpoch(bytes.with(0, 2))).toThrow(/version/)
  })

  test('with a share that does not fit is refused', () => {
    expect(() => decodePreparedEpoch(bytes.with(bytes.length - 1, (bytes[bytes.length - 1] ?? 0) ^ 1))).toThrow(/does not fit/)
  })
})
