/** Source: the Noise Protocol Framework, revision 34, §5.1 (CipherState) and §12.3 (ChaChaPoly). */
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { Bug } from '@trivet/protocol/core'

export const TAG_BYTES = 16
/** Far below the 2^64 − 1 of §5.1: whoever comes so far makes a new handshake. */
export const MAX_NONCE = 2 ** 32

/** One direction's key and the number of the next message under it; without a key it lets everything pass as it is. */
export class CipherState {
  #key: Uint8Array | undefined
  #nonce = 0

  /** InitializeKey(key). @param key 32 bytes, secret; this state owns and wipes them */
  constructor(key?: Uint8Array) {
    this.#key = key
  }

  /** HasKey(). */
  get hasKey(): boolean { return this.#key !== undefined }

  /** Number of the next message. */
  get nonce(): number { return this.#nonce }

  /** SetNonce(nonce). */
  set nonce(nonce: number) { this.#nonce = nonce }

  /**
   * EncryptWithAd(ad, plaintext).
   * @returns the ciphertext, 16 bytes longer where there is a key
   * @throws {Bug} beyond 2^32 messages, or after `wipe`
   */
  encrypt(ad: Uint8Array, plaintext: Uint8Array): Uint8Array {
    if (this.#key === undefined) return plaintext.slice()
    const ciphertext = chacha20poly1305(this.#key, this.#nonceBytes(), ad).encrypt(plaintext)
    this.#nonce += 1
    return ciphertext
  }

  /**
   * DecryptWithAd(ad, ciphertext).
   * @returns the plaintext, or undefined if it does not authenticate: then the number stays
   * @throws {Bug} beyond 2^32 messages
   */
  decrypt(ad: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
    if (this.#key === undefined) return ciphertext.slice()
    if (ciphertext.length < TAG_BYTES) return undefined
    const cipher = chacha20poly1305(this.#key, this.#nonceBytes(), ad)
    let plaintext: Uint8Array
    try {
      plaintext = cipher.decrypt(ciphertext)
    } catch {
      return undefined // its only way to say that the tag is wrong
    }
    this.#nonce += 1
    return plaintext
  }

  /** Nothing can be sealed or opened with it any more. */
  wipe(): void {
    this.#key?.fill(0)
    this.#nonce = MAX_NONCE
  }

  /** §12.3: 32 bits of zeros, then the number as 64 bits, little-endian. */
  #nonceBytes(): Uint8Array {
    if (this.#nonce >= MAX_NONCE) throw new Bug('a cipher state was used beyond its last message')
    const bytes = new Uint8Array(12)
    new DataView(bytes.buffer).setUint32(4, this.#nonce, true)
    return bytes
  }
}
