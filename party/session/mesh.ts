/** This party's channels to the other members of one session, and what they say of theirs. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { concat, InputError, MpcError, u8, type Rng } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { openChannel, type Channel, type ChannelState } from '../channel/index.ts'
import type { Clock } from '../clock.ts'
import type { Card } from '../identity/card.ts'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { Identity } from '../identity/identity.ts'
import type { LinkFactory, LinkPath } from '../transport/types.ts'
import { CHANNEL } from './frames.ts'

/** A peer out of reach for so long is given up. */
const GIVE_UP_AFTER_MS = 20_000
/** More party ids than a session has members are not taken. */
const MAX_LINKS = 16
/** Frames that are kept of a peer before its channel is opened: as many as an attempt may have. */
const MAX_EARLY = 64

export interface MeshOptions {
  readonly identity: Identity
  readonly ed25519: Ed25519
  readonly links: LinkFactory
  readonly clock: Clock
  readonly rng: Rng
  /** 32 bytes, the same for every member: binds the channels to the room and who is in it. */
  readonly context: Uint8Array
  /** Who may be a peer: negotiation of anybody else is dropped. */
  readonly parties: readonly PartyId[]
  /** Hands negotiation bytes to a member over the introduction server. */
  signal(to: PartyId, bytes: Uint8Array): Promise<void>
  readonly events: {
    message(from: PartyId, envelope: Uint8Array): void
    /** The channel to a member is over; `error` unless both sides closed it in peace. */
    gone(party: PartyId, error: MpcError | undefined): void
    changed(): void
  }
}

interface Peer {
  readonly channel: Channel
  state: ChannelState | 'closed'
  path: LinkPath | undefined
  linkedTo: readonly PartyId[]
}

export class Mesh {
  readonly #options: MeshOptions
  readonly #peers = new Map<PartyId, Peer>()
  /** Negotiation that came before this side was ready for it. */
  readonly #early = new Map<PartyId, Uint8Array[]>()
  #closed = false
  #isOver: () => void = () => undefined
  readonly #over = new Promise<void>((resolve) => { this.#isOver = resolve })

  constructor(options: MeshOptions) {
    this.#options = options
  }

  /** Opens the channel to a member. @returns false if there is one already */
  connect(card: Card): boolean {
    const { partyId } = card
    if (this.#closed || this.#peers.has(partyId)) return false
    const { identity, ed25519, links, clock, rng, context } = this.#options
    const channel = openChannel({
      me: { partyId: identity.card.partyId, sign: (message) => identity.sign(message) },
      peer: { partyId, publicKey: card.identityKey, verify: (key, message, signature) => ed25519.verify(key, message, signature) },
      context, links, clock, rng, giveUpAfterMs: GIVE_UP_AFTER_MS,
      signal: (bytes) => this.#options.signal(partyId, bytes),
      events: {
        state: (state, path) => { this.#changed(partyId, state, path) },
        message: (bytes) => { this.#received(partyId, bytes) },
        failed: (error) => { this.#gone(partyId, error) },
        closed: () => { this.#gone(partyId, undefined) },
      },
    })
    this.#peers.set(partyId, { channel, state: 'connecting', path: undefined, linkedTo: [] })
    for (const bytes of this.#early.get(partyId) ?? []) channel.signal(bytes)
    this.#early.delete(partyId)
    return true
  }

  /** Negotiation bytes of a member, from the introduction server. */
  signal(from: PartyId, bytes: Uint8Array): void {
    const peer = this.#peers.get(from)
    if (peer !== undefined) {
      peer.channel.signal(bytes)
      return
    }
    if (this.#closed || !this.#options.parties.includes(from)) return
    const early = this.#early.get(from) ?? []
    if (early.length < MAX_EARLY) this.#early.set(from, [...early, bytes])
  }

  /** Sends an envelope; waits in the channel until it is up. A channel that is over takes nothing. */
  send(to: PartyId, envelope: Uint8Array): void {
    if (!this.#closed) this.#give(to, concat(u8(CHANNEL.envelope), envelope))
  }

  /** Lets go of a channel; what has not left by now never does. */
  drop(party: PartyId): void {
    const peer = this.#peers.get(party)
    if (peer === undefined || peer.state === 'closed') return
    peer.channel.drop()
    this.#gone(party, undefined)
  }

  /** Whether channels to all of these are up. */
  isUp(parties: readonly PartyId[]): boolean {
    return parties.every((party) => this.#peers.get(party)?.state === 'up')
  }

  view(party: PartyId): { readonly connection: 'none' | 'connecting' | 'up' | 'lost'; readonly path?: LinkPath; readonly linkedTo: readonly PartyId[] } {
    const peer = this.#peers.get(party)
    if (peer === undefined) return { connection: 'none', linkedTo: [] }
    return {
      connection: peer.state === 'closed' ? 'none' : peer.state, linkedTo: peer.linkedTo,
      ...(peer.path === undefined ? {} : { path: peer.path }),
    }
  }

  /** Resolves once all channels are over. */
  get over(): Promise<void> {
    return this.#over
  }

  /** Lets everything that was sent arrive, then ends. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#lookOver()
    this.#early.clear()
    for (const { channel, state } of this.#peers.values()) if (state !== 'closed') channel.close()
  }

  #changed(party: PartyId, state: ChannelState, path: LinkPath | undefined): void {
    const peer = this.#peers.get(party)
    if (peer === undefined) return
    peer.state = state
    peer.path = path
    this.#tellLinks()
    this.#options.events.changed()
  }

  /** So that every screen can draw the whole mesh. */
  #tellLinks(): void {
    if (this.#closed) return
    const up = [...this.#peers].filter(([, { state }]) => state === 'up').map(([party]) => party)
    const frame = concat(u8(CHANNEL.links), ...up.map(hexToBytes))
    for (const party of up) this.#give(party, frame)
  }

  /** A channel whose other end takes leave takes nothing more; one that does not empty is given up. */
  #give(party: PartyId, bytes: Uint8Array): void {
    const peer = this.#peers.get(party)
    if (peer === undefined || peer.state === 'closed') return
    try {
      peer.channel.send(bytes)
    } catch (error) {
      if (!(error instanceof MpcError)) throw error
      if (error instanceof InputError) return
      peer.channel.drop()
      this.#gone(party, error)
    }
  }

  #received(from: PartyId, bytes: Uint8Array): void {
    const body = bytes.subarray(1)
    if (bytes[0] === CHANNEL.envelope) this.#options.events.message(from, body)
    const peer = this.#peers.get(from)
    if (bytes[0] !== CHANNEL.links || peer === undefined || body.length % 32 !== 0 || body.length > 32 * MAX_LINKS) return
    const ids = Array.from({ length: body.length / 32 }, (_, i) => bytesToHex(body.subarray(32 * i, 32 * (i + 1))))
    peer.linkedTo = [...this.#peers.keys()].filter((party) => ids.includes(party))
    this.#options.events.changed()
  }

  #gone(party: PartyId, error: MpcError | undefined): void {
    const peer = this.#peers.get(party)
    if (peer === undefined) return
    peer.state = 'closed'
    peer.path = undefined
    this.#lookOver()
    this.#tellLinks()
    this.#options.events.gone(party, error)
    this.#options.events.changed()
  }

  #lookOver(): void {
    if (this.#closed && [...this.#peers.values()].every(({ state }) => state === 'closed')) this.#isOver()
  }
}
