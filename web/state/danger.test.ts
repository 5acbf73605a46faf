import { interpret } from '@trivet/chains'
import { expect, test } from 'vitest'
import { KEYS } from '../dev/fixtures.ts'
import { ALLOWANCE, HASH_LIKE, PAYMENT, PERMIT, UNREADABLE } from '../dev/intents.ts'
import { cautionOf } from './danger.ts'

test.each([
  ['a payment', PAYMENT, 'none'],
  ['an allowance without a limit', ALLOWANCE, 'tick'],
  ['a permit', PERMIT, 'tick'],
  ['a text like a hash', HASH_LIKE, 'tick'],
  ['a call that cannot be decoded', UNREADABLE, 'type'],
] as const)('%s', (_, intent, caution) => {
  expect(cautionOf(interpret(intent, KEYS).preview)).toBe(caution)
})
