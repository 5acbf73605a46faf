/** Base58, with the checksum of Bitcoin's keys and without. */
import { sha256 } from '@noble/hashes/sha2.js'
import { base58, createBase58check } from '@scure/base'
import { InputError } from '@trivet/protocol/core'

const base58check = createBase58check(sha256)

/**
 * @param text at most as long as an extended key: decoding takes time with the square of it
 * @returns the payload, without the checksum. Secret: the caller wipes it
 * @throws {InputError} naming `key`
 */
export function fromBase58check(text: string): Uint8Array {
  checkAlphabet(text)
  try {
    return base58check.decode(text)
  } catch {
    throw new InputError('key', 'a character is wrong or missing (the checksum does not fit)')
  }
}

/** @returns as `fromBase58check`, of what has no checksum. @throws {InputError} naming `key` */
export function fromBase58(text: string): Uint8Array {
  checkAlphabet(text)
  return base58.decode(text)
}

function checkAlphabet(text: string): void {
  if (!/^[1-9A-HJ-NP-Za-km-z]+$/.test(text)) throw new InputError('key', 'a character in it is none of base58 (0, O, I and l are left out there)')
}
