/** One field for everything that people have: what it is shows from how it is written. */
import { InputError } from '@trivet/protocol/core'
import type { AccountChoice } from './accounts.ts'
import { readExtendedKey } from './extended-key.ts'
import type { ImportedKey } from './imported-key.ts'
import { readPhrase } from './phrase.ts'
import { readHexKey, readSolanaKey, readWif, type HexKind } from './raw-key.ts'

export type SecretForm = 'phrase' | 'extended' | 'wif' | 'solana' | 'hex'

export interface SecretChoices {
  /** Needed for a phrase; possible for the top of a tree (an extended key of depth 0). */
  readonly account?: AccountChoice
  /** For a phrase alone; empty for none. */
  readonly passphrase?: string
  /** Needed for hexadecimal digits. */
  readonly hex?: HexKind
}

/** By their number of characters, which is 51 or 52, 86 to 88, and 111, and somewhat more where some are too few or too many. */
const BASE58_FORMS = [{ form: 'wif', from: 45, to: 60 }, { form: 'solana', from: 80, to: 95 }, { form: 'extended', from: 100, to: 120 }] as const
const MAX_KEY = 120

/**
 * How a secret is written, so that a page can ask for what goes with it; the secret itself may still be wrong.
 * @throws {InputError} naming `key`
 */
export function secretForm(text: string): SecretForm {
  const trimmed = text.trim()
  if (trimmed === '') throw new InputError('key', 'expected a seed phrase or a private key, got nothing')
  if (/\s/.test(trimmed)) return 'phrase'
  if (trimmed.length > MAX_KEY) throw new InputError('key', `expected at most ${MAX_KEY} characters without a space, got ${trimmed.length}`)
  if (/^(0x|[0-9a-f]+$)/i.test(trimmed)) return 'hex'
  const form = /^[0-9a-z]+$/i.test(trimmed) ? BASE58_FORMS.find(({ from, to }) => trimmed.length >= from && trimmed.length <= to)?.form : undefined
  if (form !== undefined) return form
  throw new InputError('key', 'expected a seed phrase, 64 hexadecimal digits, an extended private key (xprv…), or a private key as Bitcoin or Solana write it')
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
