/** From what a page gives to what a vault takes. */
import { InputError } from '@trivet/protocol/core'
import type { NewPasskey, OpenWith } from '../api.ts'
import { isCheckedName } from '../identity/text.ts'
import type { KeySource } from '../vault/index.ts'

/** Of a new passphrase, in UTF-16 units. */
const MIN_PASSPHRASE = 10

export function sourceOf(opens: OpenWith): KeySource {
  return 'passkey' in opens ? { kind: 'passkey', ...opens.passkey } : { kind: 'passphrase', passphrase: opens.passphrase }
}

/** @returns a passphrase that may be set @throws {InputError} */
export function checkedPassphrase(passphrase: string): string {
  if (passphrase.length < MIN_PASSPHRASE) throw new InputError('passphrase', `expected at least ${MIN_PASSPHRASE} characters`)
  return passphrase
}

/** @throws {InputError} of a label that is not plain text; sizes are checked by the vault */
export function checkedPasskey(passkey: NewPasskey): NewPasskey {
  if (!isCheckedName(passkey.label)) throw new InputError('label', 'expected 1 to 64 bytes of plain text')
  return passkey
}

/** Takes a passkey's secret out of memory, once it was used. */
export function wipeSource(source: KeySource): void {
  if (source.kind === 'passkey') source.secret.fill(0)
}
