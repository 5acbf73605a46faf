import type { Clock } from '../clock.ts'

/** Time stands still until `advance`: for tests that would otherwise wait. */
export class FakeClock implements Clock {
  #now: number
  #timers: { readonly at: number; readonly run: () => void }[] = []

  /** @param now milliseconds since 1970 */
  constructor(now = 1_700_000_000_000) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run }
    this.#timers.push(timer)
    return () => { this.#timers = this.#timers.filter((other) => other !== timer) }
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.length
  }

  /** Runs what is due, in order; whatever it sets off settles before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (;;) {
      const [next] = this.#timers.toSorted((a, b) => a.at - b.at)
      if (next === undefined || next.at > end) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#now = next.at
      next.run()
      await settle()
    }
    this.#now = end
    await settle()
  }
}

/** Lets time go on, a second at a time, until something is so; whatever needs no time happens first. */
export async function turnUntil(clock: FakeClock, isSo: () => boolean): Promise<void> {
  for (let second = 0; second < 120; second++) {
    for (let turn = 0; turn < 8; turn++) {
      if (isSo()) return
      await settle()
    }
    await clock.advance(1_000)
  }
  throw new Error('it was not so after two minutes')
}

/** WebCrypto works in so many threads, which take its jobs in the order in which they were given. */
const CRYPTO_THREADS = 4

/** Everything that waits in microtasks has run, and WebCrypto's small jobs with it, however busy the machine is. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    await Promise.all(Array.from({ length: CRYPTO_THREADS }, () => crypto.subtle.digest('SHA-256', new Uint8Array(1))))
    await new Promise<void>((resolve) => { setTimeout(resolve, 0) })
  }
}
