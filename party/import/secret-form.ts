/** One field for everything that people have: what it is shows from how it is written. Apart from what reads it, which is large. */
import { InputError } from '@trivet/protocol/core'

export type SecretForm = 'phrase' | 'extended' | 'wif' | 'solana' | 'hex'

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
