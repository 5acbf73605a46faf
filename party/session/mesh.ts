/** This party's channels to the other members of one session, and what they say of theirs. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { Bug, concat, InputError, MpcError, u8, type Rng } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { openChannel as openTrueChannel, type Channel, type ChannelState, type OpenChannel } from '../channel/index.ts'
import type { Clock } from '../clock.ts'
import type { Card } from '../identity/card.ts'
import type { Health } from '../health/health.ts'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { Identity } from '../identity/identity.ts'
import type { LinkFactory, LinkPath } from '../transport/types.ts'
import { CHANNEL } from './frames.ts'

/** A peer out of reach for so long is given up: time for one direct attempt, and one over the mailbox. */
const GIVE_UP_AFTER_MS = 20_000
/** More party ids than a session has members are not taken. */
const MAX_LINKS = 16
/** What is kept of a peer before its channel is opened: as many frames as an attempt may have. */
const MAX_EARLY = 64
/** Kinds of messages that the mesh itself knows. */
const OWN_KINDS: readonly (number | undefined)[] = [CHANNEL.envelope, CHANNEL.links, CHANNEL.health]

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
  /** Hands negotiation bytes (at most 16,410) to a member over the introduction server, sealed. */
  signal(to: Card, bytes: Uint8Array): Promise<void>
  /** Leaves bytes (at most 43,008) in a member's mailbox, sealed. Absent: channels have no such path. */
  mail?: ((to: Card, bytes: Uint8Array) => Promise<void>) | undefined
  /** In place of true channels: for tests of dishonest parties. */
  readonly openChannel?: OpenChannel | undefined
  /** What devices tell each other of their backups whenever they meet. */
  readonly health?: Pick<Health, 'tell' | 'heard'> | undefined
  readonly events: {
    message(from: PartyId, envelope: Uint8Array): void
    /** A message of another kind than the mesh's own (`Mesh.tell`). */
    told?(from: PartyId, kind: number, body: Uint8Array): void
    /** The channel to a member is over; `error` unless both sides closed it in peace. */
    gone(party: PartyId, error: MpcError | undefined): void
    changed(): void
  }
}

/** How this party is connected to a member. */
export interface MeshView {
  readonly connection: 'none' | 'connecting' | 'up' | 'lost'
  readonly path?: LinkPath
  readonly linkedTo: readonly PartyId[]
  /** Its card as of today: the build may be another than in the card by which it is known. */
  readonly card?: Card
}

interface Peer {
  readonly channel: Channel
  state: ChannelState | 'closed'
  path: LinkPath | undefined
  linkedTo: readonly PartyId[]
  /** As it showed itself when the channel came up last. */
  card: Card
  /** Of this device's backups. */
  isTold: boolean
}

export class Mesh {
  readonly #options: MeshOptions
  readonly #peers = new Map<PartyId, Peer>()
  /** What the introduction server brought before this side was ready for it. */
  readonly #early = new Map<PartyId, ((channel: Channel) => void)[]>()
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
    const { identity, ed25519, links, clock, rng, context, mail, openChannel = openTrueChannel } = this.#options
    const channel = openChannel({
      me: identity, peer: card, ed25519, context, links, clock, rng, giveUpAfterMs: GIVE_UP_AFTER_MS,
      signal: (bytes) => this.#options.signal(card, bytes),
      mail: mail === undefined ? undefined : (bytes) => mail(card, bytes),
      events: {
        state: (state, path) => { this.#changed(partyId, state, path) },
        peer: (shown) => { this.#shown(partyId, shown) },
        message: (bytes) => { this.#received(partyId, bytes) },
        failed: (error) => { this.#gone(partyId, error) },
        closed: () => { this.#gone(partyId, undefined) },
      },
    })
    this.#peers.set(partyId, { channel, state: 'connecting', path: undefined, linkedTo: [], card, isTold: false })
    const early = this.#early.get(partyId) ?? []
    this.#early.delete(partyId)
    for (const give of early) give(channel)
    return true
  }

  /** Negotiation bytes of a member, opened and authenticated. */
  signal(from: PartyId, bytes: Uint8Array): void {
    this.#feed(from, (channel) => { channel.signal(bytes) })
  }

  /** What a member left in the mailbox for its channel, opened and authenticated. */
  mail(from: PartyId, bytes: Uint8Array): void {
    this.#feed(from, (channel) => { channel.mail(bytes) })
  }

  /** The introduction server brought, in a member's name, what that member did not say. Does no harm to a channel that is up. */
  intercepted(from: PartyId): void {
    this.#feed(from, (channel) => { channel.intercepted() })
  }

  /** Sends an envelope; waits in the channel until it is up. A channel that is over takes nothing. */
  send(to: PartyId, envelope: Uint8Array): void {
    if (!this.#closed) this.#give(to, concat(u8(CHANNEL.envelope), envelope))
  }

  /** Sends a message of another kind, as `send` does. @param kind a byte that is not the mesh's own */
  tell(to: PartyId, kind: number, body: Uint8Array): void {
    if (OWN_KINDS.includes(kind)) throw new Bug(`a message of kind ${kind} is the mesh's own`)
    if (!this.#closed) this.#give(to, concat(u8(kind), body))
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

  view(party: PartyId): MeshView {
    const peer = this.#peers.get(party)
    if (peer === undefined) return { connection: 'none', linkedTo: [] }
    return {
      connection: peer.state === 'closed' ? 'none' : peer.state, linkedTo: peer.linkedTo, card: peer.card,
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

  #feed(from: PartyId, give: (channel: Channel) => void): void {
    const peer = this.#peers.get(from)
    if (peer !== undefined) return give(peer.channel)
    if (this.#closed || !this.#options.parties.includes(from)) return
    const early = this.#early.get(from) ?? []
    if (early.length < MAX_EARLY) this.#early.set(from, [...early, give])
  }

  #shown(party: PartyId, card: Card): void {
    const peer = this.#peers.get(party)
    if (peer !== undefined) peer.card = card
  }

  #changed(party: PartyId, state: ChannelState, path: LinkPath | undefined): void {
    const peer = this.#peers.get(party)
    if (peer === undefined) return
    peer.state = state
    peer.path = path
    this.#tellLinks()
    if (state === 'up') this.#tellHealth(party, peer)
    this.#options.events.changed()
  }

  #tellHealth(party: PartyId, peer: Peer): void {
    if (peer.isTold || this.#closed) return
    peer.isTold = true
    const facts = this.#options.health?.tell(party)
    if (facts !== undefined) this.#give(party, concat(u8(CHANNEL.health), facts))
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
    const [kind] = bytes
    const body = bytes.subarray(1)
    if (kind === CHANNEL.envelope) this.#options.events.message(from, body)
    else if (kind === CHANNEL.health) this.#options.health?.heard(from, body)
    else if (kind !== undefined && !OWN_KINDS.includes(kind)) this.#options.events.told?.(from, kind, body)
    const peer = this.#peers.get(from)
    if (kind !== CHANNEL.links || peer === undefined || body.length % 32 !== 0 || body.length > 32 * MAX_LINKS) return
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
