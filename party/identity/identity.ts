/** A party's long-term identity: one seed, sealed in the vault; from it an Ed25519 key and two X25519 keys. */
import { x25519 } from '@noble/curves/ed25519.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { Rng, Role } from '@trivet/protocol/core'
import { makeCard, type Card } from './card.ts'
import type { Ed25519, Signer } from './ed25519.ts'

export interface Identity {
  readonly card: Card
  /** Ed25519 by the identity key. @returns 64 bytes */
  sign(message: Uint8Array): Promise<Uint8Array>
  /** Drops the key; nothing can be signed any more. */
  forget(): void
}

export interface IdentityFacts {
  readonly name: string
  readonly role: Role
  /** SHA-256 of the running build, 32 bytes. */
  readonly build: Uint8Array
}

/** @returns 32 secret bytes, to be sealed and wiped */
export function newIdentitySeed(rng: Rng): Uint8Array {
  return rng(32)
}

/** @param seed 32 bytes; the caller wipes it */
export async function openIdentity(seed: Uint8Array, facts: IdentityFacts, ed25519: Ed25519): Promise<Identity> {
  const signer: Signer = await withDerived(seed, 'trivet/ed25519/v1', (secret) => ed25519.signer(secret))
  const [sealingKey, channelKey] = await Promise.all([
    withDerived(seed, 'trivet/x25519-sealing/v1', async (secret) => x25519.getPublicKey(secret)),
    withDerived(seed, 'trivet/x25519-channel/v1', async (secret) => x25519.getPublicKey(secret)),
  ])
  const card = await makeCard({ ...facts, identityKey: signer.publicKey, sealingKey, channelKey }, (message) => signer.sign(message))
  return { card, sign: (message) => signer.sign(message), forget: () => { signer.forget() } }
}

async function withDerived<T>(seed: Uint8Array, purpose: string, use: (secret: Uint8Array) => Promise<T>): Promise<T> {
  const secret = hkdf(sha256, seed, undefined, utf8ToBytes(purpose), 32)
  try {
    return await use(secret)
  } finally {
    secret.fill(0)
  }
}
