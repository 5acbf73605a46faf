/** The coordinator's side of a lobby: fills places until everybody is here. Source: `docs/architecture.md`, Pairing. */
import { Bug, concat, Malformed, MpcError, Refused } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { PlaceView } from '../views.ts'
import { cardHash, readCard, type Card } from '../identity/card.ts'
import { isSameName } from '../known/known-parties.ts'
import { encodeCapabilities, mustFit, MY_CAPABILITIES, readCapabilities } from '../pairing/capabilities.ts'
import { encodeJoinLink, type CompanyInvitation } from '../pairing/link.ts'
import { encodeWelcome, readHello } from '../pairing/proof.ts'
import type { Courier } from './courier.ts'
import type { SessionDeps } from './deps.ts'
import { goesByNames } from './names.ts'
import { placeFacts } from './place-view.ts'

/** An empty place, and who fills it: whoever proves to know the secret of its link, one company, or one device that is known. */
export type OpenPlace = {
  /** 2…n */
  readonly place: number
} & ({
  /** The token admits one party to the room, whichever it is; the introduction server knows it. */
  readonly link: { readonly secret: Uint8Array; readonly joinToken: string }
} | { readonly company: CompanyInvitation } | { readonly known: Card })

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
  /** As it calls itself, or as it is known; also of one that cannot take part. */
  name: string | undefined
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
      open, link: this.#linkOf(open), name: namedIn(open)?.name, card: undefined, party: namedIn(open)?.partyId, online: false, reason: undefined,
    }))
    options.courier.knows(...options.places.flatMap((open) => ('known' in open ? [open.known] : [])))
  }

  /** Everybody's card has been proved. */
  get isFull(): boolean {
    return this.#seats.every(({ card }) => card !== undefined)
  }

  /** Parties that were invited by what only they know: no stranger can be in their places. */
  get pinned(): ReadonlySet<PartyId> {
    return new Set(this.#seats.flatMap(({ open }) => ('company' in open ? [open.company.partyId] : [])))
  }

  nameOf(party: PartyId): string | undefined {
    return this.#seats.find((seat) => seat.party === party)?.name
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
        this.#greet(party, seat.open)
      }
    }
  }

  /**
   * A joiner's card, sealed with what its link holds. Whoever cannot take part is told apart in its place, and changes nothing else.
   * @throws {Refused} E_IDENTITY: it goes by the name of a party that is known
   */
  async greeting(from: PartyId, sealed: Uint8Array): Promise<void> {
    await this.#seat(from, async ({ open }) => {
      const secret = secretOf(open)
      const frame = secret === undefined ? undefined : this.#options.courier.openGreeting(sealed, { place: open.place, secret, side: 'guest' })
      if (frame?.kind !== 'hello') throw new Malformed('E_UNAUTHORIZED', 'pairing: somebody came without the link')
      return frame.body
    })
  }

  /** As `greeting`: the card of a party that is known, sealed to this one's. */
  async hello(from: Card, body: Uint8Array): Promise<void> {
    await this.#seat(from.partyId, async ({ open }) => {
      if (!('known' in open)) throw new Malformed('E_UNAUTHORIZED', 'pairing: somebody came without the link')
      return body
    })
  }

  places(): readonly PlaceView[] {
    const { deps } = this.#options
    const mine: PlaceView = { place: 1, me: true, state: 'joined', ...placeFacts(deps.identity.card, deps) }
    return [mine, ...this.#seats.map(({ open, link, card, name, party, online, reason }): PlaceView => ({
      place: open.place, me: false, state: card === undefined ? (reason === undefined ? 'empty' : 'gone') : online ? 'joined' : 'gone',
      ...(name === undefined ? {} : { name }), ...(party === undefined ? {} : { partyId: party }),
      ...factsBefore(open), ...(card === undefined ? {} : placeFacts(card, deps)),
      ...(card === undefined && reason === undefined && link !== undefined ? { link } : {}), ...(reason === undefined ? {} : { reason }),
    }))]
  }

  async #seat(from: PartyId, bodyFor: (seat: Seat) => Promise<Uint8Array>): Promise<void> {
    const seat = this.#seats.find(({ party }) => party === from)
    if (seat === undefined || seat.card !== undefined) return
    const { deps, courier } = this.#options
    try {
      const { capabilities, rest } = readCapabilities(await bodyFor(seat))
      const card = await readCard(readHello(rest, cardHash(deps.identity.card)), deps.ed25519)
      const taken = this.#seats.some((other) => other.card?.partyId === card.partyId) || card.partyId === deps.identity.card.partyId
      if (card.partyId !== from || taken || !mayTake(seat, card.partyId)) return
      seat.name = card.name
      mustFit(capabilities, card.name)
      if (goesByNames(deps)) deps.known.mustNotPassFor(card)
      this.#mustBeAlone(card)
      seat.card = card
      courier.knows(card)
      seat.reason = undefined
    } catch (error) {
      if (!(error instanceof MpcError) || error.code === 'E_IDENTITY') throw error
      seat.reason = error.message
    }
    deps.changed()
  }

  /** @throws {Refused} E_CONFIG: people would not know which of two is meant */
  #mustBeAlone({ name }: Card): void {
    const others = [this.#options.deps.identity.card, ...this.#seats.flatMap(({ card }) => card ?? [])]
    if (others.some((other) => isSameName(other.name, name))) throw new Refused('E_CONFIG', 'another device here has the same name; one of the two needs another')
  }

  #greet(party: PartyId, open: OpenPlace): void {
    const { courier } = this.#options
    const secret = secretOf(open)
    if (secret !== undefined) courier.greet(party, { place: open.place, secret, side: 'inviter' }, 'welcome', this.#welcome())
    else if ('known' in open) courier.post(open.known, 'welcome', this.#welcome())
  }

  #welcome(): Uint8Array {
    const { deps, walletName, threshold, total } = this.#options
    return concat(encodeCapabilities(MY_CAPABILITIES), encodeWelcome({ card: deps.identity.card.bytes, walletName, threshold, total }))
  }

  #linkOf(open: OpenPlace): string | undefined {
    if (!('link' in open)) return undefined
    const { room, expiresAt, pageUrl, deps } = this.#options
    return encodeJoinLink(pageUrl, { room, place: open.place, ...open.link, inviterCardHash: cardHash(deps.identity.card), expiresAt })
  }
}

/** Of a place that is one party's from the start. */
function namedIn(open: OpenPlace): { readonly partyId: PartyId; readonly name: string } | undefined {
  if ('link' in open) return undefined
  return 'known' in open ? open.known : open.company
}

/** What is shown of who is to fill a place, before it has come. */
function factsBefore(open: OpenPlace): Pick<PlaceView, 'role' | 'known'> {
  if ('link' in open) return {}
  return 'known' in open ? { role: open.known.role, known: true } : { role: 'enterprise' }
}

/** What only the inviter and who comes know; of a device that is known there is none: its card is. */
function secretOf(open: OpenPlace): Uint8Array | undefined {
  if ('known' in open) return undefined
  return 'link' in open ? open.link.secret : open.company.secret
}

/** Who proved to have a place keeps it, and an invitation is of one party: whatever the introduction server says. */
function mayTake({ card, open }: Seat, party: PartyId): boolean {
  return card === undefined ? (namedIn(open)?.partyId ?? party) === party : card.partyId === party
}
