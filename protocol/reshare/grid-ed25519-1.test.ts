/** Every change of a committee of up to five to one of up to five, with Ed25519 keys: part 1 of 3. */
import { describe, expect, test } from 'vitest'
import { nameOf, reshareShapes, tryReshare } from '../testing/index.ts'

describe('a reshare of suite 2', () => {
  for (const shape of reshareShapes(5).filter((_, i) => i % 3 === 0)) {
    test(`keeps the key and the chain code, and old and new shares apart: ${nameOf(shape)}`, { timeout: 60_000 }, () => {
      expect(tryReshare(shape, 2)).toBeUndefined()
    })
  }
})
