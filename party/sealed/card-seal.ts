/**
 * What parties that know each other's identity cards tell each other over the introduction server. Only the receiver can open it;
 * only the sender can have made it, in this room and for this receiver.
 *
 * `u8 version = 1 ‖ u8 kind = 1 ‖ enc 32 ‖ ciphertext`, 256, 1,024, 4,096, 16,384 or 45,056 bytes in all. The ciphertext is HPKE of
 * `signature 64 ‖ u16 length ‖ frame ‖ zeros` to the receiver's sealing key, with the first two bytes as additional data and
 * `"trivet/sealed/v1" ‖ room 16 ‖ sender's party id 32 ‖ receiver's party id 32` as info. The signature is Ed25519, by the sender's
 * identity key, over `"trivet/sealed-by/v1" ‖ room ‖ sender ‖ receiver ‖ enc ‖ frame`.
 */
import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, Refused } from '@trivet/protocol/core'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import type { Card } from '../identity/card.ts'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { Identity } from '../identity/identity.ts'
import { roomBytes } from '../pairing/link.ts'
import { emptied, fill, isBucket, type Bucket } from './buckets.ts'
import { ENC_BYTES, hpkeOpen, hpkeSender, TAG_BYTES } from './hpke.ts'

const HEAD = Uint8Array.of(1, 1)
const INFO_TAG = utf8ToBytes('trivet/sealed/v1')
const SIGNATURE_TAG = utf8ToBytes('trivet/sealed-by/v1')
const SIGNATURE_BYTES = 64
const AROUND = HEAD.length + ENC_BYTES + TAG_BYTES + SIGNATURE_BYTES

export interface SealOptions {
  readonly to: Pick<Card, 'partyId' | 'sealingKey'>
  readonly from: Pick<Identity, 'sign'> & { readonly card: Pick<Card, 'partyId'> }
  readonly room: SessionId
  /** What is sealed is no smaller than this. Default 256. */
  readonly least?: Bucket
}

/**
 * @param frame 1 to 44,940 bytes
 * @returns exactly as many bytes as a bucket
 * @throws {InputError} larger @throws {VaultError} E_LOCKED @throws {Malformed} E_POINT: the receiver's sealing key is none
 */
export async function seal(frame: Uint8Array, { to, from, room, least = 256 }: SealOptions): Promise<Uint8Array> {
  const filled = fill(frame, AROUND, least)
  const way = wayOf(room, from.card.partyId, to.partyId)
  const { enc, seal: encrypt } = await hpkeSender(to.sealingKey, concat(INFO_TAG, way))
  const signature = await from.sign(concat(SIGNATURE_TAG, way, enc, frame))
  return concat(HEAD, enc, await encrypt(concat(signature, filled), HEAD))
}

export interface OpenOptions {
  readonly from: Card
  readonly to: Identity
  readonly room: SessionId
  readonly ed25519: Pick<Ed25519, 'verify'>
}

/**
 * @returns the frame
 * @throws {Refused} E_INTERCEPTED unless `from` sealed exactly this, to `to` and in this room @throws {VaultError} E_LOCKED
 */
export async function open(bytes: Uint8Array, options: OpenOptions): Promise<Uint8Array> {
  const frame = await frameOf(bytes, options)
  if (frame === undefined) throw new Refused('E_INTERCEPTED', `the introduction server altered, or made up, what ${options.from.name} said`)
  return frame
}

async function frameOf(bytes: Uint8Array, { from, to, room, ed25519 }: OpenOptions): Promise<Uint8Array | undefined> {
  if (!isBucket(bytes.length) || HEAD.some((byte, i) => byte !== bytes[i])) return undefined
  const enc = bytes.slice(HEAD.length, HEAD.length + ENC_BYTES)
  const way = wayOf(room, from.partyId, to.card.partyId)
  const receiver = { publicKey: to.card.sealingKey, secret: to.sealingSecret() }
  const content = await hpkeOpen(receiver, { enc, info: concat(INFO_TAG, way), aad: HEAD, ciphertext: bytes.slice(HEAD.length + ENC_BYTES) })
  const frame = content === undefined ? undefined : emptied(content.subarray(SIGNATURE_BYTES))
  if (content === undefined || frame === undefined) return undefined
  const isSigned = await ed25519.verify(from.identityKey, concat(SIGNATURE_TAG, way, enc, frame), content.slice(0, SIGNATURE_BYTES))
  return isSigned ? frame : undefined
}

function wayOf(room: SessionId, from: PartyId, to: PartyId): Uint8Array {
  return concat(roomBytes(room), hexToBytes(from), hexToBytes(to))
}
