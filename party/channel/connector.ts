import { Refused, TransportError } from '@trivet/protocol/core'
import { LEFT } from '../transport/types.ts'
import type { LinkFactory } from '../transport/types.ts'
import { Connection, type Met } from './connection.ts'
import type { LinkFrame } from './link-frames.ts'
import { decodeMail, encodeMail } from './mail-frames.ts'
import { MailLink } from './mail-link.ts'
import { Negotiation, Pinned } from './negotiation.ts'
import type { ChannelOptions } from './types.ts'

export const GIVE_UP_AFTER_MS = 25_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 4_000

/** `direct`: by the link factory, which in WebRTC also tries TURN servers. */
type Way = 'direct' | 'mailbox'

export interface ConnectorOptions extends Omit<ChannelOptions, 'events'> {
  /** Number of the next frame this side expects. */
  readonly next: () => number
}

export interface ConnectorEvents {
  connecting(): void
  up(met: Met): void
  /** The connection that was up is gone; another is being made. */
  down(): void
  /** A numbered frame or an acknowledgement. */
  frame(frame: LinkFrame): void
  drain(): void
  /** No connection for `giveUpAfterMs`. */
  gaveUp(sentence: string): void
  failed(error: unknown): void
}

/** Keeps an authenticated connection to the peer: makes one, and the next when it is lost, until it is ended. */
export class Connector {
  readonly #options: ConnectorOptions
  readonly #events: ConnectorEvents
  readonly #instance: Uint8Array
  readonly #peerInstance = new Pinned()
  /** The lower party id dials, so that two offers never cross. */
  readonly #initiator: boolean
  readonly #negotiation: Negotiation
  #connection: Connection | undefined
  /** Of the present attempt, if it goes that way. */
  #mailLink: MailLink | undefined
  #attempt = 0
  #way: Way = 'direct'
  /** Whether the peer has answered in this attempt. */
  #answered = false
  #failures = 0
  #up = false
  #ended = false
  #lastReason = 'the other party did not answer'
  #cancelRetry: () => void = () => undefined
  #cancelGiveUp: () => void = () => undefined

  constructor(options: ConnectorOptions, events: ConnectorEvents) {
    const { me, peer, rng } = options
    this.#options = options
    this.#events = events
    this.#instance = rng(16)
    this.#initiator = me.card.partyId < peer.partyId
    this.#negotiation = new Negotiation(
      { instance: this.#instance, peer: peer.name, signal: (bytes) => options.signal(bytes) },
      (attempt, cause) => { this.#unsent(attempt, cause) },
    )
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
    const frame = this.#read(() => this.#negotiation.read(bytes))
    if (frame === undefined || !this.#negotiation.isNew(frame)) return
    if (frame.kind === 'alarm') {
      return this.#events.failed(new Refused('E_INTERCEPTED', 'the introduction server gave the other party altered connection details; nothing was sent'))
    }
    if (frame.kind === 'knock') return this.#knocked(frame.attempt)
    this.#follow(frame.attempt, 'direct')
    if (frame.attempt !== this.#attempt || this.#way !== 'direct') return
    this.#answered = true
    this.#connection?.signal(frame.payload)
  }

  /** Feeds what the peer's side left in the mailbox. */
  mail(bytes: Uint8Array): void {
    const frame = this.#read(() => decodeMail(bytes, this.#options.peer.name))
    if (frame === undefined || this.#options.mail === undefined) return
    this.#follow(frame.attempt, 'mailbox')
    if (frame.attempt === this.#attempt) this.#mailLink?.receive(frame.batch, frame.messages)
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

  /** @returns undefined for what is not of the peer as it is now */
  #read<T extends { readonly instance: Uint8Array }>(decode: () => T): T | undefined {
    if (this.#ended) return undefined
    try {
      const frame = decode()
      if (this.#peerInstance.matches(frame.instance)) return frame
      // The introduction server may repeat what the peer said before it restarted: a connection that is up goes on, or ends by its heartbeat.
      if (!this.#up) this.#events.failed(restarted())
    } catch (error) {
      this.#events.failed(error)
    }
    return undefined
  }

  /** Makes the next link, or asks the peer to where that is its part. */
  #reach(): void {
    if (this.#ended) return
    if (!this.#initiator) return this.#negotiation.knock(this.#attempt)
    // The mailbox only for who was there and could not be reached otherwise.
    const isNext = this.#options.mail !== undefined && this.#way === 'direct' && this.#answered
    this.#connect(this.#attempt + 1, isNext ? 'mailbox' : 'direct')
  }

  /** Where the peer dials: a later attempt of its takes the place of the present one. */
  #follow(attempt: number, way: Way): void {
    if (this.#initiator || attempt <= this.#attempt) return
    this.#abandon('the other party makes a new connection')
    if (!this.#ended) this.#connect(attempt, way)
  }

  #connect(attempt: number, way: Way): void {
    this.#cancelRetry()
    this.#attempt = attempt
    this.#way = way
    this.#answered = false
    this.#mailLink = undefined
    const ifCurrent = <A extends unknown[]>(act: (...args: A) => void) => (...args: A): void => { if (this.#connection === connection) act(...args) }
    const connection: Connection = new Connection({
      ...this.#options,
      initiator: this.#initiator, instance: this.#instance, attempt,
      links: way === 'direct' ? this.#options.links : this.#mailLinks(attempt),
    }, {
      signal: ifCurrent((bytes) => { this.#negotiation.link(attempt, bytes) }),
      up: ifCurrent((met) => { this.#cameUp(met) }),
      frame: ifCurrent((frame) => { this.#events.frame(frame) }),
      drain: ifCurrent(() => { this.#events.drain() }),
      lost: ifCurrent((reason) => { this.#lost(reason) }),
      failed: ifCurrent((error) => { this.#events.failed(error) }),
    })
    this.#connection = connection
  }

  #mailLinks(attempt: number): LinkFactory {
    const { clock, mail } = this.#options
    const leave = async (batch: number, messages: readonly Uint8Array[]): Promise<void> =>
      mail?.(encodeMail({ instance: this.#instance, attempt, batch, messages }))
    return {
      open: (_, events) => {
        this.#mailLink = new MailLink({ clock, leave }, events)
        return this.#mailLink
      },
    }
  }

  #cameUp(met: Met): void {
    if (!this.#peerInstance.matches(met.instance)) return this.#events.failed(restarted())
    this.#up = true
    this.#failures = 0
    this.#cancelGiveUp()
    this.#events.up(met)
  }

  /** The peer has no link after this attempt: make another, or say again what it may have missed. */
  #knocked(attempt: number): void {
    if (!this.#initiator || this.#connection === undefined) return
    if (attempt >= this.#attempt) {
      this.#answered = true
      this.#lost('the other party lost the connection')
    } else if (!this.#up) this.#negotiation.repeat()
  }

  #unsent(attempt: number, cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : 'the introduction server did not pass it on'
    this.#lastReason = reason
    if (attempt === this.#attempt && this.#connection !== undefined && !this.#up) this.#lost(reason)
  }

  #lost(reason: string): void {
    const wasUp = this.#up
    this.#abandon(reason)
    if (this.#ended) return
    // Only of whom the handshake has shown: nobody else may say it in the peer's name.
    if (wasUp && reason === LEFT) return this.#events.gaveUp(LEFT)
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
    // What was up shows that it can be: begin anew from the shortest way.
    this.#answered = false
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
