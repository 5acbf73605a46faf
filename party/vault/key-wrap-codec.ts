/** The bytes of the record that holds a vault's wrapped data key; the layout is told in `docs/storage.md`. */
import { concat, equalBytes, u8, u32, VaultError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { sha256 } from '@noble/hashes/sha2.js'
import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { byteReader, UnreadableBytes, type ByteReader } from './bytes.ts'
import { IV_BYTES, KEY_BYTES, TAG_BYTES } from './sealing.ts'

/** Parameters of Argon2id, version 1.3. */
export interface Argon2Params {
  readonly memoryKiB: number
  readonly iterations: number
  readonly parallelism: number
  readonly salt: Uint8Array
}

/** How the key that wraps the data key comes about. */
export type WrapMethod = { readonly kind: 'passphrase'; readonly argon2: Argon2Params } | { readonly kind: 'raw' }

export interface WrappedKey {
  readonly method: WrapMethod
  readonly iv: Uint8Array
  /** The data key under AES-256-GCM: 32 bytes and the tag. */
  readonly sealed: Uint8Array
}

/** What is written, which is also the least that is accepted when read. */
export const ARGON2_DEFAULTS = { memoryKiB: 64 * 1024, iterations: 3, parallelism: 1 } as const
/** The most that is accepted when read: a planted record must not exhaust the device. */
const ARGON2_MAXIMA = { memoryKiB: 256 * 1024, iterations: 16, parallelism: 4 } as const
export const SALT_BYTES = 16

const MAGIC = utf8ToBytes('TVK1')
const ARGON2_VERSION = 0x13
const METHOD_NUMBERS = { passphrase: 1, raw: 2 } as const
const CHECKSUM_BYTES = 32

/** Everything before the IV; it is the additional data of the wrapping. */
export function encodeWrapHeader(party: PartyId, method: WrapMethod): Uint8Array {
  return concat(MAGIC, hexToBytes(party), u8(METHOD_NUMBERS[method.kind]), method.kind === 'raw' ? new Uint8Array(0) : encodeArgon2(method.argon2))
}

function encodeArgon2({ memoryKiB, iterations, parallelism, salt }: Argon2Params): Uint8Array {
  return concat(u8(ARGON2_VERSION), u32(memoryKiB), u32(iterations), u32(parallelism), salt)
}

/** The checksum is no protection against an attacker; it tells damage from a wrong passphrase. */
export function encodeWrappedKey(party: PartyId, { method, iv, sealed }: WrappedKey): Uint8Array {
  const body = concat(encodeWrapHeader(party, method), iv, sealed)
  return concat(body, sha256(body))
}

/** @throws VaultError E_DAMAGED: cut short, altered, of another party or version, or with parameters out of range */
export function decodeWrappedKey(party: PartyId, record: Uint8Array): WrappedKey {
  try {
    const body = record.subarray(0, Math.max(0, record.length - CHECKSUM_BYTES))
    const reader = byteReader(body)
    if (!equalBytes(reader.take(MAGIC.length), MAGIC)) throw new UnreadableBytes('it has no format this program reads')
    if (!equalBytes(sha256(body), record.subarray(body.length))) throw new UnreadableBytes('its checksum does not fit')
    const owner = hexToBytes(party)
    if (!equalBytes(reader.take(owner.length), owner)) throw new UnreadableBytes('it belongs to another party')
    const method = decodeMethod(reader)
    const wrapped = { method, iv: reader.take(IV_BYTES), sealed: reader.take(KEY_BYTES + TAG_BYTES) }
    if (reader.offset() !== body.length) throw new UnreadableBytes(`${body.length - reader.offset()} bytes are left over`)
    return wrapped
  } catch (error) {
    if (error instanceof UnreadableBytes) throw new VaultError('E_DAMAGED', `record "vault key" is damaged: ${error.message}`, { cause: error })
    throw error
  }
}

function decodeMethod(reader: ByteReader): WrapMethod {
  const method = reader.u8()
  if (method === METHOD_NUMBERS.raw) return { kind: 'raw' }
  if (method !== METHOD_NUMBERS.passphrase) throw new UnreadableBytes(`key source ${method} is unknown`)
  const version = reader.u8()
  if (version !== ARGON2_VERSION) throw new UnreadableBytes(`argon2 version ${version} is unknown`)
  const memoryKiB = inRange('memoryKiB', reader.u32())
  const iterations = inRange('iterations', reader.u32())
  const parallelism = inRange('parallelism', reader.u32())
  return { kind: 'passphrase', argon2: { memoryKiB, iterations, parallelism, salt: reader.take(SALT_BYTES) } }
}

function inRange(name: keyof typeof ARGON2_DEFAULTS, value: number): number {
  const least = ARGON2_DEFAULTS[name]
  const most = ARGON2_MAXIMA[name]
  if (value < least || value > most) throw new UnreadableBytes(`argon2 ${name} is ${value}, outside ${least} to ${most}`)
  return value
}
