/** Vaults as version 1 wrote them, of Anna (raw key) and Ben (passphrase), with two wallets: evidence, never made anew. */
import frozen from '../vault/migrations/frozen/v1.json' with { type: 'json' }
import { createMemoryStore, type MemoryStore } from '../vault/memory-store.ts'

export const FROZEN = frozen

export function frozenStore(...names: readonly ('Anna' | 'Ben')[]): MemoryStore {
  const store = createMemoryStore()
  for (const [key, base64] of names.flatMap((name) => Object.entries<string>(frozen.vaults[name]))) {
    store.contents.set(key, Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)))
  }
  return store
}
