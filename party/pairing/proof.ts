/**
 * The first words of a pairing: who invites to what, who comes, and what it holds. They travel sealed with the secret of the place, or to a
 * card that is known already, so that what is read here was said by who knows it.
 */
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, equalBytes, Malformed, Reader, u16, u32, u64, u8, type Pid } from '@trivet/protocol/core'
import { decodeUtf8, isCheckedName } from '../identity/text.ts'

const HASH_BYTES = 32
const KINDS = { keygen: 0, reshare: 1, import: 2 } as const
/** As deep as keys are derived. */
const MAX_PATH = 10
const ORIGINS = ['made', 'imported'] as const

/** What is to be made in a lobby. */
export type Purpose = { readonly kind: 'keygen' } | ReshareTarget | ImportTarget

/** A new wallet with keys that existed before. */
export interface ImportTarget {
  readonly kind: 'import'
  /** Of the old wallet's first address, below the group keys. */
  readonly firstPath: readonly number[]
  /** Over everything public about the old sharing, 32 bytes: `publicHash`. */
  readonly hash: Uint8Array
  /** Holders of the old sharing, and how many of them have to deal: 1 of 1 is a whole key, which the inviter has. */
  readonly holders: number
  readonly needed: number
}

/** New shares for the keys of a wallet that exists. */
export interface ReshareTarget {
  readonly kind: 'reshare'
  /** Hex, 32 bytes. */
  readonly walletId: string
  /** ms since 1970 */
  readonly createdAt: number
  readonly origin: 'made' | 'imported'
  /** Of an imported key: `Descent.firstPath`. */
  readonly firstPath: readonly number[]
  /** Who holds it now. */
  readonly old: { readonly epoch: number; readonly threshold: number; readonly total: number }
}

/** What the inviter says first: who it is and what it invites to. */
export interface Welcome {
  /** Encoded identity card of the inviter. */
  readonly card: Uint8Array
  readonly walletName: string
  /** Of what is made: devices that are needed, and devices in all. */
  readonly threshold: number
  readonly total: number
  readonly purpose: Purpose
}

/** u8 t ‖ u8 n ‖ u8 len ‖ name ‖ purpose ‖ u16 len ‖ card */
export function encodeWelcome({ card, walletName, threshold, total, purpose }: Welcome): Uint8Array {
  const name = utf8ToBytes(walletName)
  return concat(u8(threshold), u8(total), u8(name.length), name, encodePurpose(purpose), u16(card.length), card)
}

/** @throws {Malformed} */
export function readWelcome(bytes: Uint8Array): Welcome {
  const reader = new Reader(bytes, 'pairing')
  const [threshold, total] = [reader.number(1), reader.number(1)]
  const walletName = decodeUtf8(reader.take(reader.number(1)))
  if (walletName === undefined || !isCheckedName(walletName)) throw new Malformed('E_CONFIG', 'pairing: the name of the wallet is no plain text')
  const purpose = readPurpose(reader)
  const card = reader.take(reader.number(2)).slice()
  reader.end()
  return { threshold, total, walletName, purpose, card }
}

/**
 * u8 kind (0 key generation, 1 reshare); of a reshare then: wallet id 32 ‖ u64 created ‖ u8 origin (0 made, 1 imported) ‖ u8 p ‖ p × u32 first path
 * ‖ u8 t ‖ u8 n ‖ u32 epoch, of those who hold it now; of an import (2): u8 p ‖ p × u32 first path ‖ hash 32 ‖ u16 holders ‖ u16 needed
 */
export function encodePurpose(purpose: Purpose): Uint8Array {
  if (purpose.kind === 'keygen') return u8(KINDS.keygen)
  if (purpose.kind === 'import') {
    const { firstPath, hash, holders, needed } = purpose
    return concat(u8(KINDS.import), u8(firstPath.length), ...firstPath.map(u32), hash, u16(holders), u16(needed))
  }
  const { walletId, createdAt, origin, firstPath, old } = purpose
  const from = concat(u8(ORIGINS.indexOf(origin)), u8(firstPath.length), ...firstPath.map(u32))
  return concat(u8(KINDS.reshare), hexToBytes(walletId), u64(createdAt), from, u8(old.threshold), u8(old.total), u32(old.epoch))
}

function readPurpose(reader: Reader): Purpose {
  const kind = reader.number(1)
  if (kind === KINDS.keygen) return { kind: 'keygen' }
  if (kind === KINDS.import) {
    return { kind: 'import', firstPath: readPath(reader), hash: reader.take(32).slice(), holders: reader.number(2), needed: reader.number(2) }
  }
  if (kind !== KINDS.reshare) throw new Malformed('E_CONFIG', 'pairing: it is for something that this device does not make')
  const [walletId, createdAt] = [bytesToHex(reader.take(32)), reader.number(8)]
  const origin = ORIGINS[reader.number(1)]
  if (origin === undefined) throw new Malformed('E_CONFIG', 'pairing: where the wallet comes from cannot be read')
  const firstPath = readPath(reader)
  const [threshold, total, epoch] = [reader.number(1), reader.number(1), reader.number(4)]
  return { kind: 'reshare', walletId, createdAt, origin, firstPath, old: { epoch, threshold, total } }
}

function readPath(reader: Reader): readonly number[] {
  const path = Array.from({ length: reader.number(1) }, () => reader.number(4))
  if (path.length > MAX_PATH || path.some((index) => index >= 0x8000_0000)) throw new Malformed('E_CONFIG', 'pairing: the path of the first account cannot be')
  return path
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

/** What who comes to a reshare has of that wallet. */
export interface Standing {
  /** The epoch that counts here; 0: none does. */
  readonly counting: number
  /** The highest epoch that this device ever had; 0: none. A number is never used twice. */
  readonly highest: number
  /** Of the counting epoch: under which share index it can deal; 0: it holds no share. */
  readonly share: Pid
}

/** u32 counting ‖ u32 highest ‖ u16 share index */
export function encodeStanding({ counting, highest, share }: Standing): Uint8Array {
  return concat(u32(counting), u32(highest), u16(share))
}

/** @throws {Malformed} E_LEN */
export function readStanding(bytes: Uint8Array): Standing {
  const reader = new Reader(bytes, 'standing')
  const standing = { counting: reader.number(4), highest: reader.number(4), share: reader.number(2) }
  reader.end()
  return standing
}

/** A device's part of a wallet that is brought from files: which holder's it is. */
export interface FileOffer {
  /** From 0. */
  readonly holder: number
  /** As `ImportTarget.hash`. */
  readonly hash: Uint8Array
}

/** u16 holder ‖ hash 32 */
export function encodeFileOffer({ holder, hash }: FileOffer): Uint8Array {
  return concat(u16(holder), hash)
}

/** @throws {Malformed} E_LEN */
export function readFileOffer(bytes: Uint8Array): FileOffer {
  const reader = new Reader(bytes, 'file offer')
  const offer = { holder: reader.number(2), hash: reader.take(HASH_BYTES).slice() }
  reader.end()
  return offer
}
