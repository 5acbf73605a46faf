/** The vault's store in the browser: one IndexedDB database, every transaction with strict durability. */
import { get, keys, type UseStore } from 'idb-keyval'
import type { Store, StoreChange } from '@trivet/party/vault'

const OBJECT_STORE = 'records'
const VERSION = 1

/**
 * @param factory `indexedDB` of the page or worker
 * @param name of the database; two stores of one name share their contents
 */
export function createIdbStore(factory: IDBFactory, name: string): Store {
  const useStore = strictStore(factory, name)
  return {
    get: async (key) => {
      const value: unknown = await get(key, useStore)
      if (value === undefined || value instanceof Uint8Array) return value
      throw new TypeError(`the value at ${key} is not bytes`)
    },
    keys: async (prefix) => (await keys<string>(useStore)).filter((key) => key.startsWith(prefix)),
    write: (changes) => useStore('readwrite', (store) => commit(store, changes)),
  }
}

/** `createStore` of idb-keyval leaves durability to the browser, which may answer before anything is on the disk. */
function strictStore(factory: IDBFactory, name: string): UseStore {
  let opened: Promise<IDBDatabase> | undefined
  const forget = (): void => {
    opened = undefined
  }
  const open = async (): Promise<IDBDatabase> => {
    opened ??= openDatabase(factory, name, forget)
    try {
      return await opened
    } catch (error) {
      forget()
      throw error
    }
  }
  return async (mode, use) => use((await open()).transaction(OBJECT_STORE, mode, { durability: 'strict' }).objectStore(OBJECT_STORE))
}

function openDatabase(factory: IDBFactory, name: string, onGone: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, VERSION)
    request.onupgradeneeded = () => {
      request.result.createObjectStore(OBJECT_STORE)
    }
    request.onerror = () => {
      reject(request.error ?? new Error(`database ${name} could not be opened`))
    }
    request.onsuccess = () => {
      const database = request.result
      // The browser closed it (storage cleared, disk gone): the next use opens it anew.
      database.onclose = onGone
      // Another tab upgrades or deletes it and must not wait for this one.
      database.onversionchange = () => {
        database.close()
        onGone()
      }
      resolve(database)
    }
  })
}

/** All changes or none; resolves when the transaction is complete, not when its requests are. */
function commit(store: IDBObjectStore, changes: readonly StoreChange[]): Promise<void> {
  const { transaction } = store
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => {
      resolve()
    }
    transaction.onabort = () => {
      reject(transaction.error ?? new Error('the transaction was aborted'))
    }
    try {
      for (const { key, value } of changes) {
        // A copy, since cloning a view would store all of its buffer.
        if (value !== undefined) store.put(Uint8Array.from(value), key)
        else store.delete(key)
      }
    } catch (error) {
      transaction.abort()
      reject(error instanceof Error ? error : new Error(String(error)))
    }
  })
}
