/**
 * The first words of a pairing: who invites, and who comes. They travel sealed with the secret of the place, or to a card that is known
 * already, so that what is read here was said by who knows it.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, equalBytes, Malformed, toNumber, u8 } from '@trivet/protocol/core'
import { decodeUtf8, isCheckedName } from '../identity/text.ts'

const HASH_BYTES = 32

/** What the inviter says first: who it is and what it invites to. */
export interface Welcome {
  /** Encoded identity card of the inviter. */
  readonly card: Uint8Array
  readonly walletName: string
  readonly threshold: number
  readonly total: number
}

/** u8 t ‖ u8 n ‖ u8 len ‖ name ‖ card */
export function encodeWelcome({ card, walletName, threshold, total }: Welcome): Uint8Array {
  const name = utf8ToBytes(walletName)
  return concat(u8(threshold), u8(total), u8(name.length), name, card)
}

/** @throws {Malformed} */
export function readWelcome(bytes: Uint8Array): Welcome {
  const cardAt = 3 + (bytes[2] ?? 0)
  const walletName = decodeUtf8(bytes.subarray(3, cardAt))
  if (bytes.length <= cardAt || walletName === undefined) throw new Malformed('E_LEN', 'pairing: length does not fit')
  if (!isCheckedName(walletName)) throw new Malformed('E_CONFIG', 'pairing: the name of the wallet is no plain text')
  return { threshold: toNumber(bytes.subarray(0, 1)), total: toNumber(bytes.subarray(1, 2)), walletName, card: bytes.slice(cardAt) }
}

/** hash of the inviter's card 32 ‖ card */
export function encodeHello(inviterCardHash: Uint8Array, card: Uint8Array): Uint8Array {
  return concat(inviterCardHash, card)
}

/** @returns the joiner's card bytes @throws {Malformed} E_UNAUTHORIZED: it is an answer to another inviter */
export function readHello(bytes: Uint8Array, inviterCardHash: Uint8Array): Uint8Array {
  if (!equalBytes(bytes.subarray(0, HASH_BYTES), inviterCardHash)) throw new Malformed('E_UNAUTHORIZED', 'pairing: somebody answered another inviter')
  return bytes.slice(HASH_BYTES)
}
