/**
 * AES-256-GCM through WebCrypto, and nothing more: which key and which additional data is decided by the callers.
 * The types name just what is used, so that this runs on a browser's `crypto.subtle`, on Node's and on a stand-in.
 */
import { Bug, type Rng } from '@trivet/protocol/core'

/** An AES key inside the WebCrypto implementation; its bytes cannot be read. */
export interface SealingKey {
  readonly type: string
  readonly extractable: boolean
}

interface GcmParams {
  readonly name: 'AES-GCM'
  readonly iv: Uint8Array<ArrayBuffer>
  readonly additionalData: Uint8Array<ArrayBuffer>
  readonly tagLength: 128
}

/** The part of `SubtleCrypto` the vault needs. */
export interface SealingSubtle {
  importKey(format: 'raw', keyData: Uint8Array<ArrayBuffer>, algorithm: 'AES-GCM', extractable: false, usages: ('encrypt' | 'decrypt')[]): Promise<SealingKey>
  encrypt(algorithm: GcmParams, key: SealingKey, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>
  decrypt(algorithm: GcmParams, key: SealingKey, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>
}

export const KEY_BYTES = 32
export const IV_BYTES = 12
export const TAG_BYTES = 16

/** Draws from the injected generator and checks that it gave what was asked for. @throws Bug */
export function drawBytes(rng: Rng, size: number): Uint8Array {
  const drawn = rng(size)
  if (drawn.length !== size) throw new Bug(`the random generator gave ${drawn.length} bytes instead of ${size}`)
  return drawn
}

/** Makes a key of 32 bytes that cannot be exported, and wipes the bytes, also on failure. */
export async function importAndWipe(subtle: SealingSubtle, bytes: Uint8Array): Promise<SealingKey> {
  const copy = Uint8Array.from(bytes)
  bytes.fill(0)
  try {
    return await subtle.importKey('raw', copy, 'AES-GCM', false, ['encrypt', 'decrypt'])
  } finally {
    copy.fill(0)
  }
}

/** What a sealing is bound to; the same is needed to open it. */
export interface SealedUnder {
  readonly key: SealingKey
  /** 12 bytes, never used twice with the same key. */
  readonly iv: Uint8Array
  readonly additionalData: Uint8Array
}

/** @returns ciphertext ‖ 16-byte tag. The caller wipes `plaintext`. */
export async function gcmSeal(subtle: SealingSubtle, under: SealedUnder, plaintext: Uint8Array): Promise<Uint8Array> {
  const copy = Uint8Array.from(plaintext)
  try {
    return new Uint8Array(await subtle.encrypt(gcmParams(under), under.key, copy))
  } finally {
    copy.fill(0)
  }
}

/**
 * The plaintext, or `undefined` when the tag does not fit: another key, or other bytes. WebCrypto calls that `OperationError`;
 * any other failure is not about these bytes and is rethrown.
 */
export async function gcmOpen(subtle: SealingSubtle, under: SealedUnder, sealed: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await subtle.decrypt(gcmParams(under), under.key, Uint8Array.from(sealed)))
  } catch (error) {
    if (error instanceof Error && error.name === 'OperationError') return undefined
    throw error
  }
}

function gcmParams({ iv, additionalData }: SealedUnder): GcmParams {
  return { name: 'AES-GCM', iv: Uint8Array.from(iv), additionalData: Uint8Array.from(additionalData), tagLength: 128 }
}
