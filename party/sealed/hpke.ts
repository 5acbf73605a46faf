/** RFC 9180 in base mode, in the one suite that is used here: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305. */
import { Chacha20Poly1305 } from '@hpke/chacha20poly1305'
import { CipherSuite, DecapError, EncapError, HkdfSha256, OpenError } from '@hpke/core'
import { DhkemX25519HkdfSha256 } from '@hpke/dhkem-x25519'
import { Malformed } from '@trivet/protocol/core'

/** Its X25519 is JavaScript, so that it does not depend on what a platform's WebCrypto has. */
export const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Chacha20Poly1305() })

/** Bytes of an encapsulated key. */
export const ENC_BYTES = 32
/** By how many bytes a ciphertext is longer than what was sealed. */
export const TAG_BYTES = 16

export interface HpkeSender {
  /** 32 bytes, for the receiver. */
  readonly enc: Uint8Array
  /** Once. @returns what was given, encrypted, and 16 bytes more */
  readonly seal: (plaintext: Uint8Array, aad: Uint8Array) => Promise<Uint8Array>
}

/**
 * Draws an ephemeral key, from the platform's own generator. Source: RFC 9180 §5.1.1, SetupBaseS.
 * @param publicKey the receiver's, X25519, 32 bytes
 * @throws {Malformed} a key of small order, with which everybody could open it
 */
export async function hpkeSender(publicKey: Uint8Array, info: Uint8Array): Promise<HpkeSender> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(publicKey)
  const context = await suite.createSenderContext({ recipientPublicKey, info }).catch((error: unknown) => {
    throw error instanceof EncapError ? new Malformed('E_POINT', 'a sealing key of small order', { cause: error }) : error
  })
  return {
    enc: new Uint8Array(context.enc),
    seal: async (plaintext, aad) => new Uint8Array(await context.seal(plaintext, aad)),
  }
}

export interface HpkeReceiver {
  /** X25519, 32 bytes. */
  readonly publicKey: Uint8Array
  /** Its secret, 32 bytes; the caller keeps it. */
  readonly secret: Uint8Array
}

export interface HpkeSealed {
  /** 32 bytes. */
  readonly enc: Uint8Array
  readonly info: Uint8Array
  readonly aad: Uint8Array
  readonly ciphertext: Uint8Array
}

/** Source: RFC 9180 §5.1.1, SetupBaseR. @returns undefined where it was not sealed to this key, with this `info` and `aad` */
export async function hpkeOpen({ publicKey, secret }: HpkeReceiver, { enc, info, aad, ciphertext }: HpkeSealed): Promise<Uint8Array | undefined> {
  // The suite looks at this very copy, so wiping it leaves none behind.
  const own = new Uint8Array(secret)
  try {
    const privateKey = await suite.kem.importKey('raw', own.buffer, false)
    const recipientKey = { privateKey, publicKey: await suite.kem.deserializePublicKey(publicKey) }
    const context = await suite.createRecipientContext({ recipientKey, enc, info })
    return new Uint8Array(await context.open(ciphertext, aad))
  } catch (error) {
    if (error instanceof DecapError || error instanceof OpenError) return undefined
    throw error
  } finally {
    own.fill(0)
  }
}
