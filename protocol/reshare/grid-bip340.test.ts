/** Every change of a committee of up to five to one of up to five, with BIP-340 keys. */
import { describe, expect, test } from 'vitest'
import { nameOf, reshareShapes, tryReshare } from '../testing/index.ts'

describe('a reshare of suite 3', () => {
  for (const shape of reshareShapes(5)) {
    test(`keeps the key and the chain code, and old and new shares apart: ${nameOf(shape)}`, { timeout: 60_000 }, () => {
      expect(tryReshare(shape, 3)).toBeUndefined()
    })
  }
})
