/** What a browser holds of the page, as somebody might copy it from its disk. */
import type { Page } from '@playwright/test'

const DATABASE = 'trivet'
const STORE = 'records'

/** Records of the vault by key, bytes as numbers; and the small things beside it. */
interface CopiedStorage {
  readonly records: readonly (readonly [key: string, bytes: readonly number[]])[]
  readonly local: Readonly<Record<string, string>>
}

export async function copyStorage(page: Page): Promise<CopiedStorage> {
  return await page.evaluate(async ({ database, store }) => {
    const done = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
      request.onsuccess = () => { resolve(request.result) }
      request.onerror = () => { reject(request.error ?? new Error('not read')) }
    })
    const opened = await done(indexedDB.open(database))
    const objects = opened.transaction(store).objectStore(store)
    const [keys, values] = await Promise.all([done(objects.getAllKeys()), done<unknown[]>(objects.getAll())])
    opened.close()
    const records = keys.map((key, i) => {
      const value = values[i]
      if (typeof key !== 'string' || !(value instanceof Uint8Array)) throw new Error('a record of another kind')
      return [key, [...value]] as const
    })
    return { records, local: Object.fromEntries(Object.entries(localStorage)) }
  }, { database: DATABASE, store: STORE })
}

/** Into a browser that has the page open and no vault. The page is loaded anew. */
export async function bringBack(page: Page, copy: CopiedStorage): Promise<void> {
  await page.evaluate(async ({ database, store, copy }) => {
    const opened = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(database)
      request.onupgradeneeded = () => { if (!request.result.objectStoreNames.contains(store)) request.result.createObjectStore(store) }
      request.onsuccess = () => { resolve(request.result) }
      request.onerror = () => { reject(request.error ?? new Error('not opened')) }
    })
    await new Promise<void>((resolve, reject) => {
      const transaction = opened.transaction(store, 'readwrite')
      for (const [key, bytes] of copy.records) transaction.objectStore(store).put(Uint8Array.from(bytes), key)
      transaction.oncomplete = () => { resolve() }
      transaction.onerror = () => { reject(transaction.error ?? new Error('not written')) }
    })
    opened.close()
    for (const [key, value] of Object.entries(copy.local)) localStorage.setItem(key, value)
  }, { database: DATABASE, store: STORE, copy })
  await page.reload()
}
