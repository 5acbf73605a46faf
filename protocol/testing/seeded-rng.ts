/** Repeatable randomness for tests alone. */
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, u32 } from '../core/bytes.ts'
import type { Rng } from '../core/rng.ts'

/** The same seed gives the same bytes. */
export function seededRng(seed: string): Rng {
  let counter = 0
  let pool = new Uint8Array(0)
  return (size) => {
    while (pool.length < size) {
      pool = new Uint8Array(concat(pool, sha256(concat(utf8ToBytes(seed), u32(counter)))))
      counter += 1
    }
    const out = pool.slice(0, size)
    pool = pool.slice(size)
    return out
  }
}

/** A whole number below `limit`. */
export function pick(rng: Rng, limit: number): number {
  return rng(4).reduce((sum, byte) => sum * 256 + byte, 0) % limit
}
