/** Time that goes as fast as the work in it: it moves on only when everything that needs no time is done. */
import type { Clock } from '@trivet/party'

interface Timer {
  readonly at: number
  readonly run: () => void
}

export class SimulatedTime implements Clock {
  #now: number
  readonly #timers = new Set<Timer>()

  /** @param now milliseconds since 1970 */
  constructor(now: number) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(ms, 0), run }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.size
  }

  /** Lets time go on until something is so. @returns whether it was, before `limit` ms were over */
  async until(isSo: () => boolean, limit: number): Promise<boolean> {
    const end = this.#now + limit
    for (;;) {
      await this.#settle()
      if (isSo()) return true
      const next = this.#earliest()
      if (next === undefined || next.at > end) {
        this.#now = end
        return false
      }
      this.#now = Math.max(this.#now, next.at)
      this.#timers.delete(next)
      next.run()
    }
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined
    for (const timer of this.#timers) if (earliest === undefined || timer.at < earliest.at) earliest = timer
    return earliest
  }

  /** Promises are done in microtasks, and jobs beside this thread come back as macrotasks. */
  async #settle(): Promise<void> {
    for (let quiet = 0; quiet < 2; quiet++) {
      await new Promise((resolve) => { setImmediate(resolve) })
      if (jobs > 0) quiet = -1
    }
  }
}

/** WebCrypto's jobs run beside this thread: so many are under way. */
let jobs = 0

/** From now on simulated time waits for WebCrypto, as the world does for a processor: also for what uses the platform's own. */
export function waitForWebCrypto(): void {
  const { subtle } = globalThis.crypto
  const counted = new Proxy(subtle, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (...args: unknown[]) => count(Promise.resolve(Reflect.apply(value, target, args))) : value
    },
  })
  Object.defineProperty(globalThis.crypto, 'subtle', { value: counted, configurable: true })
}

async function count<T>(job: Promise<T>): Promise<T> {
  jobs += 1
  try {
    return await job
  } finally {
    jobs -= 1
  }
}
