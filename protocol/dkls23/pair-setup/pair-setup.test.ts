import { describe, expect, test } from 'vitest'
import type { PairState } from '../../core/pair-state.ts'
import { generateEcdsa, seededRng } from '../../testing/index.ts'
import { LEAVES, LEAVES_BYTES, ROW, SEED, TREES } from '../parameters.ts'
import { decodePairState, encodePairState } from './record.ts'
import { isA } from './roles.ts'

function pairOf(rng: ReturnType<typeof seededRng>): PairState {
  return { peer: 7, asAlice: { id: rng(32), delta: rng(ROW), leaves: rng(LEAVES_BYTES) }, asBob: { id: rng(32), leaves: rng(LEAVES_BYTES) }, zeroSeed: rng(32) }
}

describe('roles in pairs', () => {
  test.for([
    [[1, 2]], [[1, 2, 3]], [[1, 2, 3, 4]], [[1, 2, 3, 4, 5]], [[1, 2, 3, 4, 5, 6]], [[1, 2, 3, 4, 5, 6, 7]],
    [[3, 9]], [[2, 4, 6]], [[1, 5, 6, 200]], [[7, 8, 1000, 1001, 65_279]], [[2, 3, 5, 7, 11, 13]], [[1, 3, 5, 7, 9, 11, 13]],
  ])('are shared evenly among %s: everybody is A in half of its pairs, rounded down or up', ([members = []]) => {
    const counts = members.map((me) => members.filter((peer) => peer !== me && isA(me, peer, members)).length)
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe((members.length * (members.length - 1)) / 2)
    for (const a of members) for (const b of members) if (a !== b) expect(isA(a, b, members)).toBe(!isA(b, a, members))
  })

  test('go by rank: of neighbours the lower one is A', () => {
    expect([isA(1, 2, [1, 2, 3]), isA(2, 3, [1, 2, 3]), isA(1, 3, [1, 2, 3])]).toEqual([true, true, false])
    expect(() => isA(1, 1, [1, 2])).toThrow(/two different members/)
    expect(() => isA(1, 4, [1, 2])).toThrow(/two different members/)
  })
})

describe('pairs after a key generation', () => {
  test.each([[2, 2], [2, 3], [3, 5]] as const)('of %i-of-%i hold the same on both sides: ids, seeds of zero, and all leaves but one of each tree', (t, n) => {
    const parties = generateEcdsa(t, n, `pairs ${t}/${n}`)
    const ids = new Set<string>()
    for (const me of parties.keys()) {
      for (const peer of parties.keys()) {
        if (me === peer) continue
        const [mine, theirs] = [parties[me]?.pairs.get(peer + 1), parties[peer]?.pairs.get(me + 1)]
        if (mine === undefined || theirs === undefined) throw new Error('no pair')
        expect(mine.asAlice.id).toEqual(theirs.asBob.id)
        expect(mine.zeroSeed).toEqual(theirs.zeroSeed)
        ids.add(mine.asAlice.id.join())
        for (let at = 0; at < TREES * LEAVES; at++) {
          const j = Math.floor(at / LEAVES)
          const missing = ((mine.asAlice.delta[j >> 1] ?? 0) >> (4 * (j & 1))) & 15
          const leaf = mine.asAlice.leaves.slice(at * SEED, (at + 1) * SEED)
          expect(leaf).toEqual(at % LEAVES === missing ? new Uint8Array(SEED) : theirs.asBob.leaves.slice(at * SEED, (at + 1) * SEED))
        }
      }
    }
    expect(ids.size).toBe(n * (n - 1))
  }, 60_000)
})

describe('a pair record', () => {
  test('comes back as it was, in copies', () => {
    const pair = pairOf(seededRng('record'))
    const bytes = encodePairState(pair)
    expect(bytes).toHaveLength(32_915)
    const back = decodePairState(bytes)
    bytes.fill(0)
    expect(back).toEqual(pair)
  })

  test('is refused with a byte damaged anywhere, so that damage is not taken for a cheat', { timeout: 60_000 }, () => {
    const bytes = encodePairState(pairOf(seededRng('damaged')))
    const isLeaf = (at: number): boolean => (at >= 51 && at < 51 + LEAVES_BYTES) || (at >= 83 + LEAVES_BYTES && at < 83 + 2 * LEAVES_BYTES)
    let tried = 0
    for (let at = 0; at < bytes.length; at++) {
      // Of the leaves one byte of each; all of the rest.
      if (isLeaf(at) && at % SEED !== 0) continue
      tried += 1
      bytes[at] = (bytes[at] ?? 0) ^ (1 << at % 8)
      expect(() => decodePairState(bytes), `byte ${at}`).toThrow(expect.objectContaining({ code: 'E_PAIR_STATE' }))
      bytes[at] = (bytes[at] ?? 0) ^ (1 << at % 8)
    }
    expect(tried).toBeGreaterThan(2 * TREES * LEAVES)
    expect(decodePairState(bytes).peer).toBe(7)
  })

  test.for([0, 1, 31, 32, 33, 1000, 32_914])('is refused when cut to %i bytes', (length) => {
    const bytes = encodePairState(pairOf(seededRng('cut')))
    expect(() => decodePairState(bytes.subarray(0, length))).toThrow(expect.objectContaining({ code: 'E_PAIR_STATE' }))
  })

  test('is refused with something behind it', () => {
    const bytes = encodePairState(pairOf(seededRng('long')))
    expect(() => decodePairState(Uint8Array.of(...bytes, 0))).toThrow(expect.objectContaining({ code: 'E_PAIR_STATE' }))
  })
})
