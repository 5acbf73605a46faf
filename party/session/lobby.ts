/** The coordinator's side of a lobby: fills places until everybody is here. Source: `docs/architecture.md`, Pairing. */
import { Bug, MpcError } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { PlaceView } from '../api.ts'
import { cardHash, readCard, type Card } from '../identity/card.ts'
import { encodeJoinLink, type CompanyInvitation } from '../pairing/link.ts'
import { encodeWelcome, readHello, type PairingPlace } from '../pairing/proof.ts'
import type { Courier } from './courier.ts'
import type { SessionDeps } from './deps.ts'
import { signalFrame } from './frames.ts'

/** An empty place: whoever proves to know its secret fills it. */
export interface OpenPlace {
  /** 2…n */
  readonly place: number
  readonly secret: Uint8Array
  /** What admits one party to the room; absent where the party is named. */
  readonly joinToken?: string
  readonly company?: CompanyInvitation
}

export interface LobbyOptions {
  readonly deps: SessionDeps
  readonly room: SessionId
  readonly walletName: string
  readonly threshold: number
  readonly total: number
  readonly expiresAt: number
  readonly pageUrl: string
  readonly places: readonly OpenPlace[]
  readonly courier: Courier
}

/** Whoever comes to an empty place is told who invites; nobody honest is the 33rd. */
const MAX_WELCOMES = 32

interface Seat {
  readonly open: OpenPlace
  readonly link: string | undefined
  card: Card | undefined
  /** Came to the room, but its card has not been seen yet. */
  party: PartyId | undefined
  online: boolean
  reason: string | undefined
}

export class Lobby {
  readonly #options: LobbyOptions
  readonly #seats: readonly Seat[]
  readonly #welcomed = new Set<PartyId>()

  constructor(options: LobbyOptions) {
    this.#options = options
    this.#seats = options.places.map((open): Seat => ({
      open, link: this.#linkOf(open), card: undefined, party: open.company?.partyId, online: false, reason: undefined,
    }))
  }

  /** Everybody's card has been proved. */
  get isFull(): boolean {
    return this.#seats.every(({ card }) => card !== undefined)
  }

  /** Cards of the others. */
  cards(): readonly Card[] {
    return this.#seats.map(({ card }) => {
      if (card === undefined) throw new Bug('a place is empty')
      return card
    })
  }

  told(info: SessionInfo): void {
    for (const { party_id: party, party_index: place, status, online } of info.participants) {
      const seat = this.#seats.find(({ open }) => open.place === place)
      if (seat === undefined || party === undefined || !mayTake(seat, party)) continue
      seat.party = party
      seat.online = online
      if (status !== 'invited' && seat.card === undefined && !this.#welcomed.has(party) && this.#welcomed.size < MAX_WELCOMES) {
        this.#welcomed.add(party)
        this.#options.courier.post(party, signalFrame('welcome', this.#welcome(seat.open)))
      }
    }
  }

  /** A joiner's card, with the proof that it knows the link. Any other is told apart in its place, and changes nothing else. */
  async hello(from: PartyId, body: Uint8Array): Promise<void> {
    const seat = this.#seats.find(({ party }) => party === from)
    if (seat === undefined || seat.card !== undefined) return
    const { deps } = this.#options
    try {
      const card = await readCard(readHello(this.#where(seat.open), cardHash(deps.identity.card), body), deps.ed25519)
      const taken = this.#seats.some((other) => other.card?.partyId === card.partyId) || card.partyId === deps.identity.card.partyId
      if (card.partyId !== from || taken || !mayTake(seat, card.partyId)) return
      seat.card = card
      seat.reason = undefined
    } catch (error) {
      if (!(error instanceof MpcError)) throw error
      seat.reason = error.message
    }
    deps.changed()
  }

  places(): readonly PlaceView[] {
    const { identity } = this.#options.deps
    const mine: PlaceView = { place: 1, partyId: identity.card.partyId, name: identity.card.name, role: identity.card.role, me: true, state: 'joined' }
    return [mine, ...this.#seats.map(({ open, link, card, party, online, reason }): PlaceView => {
      const name = card?.name ?? open.company?.name
      return {
        place: open.place, me: false, state: card === undefined ? (reason === undefined ? 'empty' : 'gone') : online ? 'joined' : 'gone',
        ...(name === undefined ? {} : { name }), ...(party === undefined ? {} : { partyId: party }), ...(card === undefined ? {} : { role: card.role }),
        ...(card === undefined && link !== undefined ? { link } : {}), ...(reason === undefined ? {} : { reason }),
      }
    })]
  }

  #where({ place, secret }: OpenPlace): PairingPlace {
    return { room: this.#options.room, place, secret }
  }

  #welcome(open: OpenPlace): Uint8Array {
    const { deps, walletName, threshold, total } = this.#options
    return encodeWelcome(this.#where(open), { card: deps.identity.card.bytes, walletName, threshold, total })
  }

  #linkOf({ place, secret, joinToken }: OpenPlace): string | undefined {
    if (joinToken === undefined) return undefined
    const { room, expiresAt, pageUrl, deps } = this.#options
    return encodeJoinLink(pageUrl, { room, place, joinToken, inviterCardHash: cardHash(deps.identity.card), secret, expiresAt })
  }
}

/** Who proved to have a place keeps it, and an invitation is of one party: whatever the introduction server says. */
function mayTake({ card, open }: Seat, party: PartyId): boolean {
  return card === undefined ? open.company === undefined || open.company.partyId === party : card.partyId === party
}
