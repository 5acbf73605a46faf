import { Bug, Malformed, MpcError, TransportError } from '@trivet/protocol/core'
import type { Card } from '../identity/card.ts'
import type { Clock } from '../clock.ts'
import type { Link, LinkFactory, LinkPath } from '../transport/types.ts'
import { Handshake, type HandshakeOptions } from './handshake.ts'
import { decodeFrame, encodeFrame, type LinkFrame } from './link-frames.ts'
import type { Records } from './records.ts'

const UP_WITHIN_MS = 12_000
/** Every ping through a mailbox is stored and counted at the introduction server. */
const HEARTBEAT = { direct: { everyMs: 2_500, silentForMs: 10_000 }, mailbox: { everyMs: 10_000, silentForMs: 40_000 } } as const
/** What may wait while a handshake message is checked: the rest of the handshake, and what follows it at once. */
const MAX_WAITING_MESSAGES = 64

export interface ConnectionOptions extends Pick<HandshakeOptions, 'me' | 'peer' | 'ed25519' | 'context' | 'initiator' | 'instance' | 'attempt' | 'rng'> {
  readonly links: LinkFactory
  readonly clock: Clock
  /** Number of the next frame this side expects. */
  readonly next: () => number
}

/** A connection that is up, and what the other end said of itself. */
export interface Met {
  readonly instance: Uint8Array
  readonly card: Card
  /** Number of the next frame it expects. */
  readonly next: number
  readonly path: LinkPath
}

export interface ConnectionEvents {
  /** Bytes for the other end's `signal`. */
  signal(bytes: Uint8Array): void
  /** Both ends know each other. */
  up(met: Met): void
  /** A numbered frame or an acknowledgement; only after `up`. */
  frame(frame: LinkFrame): void
  drain(): void
  /** Gone, and another may be tried. */
  lost(reason: string): void
  /** Gone, and no other may be tried. */
  failed(error: MpcError): void
}

/** One link, authenticated and sealed from end to end, watched by a heartbeat. Ends with exactly one `lost` or `failed`, unless it was closed by its owner. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #events: ConnectionEvents
  readonly #link: Link
  /** What came and was not handled yet; a link's end waits in the same line. */
  readonly #inbound: (Uint8Array | { readonly closed: string })[] = []
  #handling = false
  #handshake: Handshake | undefined
  /** Once the other end is known. */
  #met: { readonly instance: Uint8Array; readonly card: Card; readonly records: Records } | undefined
  #path: LinkPath = 'direct'
  #up = false
  #ended = false
  #heardAt = 0
  #cancelTimer: () => void

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options
    this.#events = events
    this.#link = options.links.open({ initiator: options.initiator }, {
      signal: (bytes) => { if (!this.#ended) events.signal(bytes) },
      open: (info) => { this.#opened(info) },
      message: (bytes) => { this.#arrived(bytes) },
      drain: () => { if (this.#up) events.drain() },
      close: (reason) => { this.#arrived({ closed: reason }) },
    })
    this.#cancelTimer = options.clock.after(UP_WITHIN_MS, () => { this.#lose(`not connected within ${UP_WITHIN_MS} ms`) })
  }

  signal(bytes: Uint8Array): void {
    if (!this.#ended) this.#link.signal(bytes)
  }

  /** @returns false when the link wants a pause: wait for `drain` */
  send(frame: LinkFrame): boolean {
    if (this.#ended || this.#met === undefined) return true
    if (this.#met.records.areSpent) {
      this.#lose('the keys of this connection are used up')
      return true
    }
    return this.#link.send(this.#met.records.seal(encodeFrame(frame)))
  }

  /** Ends it without an event, and forgets its keys. */
  close(): void {
    if (this.#ended) return
    this.#ended = true
    this.#cancelTimer()
    this.#link.close()
    this.#handshake?.wipe()
    this.#met?.records.wipe()
  }

  #opened({ local, remote, path }: { readonly local: Uint8Array; readonly remote: Uint8Array; readonly path: LinkPath }): void {
    if (this.#ended) return
    try {
      this.#path = path
      this.#handshake = new Handshake({ ...this.#options, local, remote, path, send: (message) => { this.#link.send(message) } })
      this.#handshake.start()
    } catch (error) {
      this.#fail(error)
    }
  }

  #arrived(item: Uint8Array | { readonly closed: string }): void {
    if (this.#ended) return
    this.#inbound.push(item)
    if (!this.#up && this.#inbound.length > MAX_WAITING_MESSAGES) return this.#lose('more came before the handshake than it has')
    void this.#handleAll()
  }

  /** In order, although checking a card takes a while. */
  async #handleAll(): Promise<void> {
    if (this.#handling) return
    this.#handling = true
    try {
      for (let item = this.#inbound.shift(); item !== undefined && !this.#ended; item = this.#inbound.shift()) {
        if (!(item instanceof Uint8Array)) this.#lose(item.closed)
        else if (this.#met === undefined) await this.#shake(item)
        else this.#handle(decodeFrame(this.#met.records.open(item)))
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#handling = false
    }
  }

  async #shake(message: Uint8Array): Promise<void> {
    if (this.#handshake === undefined) throw new Bug('a message on a link that is not open')
    const met = await this.#handshake.accept(message)
    if (met === undefined) return
    if (this.#ended) {
      met.records.wipe()
      return
    }
    this.#met = met
    this.#handshake.wipe()
    this.send({ kind: 'resume', next: this.#options.next() })
  }

  #handle(frame: LinkFrame): void {
    this.#heardAt = this.#options.clock.now()
    // Its first word: it knows this end, and where to go on.
    if (!this.#up && frame.kind === 'resume') return this.#comeUp(frame.next)
    if (!this.#up) throw new Malformed('E_LEN', `a ${frame.kind} frame before the other end said where to go on`)
    if (frame.kind !== 'ping') this.#events.frame(frame)
  }

  #comeUp(next: number): void {
    if (this.#met === undefined) throw new Bug('a record before the handshake')
    const { instance, card } = this.#met
    this.#up = true
    this.#cancelTimer()
    this.#beat()
    this.#events.up({ instance, card, next, path: this.#path })
  }

  #beat(): void {
    const { clock } = this.#options
    const { everyMs, silentForMs } = HEARTBEAT[this.#path === 'mailbox' ? 'mailbox' : 'direct']
    this.#cancelTimer = clock.after(everyMs, () => {
      if (clock.now() - this.#heardAt >= silentForMs) return this.#lose(`nothing heard for ${silentForMs} ms`)
      this.#beat()
      this.send({ kind: 'ping' })
    })
  }

  #lose(reason: string): void {
    if (this.#ended) return
    this.close()
    this.#events.lost(reason)
  }

  #fail(error: unknown): void {
    if (this.#ended) return
    this.close()
    this.#events.failed(error instanceof MpcError ? error : new TransportError('E_TRANSPORT', 'the connection failed', { cause: error }))
  }
}
