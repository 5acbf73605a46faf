import { equalBytes } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { MAX_FRAMES_PER_ATTEMPT, openNegotiation, sealNegotiation } from './negotiation-frames.ts'
import type { NegotiationFrame } from './negotiation-frames.ts'

/** Frames that wait to be verified; an honest end never sends so many at once. */
const MAX_WAITING = 512

export interface NegotiationOptions {
  readonly context: Uint8Array
  readonly me: PartyId
  readonly peer: PartyId
  /** 16 bytes, fresh for this channel. */
  readonly instance: Uint8Array
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>
  readonly verify: (message: Uint8Array, signature: Uint8Array) => Promise<boolean>
  /** The path over the introduction server. */
  signal(bytes: Uint8Array): Promise<void>
}

export interface NegotiationEvents {
  /** A frame of the other end, not seen before. */
  frame(frame: NegotiationFrame): void
  /** What belongs to this attempt could not be sent. */
  unsent(attempt: number, cause: unknown): void
  failed(error: unknown): void
}

/** The signed talk over the introduction server by which a link is made: in order, each frame once, resent on demand. */
export class Negotiation {
  readonly #options: NegotiationOptions
  readonly #events: NegotiationEvents
  #incoming: Promise<void> = Promise.resolve()
  #waiting = 0
  #outgoing: Promise<void> = Promise.resolve()
  #sentIn = 0
  #sent: Uint8Array[] = []
  #seenIn = 0
  readonly #seen = new Set<number>()
  #knocks = 0
  #heardKnocks = 0
  #ended = false

  constructor(options: NegotiationOptions, events: NegotiationEvents) {
    this.#options = options
    this.#events = events
  }

  /** Takes bytes that the introduction server says are the other party's. */
  receive(bytes: Uint8Array): void {
    if (this.#ended || this.#waiting >= MAX_WAITING) return
    this.#waiting += 1
    const copy = bytes.slice()
    this.#incoming = this.#incoming.then(async () => {
      this.#waiting -= 1
      if (!this.#ended) await this.#open(copy)
    })
  }

  link(attempt: number, payload: Uint8Array): void {
    if (attempt !== this.#sentIn) this.#sent = []
    this.#sentIn = attempt
    this.#queue(attempt, async () => {
      const counter = this.#sent.length
      const bytes = await this.#seal({ kind: 'link', attempt, counter, payload })
      if (attempt !== this.#sentIn) return
      this.#sent.push(bytes)
      await this.#options.signal(bytes)
    })
  }

  /** Says again what was said in this attempt; the other end drops what it knows. */
  repeat(): void {
    const attempt = this.#sentIn
    this.#queue(attempt, async () => {
      for (const bytes of [...this.#sent]) if (attempt === this.#sentIn) await this.#options.signal(bytes)
    })
  }

  knock(attempt: number): void {
    this.#knocks += 1
    const counter = this.#knocks
    this.#queue(0, async () => this.#options.signal(await this.#seal({ kind: 'knock', attempt, counter, payload: new Uint8Array() })))
  }

  /** The last word: tells the other end that something was altered, and ends. */
  alarm(): void {
    this.#queue(0, async () => this.#options.signal(await this.#seal({ kind: 'alarm', attempt: 0, counter: 0, payload: new Uint8Array() })))
    this.end()
  }

  end(): void {
    this.#ended = true
  }

  #queue(attempt: number, send: () => Promise<void>): void {
    if (this.#ended) return
    this.#outgoing = this.#outgoing.then(send).catch((cause: unknown) => { if (!this.#ended) this.#events.unsent(attempt, cause) })
  }

  async #open(bytes: Uint8Array): Promise<void> {
    const { context, me, peer, verify } = this.#options
    try {
      const frame = await openNegotiation(bytes, { context, from: peer, to: me }, verify)
      if (!this.#ended && this.#isNew(frame)) this.#events.frame(frame)
    } catch (error) {
      if (!this.#ended) this.#events.failed(error)
    }
  }

  /** Repeated frames and those of an earlier attempt are dropped without a word. */
  #isNew({ kind, attempt, counter }: NegotiationFrame): boolean {
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

  #seal(frame: Omit<NegotiationFrame, 'instance'>): Promise<Uint8Array> {
    const { context, me, peer, instance, sign } = this.#options
    return sealNegotiation({ ...frame, instance }, { context, from: me, to: peer }, sign)
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
