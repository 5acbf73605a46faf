/** Source: the Noise Protocol Framework, revision 34, §4.3 (hash functions) and §5.2 (SymmetricState). */
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { Bug, concat } from '@trivet/protocol/core'
import { CipherState } from './cipher-state.ts'

const HASH_BYTES = 32
const NOTHING = new Uint8Array()

/** What both ends have said so far, and the keys that follow from it. */
export class SymmetricState {
  #cipher = new CipherState()
  #chainingKey: Uint8Array
  #hash: Uint8Array
  #isWiped = false

  /** InitializeSymmetric(protocol_name). */
  constructor(protocolName: Uint8Array) {
    this.#hash = new Uint8Array(HASH_BYTES)
    if (protocolName.length <= HASH_BYTES) this.#hash.set(protocolName)
    else this.#hash = sha256(protocolName)
    this.#chainingKey = this.#hash.slice()
  }

  /** Whether what is said from now on is sealed. */
  get hasKey(): boolean { return this.#cipher.hasKey }

  /** GetHandshakeHash(): 32 bytes, the same at both ends if and only if they saw the same. */
  get handshakeHash(): Uint8Array { return this.#hash.slice() }

  /** MixKey(input_key_material). */
  mixKey(input: Uint8Array): void {
    const [chainingKey, key] = this.#derived(input)
    this.#chainingKey.fill(0)
    this.#chainingKey = chainingKey
    this.#cipher.wipe()
    this.#cipher = new CipherState(key)
  }

  /** MixHash(data). */
  mixHash(data: Uint8Array): void {
    this.#hash = sha256(concat(this.#hash, data))
  }

  /** EncryptAndHash(plaintext). */
  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    const ciphertext = this.#cipher.encrypt(this.#hash, plaintext)
    this.mixHash(ciphertext)
    return ciphertext
  }

  /** DecryptAndHash(ciphertext). @returns undefined if it does not authenticate */
  decryptAndHash(ciphertext: Uint8Array): Uint8Array | undefined {
    const plaintext = this.#cipher.decrypt(this.#hash, ciphertext)
    if (plaintext !== undefined) this.mixHash(ciphertext)
    return plaintext
  }

  /** Split(): the initiator's messages go under the first, the responder's under the second. Wipes this state. */
  split(): readonly [CipherState, CipherState] {
    const [first, second] = this.#derived(NOTHING)
    this.wipe()
    return [new CipherState(first), new CipherState(second)]
  }

  /** No key follows from it any more. */
  wipe(): void {
    this.#isWiped = true
    this.#chainingKey.fill(0)
    this.#cipher.wipe()
  }

  /** HKDF(chaining_key, input, 2). */
  #derived(input: Uint8Array): readonly [Uint8Array, Uint8Array] {
    if (this.#isWiped) throw new Bug('a symmetric state was used after it was wiped')
    const both = hkdf(sha256, input, this.#chainingKey, NOTHING, 2 * HASH_BYTES)
    const two = [both.slice(0, HASH_BYTES), both.slice(HASH_BYTES)] as const
    both.fill(0)
    return two
  }
}
