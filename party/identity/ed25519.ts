/** Ed25519 of identities: the platform's own where it has it, noble's where it has not. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { concat, VaultError } from '@trivet/protocol/core'

export interface Ed25519 {
  /** @param seed 32 bytes, secret; the caller wipes it */
  signer(seed: Uint8Array): Promise<Signer>
  /** @returns false for whatever is not a good signature, also for bytes that are none */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>
}

export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** @returns 64 bytes @throws {VaultError} E_LOCKED once it was forgotten */
  sign(message: Uint8Array): Promise<Uint8Array>
  /** Drops the key, and wipes it where it is bytes. */
  forget(): void
}

/** The part of WebCrypto that identities use; keys are opaque. */
export interface SigningSubtle<Key = unknown> {
  importKey(format: 'raw' | 'pkcs8', bytes: Uint8Array<ArrayBuffer>, algorithm: 'Ed25519', extractable: false, usages: ('sign' | 'verify')[]): Promise<Key>
  sign(algorithm: 'Ed25519', key: Key, message: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>
  verify(algorithm: 'Ed25519', key: Key, signature: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>): Promise<boolean>
}

/** RFC 8410: the fixed start of a PKCS #8 document that holds an Ed25519 seed. */
const PKCS8_PREFIX = Uint8Array.of(0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20)

/** WebCrypto's Ed25519: the seed is imported as a key that cannot be read back. */
function nativeEd25519<Key>(subtle: SigningSubtle<Key>): Ed25519 {
  return {
    async signer(seed) {
      const document = new Uint8Array(concat(PKCS8_PREFIX, seed))
      try {
        let key: Key | undefined = await subtle.importKey('pkcs8', document, 'Ed25519', false, ['sign'])
        return {
          publicKey: ed25519.getPublicKey(seed),
          sign: async (message) => new Uint8Array(await subtle.sign('Ed25519', known(key), new Uint8Array(message))),
          forget: () => { key = undefined },
        }
      } finally {
        document.fill(0)
      }
    },
    async verify(publicKey, message, signature) {
      try {
        const key = await subtle.importKey('raw', new Uint8Array(publicKey), 'Ed25519', false, ['verify'])
        return await subtle.verify('Ed25519', key, new Uint8Array(signature), new Uint8Array(message))
      } catch {
        return false // bytes that are no key
      }
    },
  }
}

const nobleEd25519: Ed25519 = {
  async signer(seed) {
    let own: Uint8Array | undefined = seed.slice()
    return {
      publicKey: ed25519.getPublicKey(seed),
      sign: async (message) => ed25519.sign(message, known(own)),
      forget: () => {
        own?.fill(0)
        own = undefined
      },
    }
  },
  async verify(publicKey, message, signature) {
    try {
      return ed25519.verify(signature, message, publicKey, { zip215: false })
    } catch {
      return false // bytes that are no key or signature
    }
  },
}

/** WebCrypto's where a trial shows that it works. */
export async function chooseEd25519<Key>(subtle: SigningSubtle<Key>): Promise<Ed25519> {
  const native = nativeEd25519(subtle)
  const message = Uint8Array.of(1, 2, 3)
  try {
    const signer = await native.signer(new Uint8Array(32).fill(7))
    if (await native.verify(signer.publicKey, message, await signer.sign(message))) return native
  } catch {
    // The platform does not know the algorithm.
  }
  return nobleEd25519
}

function known<T>(key: T | undefined): T {
  if (key === undefined) throw new VaultError('E_LOCKED', 'the identity key was forgotten')
  return key
}
