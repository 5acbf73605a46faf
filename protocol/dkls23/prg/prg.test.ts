import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import kat from '../../vectors/protocol-kat.json' with { type: 'json' }
import { PRG } from '../../core/transcript.ts'
import { seededRng } from '../../testing/seeded-rng.ts'
import { BLOCK, expand } from './index.ts'

function expanded(seed: Uint8Array, info: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size)
  expand(seed, 0, info, out, 0, size)
  return out
}

describe('tuned BLAKE3', () => {
  test('gives the known answer', () => {
    const size = kat.prg.length / 2
    expect(bytesToHex(expanded(new Uint8Array(32).fill(7), utf8ToBytes('info'), size))).toBe(kat.prg)
  })

  test('equals the library for every length of info and for sizes around every block border', () => {
    const rng = seededRng('prg sizes')
    const differing: string[] = []
    for (let length = 0; length <= BLOCK; length++) {
      const seed = rng(32)
      const info = rng(length)
      for (const size of [0, 1, 16, 31, 32, 33, 63, 64, 65, 68, 96, 127, 128, 129, 200]) {
        if (bytesToHex(expanded(seed, info, size)) !== bytesToHex(PRG(seed, info, size))) differing.push(`${length} ${size}`)
      }
    }
    expect(differing).toEqual([])
  })

  test('equals the library for any seed at any place, and writes nowhere else', () => {
    const bytes = (maxLength: number) => fc.uint8Array({ minLength: 0, maxLength })
    fc.assert(fc.property(
      bytes(20), fc.uint8Array({ minLength: 32, maxLength: 32 }), bytes(20), bytes(BLOCK), bytes(20), fc.nat(300), bytes(20),
      (before, seed, after, info, head, size, tail) => {
        const seeds = Uint8Array.of(...before, ...seed, ...after)
        const out = Uint8Array.of(...head, ...new Uint8Array(size), ...tail)
        expand(seeds, before.length, info, out, head.length, size)
        expect(out).toEqual(Uint8Array.of(...head, ...PRG(seed, info, size), ...tail))
        expect(seeds).toEqual(Uint8Array.of(...before, ...seed, ...after))
      },
    ))
  })

  test('reads and writes views that begin inside a buffer', () => {
    const rng = seededRng('prg views')
    const seeds = rng(101).subarray(5)
    const out = new Uint8Array(99).subarray(3)
    expand(seeds, 64, Uint8Array.of(3), out, 0, 96)
    expect(out).toEqual(PRG(seeds.slice(64, 96), Uint8Array.of(3), 96))
  })

  test('may write over the seed it was given, as a tree that grows in place does', () => {
    const seeds = seededRng('prg in place')(64)
    const expected = PRG(seeds.slice(0, 32), Uint8Array.of(1), 64)
    expand(seeds, 0, Uint8Array.of(1), seeds, 0, 64)
    expect(seeds).toEqual(expected)
  })

  test('refuses what does not fit', () => {
    const seeds = new Uint8Array(64)
    const out = new Uint8Array(64)
    expect(() => { expand(seeds, 33, Uint8Array.of(1), out, 0, 64) }).toThrow(RangeError)
    expect(() => { expand(seeds, -1, Uint8Array.of(1), out, 0, 64) }).toThrow(RangeError)
    expect(() => { expand(seeds, 0, new Uint8Array(BLOCK + 1), out, 0, 64) }).toThrow(RangeError)
    expect(() => { expand(seeds, 0, Uint8Array.of(1), out, 1, 64) }).toThrow(RangeError)
    expect(() => { expand(seeds, 0, Uint8Array.of(1), out, 0, -1) }).toThrow(RangeError)
  })
})
