import { Refused, TransportError } from '@trivet/protocol/core'
import type { LinkPath } from '../transport/types.ts'
import { Connection } from './connection.ts'
import type { LinkFrame } from './link-frames.ts'
import { Negotiation, Pinned } from './negotiation.ts'
import type { NegotiationFrame } from './negotiation-frames.ts'
import type { ChannelOptions } from './types.ts'

export const GIVE_UP_AFTER_MS = 25_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 4_000

export interface ConnectorOptions extends Omit<ChannelOptions, 'events'> {
  /** Number of the next frame this side expects. */
  readonly next: () => number
}

export interface ConnectorEvents {
  connecting(): void
  /** A proved connection is there; the peer expects `next`. */
  up(next: number, path: LinkPath): void
  /** The connection that was up is gone; another is being made. */
  down(): void
  /** A numbered frame or an acknowledgement. */
  frame(frame: LinkFrame): void
  drain(): void
  /** No connection for `giveUpAfterMs`. */
  gaveUp(sentence: string): void
  failed(error: unknown): void
}

/** Keeps a proved connection to the peer: makes one, and the next when it is lost, until it is ended. */
export class Connector {
  readonly #options: ConnectorOptions
  readonly #events: ConnectorEvents
  readonly #instance: Uint8Array
  readonly #peerInstance = new Pinned()
  /** The lower party id dials, so that two offers never cross. */
  readonly #initiator: boolean
  readonly #negotiation: Negotiation
  #connection: Connection | undefined
  #attempt = 0
  #failures = 0
  #up = false
  #ended = false
  #lastReason = 'the other party did not answer'
  #cancelRetry: () => void = () => undefined
  #cancelGiveUp: () => void = () => undefined

  constructor(options: ConnectorOptions, events: ConnectorEvents) {
    const { me, peer, context, rng } = options
    this.#options = options
    this.#events = events
    this.#instance = rng(16)
    this.#initiator = me.partyId < peer.partyId
    this.#negotiation = new Negotiation({
      context, me: me.partyId, peer: peer.partyId, instance: this.#instance,
      sign: (message) => me.sign(message),
      verify: (message, signature) => peer.verify(peer.publicKey, message, signature),
      signal: (bytes) => options.signal(bytes),
    }, {
      frame: (frame) => { this.#negotiated(frame) },
      unsent: (attempt, cause) => { this.#unsent(attempt, cause) },
      failed: (error) => { events.failed(error) },
    })
    this.#armGiveUp()
    queueMicrotask(() => {
      if (this.#ended) return
      events.connecting()
      // A frame of the peer's may have come first.
      if (this.#connection === undefined) this.#reach()
    })
  }

  get isUp(): boolean { return this.#up }

  /** Feeds what the peer's side sent over the introduction server. */
  signal(bytes: Uint8Array): void {
    this.#negotiation.receive(bytes)
  }

  /** @returns false when the link wants a pause: wait for `drain` */
  send(frame: LinkFrame): boolean {
    return this.#up && this.#connection?.send(frame) === true
  }

  /** No event follows. @param alarm whether to tell the peer that the introduction server altered something */
  end(alarm = false): void {
    if (this.#ended) return
    this.#ended = true
    this.#up = false
    if (alarm) this.#negotiation.alarm()
    this.#negotiation.end()
    this.#cancelRetry()
    this.#cancelGiveUp()
    this.#connection?.close()
    this.#connection = undefined
  }

  /** Makes the next link, or asks the peer to where that is its part. */
  #reach(): void {
    if (this.#ended) return
    if (this.#initiator) this.#connect(this.#attempt + 1)
    else this.#negotiation.knock(this.#attempt)
  }

  #connect(attempt: number): void {
    const { me, peer, context, rng, links, clock, next } = this.#options
    this.#cancelRetry()
    this.#attempt = attempt
    const ifCurrent = <A extends unknown[]>(act: (...args: A) => void) => (...args: A): void => { if (this.#connection === connection) act(...args) }
    const connection: Connection = new Connection({
      me: { party: me.partyId, instance: this.#instance, nonce: rng(32) },
      peer: peer.partyId,
      initiator: this.#initiator,
      context, attempt, links, clock, next,
      sign: (message) => me.sign(message),
      verify: (message, signature) => peer.verify(peer.publicKey, message, signature),
    }, {
      signal: ifCurrent((bytes) => { this.#negotiation.link(attempt, bytes) }),
      up: ifCurrent((accepted) => { this.#cameUp(accepted) }),
      frame: ifCurrent((frame) => { this.#events.frame(frame) }),
      drain: ifCurrent(() => { this.#events.drain() }),
      lost: ifCurrent((reason) => { this.#lost(reason) }),
      failed: ifCurrent((error) => { this.#events.failed(error) }),
    })
    this.#connection = connection
  }

  #cameUp({ instance, next, path }: { readonly instance: Uint8Array; readonly next: number; readonly path: LinkPath }): void {
    if (!this.#peerInstance.matches(instance)) return this.#events.failed(restarted())
    this.#up = true
    this.#failures = 0
    this.#cancelGiveUp()
    this.#events.up(next, path)
  }

  #negotiated(frame: NegotiationFrame): void {
    if (!this.#peerInstance.matches(frame.instance)) return this.#events.failed(restarted())
    if (frame.kind === 'alarm') {
      return this.#events.failed(new Refused('E_INTERCEPTED', 'the introduction server gave the other party altered connection details; nothing was sent'))
    }
    if (frame.kind === 'knock') return this.#knocked(frame.attempt)
    if (!this.#initiator && frame.attempt > this.#attempt) {
      this.#abandon('the other party makes a new connection')
      if (!this.#ended) this.#connect(frame.attempt)
    }
    if (frame.attempt === this.#attempt) this.#connection?.signal(frame.payload)
  }

  /** The peer has no link after this attempt: make another, or say again what it may have missed. */
  #knocked(attempt: number): void {
    if (!this.#initiator || this.#connection === undefined) return
    if (attempt >= this.#attempt) this.#lost('the other party lost the connection')
    else if (!this.#up) this.#negotiation.repeat()
  }

  #unsent(attempt: number, cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : 'the introduction server did not pass it on'
    this.#lastReason = reason
    if (attempt === this.#attempt && this.#connection !== undefined && !this.#up) this.#lost(reason)
  }

  #lost(reason: string): void {
    this.#abandon(reason)
    if (this.#ended) return
    if (this.#failures === 0) this.#reach()
    else this.#cancelRetry = this.#options.clock.after(Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS), () => { this.#reach() })
    this.#failures += 1
  }

  /** Lets go of the connection, if there is one. */
  #abandon(reason: string): void {
    this.#lastReason = reason
    this.#connection?.close()
    this.#connection = undefined
    this.#cancelRetry()
    if (!this.#up) return
    this.#up = false
    this.#armGiveUp()
    this.#events.down()
  }

  #armGiveUp(): void {
    const { clock, giveUpAfterMs = GIVE_UP_AFTER_MS } = this.#options
    this.#cancelGiveUp = clock.after(giveUpAfterMs, () => {
      this.#events.gaveUp(`no connection to the other party for ${giveUpAfterMs} ms: ${this.#lastReason}`)
    })
  }
}

function restarted(): TransportError {
  return new TransportError('E_TRANSPORT', 'the other party restarted, and what was under way with it is lost')
}
