import { expect, test } from 'vitest'
import { readDecimal } from './decimal.ts'

test.each([
  ['1', 18, 10n ** 18n],
  ['0.5', 18, 5n * 10n ** 17n],
  ['.5', 9, 500_000_000n],
  ['5.', 9, 5_000_000_000n],
  ['0', 18, 0n],
  [' 1.25 ', 2, 125n],
  ['0.000000000000000001', 18, 1n],
  ['0.0000000000000000010', 18, 1n],
  ['9007199254740993.000000000000000001', 18, 9007199254740993000000000000000001n],
  ['3', 0, 3n],
])('%s with %i decimals is exact', (text, decimals, units) => {
  expect(readDecimal(text, decimals)).toEqual({ at: 'read', units })
})

test.each(['', ' ', '.', '1,5', '1 000', '-1', '+1', '1e3', '0x10', 'one', '1.2.3', '１', '1'.repeat(101)])('%j is no number', (text) => {
  expect(readDecimal(text, 18)).toEqual({ at: 'wrong', why: 'no-number' })
})

test('what is finer than the smallest unit is refused, never rounded', () => {
  expect(readDecimal('0.0000000001', 9)).toEqual({ at: 'wrong', why: 'too-fine', decimals: 9 })
  expect(readDecimal('1.5', 0)).toEqual({ at: 'wrong', why: 'too-fine', decimals: 0 })
})
