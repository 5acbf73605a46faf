/**
 * What travels inside a link once its handshake is done: `u8 kind = 4 ‖ u64 counter ‖ ciphertext`, where the counter is the Noise nonce of the
 * direction and the ciphertext ends with its tag of 16 bytes. Each counter is the next one: nothing is repeated, left out or moved.
 */
import { Malformed, concat, equalBytes, u64 } from '@trivet/protocol/core'
import { MAX_NONCE, TAG_BYTES } from '../noise/cipher-state.ts'
import type { TransportKeys } from '../noise/handshake-state.ts'

const RECORD_KIND = 4
const HEAD_BYTES = 9
/** What a record adds to what it seals. */
export const RECORD_BYTES = HEAD_BYTES + TAG_BYTES
const NOTHING = new Uint8Array()

export class Records {
  readonly #keys: TransportKeys

  constructor(keys: TransportKeys) {
    this.#keys = keys
  }

  /** Whether the keys of a direction are used up: then a fresh link makes new ones. */
  get areSpent(): boolean {
    return this.#keys.sending.nonce >= MAX_NONCE || this.#keys.receiving.nonce >= MAX_NONCE
  }

  seal(plaintext: Uint8Array): Uint8Array {
    const { sending } = this.#keys
    const head = concat(Uint8Array.of(RECORD_KIND), u64(sending.nonce))
    return concat(head, sending.encrypt(NOTHING, plaintext))
  }

  /** @throws {Malformed} E_LEN unless it is the next record of the other end */
  open(bytes: Uint8Array): Uint8Array {
    const { receiving } = this.#keys
    if (bytes[0] !== RECORD_KIND || bytes.length < RECORD_BYTES) throw new Malformed('E_LEN', `expected a record, got ${bytes.length} bytes of kind ${bytes[0] ?? 'none'}`)
    if (!equalBytes(bytes.subarray(1, HEAD_BYTES), u64(receiving.nonce))) throw new Malformed('E_LEN', `a record out of turn: expected number ${receiving.nonce}`)
    const plaintext = receiving.decrypt(NOTHING, bytes.subarray(HEAD_BYTES))
    if (plaintext === undefined) throw new Malformed('E_LEN', `record ${receiving.nonce} is not what the other end sealed`)
    return plaintext
  }

  wipe(): void {
    this.#keys.sending.wipe()
    this.#keys.receiving.wipe()
  }
}
