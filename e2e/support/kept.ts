/** What a page's browser holds of it, to be searched. */
import type { Page } from '@playwright/test'
import type { Person } from './person.ts'

/** In the page: every local description of its connections so far. */
declare const describedConnections: readonly string[]

/**
 * Before the person opens the page. @returns gives, later, what the page wrote of its connections that nobody else needs to know: lines of
 * fingerprints, passwords and candidates
 */
export async function descriptionsOf({ page }: Person): Promise<() => Promise<readonly string[]>> {
  await page.addInitScript(() => {
    const described: string[] = []
    Object.assign(window, { describedConnections: described })
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration)
        this.addEventListener('icegatheringstatechange', () => { described.push(this.localDescription?.sdp ?? '') })
      }
    }
  })
  return async () => {
    const all = await page.evaluate(() => describedConnections)
    const lines = all.flatMap((sdp) => sdp.split('\r\n')).filter((line) => /^a=(fingerprint|ice-pwd|ice-ufrag|candidate):/.test(line) && line.length >= 16)
    return [...new Set(lines)]
  }
}

/** Everything that a browser keeps for a page, and everything that the page shows. Bytes are in hex. */
export interface Kept {
  readonly database: string
  readonly storage: string
  readonly caches: string
  readonly cookies: string
  /** Text, fields, addresses, titles. */
  readonly shown: string
}

export async function keptBy(page: Page): Promise<Kept> {
  const cookies = JSON.stringify(await page.context().cookies())
  const kept = await page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
      request.onsuccess = () => { resolve(request.result) }
      request.onerror = () => { reject(request.error ?? new Error('not read')) }
    })
    const written = (value: unknown): string => {
      if (value instanceof ArrayBuffer) return written(new Uint8Array(value))
      if (value instanceof Uint8Array) return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')
      if (typeof value === 'object' && value !== null) return Object.entries(value).map(([key, inside]) => `${key}: ${written(inside)}`).join('\n')
      return String(value)
    }
    const database: string[] = []
    for (const { name = '' } of await indexedDB.databases()) {
      const opened = await done(indexedDB.open(name))
      for (const store of opened.objectStoreNames) {
        const objects = opened.transaction(store).objectStore(store)
        const [keys, values] = await Promise.all([done(objects.getAllKeys()), done(objects.getAll())])
        database.push(`${name}/${store}`, written(keys), written(values))
      }
      opened.close()
    }
    const cached: string[] = []
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const request of await cache.keys()) cached.push(request.url, await (await cache.match(request))?.text() ?? '')
    }
    const fields = [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')].map(({ value }) => value)
    return {
      database: database.join('\n'), storage: [localStorage, sessionStorage].map((one) => JSON.stringify(one)).join('\n'), caches: cached.join('\n'),
      shown: [document.documentElement.outerHTML, ...fields, location.href, document.referrer, document.title, window.name, JSON.stringify(history.state)].join('\n'),
    }
  })
  return { ...kept, cookies }
}
