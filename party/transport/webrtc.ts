// Who compiles this file in another folder needs the declaration too, and what declares a module for others is none itself.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./simple-peer.d.ts" />
/**
 * Links over WebRTC data channels. The only file that imports simple-peer. Lives on the main thread: workers have no
 * RTCPeerConnection.
 */
import SimplePeer from 'simple-peer'
import { Bug, InputError } from '@trivet/protocol/core'
import type { IceServer } from '@trivet/signalling/wire'
import type { Clock } from '../clock.ts'
import { decodeSignal, encodeSignal, fingerprintOf } from './sdp.ts'
import type { Candidate, Description } from './sdp.ts'
import { LEFT } from './types.ts'
import type { Link, LinkEvents, LinkFactory } from './types.ts'
import { isStack, pathOf, watchedStack } from './webrtc-stack.ts'
import type { PeerConnection, WebrtcStack } from './webrtc-stack.ts'
import { ConnectionWatch, refusalLog } from './webrtc-watch.ts'

export type { WebrtcStack } from './webrtc-stack.ts'

export interface WebrtcOptions {
  readonly clock: Clock
  /** Needed where the platform has none, as in Node. */
  readonly wrtc?: WebrtcStack
  /** STUN and TURN servers, read for each link; none by default, so nobody is asked who was not configured. */
  readonly iceServers?: () => readonly IceServer[]
  /** `relay`: through a TURN server or not at all, so that the other end learns no address of this one. Default `all`. */
  readonly transportPolicy?: 'all' | 'relay'
  /** Called with a public sentence when something was refused or failed. */
  readonly log?: (sentence: string) => void
  /** A link that has not opened by then closes and says how far it came. Default 11 s: a channel, which cannot say that, waits for 12 s. */
  readonly openWithinMs?: number
}

const MAX_MESSAGE_BYTES = 65_536
/** @roamhq/wrtc drops silently once 16 MiB are buffered, browsers throw: stay far below. */
const HIGH_WATER_BYTES = 1_000_000
const MAX_CANDIDATES = 64
const CLOSED_HERE = 'closed by this end'
/** No message is empty, so an empty one can say that the link ends. */
const FAREWELL = new Uint8Array()
/** A text, and messages are bytes: so says a page that is just being closed, which has no time for more. */
const LEAVING = 'leaving'
/** Generous: what was sent before may be a megabyte on a slow line, and nobody waits for it. */
const FAREWELL_WITHIN_MS = 10_000

export interface WebrtcLinks extends LinkFactory {
  /** Resolves when each link closed by now has nothing left to say: its farewell was heard, or waited for in vain for 10 s. */
  farewellsSaid(): Promise<void>
}

/** @throws {InputError} if the platform has no WebRTC and none was given */
export function createWebrtcLinks(options: WebrtcOptions): WebrtcLinks {
  const stack = options.wrtc ?? globalThis
  if (!isStack(stack)) throw new InputError('wrtc', 'this platform has no RTCPeerConnection; give an implementation')
  const links = new Set<WebrtcLink>()
  return {
    open: ({ initiator }, events) => {
      const link = new WebrtcLink(stack, options, initiator, events)
      links.add(link)
      void link.ended.then(() => links.delete(link))
      return link
    },
    farewellsSaid: async () => { await Promise.all([...links].filter(({ isClosed }) => isClosed).map(({ ended }) => ended)) },
  }
}

class WebrtcLink implements Link {
  /** When its connection is gone: later than it closed for its user, as a farewell takes its time. */
  readonly ended: Promise<void>
  readonly #peer: SimplePeer
  readonly #events: LinkEvents
  readonly #clock: Clock
  readonly #refuse: (what: string) => void
  readonly #watch: ConnectionWatch
  /** The one description that may still come. */
  #expected: Description['type'] | undefined
  #candidates = 0
  #connection: PeerConnection | undefined
  #state: 'opening' | 'open' | 'closed' = 'opening'
  #reason = 'the other end closed the link'
  #cancelTimeout: () => void

  constructor(stack: WebrtcStack, options: WebrtcOptions, initiator: boolean, events: LinkEvents) {
    this.#events = events
    this.#clock = options.clock
    this.#refuse = refusalLog(options.log ?? (() => undefined))
    this.#expected = initiator ? undefined : 'offer'
    const iceServers = options.iceServers?.() ?? []
    this.#watch = new ConnectionWatch(iceServers)
    this.#peer = new SimplePeer({
      initiator,
      trickle: true,
      config: { iceServers, iceTransportPolicy: options.transportPolicy ?? 'all' },
      // Agreed beforehand, so that the other end cannot put a channel of its own in this one's place.
      channelConfig: { negotiated: true, id: 0, ordered: true },
      wrtc: watchedStack(stack, (connection) => this.#begin(connection)),
      readableObjectMode: true,
      writableHighWaterMark: HIGH_WATER_BYTES,
    })
    this.#peer.on('signal', (data) => this.#tell(data))
    this.#peer.on('connect', () => void this.#opened())
    this.#peer.on('drain', () => { if (this.#state === 'open') this.#events.drain() })
    this.#peer.on('error', (error) => { this.#reason = error.message })
    this.ended = new Promise((resolve) => {
      this.#peer.on('close', () => {
        this.#closed()
        resolve()
      })
    })
    const limit = options.openWithinMs ?? 11_000
    this.#cancelTimeout = options.clock.after(limit, () => this.#end(`no connection within ${limit} ms`))
  }

  /** For its user, who hears nothing of it any more. */
  get isClosed(): boolean {
    return this.#state === 'closed'
  }

  signal(bytes: Uint8Array): void {
    if (this.#state === 'closed' || this.#peer.destroyed) return
    try {
      const data = decodeSignal(bytes)
      if ('candidate' in data) this.#addCandidate(data)
      else this.#describe(data)
    } catch (error) {
      // Whoever sent it, a link that works goes on working.
      this.#refuse(error instanceof Error ? error.message : 'a negotiation message that cannot be read')
    }
  }

  send(bytes: Uint8Array): boolean {
    if (bytes.length < 1 || bytes.length > MAX_MESSAGE_BYTES) {
      throw new InputError('bytes', `expected 1 to ${MAX_MESSAGE_BYTES} bytes, got ${bytes.length}`)
    }
    if (this.#state === 'opening') throw new Bug('a link was used before it opened')
    if (this.#state === 'closed' || this.#peer.destroyed) return false
    return this.#peer.write(bytes)
  }

  /**
   * What was sent before still goes, then a farewell, at which the other end stops sending and closes. Nothing follows a farewell:
   * @roamhq/wrtc 0.10 crashes its process where one end destroys a connection on which the other is just sending.
   */
  close(isLeaving = false): void {
    if (this.#state !== 'open' || this.#peer.destroyed) return this.#end(CLOSED_HERE)
    this.#reason = CLOSED_HERE
    this.#closed()
    if (isLeaving) this.#takeLeave()
    else this.#peer.write(FAREWELL)
    const cancel = this.#clock.after(FAREWELL_WITHIN_MS, () => { this.#peer.destroy() })
    this.#peer.on('close', cancel)
  }

  /** Ahead of what waits in the stream, which stays there: it would not leave any more. */
  #takeLeave(): void {
    this.#peer.cork()
    try {
      this.#peer.send(LEAVING)
    } catch {
      // The channel is closing already: the other end notices by itself.
    }
  }

  #begin(connection: PeerConnection): void {
    this.#connection = connection
    this.#watch.watch(connection)
    connection.ondatachannel = ({ channel }: { readonly channel: { close(): void } }) => {
      channel.close()
      this.#refuse('a data channel that the other end opened')
    }
  }

  #addCandidate(data: Candidate): void {
    this.#candidates += 1
    if (this.#candidates > MAX_CANDIDATES) return this.#refuse(`candidate ${this.#candidates} of one connection, which may have ${MAX_CANDIDATES}`)
    // The empty one only says that there are no more, and one stack takes it for an error.
    if (data.candidate.candidate !== '') this.#peer.signal(data)
  }

  #describe(data: Description): void {
    if (data.type !== this.#expected) return this.#refuse(`an ${data.type} that was not expected now`)
    this.#expected = undefined
    this.#peer.signal(data)
  }

  #tell(data: unknown): void {
    const bytes = encodeSignal(data)
    if (bytes === undefined || this.#state === 'closed') return
    if (isOffer(data)) this.#expected = 'answer'
    this.#watch.told(data)
    this.#events.signal(bytes)
  }

  async #opened(): Promise<void> {
    try {
      const connection = this.#connection
      const local = connection?.localDescription?.sdp
      const remote = connection?.remoteDescription?.sdp
      if (connection === undefined || local === undefined || remote === undefined) throw new Bug('an open link without descriptions')
      const info = { local: fingerprintOf(local), remote: fingerprintOf(remote), path: await pathOf(connection) }
      if (this.#state !== 'opening' || this.#peer.destroyed) return
      this.#state = 'open'
      this.#cancelTimeout()
      this.#events.open(info)
      // Only now: what came in the meantime waited in the stream.
      this.#peer.on('data', (data) => this.#received(data))
    } catch (error) {
      this.#end(error instanceof Error ? error.message : 'the connection could not be read')
    }
  }

  #received(data: unknown): void {
    if (this.#state !== 'open') return
    if (data === LEAVING) return this.#end(LEFT)
    if (data instanceof Uint8Array && data.length === 0) return this.#end('the other end closed the link')
    if (!(data instanceof Uint8Array) || data.length > MAX_MESSAGE_BYTES) return this.#end('the other end sent what is no message')
    this.#events.message(Uint8Array.from(data))
  }

  #end(reason: string): void {
    if (this.#state === 'closed') return
    this.#reason = reason
    this.#peer.destroy()
    this.#closed()
  }

  #closed(): void {
    if (this.#state === 'closed') return
    const hint = this.#state === 'opening' && this.#reason !== CLOSED_HERE ? this.#watch.hint : ''
    this.#state = 'closed'
    this.#cancelTimeout()
    this.#events.close(hint === '' ? this.#reason : `${this.#reason.replace(/\.$/, '')}${hint}`)
  }
}

function isOffer(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === 'offer'
}
