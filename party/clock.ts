/** Time, injected wherever somebody waits, so that tests need not. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number
  /** Calls `run` once after `ms` milliseconds. @returns a function that calls it off; harmless when it is too late */
  after(ms: number, run: () => void): () => void
}

/** The platform's clock: browsers, workers and Node. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

/** Waits for `work`, however it ends, but no longer than `ms` milliseconds. */
export async function atMost(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.after(ms, resolve)
    const end = (): void => {
      cancel()
      resolve()
    }
    work.then(end, end)
  })
}
