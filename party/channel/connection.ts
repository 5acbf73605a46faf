import { Bug, MpcError, TransportError } from '@trivet/protocol/core'
import type { Clock } from '../clock.ts'
import type { Link, LinkFactory, LinkPath } from '../transport/types.ts'
import { Handshake } from './handshake.ts'
import type { HandshakeOptions, Side } from './handshake.ts'
import { decodeFrame, encodeFrame } from './link-frames.ts'
import type { LinkFrame } from './link-frames.ts'

const PING_EVERY_MS = 2_500
const SILENT_FOR_MS = 10_000
const UP_WITHIN_MS = 12_000
/** What may wait while a proof is checked: the rest of the handshake, and what follows it at once. */
const MAX_WAITING_FRAMES = 64

export interface ConnectionOptions extends Pick<HandshakeOptions, 'context' | 'attempt' | 'sign' | 'verify' | 'next'> {
  readonly me: Omit<Side, 'fingerprint'>
  readonly peer: Side['party']
  readonly initiator: boolean
  readonly links: LinkFactory
  readonly clock: Clock
}

export interface ConnectionEvents {
  /** Bytes for the other end's `signal`. */
  signal(bytes: Uint8Array): void
  /** Both proofs are accepted. */
  up(peer: { readonly instance: Uint8Array; readonly next: number; readonly path: LinkPath }): void
  /** A numbered frame or an acknowledgement; only after `up`. */
  frame(frame: LinkFrame): void
  drain(): void
  /** Gone, and another may be tried. */
  lost(reason: string): void
  /** Gone, and no other may be tried. */
  failed(error: MpcError): void
}

/** One link, proved at both ends and watched by a heartbeat. Ends with exactly one `lost` or `failed`, unless it was closed by its owner. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #events: ConnectionEvents
  readonly #link: Link
  /** What came and was not handled yet; a link's end waits in the same line. */
  readonly #inbound: (Uint8Array | { readonly closed: string })[] = []
  #handling = false
  #handshake: Handshake | undefined
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
      open: ({ local, remote, path }) => this.#opened(local, remote, path),
      message: (bytes) => this.#arrived(bytes),
      drain: () => { if (this.#up) events.drain() },
      close: (reason) => this.#arrived({ closed: reason }),
    })
    this.#cancelTimer = options.clock.after(UP_WITHIN_MS, () => this.#lose(`not connected within ${UP_WITHIN_MS} ms`))
  }

  signal(bytes: Uint8Array): void {
    if (!this.#ended) this.#link.signal(bytes)
  }

  /** @returns false when the link wants a pause: wait for `drain` */
  send(frame: LinkFrame): boolean {
    return this.#ended || this.#link.send(encodeFrame(frame))
  }

  /** Ends it without an event. */
  close(): void {
    if (this.#ended) return
    this.#ended = true
    this.#cancelTimer()
    this.#link.close()
  }

  #opened(local: Uint8Array, remote: Uint8Array, path: LinkPath): void {
    if (this.#ended) return
    const { me, peer } = this.#options
    this.#path = path
    this.#handshake = new Handshake({
      ...this.#options,
      me: { ...me, fingerprint: local },
      peer: { party: peer, fingerprint: remote },
      send: (frame) => { this.send(frame) },
    })
    this.#handshake.start()
  }

  #arrived(item: Uint8Array | { readonly closed: string }): void {
    if (this.#ended) return
    this.#inbound.push(item)
    if (!this.#up && this.#inbound.length > MAX_WAITING_FRAMES) return this.#lose('more came before the proof than a handshake has')
    void this.#handleAll()
  }

  /** In order, although checking a proof takes a while. */
  async #handleAll(): Promise<void> {
    if (this.#handling) return
    this.#handling = true
    try {
      for (let item = this.#inbound.shift(); item !== undefined && !this.#ended; item = this.#inbound.shift()) {
        if (!(item instanceof Uint8Array)) this.#lose(item.closed)
        else if (this.#up) this.#handle(decodeFrame(item))
        else await this.#shake(decodeFrame(item))
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#handling = false
    }
  }

  #handle(frame: LinkFrame): void {
    this.#heardAt = this.#options.clock.now()
    if (frame.kind !== 'ping') this.#events.frame(frame)
  }

  async #shake(frame: LinkFrame): Promise<void> {
    if (this.#handshake === undefined) throw new Bug('a frame on a link that is not open')
    const accepted = await this.#handshake.accept(frame)
    if (accepted === undefined || this.#ended) return
    this.#up = true
    this.#heardAt = this.#options.clock.now()
    this.#cancelTimer()
    this.#beat()
    this.#events.up({ ...accepted, path: this.#path })
  }

  #beat(): void {
    const { clock } = this.#options
    this.#cancelTimer = clock.after(PING_EVERY_MS, () => {
      if (clock.now() - this.#heardAt >= SILENT_FOR_MS) return this.#lose(`nothing heard for ${SILENT_FOR_MS} ms`)
      this.send({ kind: 'ping' })
      this.#beat()
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
