/** The other side of a lobby: who comes with a link, or is called by its own invitation. */
import { equalBytes, Malformed, TransportError, type MpcError } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { PlaceView } from '../api.ts'
import { cardHash, readCard, type Card } from '../identity/card.ts'
import { encodeHello, readWelcome, type Welcome } from '../pairing/proof.ts'
import type { SessionDeps } from './deps.ts'

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
  readonly invitedBy: 'link' | 'own-invitation'
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
  /** Hands my card to the inviter. */
  readonly answer: (to: PartyId, hello: Uint8Array) => void
  /** The inviter is gone. */
  gaveUp(error: MpcError): void
}

export class Guest {
  readonly #options: GuestOptions
  #info: SessionInfo | undefined
  #inviter: Inviter | undefined
  #cancelAbsence: (() => void) | undefined

  constructor(options: GuestOptions) {
    this.#options = options
  }

  /** Who proved to be the one that invited; `undefined` before. */
  get inviter(): Inviter | undefined {
    return this.#inviter
  }

  get invitedBy(): GuestPass['invitedBy'] {
    return this.#options.pass.invitedBy
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
   * The inviter's first word: its card, and the proof that it knows the secret.
   * @throws {Malformed} E_UNAUTHORIZED where that fails
   */
  async welcomed(from: PartyId, body: Uint8Array): Promise<void> {
    // What other guests say is nothing to end for; what comes in the coordinator's name is what the link stands for.
    if (this.#inviter !== undefined || from !== this.#info?.coordinator) return
    const { pass, answer } = this.#options
    const { inviter, secret, hello } = await this.#meet(body)
    if (inviter.card.partyId !== from) return
    await pass.used(secret)
    this.#inviter = inviter
    answer(from, hello)
  }

  places(): readonly PlaceView[] {
    const mine = this.#options.deps.identity.card
    return (this.#info?.participants ?? []).map(({ party_id: party, party_index: place, online }): PlaceView => {
      const card = [mine, this.#inviter?.card].find((known) => known?.partyId === party)
      const me = party === mine.partyId
      return {
        place, me, state: party === undefined ? 'empty' : online || me ? 'joined' : 'gone',
        ...(party === undefined ? {} : { partyId: party }), ...(card === undefined ? {} : { name: card.name, role: card.role }),
      }
    })
  }

  /** Checks that the inviter is the one that the link names and knows the secret. */
  async #meet(body: Uint8Array): Promise<{ readonly inviter: Inviter; readonly secret: Uint8Array; readonly hello: Uint8Array }> {
    const { pass, deps: { identity, ed25519 } } = this.#options
    for (const secret of pass.secrets) {
      const where = { room: pass.room, place: pass.place, secret }
      const welcome = readOrUndefined(() => readWelcome(where, body))
      if (welcome === undefined) continue
      const card = await readCard(welcome.card, ed25519)
      const hash = cardHash(card)
      if (pass.inviterCardHash !== undefined && !equalBytes(hash, pass.inviterCardHash)) {
        throw new Malformed('E_UNAUTHORIZED', 'pairing: this is not the device that made the link')
      }
      return { inviter: { card, welcome }, secret, hello: encodeHello(where, hash, identity.card.bytes) }
    }
    throw new Malformed('E_UNAUTHORIZED', 'pairing: the inviter does not know the invitation')
  }
}

function readOrUndefined<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}
