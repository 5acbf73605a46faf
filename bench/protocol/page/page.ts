/** Starts the worker, and passes on what it tells to whoever drives the page. */
import type { Told } from '../told.ts'

declare global {
  /** Given by whoever drives the page; both resolve at once. */
  // eslint-disable-next-line no-var -- the only way to declare a property of globalThis
  var tellDriver: (told: Told) => Promise<void>
}

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: location.hash.slice(1) })
worker.addEventListener('message', ({ data }: MessageEvent<Told>) => { void globalThis.tellDriver(data) })
worker.addEventListener('error', ({ message }) => { void globalThis.tellDriver({ failed: message }) })
