/** A link through mailboxes, for where no other comes up: slower, and as sealed as any, since records are all it carries. */
import type { Clock } from '../clock.ts'
import type { Link, LinkEvents } from '../transport/types.ts'
import { MAX_CONTENT_BYTES } from './mail-frames.ts'

/** So that many channels stay together below what the introduction server lets one party say (20 things in a second). */
const PAUSE_MS = 150
const HIGH_WATER_BYTES = 4 * MAX_CONTENT_BYTES
const LOW_WATER_BYTES = MAX_CONTENT_BYTES
const FAREWELL = new Uint8Array()
const NO_FINGERPRINT = new Uint8Array()

export interface MailLinkOptions {
  readonly clock: Clock
  /** Leaves these messages for the other end; resolves when they are stored. */
  readonly leave: (batch: number, messages: readonly Uint8Array[]) => Promise<void>
}

export class MailLink implements Link {
  readonly #options: MailLinkOptions
  readonly #events: LinkEvents
  readonly #waiting: Uint8Array[] = []
  /** What came before this end was open. */
  #early: Uint8Array[] = []
  #state: 'opening' | 'open' | 'closed' = 'opening'
  #buffered = 0
  #full = false
  #isSending = false
  #sent = 0
  #heard = 0

  constructor(options: MailLinkOptions, events: LinkEvents) {
    this.#options = options
    this.#events = events
    queueMicrotask(() => { this.#opened() })
  }

  /** There is nothing to negotiate. */
  signal(): void {
    // Links of this kind never say anything here.
  }

  /** A batch of the other end. Mailboxes may give one twice; if one is missing the link is gone. */
  receive(batch: number, messages: readonly Uint8Array[]): void {
    if (this.#state === 'closed' || batch < this.#heard) return
    if (batch > this.#heard) return this.#closed('something that the other party left for this one is missing')
    this.#heard += 1
    if (this.#state === 'opening') this.#early.push(...messages)
    else this.#deliver(messages)
  }

  send(bytes: Uint8Array): boolean {
    if (this.#state === 'closed') return false
    this.#put(bytes.slice())
    this.#full ||= this.#buffered > HIGH_WATER_BYTES
    return !this.#full
  }

  /** What was sent before still goes, then a farewell. */
  close(): void {
    if (this.#state === 'closed') return
    this.#put(FAREWELL)
    this.#closed('closed by this end')
  }

  #opened(): void {
    if (this.#state !== 'opening') return
    this.#state = 'open'
    this.#events.open({ local: NO_FINGERPRINT, remote: NO_FINGERPRINT, path: 'mailbox' })
    const early = this.#early
    this.#early = []
    this.#deliver(early)
  }

  #deliver(messages: readonly Uint8Array[]): void {
    for (const message of messages) {
      if (this.#state !== 'open') return
      if (message.length === 0) this.#closed('the other end closed the link')
      else this.#events.message(message)
    }
  }

  #put(message: Uint8Array): void {
    this.#waiting.push(message)
    this.#buffered += message.length
    if (this.#isSending) return
    this.#isSending = true
    // What is said in the same breath goes together.
    queueMicrotask(() => { void this.#sendAll() })
  }

  /** One call at a time, and what accumulates in the meantime in the next. */
  async #sendAll(): Promise<void> {
    const { clock, leave } = this.#options
    try {
      while (this.#waiting.length > 0) {
        const messages = this.#nextBatch()
        await leave(this.#sent, messages)
        this.#sent += 1
        this.#left(messages)
        await new Promise<void>((resolve) => { clock.after(PAUSE_MS, resolve) })
      }
      this.#isSending = false
    } catch (error) {
      this.#waiting.length = 0
      this.#closed(error instanceof Error ? error.message : 'the mailbox took nothing more')
    }
  }

  #nextBatch(): readonly Uint8Array[] {
    let bytes = 0
    const count = this.#waiting.findIndex((message) => {
      bytes += 2 + message.length
      return bytes > MAX_CONTENT_BYTES
    })
    return this.#waiting.splice(0, count === -1 ? this.#waiting.length : count)
  }

  #left(messages: readonly Uint8Array[]): void {
    for (const message of messages) this.#buffered -= message.length
    if (!this.#full || this.#buffered > LOW_WATER_BYTES || this.#state !== 'open') return
    this.#full = false
    this.#events.drain()
  }

  #closed(reason: string): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#events.close(reason)
  }
}
