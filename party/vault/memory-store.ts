/** A store for tests: in memory, atomic, and able to fail in the ways that disks do. */
import type { Store } from './store.ts'

export interface MemoryStore extends Store {
  /** What lies in the store; tests may damage it. */
  readonly contents: Map<string, Uint8Array>
  /** How the next write goes wrong: `refused` rejects and changes nothing; `lost` resolves and changes nothing; `torn` resolves after the first change only. */
  breakNextWrite(how: 'refused' | 'lost' | 'torn'): void
}

export function createMemoryStore(): MemoryStore {
  const contents = new Map<string, Uint8Array>()
  let broken: 'refused' | 'lost' | 'torn' | undefined

  return {
    contents,
    breakNextWrite: (how) => {
      broken = how
    },
    get: (key) => Promise.resolve(contents.get(key)?.slice()),
    keys: (prefix) => Promise.resolve([...contents.keys()].filter((key) => key.startsWith(prefix))),
    write: (changes) => {
      const how = broken
      broken = undefined
      if (how === 'refused') return Promise.reject(new Error('no space left'))
      const kept = how === 'lost' ? [] : how === 'torn' ? changes.slice(0, 1) : changes
      for (const { key, value } of kept) {
        if (value === undefined) contents.delete(key)
        else contents.set(key, value.slice())
      }
      return Promise.resolve()
    },
  }
}
