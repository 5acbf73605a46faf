import type { MpcError, Rng } from '@trivet/protocol/core'
import type { Clock } from '../clock.ts'
import type { Card } from '../identity/card.ts'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { Identity } from '../identity/identity.ts'
import type { LinkFactory, LinkPath } from '../transport/types.ts'

/** `connecting`: not yet; `up`: messages pass; `lost`: was up, another link is being made. */
export type ChannelState = 'connecting' | 'up' | 'lost'

export interface ChannelOptions {
  /** Whose static key the handshake proves: its identity card goes into the handshake's payload. */
  readonly me: Pick<Identity, 'card' | 'channelSecret'>
  /** Must show this card's keys in the handshake; its name and build may have changed since. */
  readonly peer: Card
  readonly ed25519: Pick<Ed25519, 'verify'>
  /** 32 bytes, equal at both ends: hash of the room and its roster. Part of the prologue. */
  readonly context: Uint8Array
  readonly links: LinkFactory
  /**
   * Hands bytes (at most 16,410) to the peer's `Channel.signal` over the introduction server, sealed: what arrives there is what this side
   * said. Rejects if it cannot.
   */
  signal(bytes: Uint8Array): Promise<void>
  /** Leaves bytes (at most 43,008) in the peer's mailbox for its `Channel.mail`, sealed. Absent: there is no such path. */
  mail?: ((bytes: Uint8Array) => Promise<void>) | undefined
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
  /** The card that the peer showed in the handshake, before each `up`: its keys are those expected, its name and build are of today. */
  peer?(card: Card): void
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
  /** Feeds what the peer's `ChannelOptions.signal` sent, opened and authenticated. */
  signal(bytes: Uint8Array): void
  /** Feeds what the peer's `ChannelOptions.mail` sent, opened and authenticated. */
  mail(bytes: Uint8Array): void
  /**
   * The introduction server brought, in the peer's name, what the peer did not say. Ends a channel that is not up with E_INTERCEPTED, and
   * alarms the peer; one that is up goes on.
   */
  intercepted(): void
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

export type OpenChannel = (options: ChannelOptions) => Channel
