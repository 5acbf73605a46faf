import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import kat from '../vectors/protocol-kat.json' with { type: 'json' }
import { groupOfSuite } from './group.ts'
import { hashToScalar, PRG, taggedHash, TAGS, TH } from './transcript.ts'

const abc = utf8ToBytes('abc')

describe('the transcript hash', () => {
  test('gives the known answers of the specification', () => {
    expect(bytesToHex(taggedHash('test', [abc, new Uint8Array()]))).toBe(kat.TH_test_abc_empty)
    const secp256k1 = groupOfSuite(1)
    expect(bytesToHex(secp256k1.encodeScalar(hashToScalar(secp256k1.order, 'test', abc)))).toBe(kat.H2S_test_abc)
  })

  test('is injective: other parts, or the same bytes cut elsewhere, give another hash', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 4 })
    fc.assert(fc.property(parts, parts, (a, b) => {
      const same = JSON.stringify(a.map((x) => [...x])) === JSON.stringify(b.map((x) => [...x]))
      expect(bytesToHex(TH('m', ...a)) === bytesToHex(TH('m', ...b))).toBe(same)
    }), { numRuns: 500, seed: 1 })
    expect(TH('m', abc)).not.toEqual(TH('m', abc.subarray(0, 1), abc.subarray(1)))
    expect(TH('m', abc)).not.toEqual(TH('m', abc, new Uint8Array()))
  })

  test('differs by tag, and no tag stands twice', () => {
    expect(new Set(TAGS.map((tag) => bytesToHex(TH(tag, abc)))).size).toBe(TAGS.length)
  })

  test('does not remember what was hashed before', () => {
    const before = TH('m', abc)
    TH('m', utf8ToBytes('something else'))
    expect(TH('m', abc)).toEqual(before)
  })
})

describe('hashing to a scalar', () => {
  test('reduces 48 bytes by the order of the group that asks', () => {
    for (const suite of [2, 3] as const) {
      const { order } = groupOfSuite(suite)
      const wide = [...taggedHash('t', [Uint8Array.of(0), abc]), ...taggedHash('t', [Uint8Array.of(1), abc]).subarray(0, 16)]
      expect(hashToScalar(order, 't', abc)).toBe(BigInt(`0x${bytesToHex(Uint8Array.from(wide))}`) % order)
    }
  })
})

describe('bulk expansion', () => {
  test('gives the wanted length, the same for the same seed and use, another for another', () => {
    const [seed, info] = [new Uint8Array(32).fill(1), Uint8Array.of(1, 2)]
    expect(PRG(seed, info, 100)).toHaveLength(100)
    expect(PRG(seed, info, 100).subarray(0, 40)).toEqual(PRG(seed, info, 40))
    expect(PRG(seed, Uint8Array.of(2, 2), 40)).not.toEqual(PRG(seed, info, 40))
    expect(PRG(seed.with(0, 0), info, 40)).not.toEqual(PRG(seed, info, 40))
  })
})
