/**
 * A stored record: a header in the clear, public bytes in the clear, and sealed bytes. Header and public bytes together are the
 * additional data of AES-256-GCM, exactly as they are stored; every field is fixed or prefixed with its length, so two different
 * headers never have the same bytes. The layout is told in `docs/storage.md`.
 */
import { concat, equalBytes, u8, u16, u32, VaultError, type Rng } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { byteReader, UnreadableBytes } from './bytes.ts'
import { drawBytes, gcmOpen, gcmSeal, IV_BYTES, TAG_BYTES, type SealingKey, type SealingSubtle } from './sealing.ts'

const MAGIC = utf8ToBytes('TVR1')

/** Where a record belongs. Two records of one vault never have the same name. */
export interface RecordName {
  /** What it is, for example `key-share`. */
  readonly kind: string
  /** Which one: the wallet's id for all that belongs to a wallet; empty where there is only one. */
  readonly id: string
  /** Generation of the shares, 0 where it has no meaning. */
  readonly epoch: number
}

export interface RecordOwner extends RecordName {
  readonly party: PartyId
}

export interface RecordPlace extends RecordOwner {
  /** Version of the layout of the contents: a vault has one for all its records, and older vaults are brought up by migrations. */
  readonly schema: number
}

interface RecordParts {
  readonly schema: number
  readonly publicBytes: Uint8Array
  readonly additionalData: Uint8Array
  readonly iv: Uint8Array
  readonly sealed: Uint8Array
}

export interface SealingTools {
  readonly subtle: SealingSubtle
  readonly rng: Rng
}

/**
 * Seals `secret` (any length) for its place, under a fresh 96-bit IV. The caller wipes `secret`.
 * @param publicBytes stored in the clear and authenticated, at most 2^32 − 1 bytes
 */
export async function sealRecord(
  tools: SealingTools, key: SealingKey, place: RecordPlace, secret: Uint8Array, publicBytes: Uint8Array = new Uint8Array(0),
): Promise<Uint8Array> {
  const additionalData = encodeHeader(place, publicBytes)
  const iv = drawBytes(tools.rng, IV_BYTES)
  return concat(additionalData, iv, await gcmSeal(tools.subtle, { key, iv, additionalData }, secret))
}

/**
 * Opens a record found at `place`.
 * @returns the secret, which the caller wipes
 * @throws VaultError E_DAMAGED, naming the record: cut short, of another place or version, or altered
 */
export async function openRecord(subtle: SealingSubtle, key: SealingKey, place: RecordPlace, record: Uint8Array): Promise<Uint8Array> {
  const { schema, additionalData, iv, sealed } = takeApart(place, record)
  if (schema !== place.schema) throw damaged(place, `it has schema version ${schema}, its vault has ${place.schema}`)
  const secret = await gcmOpen(subtle, { key, iv, additionalData }, sealed)
  if (secret === undefined) throw damaged(place, 'it was altered after it was sealed')
  return secret
}

/**
 * The public parts of a record without its key: what they say is *not* authenticated.
 * @throws VaultError E_DAMAGED when it is no record of this place
 */
export function peekRecord(place: RecordOwner, record: Uint8Array): { readonly schema: number; readonly publicBytes: Uint8Array } {
  return takeApart(place, record)
}

/** The header must be, byte for byte, the one that belongs to the place. */
function takeApart(place: RecordOwner, record: Uint8Array): RecordParts {
  try {
    const reader = byteReader(record)
    if (!equalBytes(reader.take(MAGIC.length), MAGIC)) throw new UnreadableBytes('it is no record of a format this program reads')
    const name = encodeName(place)
    if (!equalBytes(reader.take(name.length), name)) throw new UnreadableBytes('its header is that of another record')
    const schema = reader.u16()
    const publicBytes = reader.take(reader.u32())
    const additionalData = record.slice(0, reader.offset())
    const iv = reader.take(IV_BYTES)
    const sealed = reader.take(Math.max(TAG_BYTES, record.length - reader.offset()))
    return { schema, publicBytes, additionalData, iv, sealed }
  } catch (error) {
    if (error instanceof UnreadableBytes) throw damaged(place, error.message, error)
    throw error
  }
}

function encodeHeader(place: RecordPlace, publicBytes: Uint8Array): Uint8Array {
  return concat(MAGIC, encodeName(place), u16(place.schema), u32(publicBytes.length), publicBytes)
}

function encodeName({ kind, id, party, epoch }: RecordOwner): Uint8Array {
  return concat(u8(kind.length), utf8ToBytes(kind), u8(id.length), utf8ToBytes(id), hexToBytes(party), u32(epoch))
}

/** For error texts: `record "key-share" 3f… of epoch 1`. */
function describe(name: RecordName): string {
  return `record "${name.kind}"${name.id === '' ? '' : ` ${name.id}`}${name.epoch === 0 ? '' : ` of epoch ${name.epoch}`}`
}

function damaged(place: RecordName, reason: string, cause?: unknown): VaultError {
  return new VaultError('E_DAMAGED', `${describe(place)} is damaged: ${reason}`, { cause })
}
