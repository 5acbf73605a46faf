/** The coordinator's side of a lobby: fills places until everybody is here. Source: `docs/architecture.md`, Pairing. */
import { Bug, concat, Malformed, MpcError, Refused } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { PlaceView } from '../views.ts'
import { cardHash, readCard, type Card } from '../identity/card.ts'
import { isSameName } from '../known/known-parties.ts'
import { encodeCapabilities, mustFit, MY_CAPABILITIES, readCapabilities } from '../pairing/capabilities.ts'
import { encodeJoinLink, type CompanyInvitation } from '../pairing/link.ts'
import { encodeWelcome, readHello, readStanding, type Purpose, type Standing } from '../pairing/proof.ts'
import type { Courier } from './courier.ts'
import type { SessionDeps } from './deps.ts'
import type { ImportPlan } from './import-plan.ts'
import { goesByNames } from './names.ts'
import { placeFacts } from './place-view.ts'
import { NOTHING_HELD, type Arrival, type ResharePlan } from './reshare-plan.ts'

/** An empty place, and who fills it: whoever proves to know the secret of its link, one company, or one device that is known. */
export type OpenPlace = {
  /** 2…n */
  readonly place: number
} & ({
  /** The token admits one party to the room, whichever it is; the introduction server knows it. */
  readonly link: { readonly secret: Uint8Array; readonly joinToken: string }
} | { readonly company: CompanyInvitation } | {
  readonly known: Card
  /** It has the wallet already: comes by itself. */
  readonly isCalled?: true
})

export interface LobbyOptions {
  readonly deps: SessionDeps
  readonly room: SessionId
  readonly walletName: string
  /** Of what is made: devices that are needed, and devices in all. */
  readonly threshold: number
  readonly total: number
  readonly purpose: Purpose
  /** Where everybody also has to say what it has of a wallet that exists. */
  readonly plan?: Pick<ResharePlan, 'admit' | 'hear'>
  /** Where the keys existed before, and others may have to give files of them. */
  readonly brought?: Pick<ImportPlan, 'admit' | 'offered' | 'hasGiven' | 'isComplete'>
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
  /** Has shown its card, and not said yet what it has of the wallet. */
  asked: Card | undefined
  standing: Standing | undefined
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
      open, link: this.#linkOf(open), name: namedIn(open)?.name, party: namedIn(open)?.partyId,
      card: undefined, asked: undefined, standing: undefined, online: false, reason: undefined,
    }))
    options.courier.knows(...options.places.flatMap((open) => ('known' in open ? [open.known] : [])))
  }

  /** Everybody's card has been proved, and all files are here that are needed. */
  get isFull(): boolean {
    return this.#seats.every(({ card }) => card !== undefined) && this.#options.brought?.isComplete !== false
  }

  /** Parties that were invited by what only they know: no stranger can be in their places. */
  get pinned(): ReadonlySet<PartyId> {
    return new Set(this.#seats.flatMap(({ open }) => ('company' in open ? [open.company.partyId] : [])))
  }

  nameOf(party: PartyId): string | undefined {
    return this.#seats.find((seat) => seat.party === party)?.name
  }

  /** The others, and what they have of the wallet. */
  guests(): readonly Arrival[] {
    return this.#seats.map(({ card, standing = NOTHING_HELD }) => {
      if (card === undefined) throw new Bug('a place is empty')
      return { card, standing }
    })
  }

  /** Those who are here so far. */
  come(): readonly Card[] {
    return this.#seats.flatMap(({ card, open }) => (isCalled(open) ? [] : card ?? []))
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

  /** What a guest has of the wallet. Whoever cannot take part is told apart in its place. */
  standing(from: Card, body: Uint8Array): void {
    const seat = this.#seats.find(({ asked }) => asked?.partyId === from.partyId)
    if (seat === undefined || seat.card !== undefined) return
    try {
      seat.standing = readStanding(body)
      this.#options.plan?.hear(seat.standing, isCalled(seat.open))
      seat.card = seat.asked
      seat.reason = undefined
    } catch (error) {
      if (!(error instanceof MpcError)) throw error
      seat.reason = error.message
    }
    this.#options.deps.changed()
  }

  /** A file of what is imported. One that cannot be used is told apart in its place. @throws {Malformed} */
  gaveFile(from: Card, body: Uint8Array): void {
    const { brought, deps } = this.#options
    const seat = this.#seats.find(({ card }) => card?.partyId === from.partyId)
    if (seat === undefined || brought === undefined) return
    try {
      brought.offered(from, body)
      seat.reason = undefined
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      seat.reason = error.message
    }
    deps.changed()
  }

  places(): readonly PlaceView[] {
    const { deps, brought } = this.#options
    const gave = (party: PartyId | undefined): Pick<PlaceView, 'gaveFile'> => (brought?.hasGiven(party) === true ? { gaveFile: true } : {})
    const mine: PlaceView = { place: 1, me: true, state: 'joined', ...gave(deps.identity.card.partyId), ...placeFacts(deps.identity.card, deps) }
    return [mine, ...this.#seats.map(({ open, link, card, name, party, online, reason }): PlaceView => ({
      place: open.place, me: false, state: card === undefined ? (reason === undefined ? 'empty' : 'gone') : online ? 'joined' : 'gone',
      ...(name === undefined ? {} : { name }), ...(party === undefined ? {} : { partyId: party }),
      ...factsBefore(open), ...(card === undefined ? {} : placeFacts(card, deps)),
      ...(card === undefined && reason === undefined && link !== undefined ? { link } : {}), ...(reason === undefined ? {} : { reason }), ...gave(party),
    }))]
  }

  async #seat(from: PartyId, bodyFor: (seat: Seat) => Promise<Uint8Array>): Promise<void> {
    const seat = this.#seats.find(({ party }) => party === from)
    if (seat === undefined || seat.card !== undefined || seat.asked !== undefined) return
    const { deps, courier, plan, brought } = this.#options
    try {
      const { capabilities, rest } = readCapabilities(await bodyFor(seat))
      const card = await readCard(readHello(rest, cardHash(deps.identity.card)), deps.ed25519)
      const taken = this.#seats.some((other) => (other.card ?? other.asked)?.partyId === card.partyId) || card.partyId === deps.identity.card.partyId
      if (card.partyId !== from || taken || !mayTake(seat, card.partyId)) return
      seat.name = card.name
      mustFit(capabilities, card.name)
      if (goesByNames(deps)) deps.known.mustNotPassFor(card)
      this.#mustBeAlone(card)
      plan?.admit(card, isCalled(seat.open))
      brought?.admit(card)
      courier.knows(card)
      if (plan === undefined) seat.card = card
      else seat.asked = card
      seat.reason = undefined
    } catch (error) {
      if (!(error instanceof MpcError) || error.code === 'E_IDENTITY') throw error
      seat.reason = error.message
    }
    deps.changed()
  }

  /** @throws {Refused} E_CONFIG: people would not know which of two is meant */
  #mustBeAlone({ name }: Card): void {
    const others = [this.#options.deps.identity.card, ...this.#seats.flatMap(({ card, asked }) => card ?? asked ?? [])]
    if (others.some((other) => isSameName(other.name, name))) throw new Refused('E_CONFIG', 'another device here has the same name; one of the two needs another')
  }

  #greet(party: PartyId, open: OpenPlace): void {
    const { courier } = this.#options
    const secret = secretOf(open)
    if (secret !== undefined) courier.greet(party, { place: open.place, secret, side: 'inviter' }, 'welcome', this.#welcome())
    else if ('known' in open) courier.post(open.known, 'welcome', this.#welcome())
  }

  #welcome(): Uint8Array {
    const { deps, walletName, threshold, total, purpose } = this.#options
    return concat(encodeCapabilities(MY_CAPABILITIES), encodeWelcome({ card: deps.identity.card.bytes, walletName, threshold, total, purpose }))
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

function isCalled(open: OpenPlace): boolean {
  return 'known' in open && open.isCalled === true
}

/** What is shown of who is to fill a place, before it has come. */
function factsBefore(open: OpenPlace): Pick<PlaceView, 'role' | 'known'> {
  if ('link' in open) return {}
  return 'known' in open ? { role: open.known.role, ...(isCalled(open) ? {} : { known: true }) } : { role: 'enterprise' }
}

/** What only the inviter and who comes know; of a device that is known there is none: its card is. */
function secretOf(open: OpenPlace): Uint8Array | undefined {
  if ('known' in open) return undefined
  return 'link' in open ? open.link.secret : open.company.secret
}

/** Who proved to have a place keeps it, and an invitation is of one party: whatever the introduction server says. */
function mayTake({ card, asked = card, open }: Seat, party: PartyId): boolean {
  return asked === undefined ? (namedIn(open)?.partyId ?? party) === party : asked.partyId === party
}
