import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { Address } from 'viem'
import { getAddress, keccak256, sliceHex } from 'viem/utils'
import { InvalidIntent, type IntentField } from '../errors.ts'

export const ZERO_ADDRESS = '0x0000000000000000000000000000000000000000'

/**
 * The account of a key: the last 20 bytes of the Keccak-256 of its uncompressed point, written as EIP-55 says.
 * @param publicKey compressed point of secp256k1, 33 bytes
 */
export function ethereumAddress(publicKey: Uint8Array): Address {
  const [, ...coordinates] = secp256k1.Point.fromBytes(publicKey).toBytes(false)
  return getAddress(sliceHex(keccak256(Uint8Array.from(coordinates)), -20))
}

/**
 * An address as people write it, in EIP-55's capitals.
 * @param what names it in the message
 * @throws {InvalidIntent} also when it is written in capitals and small letters, but not those of EIP-55
 */
export function readAddress(text: string, field: IntentField, what: string): Address {
  if (!/^0x[0-9a-f]{40}$/iu.test(text)) throw new InvalidIntent(field, `${what}: expected an address, 0x and 40 hex digits, got ${quoted(text)}`)
  const digits = text.slice(2)
  const address = getAddress(`0x${digits.toLowerCase()}`)
  const plain = digits === digits.toLowerCase() || digits === digits.toUpperCase()
  if (!plain && text !== address) throw new InvalidIntent(field, `${what}: the capitals of ${text} are not those of EIP-55, so a character may be wrong`)
  return address
}

/** "0x8ba1…9C2f" */
export const shortAddress = (address: string): string => `${address.slice(0, 6)}…${address.slice(-4)}`

/** What somebody wrote, short enough for a message. */
export const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
