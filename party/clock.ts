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
