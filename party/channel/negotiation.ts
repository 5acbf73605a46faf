import { equalBytes } from '@trivet/protocol/core'
import { decodeNegotiation, encodeNegotiation, MAX_FRAMES_PER_ATTEMPT } from './negotiation-frames.ts'
import type { NegotiationFrame } from './negotiation-frames.ts'

export interface NegotiationOptions {
  /** 16 bytes, fresh for this channel. */
  readonly instance: Uint8Array
  /** Name of the other party. */
  readonly peer: string
  /** The path over the introduction server. */
  signal(bytes: Uint8Array): Promise<void>
}

/** The talk over the introduction server by which a link is made: in order, each frame once, resent on demand. */
export class Negotiation {
  readonly #options: NegotiationOptions
  /** What belongs to this attempt could not be sent. */
  readonly #unsent: (attempt: number, cause: unknown) => void
  #outgoing: Promise<void> = Promise.resolve()
  #sentIn = 0
  #sent: Uint8Array[] = []
  #seenIn = 0
  readonly #seen = new Set<number>()
  #knocks = 0
  #heardKnocks = 0
  #ended = false

  constructor(options: NegotiationOptions, unsent: (attempt: number, cause: unknown) => void) {
    this.#options = options
    this.#unsent = unsent
  }

  /** @throws {Refused} E_VERSION @throws {Malformed} */
  read(bytes: Uint8Array): NegotiationFrame {
    return decodeNegotiation(bytes, this.#options.peer)
  }

  /** Repeated frames and those of an earlier attempt are not; what is new now is not new again. */
  isNew({ kind, attempt, counter }: NegotiationFrame): boolean {
    if (kind === 'alarm') return true
    if (kind === 'knock') {
      if (counter <= this.#heardKnocks) return false
      this.#heardKnocks = counter
      return true
    }
    if (attempt < this.#seenIn || counter >= MAX_FRAMES_PER_ATTEMPT) return false
    if (attempt > this.#seenIn) this.#seen.clear()
    this.#seenIn = attempt
    if (this.#seen.has(counter)) return false
    this.#seen.add(counter)
    return true
  }

  link(attempt: number, payload: Uint8Array): void {
    if (attempt !== this.#sentIn) this.#sent = []
    this.#sentIn = attempt
    const bytes = this.#encoded({ kind: 'link', attempt, counter: this.#sent.length, payload })
    this.#sent.push(bytes)
    this.#queue(attempt, [bytes])
  }

  /** Says again what was said in this attempt; the other end drops what it knows. */
  repeat(): void {
    this.#queue(this.#sentIn, [...this.#sent])
  }

  knock(attempt: number): void {
    this.#knocks += 1
    this.#queue(0, [this.#encoded({ kind: 'knock', attempt, counter: this.#knocks, payload: new Uint8Array() })])
  }

  /** The last word: tells the other end that something was altered, and ends. */
  alarm(): void {
    this.#queue(0, [this.#encoded({ kind: 'alarm', attempt: 0, counter: 0, payload: new Uint8Array() })])
    this.end()
  }

  end(): void {
    this.#ended = true
  }

  /** In order. What belongs to an attempt that is over is left out. */
  #queue(attempt: number, frames: readonly Uint8Array[]): void {
    if (this.#ended) return
    this.#outgoing = this.#outgoing.then(async () => {
      for (const bytes of frames) if (attempt === 0 || attempt === this.#sentIn) await this.#options.signal(bytes)
    }).catch((cause: unknown) => { if (!this.#ended) this.#unsent(attempt, cause) })
  }

  #encoded(frame: Omit<NegotiationFrame, 'instance'>): Uint8Array {
    return encodeNegotiation({ ...frame, instance: this.#options.instance })
  }
}

/** Remembers the first value and tells whether later ones equal it. */
export class Pinned {
  #value: Uint8Array | undefined

  matches(value: Uint8Array): boolean {
    this.#value ??= value
    return equalBytes(this.#value, value)
  }
}
