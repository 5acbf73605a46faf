/** Identity cards: what a party says of itself, signed by itself. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, Malformed, ROLES, u8, type Role } from '@trivet/protocol/core'
import { isPartyId, type PartyId } from '@trivet/signalling/wire'
import type { Ed25519 } from './ed25519.ts'
import { checkedName, decodeUtf8, isCheckedName, MAX_NAME_BYTES } from './text.ts'

const CARD_VERSION = 1
const CARD_TAG = utf8ToBytes('trivet/card/v1')
const CARD_HASH_TAG = utf8ToBytes('trivet/card-hash/v1')
const PARTY_ID_TAG = utf8ToBytes('trivet/party-id/v1')
const KEYS_AT = 1
const ROLE_AT = KEYS_AT + 3 * 32
const BUILD_AT = ROLE_AT + 1
const NAME_AT = BUILD_AT + 32

export interface Card {
  readonly partyId: PartyId
  /** Ed25519, 32 bytes: signs. */
  readonly identityKey: Uint8Array
  /** X25519, 32 bytes: opens what is sealed to this party. */
  readonly sealingKey: Uint8Array
  /** X25519, 32 bytes: static key of this party's channels. */
  readonly channelKey: Uint8Array
  readonly role: Role
  /** SHA-256 of the build this party runs, 32 bytes. */
  readonly build: Uint8Array
  /** 1 to 64 bytes of UTF-8. */
  readonly name: string
  /** The signed bytes, as they travel. */
  readonly bytes: Uint8Array
}

export type CardFacts = Pick<Card, 'identityKey' | 'sealingKey' | 'channelKey' | 'role' | 'build' | 'name'>

/** u8 version ‖ Ed25519 32 ‖ X25519 (sealing) 32 ‖ X25519 (channel) 32 ‖ u8 role ‖ build 32 ‖ u8 len ‖ name ‖ signature 64 */
export async function makeCard(facts: CardFacts, sign: (message: Uint8Array) => Promise<Uint8Array>): Promise<Card> {
  const name = utf8ToBytes(checkedName(facts.name))
  const body = concat(
    u8(CARD_VERSION), facts.identityKey, facts.sealingKey, facts.channelKey, u8(ROLES[facts.role]), facts.build, u8(name.length), name,
  )
  const bytes = concat(body, await sign(concat(CARD_TAG, body)))
  return { ...facts, partyId: partyIdOfKey(facts.identityKey), bytes }
}

/** @throws {Malformed} unless the bytes are exactly one card, signed by its own key */
export async function readCard(bytes: Uint8Array, { verify }: Pick<Ed25519, 'verify'>): Promise<Card> {
  const bad = (what: string): Malformed => new Malformed('E_CONFIG', `identity card: ${what}`)
  const nameLength = bytes[NAME_AT] ?? 0
  const end = NAME_AT + 1 + nameLength
  if (bytes[0] !== CARD_VERSION) throw bad(`expected version ${CARD_VERSION}, got ${bytes[0]}`)
  if (nameLength < 1 || nameLength > MAX_NAME_BYTES || bytes.length !== end + 64) throw bad('length does not fit')
  const key = (i: number): Uint8Array => bytes.slice(KEYS_AT + 32 * i, KEYS_AT + 32 * (i + 1))
  const role = (Object.keys(ROLES) as Role[]).find((name) => ROLES[name] === bytes[ROLE_AT])
  if (role === undefined) throw bad('unknown role')
  const identityKey = key(0)
  if (!await verify(identityKey, concat(CARD_TAG, bytes.subarray(0, end)), bytes.slice(end))) throw bad('its signature does not verify')
  return {
    partyId: partyIdOfKey(identityKey), identityKey, sealingKey: key(1), channelKey: key(2), role,
    build: bytes.slice(BUILD_AT, NAME_AT), name: readName(bytes.subarray(NAME_AT + 1, end), bad), bytes: bytes.slice(),
  }
}

/** What a link pins: 32 bytes. */
export function cardHash(card: Card): Uint8Array {
  return sha256(concat(CARD_HASH_TAG, card.bytes))
}

/** Whose card it is, of one that was read before. @param bytes as `Card.bytes` */
export function partyIdOfCard(bytes: Uint8Array): PartyId {
  return partyIdOfKey(bytes.subarray(1, 33))
}

/** SHA-256("trivet/party-id/v1" ‖ key) in hex; the same as `partyIdOf` of the wire, but synchronous. */
export function partyIdOfKey(identityKey: Uint8Array): PartyId {
  const id = bytesToHex(sha256(concat(PARTY_ID_TAG, identityKey)))
  if (!isPartyId(id)) throw new RangeError('a hash that is no party id')
  return id
}

function readName(bytes: Uint8Array, bad: (what: string) => Malformed): string {
  const name = decodeUtf8(bytes)
  if (name === undefined || !isCheckedName(name)) throw bad('its name is no plain text')
  return name
}
