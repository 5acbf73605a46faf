import { utf8ToBytes } from '@noble/hashes/utils.js'
import { expect, test } from 'vitest'
import { checkedName, isCheckedName, MAX_NAME_BYTES, plainText } from './text.ts'

test('a name loses what would control or turn the text around it, and is cut at whole characters', () => {
  expect(checkedName('  Anna\u202e\u0000\n\u2028 ')).toBe('Anna')
  expect(checkedName('\u200b')).toBe('unnamed device')
  const long = checkedName(`${'é'.repeat(31)} 𝕏 and more`)
  expect(long).toBe('é'.repeat(31))
  expect(utf8ToBytes(long).length).toBeLessThanOrEqual(MAX_NAME_BYTES)
  expect(plainText('\ud800a', 10)).toBe('a')
})

test('what was checked once is plain ever after, however long it was', () => {
  for (const name of ['x'.repeat(63) + ' y', '銀'.repeat(40), 'e\u0301'.repeat(70), `${'a'.repeat(62)}𝕏`, 'unnamed device']) {
    expect(isCheckedName(checkedName(name)), name).toBe(true)
  }
  for (const bad of ['', ' a', 'a\u202e', 'e\u0301', 'x'.repeat(65)]) expect(isCheckedName(bad), bad).toBe(false)
})
