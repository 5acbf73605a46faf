/**
 * Links and invitations. Everything is in the URL's fragment, which no browser sends to a server: who holds the link can join,
 * and the introduction server cannot.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, equalBytes, InputError, toNumber, u32, u8 } from '@trivet/protocol/core'
import { isPartyId, isSessionId, type PartyId, type SessionId } from '@trivet/signalling/wire'
import { decodeUtf8, isCheckedName } from '../identity/text.ts'
import { fromBase64url, toBase64url } from './base64url.ts'

const VERSION = 1
const JOIN_BYTES = 86
const CHECK_BYTES = 4
const CHECK_TAG = utf8ToBytes('trivet/link/v1')
const COMPANY_FIXED_BYTES = 53

/** One empty place of a new wallet, to be passed on out of band. */
export interface JoinLink {
  readonly room: SessionId
  /** 2…n: position in the lobby. */
  readonly place: number
  /** The introduction server's token for this place: 22 characters of base64url (16 bytes). */
  readonly joinToken: string
  /** Hash of the inviter's identity card, 32 bytes. */
  readonly inviterCardHash: Uint8Array
  /** 16 bytes that the introduction server never sees. */
  readonly secret: Uint8Array
  /** Milliseconds since 1970, whole seconds. */
  readonly expiresAt: number
}

/** A headless party's one-time invitation: who holds it may have that party in a new wallet. */
export interface CompanyInvitation {
  readonly partyId: PartyId
  /** 16 bytes. */
  readonly secret: Uint8Array
  readonly expiresAt: number
  readonly name: string
}

/** u8 version ‖ room 16 ‖ u8 place ‖ token 16 ‖ card hash 32 ‖ secret 16 ‖ u32 expiry in seconds ‖ check 4 */
export function encodeJoinLink(pageUrl: string, link: JoinLink): string {
  const token = fromBase64url(link.joinToken)
  if (token?.length !== 16) throw new InputError('joinToken', 'expected 16 bytes of base64url')
  const bytes = concat(
    u8(VERSION), roomBytes(link.room), u8(link.place), token, link.inviterCardHash, link.secret, u32(Math.floor(link.expiresAt / 1000)),
  )
  return `${pageUrl}#join=${toBase64url(withCheck(bytes))}`
}

/** u8 version ‖ party id 32 ‖ secret 16 ‖ u32 expiry in seconds ‖ name ‖ check 4 */
export function encodeCompanyInvitation({ partyId, secret, expiresAt, name }: CompanyInvitation): string {
  return toBase64url(withCheck(concat(u8(VERSION), hexToBytes(partyId), secret, u32(Math.floor(expiresAt / 1000)), utf8ToBytes(name))))
}

export type ReadLink = { readonly kind: 'join'; readonly join: JoinLink } | { readonly kind: 'company'; readonly company: CompanyInvitation }

/**
 * Reads a whole link, its fragment alone, or a bare company invitation.
 * @throws {InputError} naming what is wrong with it
 */
export function readLink(text: string): ReadLink {
  const fragment = text.trim().replace(/^[^#]*#/, '')
  const [, kind, value] = /^(?:(join|company)=)?([A-Za-z0-9_-]+)$/.exec(fragment) ?? []
  if (value === undefined) throw new InputError('link', 'this is not a Trivet link; copy the whole of it, from "http" to its end')
  return kind === 'join' ? { kind, join: readJoin(value) } : { kind: 'company', company: readCompany(value) }
}

function readJoin(value: string): JoinLink {
  const bytes = checkedBytes(value, (length) => length === JOIN_BYTES)
  const room = roomFromBytes(bytes.subarray(1, 17))
  const place = bytes[17] ?? 0
  if (room === undefined || place < 2 || place > 16) throw damaged()
  return {
    room, place, joinToken: toBase64url(bytes.subarray(18, 34)), inviterCardHash: bytes.slice(34, 66), secret: bytes.slice(66, 82),
    expiresAt: toNumber(bytes.subarray(82, 86)) * 1000,
  }
}

function readCompany(value: string): CompanyInvitation {
  const bytes = checkedBytes(value, (length) => length > COMPANY_FIXED_BYTES && length <= COMPANY_FIXED_BYTES + 64)
  const partyId = bytesToHex(bytes.subarray(1, 33))
  const name = decodeUtf8(bytes.subarray(COMPANY_FIXED_BYTES))
  if (!isPartyId(partyId) || name === undefined || !isCheckedName(name)) throw damaged()
  return { partyId, secret: bytes.slice(33, 49), expiresAt: toNumber(bytes.subarray(49, 53)) * 1000, name }
}

function checkedBytes(value: string, fits: (length: number) => boolean): Uint8Array {
  const bytes = fromBase64url(value)
  if (bytes === undefined || bytes.length <= CHECK_BYTES) throw damaged()
  const content = bytes.subarray(0, -CHECK_BYTES)
  if (!equalBytes(bytes, withCheck(content))) throw damaged()
  if (content[0] !== VERSION) throw new InputError('link', `this link was made by another version of Trivet (expected ${VERSION}, got ${content[0]}); update both sides`)
  if (!fits(content.length)) throw damaged()
  return content
}

/** Tells a link that was copied badly from one that the other side does not know; it protects against nobody. */
function withCheck(content: Uint8Array): Uint8Array {
  return concat(content, sha256(concat(CHECK_TAG, content)).subarray(0, CHECK_BYTES))
}

function damaged(): InputError {
  return new InputError('link', 'this link is damaged; copy the whole of it, or ask for a new one')
}

/** A UUID as its 16 bytes. */
export function roomBytes(room: SessionId): Uint8Array {
  return hexToBytes(room.replaceAll('-', ''))
}

function roomFromBytes(bytes: Uint8Array): SessionId | undefined {
  const hex = bytesToHex(bytes)
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  return isSessionId(id) ? id : undefined
}
