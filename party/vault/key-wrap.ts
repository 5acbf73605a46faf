/** The data key of a vault, and its wraps: under a passphrase (Argon2id) or 32 bytes the caller keeps elsewhere, and under passkeys beside. */
import { equalBytes, InputError, VaultError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { SALT_BYTES, stretch } from './argon2.ts'
import {
  checkPasskeyFacts, decodeKeyRecord, encodeKeyRecord, encodeWrapHeader, MAX_PASSKEYS, PRF_BYTES, VAULT_ARGON2, type PasskeyFacts, type Wrap, type WrapMethod,
} from './key-wrap-codec.ts'
import { drawBytes, gcmOpen, gcmSeal, importAndWipe, IV_BYTES, KEY_BYTES, type SealingKey } from './sealing.ts'
import type { SealingTools } from './sealed-record.ts'

/** The ways in that stand alone. */
export type MainKeySource =
  /** Unicode of any length but 0; compared after NFKC, so that two keyboards that compose letters differently agree. */
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  /** 32 uniformly random bytes; the caller keeps and wipes them. */
  | { readonly kind: 'raw'; readonly key: Uint8Array }

export type KeySource =
  | MainKeySource
  /** `secret`: the passkey's PRF output at the salt that is stored, 32 bytes; the caller wipes it. */
  | { readonly kind: 'passkey'; readonly credential: Uint8Array; readonly secret: Uint8Array }

/** A passkey that is to open a vault. */
export interface AddedPasskey extends PasskeyFacts {
  /** Its PRF output at `salt`, 32 bytes; the caller wipes it. */
  readonly secret: Uint8Array
}

const PASSKEY_TAG = utf8ToBytes('trivet/vault-passkey/v1')
const NOUNS = { passphrase: 'passphrase', raw: 'key', passkey: 'passkey' } as const

/** Key material on its way into a wrap. */
type Material = MainKeySource | { readonly kind: 'passkey'; readonly passkey: AddedPasskey }

/**
 * Draws a data key and wraps it.
 * @returns the key, not extractable, and the record to store
 * @throws InputError when the source cannot be used
 */
export async function makeDataKey(tools: SealingTools, party: PartyId, source: MainKeySource): Promise<{ key: SealingKey; record: Uint8Array }> {
  const dataKey = drawBytes(tools.rng, KEY_BYTES)
  try {
    const record = encodeKeyRecord(party, [await wrap(tools, party, source, dataKey)])
    return { key: await importAndWipe(tools.subtle, dataKey), record }
  } finally {
    dataKey.fill(0)
  }
}

/**
 * @returns the data key, not extractable
 * @throws VaultError E_DAMAGED, E_VERSION before any work is done on the source; E_PASSPHRASE when the source does not open it
 */
export async function unwrapDataKey(tools: SealingTools, party: PartyId, source: KeySource, record: Uint8Array): Promise<SealingKey> {
  return importAndWipe(tools.subtle, await open(tools, party, source, decodeKeyRecord(party, record)))
}

/**
 * A new passphrase, or a raw key, in the place of the one before; passkeys stay.
 * @returns the record to store
 * @throws VaultError E_PASSPHRASE when `now` does not open it
 */
export async function rewrapMain(tools: SealingTools, party: PartyId, record: Uint8Array, now: KeySource, source: MainKeySource): Promise<Uint8Array> {
  const wraps = decodeKeyRecord(party, record)
  return withDataKey(tools, party, now, wraps, async (dataKey) => encodeKeyRecord(party, [await wrap(tools, party, source, dataKey), ...wraps.slice(1)]))
}

/**
 * One more way in.
 * @returns the record to store
 * @throws InputError: is there already, is one too many, or does not fit; VaultError E_PASSPHRASE when `now` does not open it
 */
export async function addPasskeyWrap(tools: SealingTools, party: PartyId, record: Uint8Array, now: KeySource, passkey: AddedPasskey): Promise<Uint8Array> {
  const wraps = decodeKeyRecord(party, record)
  checkPasskeyFacts(passkey)
  checkSecret(passkey.secret)
  if (findPasskey(wraps, passkey.credential) !== undefined) throw new InputError('passkey', 'it opens this vault already')
  if (wraps.length > MAX_PASSKEYS) throw new InputError('passkey', `${MAX_PASSKEYS} passkeys open this vault already; remove one first`)
  const added: Material = { kind: 'passkey', passkey }
  return withDataKey(tools, party, now, wraps, async (dataKey) => encodeKeyRecord(party, [...wraps, await wrap(tools, party, added, dataKey)]))
}

/** @returns the record to store @throws InputError when no such passkey opens it */
export function removePasskeyWrap(party: PartyId, record: Uint8Array, credential: Uint8Array): Uint8Array {
  const wraps = decodeKeyRecord(party, record)
  const gone = findPasskey(wraps, credential)
  if (gone === undefined) throw new InputError('credential', 'no such passkey opens this vault')
  return encodeKeyRecord(party, wraps.filter((other) => other !== gone))
}

/** The passkeys of a record as it lies there: authenticated, each one, only when it opens the vault. @throws VaultError E_DAMAGED, E_VERSION */
export function passkeysOf(party: PartyId, record: Uint8Array): readonly PasskeyFacts[] {
  return decodeKeyRecord(party, record).flatMap(({ method }) => (method.kind === 'passkey' ? [method.passkey] : []))
}

function findPasskey(wraps: readonly Wrap[], credential: Uint8Array): Wrap | undefined {
  return wraps.find(({ method }) => method.kind === 'passkey' && equalBytes(method.passkey.credential, credential))
}

async function withDataKey<T>(
  tools: SealingTools, party: PartyId, source: KeySource, wraps: readonly Wrap[], use: (dataKey: Uint8Array) => Promise<T>,
): Promise<T> {
  const dataKey = await open(tools, party, source, wraps)
  try {
    return await use(dataKey)
  } finally {
    dataKey.fill(0)
  }
}

/** @returns the data key's bytes, which the caller wipes */
async function open(tools: SealingTools, party: PartyId, source: KeySource, wraps: readonly Wrap[]): Promise<Uint8Array> {
  const { method, iv, sealed } = wrapFor(source, wraps)
  const key = await wrappingKey(tools, party, source, method)
  const dataKey = await gcmOpen(tools.subtle, { key, iv, additionalData: encodeWrapHeader(party, method) }, sealed)
  if (dataKey === undefined) throw new VaultError('E_PASSPHRASE', `wrong ${NOUNS[source.kind]}`)
  return dataKey
}

function wrapFor(source: KeySource, wraps: readonly Wrap[]): Wrap {
  const [main] = wraps
  if (source.kind === 'passkey') {
    const found = findPasskey(wraps, source.credential)
    if (found === undefined) throw new VaultError('E_PASSPHRASE', 'this passkey does not open this vault; use the passphrase')
    return found
  }
  if (main?.method.kind !== source.kind) throw new VaultError('E_PASSPHRASE', `this vault opens with a ${NOUNS[main?.method.kind ?? 'raw']}, not with a ${NOUNS[source.kind]}`)
  return main
}

async function wrap(tools: SealingTools, party: PartyId, material: Material, dataKey: Uint8Array): Promise<Wrap> {
  const method = newMethod(tools, material)
  const source: KeySource = material.kind === 'passkey' ? { ...material.passkey, kind: 'passkey' } : material
  const key = await wrappingKey(tools, party, source, method)
  const iv = drawBytes(tools.rng, IV_BYTES)
  return { method, iv, sealed: await gcmSeal(tools.subtle, { key, iv, additionalData: encodeWrapHeader(party, method) }, dataKey) }
}

function newMethod(tools: SealingTools, material: Material): WrapMethod {
  if (material.kind === 'raw') return { kind: 'raw' }
  if (material.kind === 'passphrase') return { kind: 'passphrase', argon2: { ...VAULT_ARGON2.least, salt: drawBytes(tools.rng, SALT_BYTES) } }
  const { credential, salt, label } = material.passkey
  return { kind: 'passkey', passkey: { credential: credential.slice(), salt: salt.slice(), label } }
}

async function wrappingKey(tools: SealingTools, party: PartyId, source: KeySource, method: WrapMethod): Promise<SealingKey> {
  return importAndWipe(tools.subtle, await wrappingBytes(party, source, method))
}

/** @returns 32 bytes, which the caller wipes */
async function wrappingBytes(party: PartyId, source: KeySource, method: WrapMethod): Promise<Uint8Array> {
  if (source.kind === 'raw') {
    if (source.key.length !== KEY_BYTES) throw new InputError('key', `expected ${KEY_BYTES} bytes, got ${source.key.length}`)
    return Uint8Array.from(source.key)
  }
  if (source.kind === 'passkey') {
    checkSecret(source.secret)
    return hkdf(sha256, source.secret, undefined, concatBytes(PASSKEY_TAG, hexToBytes(party), source.credential), KEY_BYTES)
  }
  if (method.kind !== 'passphrase') throw new VaultError('E_PASSPHRASE', 'this vault opens with no passphrase')
  return stretch(source.passphrase, method.argon2)
}

function checkSecret(secret: Uint8Array): void {
  if (secret.length !== PRF_BYTES) throw new InputError('secret', `expected ${PRF_BYTES} bytes, got ${secret.length}`)
}
