import { InputError, Malformed, TransportError } from '@trivet/protocol/core'
import { MAX_CHUNK_BYTES } from './link-frames.ts'
import type { LinkFrame } from './link-frames.ts'

/** Largest message of a channel. */
export const MAX_MESSAGE_BYTES = 262_144
/** Above this, `send` asks its caller to wait. */
export const HIGH_WATER_BYTES = 1_048_576
/** Above this, a caller who did not wait is refused. */
const MAX_QUEUED_BYTES = 16_777_216

type Numbered = Extract<LinkFrame, { kind: 'data' | 'bye' }>

/** What was given to a channel and is not yet acknowledged, in numbered frames; wiped once it is. */
export class Outbox {
  /** `#frames[0]` has the number `#base`. */
  #frames: Numbered[] = []
  #base = 0
  /** Number of the next frame to put on the link. */
  #cursor = 0
  #bytes = 0

  /** Bytes that the other end has not acknowledged. */
  get bytes(): number { return this.#bytes }
  /** Whether everything, BYE included, was acknowledged. */
  get empty(): boolean { return this.#frames.length === 0 }

  /**
   * Copies a message, in chunks, behind what is there.
   * @throws {InputError} if it is empty or larger than 262,144 bytes
   * @throws {TransportError} if 16 MiB wait already
   */
  push(message: Uint8Array): void {
    if (message.length < 1 || message.length > MAX_MESSAGE_BYTES) throw new InputError('message', `expected 1 to ${MAX_MESSAGE_BYTES} bytes, got ${message.length}`)
    if (this.#bytes + message.length > MAX_QUEUED_BYTES) throw new TransportError('E_TRANSPORT', `more than ${MAX_QUEUED_BYTES} bytes wait for the other party`)
    for (let at = 0; at < message.length; at += MAX_CHUNK_BYTES) {
      const chunk = message.slice(at, at + MAX_CHUNK_BYTES)
      this.#frames.push({ kind: 'data', seq: this.#base + this.#frames.length, last: at + chunk.length === message.length, chunk })
    }
    this.#bytes += message.length
  }

  pushBye(): void {
    this.#frames.push({ kind: 'bye', seq: this.#base + this.#frames.length })
  }

  /** The next frame for the link, or nothing when all are on their way. */
  next(): Numbered | undefined {
    const frame = this.#frames[this.#cursor - this.#base]
    if (frame !== undefined) this.#cursor += 1
    return frame
  }

  /**
   * The other end has everything before `next`.
   * @throws {Malformed} if that was never sent
   */
  acknowledge(next: number): void {
    if (next > this.#cursor) throw new Malformed('E_LEN', `acknowledgement of ${next}: only ${this.#cursor} were sent`)
    for (const frame of this.#frames.splice(0, Math.max(0, next - this.#base))) {
      this.#base = frame.seq + 1
      if (frame.kind === 'data') {
        this.#bytes -= frame.chunk.length
        frame.chunk.fill(0)
      }
    }
  }

  /**
   * A fresh link: what the other end does not have goes again.
   * @throws {Malformed} if the other end asks for what it had acknowledged, or was never sent
   */
  resume(next: number): void {
    if (next < this.#base) throw new Malformed('E_LEN', `the other end asks for ${next} again, which it had acknowledged`)
    this.acknowledge(next)
    this.#cursor = next
  }

  /** Forgets everything. */
  wipe(): void {
    for (const frame of this.#frames) if (frame.kind === 'data') frame.chunk.fill(0)
    this.#frames = []
    this.#bytes = 0
  }
}
