/**
 * Carries frames between this party and the others of a room, over an introduction server that is not believed: sealed on the way out,
 * opened on the way in. What is posted waits for members who are not there yet.
 */
import { MpcError } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { Card } from '../identity/card.ts'
import { isPairing, open, openPairing, seal, sealPairing, type PairingWay } from '../sealed/index.ts'
import type { SessionDeps } from './deps.ts'
import { LEAST, readSignalFrame, signalFrame, type SignalFrame, type SignalKind } from './frames.ts'
import type { Mesh } from './mesh.ts'

/** Sealed frames that wait to be opened; honest members never have so many on the way. */
const MAX_WAITING = 512
/** Of members whose cards are not known yet, sealed bytes are kept up to so many. */
const MAX_EARLY_BYTES = 1_048_576

export interface CourierOptions {
  readonly room: SessionId
  readonly deps: Pick<SessionDeps, 'identity' | 'ed25519' | 'signalling' | 'rng' | 'log'>
  /** Called in the order in which things came. Must not throw. */
  readonly events: {
    /** Said by this party, in this room, to this one. */
    frame(from: Card, frame: SignalFrame): void
    /** The introduction server brought, in this party's name, what it did not say. */
    intercepted(from: Card): void
    /** Sealed with the secret of a place, by whoever that is: for `openGreeting`. */
    greeting?(from: PartyId, sealed: Uint8Array): void
  }
}

export class Courier {
  readonly #options: CourierOptions
  readonly #cards = new Map<PartyId, Card>()
  /** Sealed, in order. */
  readonly #waiting = new Map<PartyId, readonly Promise<Uint8Array>[]>()
  readonly #present = new Set<PartyId>()
  readonly #early = new Map<PartyId, Uint8Array[]>()
  #earlyBytes = 0
  #toOpen = 0
  #incoming: Promise<void> = Promise.resolve()
  #outgoing: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: CourierOptions) {
    this.#options = options
  }

  /** Whose frames can be opened from now on, and those that came before are. */
  knows(...cards: readonly Card[]): void {
    for (const card of cards) {
      if (card.partyId === this.#options.deps.identity.card.partyId) continue
      this.#cards.set(card.partyId, card)
      for (const bytes of this.#early.get(card.partyId) ?? []) {
        this.#earlyBytes -= bytes.length
        this.#open(card, bytes)
      }
      this.#early.delete(card.partyId)
    }
  }

  /** In order; kept until the member is here. */
  post(to: Card, kind: SignalKind, body: Uint8Array): void {
    if (!this.#closed) this.#put(to.partyId, this.#sealed(to, kind, body))
  }

  /** As `post`, to whoever has a place and knows its secret. */
  greet(to: PartyId, way: Omit<PairingWay, 'room'>, kind: SignalKind, body: Uint8Array): void {
    const { room, deps: { rng } } = this.#options
    if (!this.#closed) this.#put(to, Promise.resolve(sealPairing(signalFrame({ kind, body }), { ...way, room }, { rng, least: LEAST[kind] })))
  }

  /** Once, now. @throws {MpcError} if the member is not here */
  async hand(to: Card, kind: SignalKind, body: Uint8Array): Promise<void> {
    const { room, deps: { signalling } } = this.#options
    await signalling.send(room, to.partyId, await this.#sealed(to, kind, body))
  }

  /** Into the member's mailbox, whether it is here or not. @param body at most 43,008 bytes @throws {MpcError} full, or not reached */
  async leave(to: Card, kind: SignalKind, body: Uint8Array): Promise<void> {
    const { room, deps: { signalling } } = this.#options
    await signalling.leave(room, to.partyId, await this.#sealed(to, kind, body))
  }

  /** What the introduction server says is a member's. */
  receive(from: PartyId, bytes: Uint8Array): void {
    const card = this.#cards.get(from)
    if (isPairing(bytes)) this.#inTurn(async () => { this.#options.events.greeting?.(from, bytes) })
    else if (card !== undefined) this.#open(card, bytes)
    else if (!this.#closed && this.#earlyBytes + bytes.length <= MAX_EARLY_BYTES) {
      this.#earlyBytes += bytes.length
      this.#early.set(from, [...(this.#early.get(from) ?? []), bytes])
    }
  }

  /** @returns undefined unless whoever sealed it knows the secret of this place, and speaks for this side */
  openGreeting(sealed: Uint8Array, way: Omit<PairingWay, 'room'>): SignalFrame | undefined {
    const frame = openPairing(sealed, { ...way, room: this.#options.room })
    return frame === undefined ? undefined : readSignalFrame(frame)
  }

  /** Nothing more is handed over. */
  close(): void {
    this.#closed = true
    this.#waiting.clear()
    this.#early.clear()
  }

  told(info: SessionInfo): void {
    if (this.#closed) return
    this.#present.clear()
    for (const { party_id: party, status, online } of info.participants) {
      if (party !== undefined && online && status !== 'invited') {
        this.#present.add(party)
        this.#deliver(party)
      }
    }
  }

  #sealed(to: Card, kind: SignalKind, body: Uint8Array): Promise<Uint8Array> {
    const { room, deps: { identity } } = this.#options
    return seal(signalFrame({ kind, body }), { to, from: identity, room, least: LEAST[kind] })
  }

  #put(to: PartyId, sealed: Promise<Uint8Array>): void {
    sealed.catch(() => undefined) // looked at when its turn comes
    this.#waiting.set(to, [...(this.#waiting.get(to) ?? []), sealed])
    this.#deliver(to)
  }

  #deliver(to: PartyId): void {
    if (!this.#present.has(to)) return
    this.#outgoing = this.#outgoing.then(async () => {
      const waiting = this.#waiting.get(to) ?? []
      const [next] = waiting
      if (next === undefined) return
      const { room, deps: { signalling } } = this.#options
      try {
        await signalling.send(room, to, await next)
        if (!this.#closed) this.#waiting.set(to, (this.#waiting.get(to) ?? []).slice(1))
        if (waiting.length > 1) this.#deliver(to)
      } catch (error) {
        // What cannot be sealed, or is too large, never can be sent; a member that is not here comes again.
        if (!(error instanceof MpcError) || (error.fault !== 'network' && error.fault !== 'refusal')) this.#waiting.delete(to)
        this.#present.delete(to) // it comes back with the next word about the session
      }
    })
  }

  #open(from: Card, bytes: Uint8Array): void {
    if (this.#toOpen >= MAX_WAITING) return
    this.#toOpen += 1
    const { room, deps: { identity, ed25519, log }, events } = this.#options
    this.#inTurn(async () => {
      this.#toOpen -= 1
      try {
        const frame = readSignalFrame(await open(bytes, { from, to: identity, room, ed25519 }))
        if (frame !== undefined) events.frame(from, frame)
      } catch (error) {
        if (!(error instanceof MpcError)) throw error
        log('a frame did not open', { session: room, from: from.partyId, code: error.code })
        if (error.code === 'E_INTERCEPTED') events.intercepted(from)
      }
    })
  }

  /** One thing at a time, in the order it came. */
  #inTurn(work: () => Promise<void>): void {
    this.#incoming = this.#incoming.then(work)
  }
}

/** A courier whose frames are all for the channels of one mesh. */
export function meshEvents(mesh: () => Mesh): CourierOptions['events'] {
  return {
    frame: (from, { kind, body }) => {
      if (kind === 'channel') mesh().signal(from.partyId, body)
      if (kind === 'mail') mesh().mail(from.partyId, body)
    },
    intercepted: (from) => { mesh().intercepted(from.partyId) },
  }
}
