/** Token buckets by caller: 20 requests a second, 60 at once. */
const PER_SECOND = 20
const BURST = 60
/** Callers remembered; above, those whose bucket is full again are forgotten. */
const MAX_BUCKETS = 10_000

export interface RateLimit {
  /** Takes one request of this caller's. @returns seconds to wait before the next try, 0 when the request may go on */
  take(caller: string): number
}

/** @param now milliseconds, never going back */
export function createRateLimit(now: () => number): RateLimit {
  const buckets = new Map<string, { tokens: number; at: number }>()

  const filled = (bucket: { tokens: number; at: number }, at: number): number => Math.min(BURST, bucket.tokens + (at - bucket.at) / 1_000 * PER_SECOND)

  function forgetIdle(at: number): void {
    for (const [caller, bucket] of buckets) if (filled(bucket, at) >= BURST) buckets.delete(caller)
  }

  return {
    take(caller) {
      const at = now()
      const bucket = buckets.get(caller)
      const tokens = bucket === undefined ? BURST : filled(bucket, at)
      if (tokens < 1) return Math.ceil((1 - tokens) / PER_SECOND)
      if (bucket === undefined && buckets.size >= MAX_BUCKETS) forgetIdle(at)
      if (bucket === undefined && buckets.size >= MAX_BUCKETS) return 1
      buckets.set(caller, { tokens: tokens - 1, at })
      return 0
    },
  }
}
