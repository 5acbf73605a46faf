/** How the parties of a making come together: the inviter's lobby or a guest's way into one, and all that is said until there is a roster. */
import { Refused, type MpcError } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { ChangeView, PlaceView } from '../views.ts'
import type { Card } from '../identity/card.ts'
import { Courier, type CourierOptions } from './courier.ts'
import type { SessionDeps } from './deps.ts'
import type { SignalFrame } from './frames.ts'
import { Guest, type GuestPass, type Inviter } from './guest.ts'
import { knownError } from './live-session.ts'
import { Lobby, type LobbyOptions } from './lobby.ts'
import type { Proposal } from './proposal.ts'
import type { Arrival } from './reshare-plan.ts'

/** Of the inviter's frames, that overtake its invitation. */
const MAX_EARLY = 64

export type MakingRole =
  | {
    readonly kind: 'coordinator'; readonly lobby: Omit<LobbyOptions, 'deps' | 'courier'>
    /** Everybody is here. @throws {InputError} where those who are cannot do it */
    readonly propose: (guests: readonly Arrival[]) => Promise<Proposal>
    /** What is to change, as far as it is known who comes. */
    readonly change?: (come: readonly Card[]) => ChangeView
    /** Begins by itself as soon as everybody is here, and gives up where somebody cannot take part. */
    readonly isByItself?: true
    /** It is over, however. */
    readonly ended?: () => void
  }
  | {
    readonly kind: 'guest'; readonly pass: GuestPass; readonly expiresAt: number
    /** Where this party was invited by name: comes to the room, once its person has said so. */
    readonly come?: () => Promise<void>
  }

export interface EntranceOptions {
  readonly room: SessionId
  readonly role: MakingRole
  readonly deps: SessionDeps
  readonly events: {
    /** A guest has met its inviter, and knows what it is invited to. */
    met(inviter: Inviter): void
    /** What a guest's inviter says is the signed roster. */
    invited(inviter: Inviter, bytes: Uint8Array): Promise<void>
    failed(error: MpcError): void
  }
}

export class Entrance {
  readonly courier: Courier
  readonly lobby: Lobby | undefined
  readonly guest: Guest | undefined
  readonly #options: EntranceOptions
  readonly #early: (readonly [Card, SignalFrame])[] = []
  /** Takes what is said once there are channels. */
  #channels: CourierOptions['events'] | undefined
  #tail: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: EntranceOptions) {
    const { room, role, deps, events } = options
    this.#options = options
    this.courier = new Courier({
      room, deps,
      events: {
        greeting: (from, sealed) => { this.#greeted(from, sealed) },
        frame: (from, frame) => { this.#heard(from, frame) },
        intercepted: (from) => { this.#intercepted(from) },
      },
    })
    this.lobby = role.kind === 'coordinator' ? new Lobby({ ...role.lobby, deps, courier: this.courier }) : undefined
    this.guest = role.kind === 'guest' ? new Guest({ pass: role.pass, deps, courier: this.courier, gaveUp: (error) => { events.failed(error) } }) : undefined
  }

  told(info: SessionInfo): void {
    this.courier.told(info)
    this.lobby?.told(info)
    if (this.#channels === undefined) this.guest?.told(info)
  }

  places(): readonly PlaceView[] {
    return this.lobby?.places() ?? this.guest?.places() ?? []
  }

  /** There is a roster. What overtook it is heard now. */
  opened(channels: CourierOptions['events']): void {
    this.guest?.stop()
    this.#channels = channels
    for (const [from, frame] of this.#early.splice(0)) channels.frame(from, frame)
  }

  /** @param farewell whether what was said last is still to be delivered */
  close(farewell: boolean): void {
    this.#closed = true
    this.guest?.stop()
    if (!farewell) this.courier.close()
  }

  /** Sealed with the secret of a place. */
  #greeted(from: PartyId, sealed: Uint8Array): void {
    this.#inTurn(async () => {
      await this.lobby?.greeting(from, sealed)
      if (await this.guest?.greeting(from, sealed) === true) this.#met()
    })
  }

  /** Said by who has a card. Talk of channels may overtake the invitation. */
  #heard(from: Card, frame: SignalFrame): void {
    const { kind, body } = frame
    if (kind === 'hello') this.#inTurn(async () => this.lobby?.hello(from, body))
    else if (kind === 'standing') this.#inTurn(async () => this.lobby?.standing(from, body))
    else if (kind === 'file') this.#inTurn(async () => this.lobby?.gaveFile(from, body))
    else if (kind === 'welcome') this.#inTurn(async () => { if (await this.guest?.welcomed(from, body) === true) this.#met() })
    else if (kind === 'invitation') this.#inTurn(() => this.#invited(from, body))
    else if (this.#channels !== undefined) this.#channels.frame(from, frame)
    else if (this.#early.length < MAX_EARLY) this.#early.push([from, frame])
  }

  async #invited(from: Card, bytes: Uint8Array): Promise<void> {
    const inviter = this.guest?.inviter
    if (inviter !== undefined && from.partyId === inviter.card.partyId && this.#channels === undefined) await this.#options.events.invited(inviter, bytes)
  }

  #met(): void {
    const inviter = this.guest?.inviter
    if (inviter !== undefined) this.#options.events.met(inviter)
  }

  /** A guest hears of the roster from its inviter alone; once there are channels, they know what it is worth. */
  #intercepted(from: Card): void {
    if (this.#channels !== undefined) this.#channels.intercepted(from)
    else if (this.guest !== undefined) this.#options.events.failed(new Refused('E_INTERCEPTED', `the introduction server altered, or made up, what ${from.name} said`))
  }

  /** One at a time: a proof takes a while, and what follows it must find its result. */
  #inTurn(work: () => Promise<void>): void {
    this.#tail = this.#tail.then(async () => { if (!this.#closed) await work() })
      .catch((error: unknown) => { this.#options.events.failed(knownError(error, 'pairing failed')) })
  }
}
