import { describe, expect, it } from 'vitest'
import { formatAmount, formatFeeRate, formatShare, MAX_MONEY } from './amount.ts'

describe('an amount', () => {
  it('has all eight places, however small or large', () => {
    expect([0n, 1n, 99_999_999n, 100_000_000n, 12_345_678_901n, MAX_MONEY].map(formatAmount)).toEqual([
      '0.00000000 BTC', '0.00000001 BTC', '0.99999999 BTC', '1.00000000 BTC', '123.45678901 BTC', '21000000.00000000 BTC',
    ])
  })

  it('is compared without a float', () => {
    expect(formatShare(1n, 3n)).toBe('33.3 %')
    expect(formatShare(MAX_MONEY, 1n)).toBe('210000000000000000.0 %')
    expect(formatFeeRate(1_059n, 200)).toBe('5.2 sat/vB')
  })
})
