/** A party's long-term identity: one seed, sealed in the vault; from it an Ed25519 key and two X25519 keys. */
import { x25519 } from '@noble/curves/ed25519.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { VaultError, type Rng, type Role } from '@trivet/protocol/core'
import { makeCard, type Card } from './card.ts'
import type { Ed25519, Signer } from './ed25519.ts'

export interface Identity {
  readonly card: Card
  /** Ed25519 by the identity key. @returns 64 bytes */
  sign(message: Uint8Array): Promise<Uint8Array>
  /** X25519 secret of `card.channelKey`, 32 bytes; not to be kept. @throws {VaultError} E_LOCKED once it was forgotten */
  channelSecret(): Uint8Array
  /** X25519 secret of `card.sealingKey`, 32 bytes; not to be kept. @throws {VaultError} E_LOCKED once it was forgotten */
  sealingSecret(): Uint8Array
  /** Drops the keys and wipes those that are bytes; nothing can be signed or opened any more. */
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
  const signingSeed = derived(seed, 'trivet/ed25519/v1')
  const sealing = derived(seed, 'trivet/x25519-sealing/v1')
  const channel = derived(seed, 'trivet/x25519-channel/v1')
  let isForgotten = false
  const known = (secret: Uint8Array): Uint8Array => {
    if (isForgotten) throw new VaultError('E_LOCKED', 'the identity key was forgotten')
    return secret
  }
  try {
    const signer: Signer = await ed25519.signer(signingSeed)
    const keys = { identityKey: signer.publicKey, sealingKey: x25519.getPublicKey(sealing), channelKey: x25519.getPublicKey(channel) }
    const card = await makeCard({ ...facts, ...keys }, (message) => signer.sign(message))
    return {
      card,
      sign: (message) => signer.sign(message),
      channelSecret: () => known(channel),
      sealingSecret: () => known(sealing),
      forget: () => {
        isForgotten = true
        signer.forget()
        sealing.fill(0)
        channel.fill(0)
      },
    }
  } finally {
    signingSeed.fill(0)
  }
}

function derived(seed: Uint8Array, purpose: string): Uint8Array {
  return hkdf(sha256, seed, undefined, utf8ToBytes(purpose), 32)
}
