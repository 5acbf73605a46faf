/** The other side of a lobby: who comes with a link, or is called by its own invitation or by name. */
import { concat, equalBytes, Malformed, TransportError, type MpcError } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { PlaceView } from '../views.ts'
import { cardHash, readCard, type Card } from '../identity/card.ts'
import { encodeCapabilities, mustFit, MY_CAPABILITIES, readCapabilities } from '../pairing/capabilities.ts'
import { encodeHello, encodeStanding, readWelcome, type Welcome } from '../pairing/proof.ts'
import type { KeygenRequest } from '../policy.ts'
import type { Courier } from './courier.ts'
import type { SessionDeps } from './deps.ts'
import { goesByNames } from './names.ts'
import { placeFacts } from './place-view.ts'
import { standingOf } from './reshare-plan.ts'

/** An inviter that is not connected for so long does not come back; until then its person may just be passing on the link. */
const INVITER_ABSENCE_MS = 120_000

/** What a guest knows before it meets the inviter. */
export interface GuestPass {
  readonly room: SessionId
  readonly place: number
  /** Secrets of which one must be the inviter's: one of a link, or all open invitations of a headless party. */
  readonly secrets: readonly Uint8Array[]
  /** Where a link named the inviter. */
  readonly inviterCardHash?: Uint8Array
  /** Where a party that is known is in the inviter's place: then it may also be its card that seals. */
  readonly known?: Card
  /** Called before anything is answered. @throws {Refused} where the secret was used before */
  used(secret: Uint8Array): Promise<void>
}

export interface Inviter {
  readonly card: Card
  readonly welcome: Welcome
}

export interface GuestOptions {
  readonly pass: GuestPass
  readonly deps: SessionDeps
  readonly courier: Courier
  /** The inviter is gone. */
  gaveUp(error: MpcError): void
}

export class Guest {
  readonly #options: GuestOptions
  #info: SessionInfo | undefined
  #inviter: Inviter | undefined
  #invitedBy: KeygenRequest['invitedBy'] = 'link'
  #cancelAbsence: (() => void) | undefined

  constructor(options: GuestOptions) {
    this.#options = options
    if (options.pass.known !== undefined) options.courier.knows(options.pass.known)
  }

  /** Who proved to be the one that invited; `undefined` before. */
  get inviter(): Inviter | undefined {
    return this.#inviter
  }

  /** How it proved that. */
  get invitedBy(): KeygenRequest['invitedBy'] {
    return this.#invitedBy
  }

  /** A guest depends on the inviter's page until there is a roster. */
  told(info: SessionInfo): void {
    this.#info = info
    if (info.participants.some(({ party_id: party, online }) => party === info.coordinator && online)) this.stop()
    else {
      this.#cancelAbsence ??= this.#options.deps.clock.after(INVITER_ABSENCE_MS, () => {
        this.#options.gaveUp(new TransportError('E_CANCELLED', 'the device that invited is not there any more'))
      })
    }
  }

  /** No longer waits for the inviter. */
  stop(): void {
    this.#cancelAbsence?.()
    this.#cancelAbsence = undefined
  }

  /**
   * The inviter's first word: its card, sealed with the secret.
   * @returns whether that was it
   * @throws {Malformed} E_UNAUTHORIZED where that fails @throws {Refused} E_VERSION, E_IDENTITY
   */
  async greeting(from: PartyId, sealed: Uint8Array): Promise<boolean> {
    if (!this.#awaits(from)) return false
    const { pass, courier } = this.#options
    const { place } = pass
    for (const secret of pass.secrets) {
      const frame = courier.openGreeting(sealed, { place, secret, side: 'inviter' })
      if (frame?.kind !== 'welcome') continue
      return this.#meet(from, frame.body, async (hello) => {
        await pass.used(secret)
        this.#invitedBy = pass.inviterCardHash === undefined ? 'own-invitation' : 'link'
        courier.greet(from, { place, secret, side: 'guest' }, 'hello', hello)
      })
    }
    throw new Malformed('E_UNAUTHORIZED', 'pairing: the inviter does not know the invitation')
  }

  /** As `greeting`, of an inviter that is known: sealed by its card to mine. */
  async welcomed(from: Card, body: Uint8Array): Promise<boolean> {
    if (!this.#awaits(from.partyId) || from.partyId !== this.#options.pass.known?.partyId) return false
    return this.#meet(from.partyId, body, async (hello) => {
      this.#invitedBy = 'known'
      this.#options.courier.post(from, 'hello', hello)
    })
  }

  places(): readonly PlaceView[] {
    const { deps, pass } = this.#options
    const mine = deps.identity.card
    const inviter = this.#inviter?.card ?? pass.known
    return (this.#info?.participants ?? []).map(({ party_id: party, party_index: place, online }): PlaceView => {
      const card = [mine, inviter].find((known) => known?.partyId === party)
      const me = party === mine.partyId
      return {
        place, me, state: party === undefined ? 'empty' : online || me ? 'joined' : 'gone',
        ...(party === undefined ? {} : { partyId: party }), ...(card === undefined ? {} : placeFacts(card, deps)),
      }
    })
  }

  /** What other guests say is nothing to end for; what comes in the coordinator's name is what the link stands for. */
  #awaits(from: PartyId): boolean {
    return this.#inviter === undefined && from === this.#info?.coordinator
  }

  /** Checks that the inviter is the one that was to be expected, and answers it. */
  async #meet(from: PartyId, body: Uint8Array, answer: (hello: Uint8Array) => Promise<void>): Promise<boolean> {
    const { pass, courier, deps } = this.#options
    const { capabilities, rest } = readCapabilities(body)
    const welcome = readWelcome(rest)
    const card = await readCard(welcome.card, deps.ed25519)
    const hash = cardHash(card)
    if (pass.inviterCardHash !== undefined && !equalBytes(hash, pass.inviterCardHash)) {
      throw new Malformed('E_UNAUTHORIZED', 'pairing: this is not the device that made the link')
    }
    if (card.partyId !== from) return false
    if (goesByNames(deps)) deps.known.mustNotPassFor(card)
    courier.knows(card)
    // Also to one of another version: so its screen can say which device does not fit.
    await answer(concat(encodeCapabilities(MY_CAPABILITIES), encodeHello(hash, deps.identity.card.bytes)))
    mustFit(capabilities, card.name)
    if (welcome.purpose.kind === 'reshare') courier.post(card, 'standing', encodeStanding(standingOf(deps.wallets, welcome.purpose.walletId)))
    this.#inviter = { card, welcome }
    return true
  }
}
