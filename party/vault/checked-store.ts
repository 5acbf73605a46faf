import { equalBytes, VaultError } from '@trivet/protocol/core'
import type { Store, StoreChange } from './store.ts'

/**
 * A store that is not believed: a write resolves once everything was read back and is what was written, one write at a time, and every
 * failure is a VaultError E_STORAGE. After a failed read-back what lies there is not known.
 */
export function checkedStore(store: Store): Store {
  let lastWrite: Promise<void> = Promise.resolve()

  const writeAndReadBack = async (changes: readonly StoreChange[]): Promise<void> => {
    await inStore('write to', store.write(changes))
    for (const { key, value } of changes) {
      const found = await inStore('read back from', store.get(key))
      const kept = value === undefined ? found === undefined : found !== undefined && equalBytes(found, value)
      if (!kept) throw new VaultError('E_STORAGE', `the device's storage did not keep what was written at ${key}`)
    }
  }

  return {
    get: (key) => inStore('read from', store.get(key)),
    keys: (prefix) => inStore('read from', store.keys(prefix)),
    write: (changes) => {
      const written = lastWrite.then(() => writeAndReadBack(changes))
      lastWrite = written.catch(() => undefined)
      return written
    },
  }
}

async function inStore<T>(doing: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw new VaultError('E_STORAGE', `could not ${doing} the device's storage`, { cause })
  }
}
