import { InputError, Malformed, MpcError, Refused, TransportError } from '@trivet/protocol/core'
import { Connector, GIVE_UP_AFTER_MS } from './connector.ts'
import { Inbox } from './inbox.ts'
import type { LinkFrame } from './link-frames.ts'
import { HIGH_WATER_BYTES, Outbox } from './outbox.ts'
import type { Channel, ChannelOptions } from './types.ts'

/** An acknowledgement for so many chunks within a message, and one for its end. */
const CHUNKS_PER_ACK = 8

/**
 * Opens a channel and keeps it up until it is closed, dropped or fails.
 * @throws {InputError} if the context has not 32 bytes, or the peer is this party
 */
export function openChannel(options: ChannelOptions): Channel {
  if (options.context.length !== 32) throw new InputError('context', `expected 32 bytes, got ${options.context.length}`)
  if (options.me.card.partyId === options.peer.partyId) throw new InputError('peer', 'expected another party, got this one')
  return new PeerChannel(options)
}

/** What is sent and received, over as many connections as it takes; the `Connector` makes those. */
class PeerChannel implements Channel {
  readonly #options: ChannelOptions
  readonly #connector: Connector
  readonly #outbox = new Outbox()
  readonly #inbox = new Inbox()
  /** The link asked for a pause. */
  #congested = false
  /** The caller was asked for a pause. */
  #full = false
  #closing = false
  #byeSent = false
  #byeHeard = false
  #ended = false
  #cancelDeadline: () => void = () => undefined

  constructor(options: ChannelOptions) {
    const { events } = options
    this.#options = options
    this.#connector = new Connector({ ...options, next: () => this.#inbox.next }, {
      connecting: () => { events.state('connecting', undefined) },
      up: ({ next, path, card }) => {
        this.#outbox.resume(next)
        this.#congested = false
        events.peer?.(card)
        events.state('up', path)
        this.#sayBye()
        this.#pump()
      },
      down: () => {
        // The peer said goodbye and closed the link before this side's last acknowledgement came back.
        if (this.#byeHeard && this.#byeSent) this.#finish()
        else events.state('lost', undefined)
      },
      frame: (frame) => { this.#received(frame) },
      drain: () => {
        this.#congested = false
        this.#pump()
      },
      gaveUp: (sentence) => { this.#runOut(sentence) },
      failed: (error) => { this.#fail(error) },
    })
  }

  signal(bytes: Uint8Array): void {
    this.#connector.signal(bytes)
  }

  mail(bytes: Uint8Array): void {
    this.#connector.mail(bytes)
  }

  intercepted(): void {
    if (this.#ended || this.#connector.isUp) return
    this.#fail(new Refused('E_INTERCEPTED', 'the introduction server altered what the other party said to set up the connection; nothing was sent'))
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
    const limit = this.#options.giveUpAfterMs ?? GIVE_UP_AFTER_MS
    this.#cancelDeadline = this.#options.clock.after(limit, () => { this.#runOut(`the other party did not take leave within ${limit} ms`) })
    this.#sayBye()
  }

  drop(): void {
    this.#end(false)
  }

  #received(frame: LinkFrame): void {
    switch (frame.kind) {
      case 'data': {
        const message = this.#inbox.data(frame.seq, frame.last, frame.chunk)
        if (frame.last || this.#inbox.next % CHUNKS_PER_ACK === 0) this.#connector.send({ kind: 'ack', next: this.#inbox.next })
        if (message !== undefined) this.#options.events.message(message)
        return
      }
      case 'ack':
        this.#acknowledged(frame.next)
        return
      case 'bye':
        this.#inbox.bye(frame.seq)
        this.#byeHeard = true
        this.#connector.send({ kind: 'ack', next: this.#inbox.next })
        this.close()
        this.#finishIfDone()
        return
      default:
        throw new Malformed('E_LEN', `a ${frame.kind} frame after the handshake`)
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
    if (!this.#closing || this.#byeSent || !this.#connector.isUp || !this.#outbox.empty) return
    this.#byeSent = true
    this.#outbox.pushBye()
    this.#pump()
  }

  #finishIfDone(): void {
    if (this.#byeHeard && this.#byeSent && this.#outbox.empty) this.#finish()
  }

  #pump(): void {
    while (this.#connector.isUp && !this.#congested) {
      const frame = this.#outbox.next()
      if (frame === undefined) return
      this.#congested = !this.#connector.send(frame)
    }
  }

  #runOut(sentence: string): void {
    // Who only wanted to say goodbye has nothing to complain of.
    if (this.#closing && this.#outbox.bytes === 0) this.#finish()
    else this.#fail(new TransportError('E_TRANSPORT', sentence))
  }

  #finish(): void {
    if (this.#ended) return
    this.#end(false)
    this.#options.events.closed()
  }

  #fail(error: unknown): void {
    if (this.#ended) return
    const known = error instanceof MpcError ? error : new TransportError('E_TRANSPORT', 'the channel failed', { cause: error })
    this.#end(known.code === 'E_INTERCEPTED')
    this.#options.events.failed(known)
  }

  #end(alarm: boolean): void {
    this.#ended = true
    this.#cancelDeadline()
    this.#connector.end(alarm)
    this.#outbox.wipe()
    this.#inbox.wipe()
  }
}
