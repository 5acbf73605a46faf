import { expect, test } from 'vitest'
import { ago } from './ago.ts'

const NOW = 1_800_000_000_000
const english = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const chinese = new Intl.RelativeTimeFormat('zh', { numeric: 'auto' })
const MINUTE_MS = 60_000

test.each([
  [0, 'just now', '刚刚'],
  [59_999, 'just now', '刚刚'],
  [MINUTE_MS, '1 minute ago', '1分钟前'],
  [59 * MINUTE_MS, '59 minutes ago', '59分钟前'],
  [60 * MINUTE_MS, '1 hour ago', '1小时前'],
  [1439 * MINUTE_MS, '23 hours ago', '23小时前'],
  [1440 * MINUTE_MS, 'yesterday', '昨天'],
  [100 * 1440 * MINUTE_MS, '100 days ago', '100天前'],
])('what is %i ms past is said in the largest unit that fits', (past, en, zh) => {
  expect(ago(NOW - past, NOW, english, 'just now')).toBe(en)
  expect(ago(NOW - past, NOW, chinese, '刚刚')).toBe(zh)
})

test('a clock that goes wrong does not speak of the future', () => {
  expect(ago(NOW + 5_000_000, NOW, english, 'just now')).toBe('just now')
})
