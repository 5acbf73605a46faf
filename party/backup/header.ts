/** The part of a backup file that is in the clear, and the two checksums that tell damage from a wrong passphrase: `docs/backup-format.md`. */
import { concat, equalBytes, toNumber, u16, u32, u64, u8, VaultError, type SuiteId } from '@trivet/protocol/core'
import { isPartyId, type PartyId } from '@trivet/signalling/wire'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import type { WalletId } from '../api.ts'
import { decodeArgon2, encodeArgon2, type Argon2Params, type Argon2Range } from '../vault/argon2.ts'
import { byteReader, UnreadableBytes, type ByteReader } from '../vault/bytes.ts'
import { IV_BYTES, TAG_BYTES } from '../vault/sealing.ts'

/** What may be read of a backup file without its passphrase; authenticated only with it. */
export interface BackupHeader {
  readonly argon2: Argon2Params
  /** ms since 1970. */
  readonly madeAt: number
  /** Whose share it is. */
  readonly partyId: PartyId
  readonly walletId: WalletId
  readonly epoch: number
  /** Share index. */
  readonly index: number
  /** Ascending suite. */
  readonly keys: readonly { readonly suite: SuiteId; readonly groupKey: Uint8Array }[]
  readonly iv: Uint8Array
  /** Of the sealed contents with their tag. */
  readonly sealedBytes: number
}

/** A file taken apart. */
export interface BackupFile {
  readonly header: BackupHeader
  /** The header as it stands in the file: additional data of the sealing. */
  readonly headerBytes: Uint8Array
  readonly sealed: Uint8Array
}

/** Least: what is written. Most: a planted file must not exhaust the device. */
export const BACKUP_ARGON2: Argon2Range = {
  least: { memoryKiB: 256 * 1024, iterations: 3, parallelism: 1 }, most: { memoryKiB: 512 * 1024, iterations: 8, parallelism: 4 },
}

const MAGIC = utf8ToBytes('TRIVETBK')
/** Version 1 tells nothing of how its epoch came to be; all else is as in version 2. */
const VERSIONS: readonly number[] = [1, 2]
const VERSION = 2
const CHECKSUM_BYTES = 8
/** magic ‖ version ‖ length of the header: the same in every version, as is the checksum at the header's end. */
const START_BYTES = 12
const POINT_BYTES: Readonly<Record<SuiteId, number>> = { 1: 33, 2: 32, 3: 33 }
/** With one key and with three. A file is longer than either, so a length that is damaged is told from a file cut short. */
const HEADER_BYTES = { least: 177, most: 245 }

/**
 * magic 8 ‖ u16 version ‖ u16 length ‖ Argon2 29 ‖ u64 madeAt ‖ party 32 ‖ wallet 32 ‖ u32 epoch ‖ u16 index ‖ u8 k ‖ k × (u8 suite ‖ key)
 * ‖ u32 sealed ‖ IV 12 ‖ checksum 8
 */
export function encodeHeader(header: BackupHeader): Uint8Array {
  const { argon2, madeAt, partyId, walletId, epoch, index, keys, iv, sealedBytes } = header
  const rest = concat(
    encodeArgon2(argon2), u64(madeAt), hexToBytes(partyId), hexToBytes(walletId), u32(epoch), u16(index),
    u8(keys.length), ...keys.map(({ suite, groupKey }) => concat(u8(suite), groupKey)), u32(sealedBytes), iv,
  )
  const body = concat(MAGIC, u16(VERSION), u16(START_BYTES + rest.length + CHECKSUM_BYTES), rest)
  return concat(body, checksum(body))
}

/** header ‖ sealed contents ‖ checksum 8 of all before */
export function joinFile(headerBytes: Uint8Array, sealed: Uint8Array): Uint8Array {
  const body = concat(headerBytes, sealed)
  return concat(body, checksum(body))
}

/** @throws VaultError E_DAMAGED: no backup file, cut short, header or contents damaged; E_VERSION: a newer program wrote it */
export function splitFile(file: Uint8Array): BackupFile {
  const length = headerLength(file)
  const headerBytes = file.slice(0, length)
  if (!hasChecksum(headerBytes)) throw damagedHeader('its checksum does not fit')
  const version = toNumber(file.subarray(8, 10))
  if (!VERSIONS.includes(version)) throw otherVersion(version)
  const header = decodeHeader(headerBytes)
  const end = length + header.sealedBytes
  if (file.length < end + CHECKSUM_BYTES) throw cutShort()
  if (file.length > end + CHECKSUM_BYTES) throw damaged(`${file.length - end - CHECKSUM_BYTES} bytes were added at its end`)
  if (!hasChecksum(file)) throw damaged('its contents were damaged')
  return { header, headerBytes, sealed: file.slice(length, end) }
}

function headerLength(file: Uint8Array): number {
  if (!equalBytes(file.subarray(0, MAGIC.length), MAGIC.subarray(0, file.length))) throw new VaultError('E_DAMAGED', 'this is not a backup file of Trivet')
  if (file.length < START_BYTES) throw cutShort()
  const length = toNumber(file.subarray(10, START_BYTES))
  const isKnown = VERSIONS.includes(toNumber(file.subarray(8, 10)))
  const least = isKnown ? HEADER_BYTES.least : START_BYTES + CHECKSUM_BYTES
  if (length < least || (isKnown && length > HEADER_BYTES.most)) throw damagedHeader(`it cannot be ${length} bytes long`)
  if (file.length < length) throw cutShort()
  return length
}

function decodeHeader(bytes: Uint8Array): BackupHeader {
  try {
    const reader = byteReader(bytes.subarray(0, bytes.length - CHECKSUM_BYTES))
    reader.take(START_BYTES)
    const header = {
      argon2: decodeArgon2(reader, BACKUP_ARGON2), madeAt: toNumber(reader.take(8)),
      partyId: readPartyId(reader), walletId: bytesToHex(reader.take(32)), epoch: reader.u32(), index: reader.u16(),
      keys: Array.from({ length: reader.u8() }, () => readKey(reader)), sealedBytes: reader.u32(), iv: reader.take(IV_BYTES),
    }
    if (reader.offset() !== bytes.length - CHECKSUM_BYTES) throw new UnreadableBytes('something is left over')
    if (header.sealedBytes < TAG_BYTES) throw new UnreadableBytes('it announces no contents')
    return header
  } catch (error) {
    if (error instanceof UnreadableBytes || error instanceof RangeError) throw damagedHeader(error.message)
    throw error
  }
}

function readKey(reader: ByteReader): { readonly suite: SuiteId; readonly groupKey: Uint8Array } {
  const suite = reader.u8()
  if (suite !== 1 && suite !== 2 && suite !== 3) throw new UnreadableBytes(`suite ${suite} is unknown`)
  return { suite, groupKey: reader.take(POINT_BYTES[suite]) }
}

function readPartyId(reader: ByteReader): PartyId {
  const id = bytesToHex(reader.take(32))
  if (!isPartyId(id)) throw new UnreadableBytes('it names no party')
  return id
}

function hasChecksum(bytes: Uint8Array): boolean {
  const end = bytes.length - CHECKSUM_BYTES
  return equalBytes(bytes.subarray(end), checksum(bytes.subarray(0, end)))
}

/** No protection against an attacker: it tells damage from a wrong passphrase. */
function checksum(bytes: Uint8Array): Uint8Array {
  return sha256(bytes).subarray(0, CHECKSUM_BYTES)
}

function cutShort(): VaultError {
  return damaged('it is cut short; copy it again from where it was saved')
}

function otherVersion(version: number): VaultError {
  if (version === 0) return damagedHeader('there is no version 0')
  return new VaultError('E_VERSION', `backup file: it was made by a newer version of Trivet (its version is ${version}, this one reads up to ${VERSION}); update, then try again`)
}

function damagedHeader(what: string): VaultError {
  return damaged(`its header was damaged: ${what}`)
}

/** Something about a backup file does not hold. */
export function damaged(what: string): VaultError {
  return new VaultError('E_DAMAGED', `backup file: ${what}`)
}
