import { expect, test } from 'vitest'
import { groupsOfFour, listed, plainText } from './plain-text.ts'

test('a name cannot turn the reading direction around', () => {
  expect(plainText('Anna\u202Egnp.exe\u2066\u200F')).toBe('Annagnp.exe')
})

test('control characters become spaces, line breaks and tabs stay', () => {
  expect(plainText('a\u0000b\u001Bc\n\td')).toBe('a b c\n\td')
})

test('an address is split into groups of four whose last may be shorter', () => {
  expect(groupsOfFour('bc1pabcde')).toEqual(['bc1p', 'abcd', 'e'])
  expect(groupsOfFour('')).toEqual([])
  expect(groupsOfFour('0x7E5F45520d')).toEqual(['0x7E5F', '4552', '0d'])
})

test('names are listed as a person would say them', () => {
  const words = { and: ' and ', comma: ', ' }
  expect(listed([], words)).toBe('')
  expect(listed(['Anna'], words)).toBe('Anna')
  expect(listed(['Anna', 'Ben', 'the server'], words)).toBe('Anna, Ben and the server')
})
