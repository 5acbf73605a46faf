/** A short name of what is signed, for people to compare by eye. */
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { concat } from '@trivet/protocol/core'

const TAG = utf8ToBytes('trivet/short-code/v1')
/** Crockford's base 32: no I, L, O, U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Eight characters that are the same on every screen that shows the same intent: 40 bits of its hash. */
export function shortCode(intent: Uint8Array): string {
  const bits = sha256(concat(TAG, intent)).subarray(0, 5).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  const characters = Array.from({ length: 8 }, (_, i) => ALPHABET.charAt(Number((bits >> BigInt(5 * (7 - i))) & 31n))).join('')
  return `${characters.slice(0, 4)}-${characters.slice(4)}`
}
