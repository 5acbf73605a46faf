/** The data key of a vault and how it is wrapped: under a passphrase (Argon2id) or under 32 bytes the caller keeps elsewhere. */
import { InputError, VaultError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { argon2id } from 'hash-wasm'
import { ARGON2_DEFAULTS, decodeWrappedKey, encodeWrapHeader, encodeWrappedKey, SALT_BYTES, type Argon2Params, type WrapMethod } from './key-wrap-codec.ts'
import { drawBytes, gcmOpen, gcmSeal, importAndWipe, IV_BYTES, KEY_BYTES, type SealingKey } from './sealing.ts'
import type { SealingTools } from './sealed-record.ts'

export type KeySource =
  /** Unicode of any length but 0; compared after NFKC, so that two keyboards that compose letters differently agree. */
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  /** 32 uniformly random bytes; the caller keeps and wipes them. */
  | { readonly kind: 'raw'; readonly key: Uint8Array }

/**
 * Draws a data key and wraps it.
 * @returns the key, not extractable, and the record to store
 * @throws InputError when the source cannot be used
 */
export async function makeDataKey(tools: SealingTools, party: PartyId, source: KeySource): Promise<{ key: SealingKey; record: Uint8Array }> {
  const method = newMethod(tools, source)
  const wrappingKey = await deriveWrappingKey(tools, source, method)
  const iv = drawBytes(tools.rng, IV_BYTES)
  const dataKey = drawBytes(tools.rng, KEY_BYTES)
  try {
    const sealed = await gcmSeal(tools.subtle, { key: wrappingKey, iv, additionalData: encodeWrapHeader(party, method) }, dataKey)
    return { key: await importAndWipe(tools.subtle, dataKey), record: encodeWrappedKey(party, { method, iv, sealed }) }
  } finally {
    dataKey.fill(0)
  }
}

/**
 * @returns the data key, not extractable
 * @throws VaultError E_DAMAGED before any work is done on the source; E_PASSPHRASE when the source does not open it
 */
export async function unwrapDataKey(tools: SealingTools, party: PartyId, source: KeySource, record: Uint8Array): Promise<SealingKey> {
  const { method, iv, sealed } = decodeWrappedKey(party, record)
  const wrappingKey = await deriveWrappingKey(tools, source, method)
  const dataKey = await gcmOpen(tools.subtle, { key: wrappingKey, iv, additionalData: encodeWrapHeader(party, method) }, sealed)
  if (dataKey === undefined) throw new VaultError('E_PASSPHRASE', `wrong ${NOUNS[source.kind]}`)
  return importAndWipe(tools.subtle, dataKey)
}

const NOUNS = { passphrase: 'passphrase', raw: 'key' } as const

function newMethod(tools: SealingTools, source: KeySource): WrapMethod {
  if (source.kind === 'raw') return { kind: 'raw' }
  return { kind: 'passphrase', argon2: { ...ARGON2_DEFAULTS, salt: drawBytes(tools.rng, SALT_BYTES) } }
}

async function deriveWrappingKey(tools: SealingTools, source: KeySource, method: WrapMethod): Promise<SealingKey> {
  if (source.kind === 'raw' && method.kind === 'raw') {
    if (source.key.length !== KEY_BYTES) throw new InputError('key', `expected ${KEY_BYTES} bytes, got ${source.key.length}`)
    return importAndWipe(tools.subtle, Uint8Array.from(source.key))
  }
  if (source.kind === 'passphrase' && method.kind === 'passphrase') return stretch(tools, source.passphrase, method.argon2)
  throw new VaultError('E_PASSPHRASE', `this vault opens with a ${NOUNS[method.kind]}, not with a ${NOUNS[source.kind]}`)
}

async function stretch(tools: SealingTools, passphrase: string, { memoryKiB, iterations, parallelism, salt }: Argon2Params): Promise<SealingKey> {
  if (passphrase === '') throw new InputError('passphrase', 'expected at least one character')
  const password = utf8ToBytes(passphrase.normalize('NFKC'))
  try {
    const key = await argon2id({ password, salt, memorySize: memoryKiB, iterations, parallelism, hashLength: KEY_BYTES, outputType: 'binary' })
    return await importAndWipe(tools.subtle, key)
  } finally {
    password.fill(0)
  }
}
