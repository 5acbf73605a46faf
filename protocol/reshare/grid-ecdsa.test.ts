/**
 * Every change of a committee of up to three to one of up to three, with ECDSA keys, and some larger ones: every pair is set up anew in each, which
 * takes long. All of up to five are `npm run torture -- --kind reshares`.
 */
import { describe, expect, test } from 'vitest'
import { nameOf, reshareShapes, tryReshare, type GridShape } from '../testing/index.ts'

const LARGER: readonly GridShape[] = [
  { from: [2, 3], to: [3, 4], sets: 'overlapping' }, { from: [3, 4], to: [2, 2], sets: 'overlapping' }, { from: [3, 5], to: [2, 3], sets: 'disjoint' },
  { from: [2, 2], to: [4, 5], sets: 'disjoint' },
]

describe('a reshare of suite 1', () => {
  for (const shape of [...reshareShapes(3), ...LARGER]) {
    test(`keeps the key and the chain code, and old and new shares apart: ${nameOf(shape)}`, { timeout: 60_000 }, () => {
      expect(tryReshare(shape, 1)).toBeUndefined()
    })
  }
})
