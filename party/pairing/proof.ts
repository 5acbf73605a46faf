/**
 * How two parties that share a link's secret show each other their identity cards over a server they do not trust: each card comes
 * with an HMAC under the secret, bound to the room, the place and the side.
 */
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, equalBytes, Malformed, toNumber, u16, u8 } from '@trivet/protocol/core'
import type { SessionId } from '@trivet/signalling/wire'
import { decodeUtf8, isCheckedName } from '../identity/text.ts'
import { roomBytes } from './link.ts'

export interface PairingPlace {
  readonly room: SessionId
  readonly place: number
  /** 16 bytes. */
  readonly secret: Uint8Array
}

/** What the inviter says first: who it is and what it invites to. */
export interface Welcome {
  /** Encoded identity card of the inviter. */
  readonly card: Uint8Array
  readonly walletName: string
  readonly threshold: number
  readonly total: number
}

/** mac 32 ‖ card */
export function encodeHello(where: PairingPlace, inviterCardHash: Uint8Array, card: Uint8Array): Uint8Array {
  return concat(mac('joiner', where, concat(inviterCardHash, card)), card)
}

/** @returns the joiner's card bytes @throws {Malformed} unless the joiner knows the secret */
export function readHello(where: PairingPlace, inviterCardHash: Uint8Array, bytes: Uint8Array): Uint8Array {
  const card = bytes.slice(32)
  if (!equalBytes(bytes.subarray(0, 32), mac('joiner', where, concat(inviterCardHash, card)))) {
    throw new Malformed('E_UNAUTHORIZED', 'pairing: somebody came without the link')
  }
  return card
}

/** mac 32 ‖ u8 t ‖ u8 n ‖ u8 len ‖ name ‖ card */
export function encodeWelcome(where: PairingPlace, { card, walletName, threshold, total }: Welcome): Uint8Array {
  const name = utf8ToBytes(walletName)
  const body = concat(u8(threshold), u8(total), u8(name.length), name, card)
  return concat(mac('inviter', where, body), body)
}

/** @throws {Malformed} unless the inviter knows the secret */
export function readWelcome(where: PairingPlace, bytes: Uint8Array): Welcome {
  const body = bytes.slice(32)
  if (!equalBytes(bytes.subarray(0, 32), mac('inviter', where, body))) throw new Malformed('E_UNAUTHORIZED', 'pairing: the inviter does not know the invitation')
  const cardAt = 3 + (body[2] ?? 0)
  const walletName = decodeUtf8(body.subarray(3, cardAt))
  if (body.length <= cardAt || walletName === undefined) throw new Malformed('E_LEN', 'pairing: length does not fit')
  if (!isCheckedName(walletName)) throw new Malformed('E_CONFIG', 'pairing: the name of the wallet is no plain text')
  return { threshold: toNumber(body.subarray(0, 1)), total: toNumber(body.subarray(1, 2)), walletName, card: body.slice(cardAt) }
}

function mac(side: 'joiner' | 'inviter', { room, place, secret }: PairingPlace, body: Uint8Array): Uint8Array {
  return hmac(sha256, secret, concat(utf8ToBytes(`trivet/pair/v1/${side}`), u8(0), roomBytes(room), u16(place), body))
}
