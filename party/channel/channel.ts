import { InputError, MpcError, Refused, TransportError } from '@trivet/protocol/core'
import type { Rng } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import type { Clock } from '../clock.ts'
import type { LinkFactory, LinkPath } from '../transport/types.ts'
import { Connection } from './connection.ts'
import { Inbox } from './inbox.ts'
import type { LinkFrame } from './link-frames.ts'
import { Negotiation, Pinned } from './negotiation.ts'
import type { NegotiationFrame } from './negotiation-frames.ts'
import { HIGH_WATER_BYTES, Outbox } from './outbox.ts'

/** `connecting`: not yet; `up`: messages pass; `lost`: was up, another link is being made. */
export type ChannelState = 'connecting' | 'up' | 'lost'

export interface ChannelOptions {
  /** `sign`: Ed25519 by the identity key, 64 bytes. */
  readonly me: { readonly partyId: PartyId; sign(message: Uint8Array): Promise<Uint8Array> }
  /** `publicKey`: Ed25519, 32 bytes, of the peer's identity card; `verify` is given it back. */
  readonly peer: {
    readonly partyId: PartyId
    readonly publicKey: Uint8Array
    verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>
  }
  /** 32 bytes, equal at both ends: hash of the room and its roster. */
  readonly context: Uint8Array
  readonly links: LinkFactory
  /** Hands bytes to the peer's `Channel.signal` over the introduction server; rejects if it cannot. At most 16,474 bytes. */
  signal(bytes: Uint8Array): Promise<void>
  readonly rng: Rng
  readonly clock: Clock
  readonly events: ChannelEvents
  /** How long a peer may be out of reach before the channel fails. Default 25 s. */
  readonly giveUpAfterMs?: number
}

/** None is called before `openChannel` has returned, nor after `failed` or `closed`. They must not throw. */
export interface ChannelEvents {
  /** `path` while it is up. */
  state(state: ChannelState, path: LinkPath | undefined): void
  /** The peer's messages: each once, whole, in the order they were sent. */
  message(bytes: Uint8Array): void
  /** May send again after `send` returned false. */
  drain?(): void
  /**
   * The end, if it is a bad one: `Refused` E_INTERCEPTED (the introduction server altered something) or E_VERSION, `Malformed` (the
   * peer broke the channel's rules), `TransportError` (out of reach, or restarted).
   */
  failed(error: MpcError): void
  /** The end, if it is a good one: either side closed, and everything both had to say was received. */
  closed(): void
}

/** Ordered, whole, exactly-once delivery between two parties, over as many links as it takes. */
export interface Channel {
  /** Feeds what the peer's `ChannelOptions.signal` sent. */
  signal(bytes: Uint8Array): void
  /**
   * Takes a copy of a message of 1 to 262,144 bytes; also before the channel is up. Does nothing after its end.
   * @returns false when more than 1 MiB waits for acknowledgement: better wait for `drain`
   * @throws {InputError} empty, too large, or after `close`
   * @throws {TransportError} if 16 MiB wait already
   */
  send(message: Uint8Array): boolean
  /** Delivers what was sent, tells the peer, lets it finish too, and then ends with `closed`. */
  close(): void
  /** Ends at once, without an event, forgetting what was not delivered. */
  drop(): void
}

const GIVE_UP_AFTER_MS = 25_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 4_000
/** An acknowledgement for so many chunks within a message, and one for its end. */
const CHUNKS_PER_ACK = 8

/** @throws {InputError} if the context or the peer's key has not 32 bytes, or the peer is this party */
export function openChannel(options: ChannelOptions): Channel {
  if (options.context.length !== 32) throw new InputError('context', `expected 32 bytes, got ${options.context.length}`)
  if (options.peer.publicKey.length !== 32) throw new InputError('publicKey', `expected 32 bytes, got ${options.peer.publicKey.length}`)
  if (options.me.partyId === options.peer.partyId) throw new InputError('peer', 'expected another party, got this one')
  return new PeerChannel(options)
}

class PeerChannel implements Channel {
  readonly #options: ChannelOptions
  readonly #instance: Uint8Array
  readonly #peerInstance = new Pinned()
  /** The lower party id dials, so that two offers never cross. */
  readonly #initiator: boolean
  readonly #negotiation: Negotiation
  readonly #outbox = new Outbox()
  readonly #inbox = new Inbox()
  #connection: Connection | undefined
  #attempt = 0
  #failures = 0
  #up = false
  #congested = false
  #full = false
  #closing = false
  #byeSent = false
  #byeHeard = false
  #ended = false
  #lastReason = 'the other party did not answer'
  #cancelRetry: () => void = () => undefined
  #cancelGiveUp: () => void
  #cancelDeadline: () => void = () => undefined

  constructor(options: ChannelOptions) {
    const { me, peer, context, rng } = options
    this.#options = options
    this.#instance = rng(16)
    this.#initiator = me.partyId < peer.partyId
    this.#negotiation = new Negotiation({
      context, me: me.partyId, peer: peer.partyId, instance: this.#instance,
      sign: (message) => me.sign(message),
      verify: (message, signature) => peer.verify(peer.publicKey, message, signature),
      signal: (bytes) => options.signal(bytes),
    }, {
      frame: (frame) => this.#negotiated(frame),
      unsent: (attempt, cause) => this.#unsent(attempt, cause),
      failed: (error) => this.#fail(error),
    })
    this.#cancelGiveUp = this.#armGiveUp()
    queueMicrotask(() => {
      if (this.#ended) return
      options.events.state('connecting', undefined)
      // A frame of the peer's may have come first.
      if (this.#connection === undefined) this.#reach()
    })
  }

  signal(bytes: Uint8Array): void {
    this.#negotiation.receive(bytes)
  }

  send(message: Uint8Array): boolean {
    if (this.#ended) return false
    if (this.#closing) throw new InputError('message', 'the channel is closing')
    this.#outbox.push(message)
    this.#pump()
    this.#full ||= this.#outbox.bytes > HIGH_WATER_BYTES
    return !this.#full
  }

  close(): void {
    if (this.#ended || this.#closing) return
    this.#closing = true
    this.#cancelDeadline = this.#options.clock.after(this.#patience(), () => this.#runOut())
    this.#sayBye()
  }

  drop(): void {
    this.#end()
  }

  /** Makes the next link, or asks the peer to where that is its part. */
  #reach(): void {
    if (this.#ended) return
    if (this.#initiator) this.#connect(this.#attempt + 1)
    else this.#negotiation.knock(this.#attempt)
  }

  #connect(attempt: number): void {
    const { me, peer, context, rng, links, clock } = this.#options
    this.#cancelRetry()
    this.#attempt = attempt
    const ifCurrent = <A extends unknown[]>(act: (...args: A) => void) => (...args: A): void => { if (this.#connection === connection) act(...args) }
    const connection: Connection = new Connection({
      me: { party: me.partyId, instance: this.#instance, nonce: rng(32) },
      peer: peer.partyId,
      initiator: this.#initiator,
      context, attempt, links, clock,
      sign: (message) => me.sign(message),
      verify: (message, signature) => peer.verify(peer.publicKey, message, signature),
      next: () => this.#inbox.next,
    }, {
      signal: ifCurrent((bytes) => this.#negotiation.link(attempt, bytes)),
      up: ifCurrent(({ instance, next, path }) => this.#cameUp(instance, next, path)),
      frame: ifCurrent((frame) => this.#received(frame)),
      drain: ifCurrent(() => {
        this.#congested = false
        this.#pump()
      }),
      lost: ifCurrent((reason) => this.#lost(reason)),
      failed: ifCurrent((error) => this.#fail(error)),
    })
    this.#connection = connection
  }

  #negotiated(frame: NegotiationFrame): void {
    if (!this.#peerInstance.matches(frame.instance)) return this.#fail(restarted())
    if (frame.kind === 'alarm') {
      return this.#fail(new Refused('E_INTERCEPTED', 'the introduction server gave the other party altered connection details; nothing was sent'))
    }
    if (frame.kind === 'knock') return this.#knocked(frame.attempt)
    if (!this.#initiator && frame.attempt > this.#attempt) {
      this.#abandon('the other party makes a new connection')
      this.#connect(frame.attempt)
    }
    if (frame.attempt === this.#attempt) this.#connection?.signal(frame.payload)
  }

  /** The peer has no link after this attempt: make another, or say again what it may have missed. */
  #knocked(attempt: number): void {
    if (!this.#initiator || this.#connection === undefined) return
    if (attempt < this.#attempt) return this.#up ? undefined : this.#negotiation.repeat()
    this.#connection.close()
    this.#lost('the other party lost the connection')
  }

  #unsent(attempt: number, cause: unknown): void {
    this.#lastReason = cause instanceof Error ? cause.message : 'the introduction server did not pass it on'
    if (attempt !== this.#attempt || this.#connection === undefined || this.#up) return
    this.#connection.close()
    this.#lost(this.#lastReason)
  }

  #cameUp(instance: Uint8Array, next: number, path: LinkPath): void {
    if (!this.#peerInstance.matches(instance)) return this.#fail(restarted())
    this.#outbox.resume(next)
    this.#up = true
    this.#congested = false
    this.#failures = 0
    this.#cancelGiveUp()
    this.#options.events.state('up', path)
    this.#sayBye()
    this.#pump()
  }

  #received(frame: LinkFrame): void {
    switch (frame.kind) {
      case 'data': {
        const message = this.#inbox.data(frame.seq, frame.last, frame.chunk)
        if (frame.last || this.#inbox.next % CHUNKS_PER_ACK === 0) this.#connection?.send({ kind: 'ack', next: this.#inbox.next })
        if (message !== undefined && !this.#byeHeard) this.#options.events.message(message)
        return
      }
      case 'ack': return this.#acknowledged(frame.next)
      case 'bye':
        this.#inbox.bye(frame.seq)
        this.#byeHeard = true
        this.#connection?.send({ kind: 'ack', next: this.#inbox.next })
        this.close()
        return this.#finishIfDone()
      default: return this.#fail(new TransportError('E_TRANSPORT', `a ${frame.kind} frame on a link that is up`))
    }
  }

  #acknowledged(next: number): void {
    this.#outbox.acknowledge(next)
    if (this.#full && this.#outbox.bytes <= HIGH_WATER_BYTES / 2) {
      this.#full = false
      this.#options.events.drain?.()
    }
    this.#sayBye()
    this.#finishIfDone()
  }

  /** Only when all before it was received: then losing the link afterwards loses nothing. */
  #sayBye(): void {
    if (!this.#closing || this.#byeSent || !this.#up || !this.#outbox.empty) return
    this.#byeSent = true
    this.#outbox.pushBye()
    this.#pump()
  }

  #finishIfDone(): void {
    if (this.#byeHeard && this.#byeSent && this.#outbox.empty) this.#finish()
  }

  #pump(): void {
    while (this.#up && !this.#congested) {
      const frame = this.#outbox.next()
      if (frame === undefined || this.#connection === undefined) return
      this.#congested = !this.#connection.send(frame)
    }
  }

  #abandon(reason: string): void {
    this.#connection?.close()
    this.#connection = undefined
    this.#cancelRetry()
    if (!this.#up) return
    this.#up = false
    this.#lastReason = reason
    this.#cancelGiveUp = this.#armGiveUp()
    this.#options.events.state('lost', undefined)
  }

  #lost(reason: string): void {
    this.#lastReason = reason
    // The peer said goodbye and closed the link before this side's last acknowledgement came back.
    if (this.#byeHeard && this.#byeSent) return this.#finish()
    this.#abandon(reason)
    if (this.#ended) return
    if (this.#failures === 0) this.#reach()
    else this.#cancelRetry = this.#options.clock.after(Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS), () => this.#reach())
    this.#failures += 1
  }

  #patience(): number {
    return this.#options.giveUpAfterMs ?? GIVE_UP_AFTER_MS
  }

  #armGiveUp(): () => void {
    return this.#options.clock.after(this.#patience(), () => this.#runOut())
  }

  #runOut(): void {
    // Who only wanted to say goodbye has nothing to complain of.
    if (this.#closing && this.#outbox.bytes === 0) return this.#finish()
    this.#fail(new TransportError('E_TRANSPORT', `no connection to the other party for ${this.#patience()} ms: ${this.#lastReason}`))
  }

  #finish(): void {
    if (this.#ended) return
    this.#end()
    this.#options.events.closed()
  }

  #fail(error: unknown): void {
    if (this.#ended) return
    const known = error instanceof MpcError ? error : new TransportError('E_TRANSPORT', 'the channel failed', { cause: error })
    if (known.code === 'E_INTERCEPTED') this.#negotiation.alarm()
    this.#end()
    this.#options.events.failed(known)
  }

  #end(): void {
    this.#ended = true
    this.#up = false
    this.#negotiation.end()
    this.#cancelRetry()
    this.#cancelGiveUp()
    this.#cancelDeadline()
    this.#connection?.close()
    this.#connection = undefined
    this.#outbox.wipe()
    this.#inbox.wipe()
  }
}

function restarted(): TransportError {
  return new TransportError('E_TRANSPORT', 'the other party restarted, and what was under way with it is lost')
}
