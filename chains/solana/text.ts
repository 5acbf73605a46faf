/** Rules for texts that may be signed. */
import { utf8 } from '@scure/base'
import { InvalidIntent } from '../errors.ts'
import { codePoint } from '../text.ts'

/** Longest text, in bytes of UTF-8. */
const MAX_TEXT_BYTES = 8192

/** Control characters but line feed and tab: `[^\P{Cc}…]` reads "a control character, and not one of these". */
const CONTROL = /[^\P{Cc}\n\t]/u

/**
 * The bytes that are signed for a text: its UTF-8, nothing added.
 *
 * An Ed25519 signature says nothing about what its bytes were meant to be, and the key is a Solana account's too. So no text may
 * hold control characters, which nearly every serialised transaction does; `refuseTransaction` proves the rest.
 * @throws {InvalidIntent} when it is empty, too long, no well-formed Unicode, or holds a control character
 */
export function encodeText(text: string): Uint8Array {
  if (text === '') throw new InvalidIntent('text', 'expected a text to sign, got an empty one')
  // A character is at least one byte, so this bounds the work below.
  if (text.length > MAX_TEXT_BYTES) throw tooLong(`${text.length} characters`)
  let bytes: Uint8Array
  try {
    bytes = utf8.decode(text)
  } catch (cause) {
    throw new InvalidIntent('text', 'expected well-formed unicode, got half of a surrogate pair', cause)
  }
  if (bytes.length > MAX_TEXT_BYTES) throw tooLong(`${bytes.length} bytes`)
  const control = CONTROL.exec(text)
  if (control) {
    const place = `U+${codePoint(control[0])} at position ${control.index}`
    throw new InvalidIntent('text', `control character ${place} cannot be signed; only line breaks and tabs can`)
  }
  return bytes
}

/** @throws {InvalidIntent} as `encodeText` does, and when the bytes are no UTF-8 */
export function decodeText(bytes: Uint8Array): string {
  if (bytes.length > MAX_TEXT_BYTES) throw tooLong(`${bytes.length} bytes`)
  let text: string
  try {
    text = utf8.encode(bytes)
  } catch (cause) {
    throw new InvalidIntent('text', 'expected UTF-8, got other bytes', cause)
  }
  encodeText(text)
  return text
}

/**
 * Refuses a text that could be a Solana transaction of this account.
 *
 * In every version of Solana's message format the key of each signer stands in the message itself as its 32 raw bytes (lookup
 * tables cannot hold signers). A text without them is therefore no transaction that this key's signature could authorise.
 * @throws {InvalidIntent}
 */
export function refuseTransaction(text: Uint8Array, publicKey: Uint8Array): void {
  for (let start = 0; start + publicKey.length <= text.length; start++) {
    if (publicKey.every((byte, i) => text[start + i] === byte)) {
      throw new InvalidIntent('text', 'the text holds the raw bytes of this wallet’s Ed25519 key, so it could be a Solana transaction')
    }
  }
}

const tooLong = (size: string): InvalidIntent =>
  new InvalidIntent('text', `expected at most ${MAX_TEXT_BYTES} bytes, got ${size}`)
