import { Malformed, concat } from '@trivet/protocol/core'
import { MAX_MESSAGE_BYTES } from './outbox.ts'

/** Puts numbered chunks together again. A link keeps the order and a fresh one resumes where this side says, so every number is the next. */
export class Inbox {
  #next = 0
  #chunks: Uint8Array[] = []
  #bytes = 0

  /** Everything before this number has come. */
  get next(): number { return this.#next }

  /**
   * @returns the message that ends here, or nothing while it goes on
   * @throws {Malformed} if the number is not the next, or the message grows beyond 262,144 bytes
   */
  data(seq: number, last: boolean, chunk: Uint8Array): Uint8Array | undefined {
    this.#advance(seq)
    this.#bytes += chunk.length
    if (this.#bytes > MAX_MESSAGE_BYTES) throw new Malformed('E_LEN', `a message of more than ${MAX_MESSAGE_BYTES} bytes`)
    this.#chunks.push(chunk)
    if (!last) return undefined
    const message = concat(...this.#chunks)
    this.wipe()
    return message
  }

  /** @throws {Malformed} if the number is not the next, or a message was not finished */
  bye(seq: number): void {
    this.#advance(seq)
    if (this.#chunks.length > 0) throw new Malformed('E_LEN', 'the other end says goodbye within a message')
  }

  wipe(): void {
    for (const chunk of this.#chunks) chunk.fill(0)
    this.#chunks = []
    this.#bytes = 0
  }

  #advance(seq: number): void {
    if (seq !== this.#next) throw new Malformed('E_LEN', `expected frame ${this.#next}, got ${seq}`)
    this.#next += 1
  }
}
