/** Argon2id as it is, but each result worked out once: for tests that open the same vaults and files many times. */
import type { argon2id } from 'hash-wasm'
import { bytesToHex } from '@noble/hashes/utils.js'

type Argon2id = typeof argon2id

/** @example vi.mock('hash-wasm', async (original) => (await import('../testing/argon2-once.ts')).argon2Once(await original())) */
export function argon2Once(
  { argon2id: original }: { readonly argon2id: Argon2id },
): { readonly argon2id: (...args: Parameters<Argon2id>) => Promise<Uint8Array> } {
  const results = new Map<string, Uint8Array>()
  return {
    async argon2id({ password, salt, ...costs }) {
      const key = [password, salt].map((bytes) => (typeof bytes === 'string' ? bytes : bytesToHex(Uint8Array.from(bytes as Uint8Array)))).join() + JSON.stringify(costs)
      const result = results.get(key) ?? (await original({ ...costs, password, salt, outputType: 'binary' }))
      results.set(key, result)
      // Whoever asked wipes what it was given.
      return result.slice()
    },
  }
}
