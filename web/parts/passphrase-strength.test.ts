import { expect, test } from 'vitest'
import { strengthOf } from './passphrase-strength.ts'

test.each([
  ['', 'short'],
  ['abc123xyz', 'short'],
  ['aaaaaaaaaaaaaaaaaaaa', 'weak'],
  ['1234567890123', 'weak'],
  ['password1234', 'weak'],
  ['qwertyuiopasdf', 'weak'],
  ['letmeinplease', 'weak'],
  ['correct horse', 'fair'],
  ['Tr0ub4dor&3', 'fair'],
  ['brisk otter plays', 'good'],
  ['seven brisk otters play at dusk', 'strong'],
  ['k9#Vq2!mZ7@pLx4&', 'strong'],
])('%j is %s', (passphrase, strength) => {
  expect(strengthOf(passphrase)).toBe(strength)
})

test('a character outside the basic plane counts as one', () => {
  expect(strengthOf('🦦🦦🦦🦦🦦')).toBe('short')
})
