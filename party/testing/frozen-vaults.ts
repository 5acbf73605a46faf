/** Vaults as older versions wrote them, of Anna (raw key) and Ben (passphrase), with two wallets: evidence, never made anew. */
import frozen from '../vault/migrations/frozen/v1.json' with { type: 'json' }
import second from '../vault/migrations/frozen/v2.json' with { type: 'json' }
import { createMemoryStore, type MemoryStore } from '../vault/memory-store.ts'

export const FROZEN = frozen

/** Of version 1. */
export function frozenStore(...names: readonly ('Anna' | 'Ben')[]): MemoryStore {
  return storeWith(names.flatMap((name) => Object.entries<string>(frozen.vaults[name])))
}

/** Anna's, of version 2. */
export function secondFrozenStore(): MemoryStore {
  return storeWith(Object.entries<string>(second.vaults.Anna))
}

function storeWith(contents: readonly (readonly [string, string])[]): MemoryStore {
  const store = createMemoryStore()
  for (const [key, base64] of contents) store.contents.set(key, Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)))
  return store
}
