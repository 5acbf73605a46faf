import { expect, test } from 'vitest'
import { en } from '../text/en.ts'
import { flawOf } from './link-check.ts'

const PAGE = 'https://trivet.example/app/'
const flaw = (link: string): string | undefined => flawOf(link, PAGE, en)?.sentence

test('what is no Trivet link says so', () => {
  for (const text of ['', 'hello', 'https://trivet.example/app/', 'https://evil.example/#pay=1', 'bitcoin:bc1qxyz?amount=1', 'WIFI:S:home;T:WPA;P:secret;;']) {
    expect(flaw(text), text).toBe(en.links.none.sentence)
  }
})

test('a link to a page elsewhere names its host, and is not this one’s under another path, port-less or in capitals', () => {
  expect(flaw('https://other.example:8443/#join=AbC')).toBe('This link belongs to another page, at other.example:8443.')
  expect(flaw('http://trivet.example/app/#join=AbC')).toBe('This link belongs to another page, at trivet.example.')
  for (const link of ['https://trivet.example/app/#join=AbC', 'https://trivet.example/#join=AbC', 'https://TRIVET.example:443/#join=AbC', '#join=AbC', ' #join=AbC\n']) {
    expect(flaw(link), link).toBeUndefined()
  }
})

test('a company’s invitation is of no page, also bare', () => {
  expect(flaw('https://other.example/#company=AbC')).toBeUndefined()
  expect(flaw('A'.repeat(80))).toBeUndefined()
})
