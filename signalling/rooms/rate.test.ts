import { describe, expect, test } from 'vitest'
import { RateLimiter, type Verdict } from './rate.ts'

function takeMany(limiter: RateLimiter, count: number, now: number): Verdict[] {
  return Array.from({ length: count }, () => limiter.take('key', now))
}

describe('the rate limiter', () => {
  test('passes a burst and then the sustained rate', () => {
    const limiter = new RateLimiter(20, 60)
    expect(takeMany(limiter, 61, 0).lastIndexOf('pass')).toBe(59)
    expect(takeMany(limiter, 21, 1_000)).toEqual([...Array.from({ length: 20 }, () => 'pass'), 'wait'])
    expect(limiter.take('other', 1_000)).toBe('pass')
  })

  test('says when to try again', () => {
    const limiter = new RateLimiter(0.5, 1)
    takeMany(limiter, 2, 0)
    expect(limiter.retryAfter('key', 0)).toBe(2)
    expect(limiter.take('key', 2_000)).toBe('pass')
  })

  test('bans whoever goes on regardless, each time for twice as long', () => {
    const limiter = new RateLimiter(1, 10, { bans: true })
    expect(takeMany(limiter, 20, 0).at(-1)).toBe('ban')
    expect(limiter.isBanned('key', 999)).toBe(true)
    expect(limiter.isBanned('key', 1_000)).toBe(false)
    expect(takeMany(limiter, 11, 1_000).at(-1)).toBe('ban')
    expect(limiter.isBanned('key', 2_999)).toBe(true)
    expect(limiter.retryAfter('key', 1_000)).toBe(2)
  })

  test('forgets a key that is as good as new, but not a ban of late', () => {
    const limiter = new RateLimiter(1, 2, { bans: true })
    takeMany(limiter, 4, 0)
    limiter.sweep(60_000)
    expect(takeMany(limiter, 4, 60_000).at(-1)).toBe('ban')
    expect(limiter.retryAfter('key', 60_000)).toBe(2)
    limiter.sweep(2_000_000)
    expect(takeMany(limiter, 4, 2_000_000).at(-1)).toBe('ban')
    expect(limiter.retryAfter('key', 2_000_000)).toBe(1)
  })
})
