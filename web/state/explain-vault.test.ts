import { InputError, TransportError, VaultError } from '@trivet/protocol/core'
import { expect, test } from 'vitest'
import { PasskeyError } from '../platform/passkey.ts'
import { en } from '../text/en.ts'
import { zh } from '../text/zh.ts'
import { explainFile, explainOpening } from './explain-vault.ts'

test('what is wrong with a backup file has a sentence of its own, which depends on what it was given for', () => {
  const wrong = [
    new VaultError('E_PASSPHRASE', 'x'), new VaultError('E_DAMAGED', 'x'), new VaultError('E_STALE', 'x'), new InputError('file', 'of another wallet'),
  ]
  for (const what of ['prove', 'restore'] as const) {
    const sentences = wrong.map((error) => explainFile(error, en, what).sentence)
    expect(new Set(sentences).size).toBe(wrong.length)
    expect(sentences).not.toContain(en.errors.other.sentence)
  }
  const damaged = new VaultError('E_DAMAGED', 'tag of the header')
  expect(explainFile(damaged, en, 'prove').safe).toBe('The wallet on this device is unharmed.')
  expect(explainFile(damaged, en, 'restore').safe).toBe('Nothing was stored.')
  expect(explainFile(damaged, zh, 'prove').sentence).toBe('该文件已损坏，或不是 Trivet 的备份。')
  expect(explainFile(damaged, en, 'prove').details).toBe('E_DAMAGED: tag of the header')
})

test('errors that have nothing to do with the file are said as everywhere', () => {
  expect(explainFile(new VaultError('E_STORAGE', 'x'), en, 'restore').sentence).toBe(en.errors.E_STORAGE.sentence)
  expect(explainFile(new Error('x'), en, 'prove').sentence).toBe(en.errors.other.sentence)
})

test('a passkey that does not answer is no bug of the page, and the passphrase is offered', () => {
  const { sentence, next, details } = explainOpening(new PasskeyError('no-answer', 'NotAllowedError'), en)
  expect([sentence, next, details]).toEqual([en.passkeyErrors['no-answer'].sentence, 'Try again, or use the passphrase.', 'passkey: NotAllowedError'])
  expect(explainOpening(new VaultError('E_THROTTLED', 'wait'), en).sentence).toBe('Too many wrong passphrases in a row.')
  expect(explainOpening(new TransportError('E_TRANSPORT', 'x'), en).sentence).toBe(en.errors.E_TRANSPORT.sentence)
})
