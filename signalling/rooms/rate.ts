export type Verdict = 'pass' | 'wait' | 'ban'

interface Bucket {
  tokens: number
  /** When `tokens` was true. */
  at: number
  /** Refused since the bucket was last half full. */
  refused: number
  bannedUntil: number
  bans: number
}

const FIRST_BAN_MS = 1_000
const LONGEST_BAN_MS = 3_600_000
/** A ban is forgotten after this long without another. */
const FORGET_MS = 600_000

/**
 * One token bucket per key. With `bans`, whoever is told to wait and does not is banned: when as many have been refused as
 * the burst allows, for one second, then two, four …, an hour at most.
 */
export class RateLimiter {
  readonly #perSecond: number
  readonly #burst: number
  readonly #bans: boolean
  readonly #buckets = new Map<string, Bucket>()

  constructor(perSecond: number, burst: number, { bans = false }: { readonly bans?: boolean } = {}) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#bans = bans
  }

  /** Takes one token. @param now milliseconds */
  take(key: string, now: number): Verdict {
    const bucket = this.#refilled(key, now)
    if (now < bucket.bannedUntil) return 'ban'
    if (bucket.tokens >= this.#burst / 2) bucket.refused = 0
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1
      return 'pass'
    }
    bucket.refused += 1
    if (!this.#bans || bucket.refused < this.#burst) return 'wait'
    bucket.bannedUntil = now + Math.min(FIRST_BAN_MS * 2 ** bucket.bans, LONGEST_BAN_MS)
    bucket.bans += 1
    bucket.refused = 0
    return 'ban'
  }

  /** @returns seconds until a token is there, or until the ban ends; at least 1 */
  retryAfter(key: string, now: number): number {
    const bucket = this.#refilled(key, now)
    const wait = Math.max((1 - bucket.tokens) / this.#perSecond, (bucket.bannedUntil - now) / 1000)
    return Math.max(1, Math.ceil(wait))
  }

  /** Whether the next one would have to wait; takes nothing. */
  isEmpty(key: string, now: number): boolean {
    return this.#refilled(key, now).tokens < 1
  }

  isBanned(key: string, now: number): boolean {
    return now < (this.#buckets.get(key)?.bannedUntil ?? 0)
  }

  /** Forgets the keys that are as good as new. */
  sweep(now: number): void {
    for (const key of this.#buckets.keys()) {
      const bucket = this.#refilled(key, now)
      if (bucket.tokens >= this.#burst && now >= bucket.bannedUntil + (bucket.bans > 0 ? FORGET_MS : 0)) this.#buckets.delete(key)
    }
  }

  #refilled(key: string, now: number): Bucket {
    let bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      bucket = { tokens: this.#burst, at: now, refused: 0, bannedUntil: 0, bans: 0 }
      this.#buckets.set(key, bucket)
    }
    const passed = Math.max(0, now - bucket.at)
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (passed / 1000) * this.#perSecond)
    bucket.at = now
    return bucket
  }
}
