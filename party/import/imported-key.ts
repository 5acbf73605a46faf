/** A whole private key, ready for its import into shares. Source: `protocol.md` §F.1; `docs/protocols/import.md`. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { InputError, type SuiteId } from '@trivet/protocol/core'

/**
 * `other-accounts`: what it was read from opens more than comes along. `old-addresses`: of a kind that this wallet neither shows nor spends from.
 * `uncompressed`: so is its one old address. `top`: accounts lie below hardened steps, out of reach once the key is shared.
 */
export type ImportWarning = 'other-accounts' | 'old-addresses' | 'uncompressed' | 'top'

/**
 * Who saw the secret before, or the text it was read from, keeps full power over the key: that is said where it is imported. The text itself is a
 * string, which JavaScript cannot wipe.
 */
export interface ImportedKey {
  /** An account has keys below it, by its chain code; a key stands alone. */
  readonly what: 'key' | 'account'
  /** Which of the wallet's keys it can become; the scalar and the point are the same for each of them. */
  readonly suites: readonly SuiteId[]
  /** 32 bytes, encoded as the suites' group does: big-endian for secp256k1, little-endian for Ed25519. Secret: the caller wipes it. */
  readonly scalar: Uint8Array
  /** Encoded point, 33 or 32 bytes. */
  readonly groupKey: Uint8Array
  /** 32 bytes of BIP-32; without one the members make one together, and children are new addresses. */
  readonly chainCode: Uint8Array | undefined
  /** Path below the group key of the first address that the old wallet shows: for a person to compare. */
  readonly firstAddress: readonly number[]
  /** What it is, for a person. */
  readonly description: string
  /** What a person should know before going on. */
  readonly warnings: readonly ImportWarning[]
}

/** What is not the key itself. */
export type KeyFacts = Pick<ImportedKey, 'suites' | 'description'> & Partial<Pick<ImportedKey, 'chainCode' | 'firstAddress' | 'warnings'>>

/**
 * @param scalar 32 bytes, big-endian; copied
 * @throws {InputError} naming `key`: zero, or not below the order
 */
export function secp256k1Key(scalar: Uint8Array, facts: KeyFacts): ImportedKey {
  if (!secp256k1.utils.isValidSecretKey(scalar)) throw new InputError('key', 'expected a number from 1 to below the order of secp256k1')
  return importedKey(scalar.slice(), secp256k1.getPublicKey(scalar, true), facts)
}

/**
 * The key of an Ed25519 seed. RFC 8032 hashes the seed and clamps the first half to an integer s, a multiple of 8 between 2^254 and 2^255; the public
 * key is s·B. B has the prime order L, so s and s mod L have the same public key and the same signatures, which are modulo L anyhow: the sharing is of
 * s mod L. Clamping is there for protocols that multiply points of others, where the multiple of 8 removes components of small order; signing never
 * does. It cannot become zero: the least multiple of both 8 and L is above 2^255. What is left behind is the second half of the hash, from which the
 * old wallet makes its nonces: FROST draws fresh ones, so signatures of the same message are other ones, and verify all the same.
 * @param seed 32 bytes, the private key of RFC 8032; any bytes are one
 */
export function ed25519KeyOfSeed(seed: Uint8Array, facts: KeyFacts): ImportedKey {
  const { head, prefix, scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(seed)
  head.fill(0)
  prefix.fill(0)
  return importedKey(ed25519.Point.Fn.toBytes(scalar), pointBytes, facts)
}

/**
 * The key of a bare scalar, as an export of ours gives it.
 * @param bytes 32 bytes, little-endian
 * @throws {InputError} naming `key`: zero, or not below L
 */
export function ed25519KeyOfScalar(bytes: Uint8Array, facts: KeyFacts): ImportedKey {
  const { BASE, Fn } = ed25519.Point
  const scalar = Fn.fromBytes(bytes, true)
  if (!Fn.isValidNot0(scalar)) throw new InputError('key', 'expected a number from 1 to below the order of Ed25519, little-endian')
  return importedKey(bytes.slice(), BASE.multiply(scalar).toBytes(), facts)
}

function importedKey(scalar: Uint8Array, groupKey: Uint8Array, facts: KeyFacts): ImportedKey {
  const { suites, description, chainCode, firstAddress = [], warnings = [] } = facts
  return { what: chainCode ? 'account' : 'key', suites, scalar, groupKey, chainCode, firstAddress, description, warnings }
}
