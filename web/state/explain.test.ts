import { InputError, TransportError, VaultError } from '@trivet/protocol/core'
import { expect, test } from 'vitest'
import { en } from '../text/en.ts'
import { zh } from '../text/zh.ts'
import { explain } from './explain.ts'

test('a wrong passphrase is said in the language of the page', () => {
  const error = new VaultError('E_PASSPHRASE', 'the passphrase does not open this vault')
  expect(explain(error, en)).toMatchObject({ sentence: 'Wrong passphrase.', safe: 'Nothing changed.' })
  expect(explain(error, zh).sentence).toBe('口令错误。')
  expect(explain(error, en).details).toBe('E_PASSPHRASE: the passphrase does not open this vault')
})

test('a damaged link is called a link only where a link was given', () => {
  const error = new InputError('link', 'expected 90 characters, got 12')
  expect(explain(error, en, 'link').sentence).toBe(en.links.damaged.sentence)
  expect(explain(error, en).sentence).toBe(en.errors.E_INPUT.sentence)
})

test('a link that is damaged, expired, used or of a wallet that was called off has a sentence of its own', () => {
  const codes = ['E_INPUT', 'E_EXPIRED_LINK', 'E_USED_LINK', 'E_CANCELLED']
  const sentences = codes.map((code) => explain(Object.assign(new Error('x'), { code }), en, 'link').sentence)
  expect(sentences).toEqual([en.links.damaged, en.links.expired, en.links.used, en.links.over].map(({ sentence }) => sentence))
  expect(new Set(sentences).size).toBe(4)
})

test('codes without words of their own, and errors without a code, are still a sentence with a next step', () => {
  for (const error of [new TransportError('E_ROLL', 'x'), new Error('x'), 'x', undefined]) {
    expect(explain(error, en)).toMatchObject(en.errors.other)
  }
  expect(explain(Object.assign(new Error('x'), { code: 'link' }), en)).toMatchObject(en.errors.other)
})
