/** Reads everything that people have from one field. */
import { InputError } from '@trivet/protocol/core'
import type { AccountChoice } from './accounts.ts'
import { readExtendedKey } from './extended-key.ts'
import type { ImportedKey } from './imported-key.ts'
import { readPhrase } from './phrase.ts'
import { readHexKey, readSolanaKey, readWif, type HexKind } from './raw-key.ts'
import { secretForm, type SecretForm } from './secret-form.ts'

export interface SecretChoices {
  /** Needed for a phrase; possible for the top of a tree (an extended key of depth 0). */
  readonly account?: AccountChoice
  /** For a phrase alone; empty for none. */
  readonly passphrase?: string
  /** Needed for hexadecimal digits. */
  readonly hex?: HexKind
}

/**
 * Reads a secret that somebody else made, for its import into shares. Pure and synchronous; a phrase takes some tenths of a second.
 * @param text a BIP-39 phrase, 64 hexadecimal digits, WIF, Solana's base58 or an extended private key. A string cannot be wiped: drop it soon
 * @throws {InputError} naming `key`, `phrase`, `passphrase`, `account` or `hex`; no part of the secret is in the message
 */
export function readSecret(text: string, choices: SecretChoices = {}): ImportedKey {
  const form = secretForm(text)
  const { account, passphrase = '', hex } = choices
  refuseUnused(form, choices)
  const trimmed = text.trim()
  switch (form) {
    case 'phrase':
      if (account === undefined) throw new InputError('account', 'a seed phrase has many: choose which one to bring along')
      return readPhrase(trimmed, passphrase, account)
    case 'hex':
      if (hex === undefined) throw new InputError('hex', 'digits do not say what they are a key of: choose secp256k1, ed25519-seed or ed25519-scalar')
      return readHexKey(trimmed, hex)
    case 'extended': return readExtendedKey(trimmed, account)
    case 'wif': return readWif(trimmed)
    case 'solana': return readSolanaKey(trimmed)
  }
}

/** What would be ignored was meant to do something. */
function refuseUnused(form: SecretForm, { account, passphrase = '', hex }: SecretChoices): void {
  if (passphrase !== '' && form !== 'phrase') throw new InputError('passphrase', 'only a seed phrase has one')
  if (account !== undefined && form !== 'phrase' && form !== 'extended') throw new InputError('account', 'a single private key has no accounts')
  if (hex !== undefined && form !== 'hex') throw new InputError('hex', 'only hexadecimal digits need it')
}
