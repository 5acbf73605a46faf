/** The bytes of the record that holds a vault's wrapped data key; the layout is told in `docs/storage.md`. */
import { concat, equalBytes, InputError, u16, u8, VaultError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { decodeUtf8 } from '../identity/text.ts'
import { decodeArgon2, encodeArgon2, type Argon2Params, type Argon2Range } from './argon2.ts'
import { byteReader, UnreadableBytes, type ByteReader } from './bytes.ts'
import { IV_BYTES, KEY_BYTES, TAG_BYTES } from './sealing.ts'

/** What is public of a passkey: which one it is, and what its PRF is evaluated at. */
export interface PasskeyFacts {
  /** 1 to 1,023 bytes. */
  readonly credential: Uint8Array
  /** 32 bytes. */
  readonly salt: Uint8Array
  /** 1 to 64 bytes of text. */
  readonly label: string
}

/** How the key that wraps the data key comes about. */
export type WrapMethod =
  | { readonly kind: 'passphrase'; readonly argon2: Argon2Params }
  | { readonly kind: 'raw' }
  | { readonly kind: 'passkey'; readonly passkey: PasskeyFacts }

/** One way in. */
export interface Wrap {
  readonly method: WrapMethod
  readonly iv: Uint8Array
  /** The data key under AES-256-GCM: 32 bytes and the tag. */
  readonly sealed: Uint8Array
}

/** Least: what is written. Most: a planted record must not exhaust the device. */
export const VAULT_ARGON2: Argon2Range = {
  least: { memoryKiB: 64 * 1024, iterations: 3, parallelism: 1 }, most: { memoryKiB: 256 * 1024, iterations: 16, parallelism: 4 },
}
export const MAX_PASSKEYS = 8
const MAX_CREDENTIAL_BYTES = 1023
export const PRF_BYTES = 32
const MAX_LABEL_BYTES = 64

const MAGIC = utf8ToBytes('TVK2')
/** One wrap alone, never a passkey; also what every wrap is bound to, so that a wrap of that time stays good beside others. */
const FIRST_MAGIC = utf8ToBytes('TVK1')
const METHOD_NUMBERS = { passphrase: 1, raw: 2, passkey: 3 } as const
const CHECKSUM_BYTES = 32
const SEALED_BYTES = KEY_BYTES + TAG_BYTES

/** The additional data of a wrap. */
export function encodeWrapHeader(party: PartyId, method: WrapMethod): Uint8Array {
  return concat(FIRST_MAGIC, hexToBytes(party), encodeMethod(method))
}

function encodeMethod(method: WrapMethod): Uint8Array {
  const number = u8(METHOD_NUMBERS[method.kind])
  if (method.kind === 'raw') return number
  if (method.kind === 'passphrase') return concat(number, encodeArgon2(method.argon2))
  const { credential, salt, label } = method.passkey
  const text = utf8ToBytes(label)
  return concat(number, u16(credential.length), credential, salt, u8(text.length), text)
}

/** @throws InputError naming what does not fit */
export function checkPasskeyFacts({ credential, salt, label }: PasskeyFacts): void {
  const labelBytes = utf8ToBytes(label).length
  if (credential.length < 1 || credential.length > MAX_CREDENTIAL_BYTES) throw new InputError('credential', `expected 1 to ${MAX_CREDENTIAL_BYTES} bytes, got ${credential.length}`)
  if (salt.length !== PRF_BYTES) throw new InputError('salt', `expected ${PRF_BYTES} bytes, got ${salt.length}`)
  if (labelBytes < 1 || labelBytes > MAX_LABEL_BYTES) throw new InputError('label', `expected 1 to ${MAX_LABEL_BYTES} bytes of text, got ${labelBytes}`)
}

/**
 * @param wraps first the passphrase's or the raw key's, then those of at most 8 passkeys: a passkey is never the only way in
 * The checksum is no protection against an attacker; it tells damage from a wrong passphrase.
 */
export function encodeKeyRecord(party: PartyId, wraps: readonly Wrap[]): Uint8Array {
  const body = concat(MAGIC, hexToBytes(party), u8(wraps.length), ...wraps.map(({ method, iv, sealed }) => concat(encodeMethod(method), iv, sealed)))
  return concat(body, sha256(body))
}

/** @throws VaultError E_DAMAGED: cut short, altered, of another party, or with parameters out of range; E_VERSION: a newer program wrote it */
export function decodeKeyRecord(party: PartyId, record: Uint8Array): readonly Wrap[] {
  try {
    const body = record.subarray(0, Math.max(0, record.length - CHECKSUM_BYTES))
    const reader = byteReader(body)
    const magic = reader.take(MAGIC.length)
    const isWhole = equalBytes(sha256(body), record.subarray(body.length))
    if (isWhole && isNewer(magic)) throw new VaultError('E_VERSION', 'this vault was written by a newer version of Trivet; update, then open it again')
    const isFirst = equalBytes(magic, FIRST_MAGIC)
    if (!isFirst && !equalBytes(magic, MAGIC)) throw new UnreadableBytes('it has no format this program reads')
    if (!isWhole) throw new UnreadableBytes('its checksum does not fit')
    const owner = hexToBytes(party)
    if (!equalBytes(reader.take(owner.length), owner)) throw new UnreadableBytes('it belongs to another party')
    const wraps = Array.from({ length: isFirst ? 1 : reader.u8() }, () => decodeWrap(reader))
    if (reader.offset() !== body.length) throw new UnreadableBytes(`${body.length - reader.offset()} bytes are left over`)
    checkWays(wraps)
    return wraps
  } catch (error) {
    if (error instanceof UnreadableBytes) throw new VaultError('E_DAMAGED', `record "vault key" is damaged: ${error.message}`, { cause: error })
    throw error
  }
}

/** The digit counts up. */
function isNewer(magic: Uint8Array): boolean {
  return equalBytes(magic.subarray(0, 3), MAGIC.subarray(0, 3)) && Number(magic[3]) > Number(MAGIC[3]) && Number(magic[3]) <= 0x39
}

function checkWays(wraps: readonly Wrap[]): void {
  const passkeys = wraps.slice(1).map(({ method }) => (method.kind === 'passkey' ? bytesToHex(method.passkey.credential) : undefined))
  if (wraps[0] === undefined || wraps[0].method.kind === 'passkey') throw new UnreadableBytes('it opens with no passphrase and no key')
  if (passkeys.includes(undefined)) throw new UnreadableBytes('it opens with two passphrases or keys')
  if (passkeys.length > MAX_PASSKEYS || new Set(passkeys).size !== passkeys.length) throw new UnreadableBytes(`expected at most ${MAX_PASSKEYS} passkeys, each once`)
}

function decodeWrap(reader: ByteReader): Wrap {
  return { method: decodeMethod(reader), iv: reader.take(IV_BYTES), sealed: reader.take(SEALED_BYTES) }
}

function decodeMethod(reader: ByteReader): WrapMethod {
  const method = reader.u8()
  if (method === METHOD_NUMBERS.raw) return { kind: 'raw' }
  if (method === METHOD_NUMBERS.passphrase) return { kind: 'passphrase', argon2: decodeArgon2(reader, VAULT_ARGON2) }
  if (method === METHOD_NUMBERS.passkey) return { kind: 'passkey', passkey: decodePasskey(reader) }
  throw new UnreadableBytes(`key source ${method} is unknown`)
}

function decodePasskey(reader: ByteReader): PasskeyFacts {
  const facts = { credential: reader.take(reader.u16()), salt: reader.take(PRF_BYTES), label: decodeUtf8(reader.take(reader.u8())) ?? '' }
  try {
    checkPasskeyFacts(facts)
    return facts
  } catch (error) {
    if (error instanceof InputError) throw new UnreadableBytes(`passkey: ${error.message}`)
    throw error
  }
}
