/** Making wallets and changing their devices: what is begun here, and what others invite this party to. */
import { equalBytes, InputError } from '@trivet/protocol/core'
import type { CreatedSession, PartyId, SessionId, SessionInfo, SessionRequest } from '@trivet/signalling/wire'
import type { ChangeWallet, CreateWallet, NewPlace, WalletId } from '../api.ts'
import type { Situation } from '../explain.ts'
import { cardHash } from '../identity/card.ts'
import type { Dealt } from '../import/index.ts'
import type { JoinLink } from '../pairing/link.ts'
import { callOf } from './calls.ts'
import type { SessionDeps } from './deps.ts'
import type { MakingRole } from './entrance.ts'
import type { GuestPass } from './guest.ts'
import type { Invitations } from './invitations.ts'
import { ImportPlan } from './import-plan.ts'
import { proposeImport } from './import-proposal.ts'
import { proposeKeygen } from './keygen-proposal.ts'
import type { LiveSession } from './live-session.ts'
import type { OpenPlace } from './lobby.ts'
import { MakingSession } from './making-session.ts'
import { ResharePlan } from './reshare-plan.ts'
import { proposeReshare } from './reshare-proposal.ts'
import { expectedAt, openPlace, partyOf, roomFor, type Expected } from './rooms.ts'
import type { WordsAnswer } from './words-step.ts'

export interface MakingsOptions {
  readonly deps: (situation: Situation) => SessionDeps
  readonly invitations: Invitations
  /** Makes a room and puts the session into it. */
  readonly create: (request: SessionRequest, make: (created: CreatedSession) => MakingSession) => Promise<MakingSession>
  /** All that there are, over or not. */
  readonly sessions: () => readonly LiveSession[]
  /** @param info what the introduction server says of it, where this party has not joined it */
  readonly put: (session: LiveSession, info?: SessionInfo) => void
  readonly forget: (id: SessionId) => void
  /** Joins a room that this party is invited to. */
  readonly come: (joinToken: string, id: SessionId) => Promise<void>
}

/** Nobody waits for what began by itself. */
const PATIENCE_MS = 60_000

export class Makings {
  readonly #options: MakingsOptions
  readonly #deps: SessionDeps
  readonly #me: PartyId

  constructor(options: MakingsOptions) {
    this.#options = options
    this.#deps = options.deps('keygen')
    this.#me = this.#deps.identity.card.partyId
  }

  /**
   * @param dealt where its keys are not made; secret, and wiped when the session ends. Where this throws the caller wipes it
   * @throws {InputError} @throws {Refused} E_EXPIRED_LINK @throws {MpcError} as the introduction server answers
   */
  async createWallet({ name: walletName, threshold, places, pageUrl }: Omit<CreateWallet, 'imported'>, dealt?: Dealt): Promise<SessionId> {
    const expected = this.#expected(places, [this.#me])
    const total = places.length + 1
    const plan = dealt === undefined ? undefined : new ImportPlan(dealt, this.#deps.identity.card)
    const request = roomFor('keygen', threshold, [this.#me, ...expected.map(partyOf)])
    const { id } = await this.#options.create(request, (created) => {
      const { session_id: room } = created
      const expiresAt = Date.parse(created.expires_at)
      return new MakingSession(room, {
        kind: 'coordinator',
        lobby: {
          room, walletName, threshold, total, pageUrl, expiresAt, places: this.#open(expected, 2, created),
          ...(plan === undefined ? { purpose: { kind: 'keygen' } } : { purpose: plan.target, brought: plan }),
        },
        propose: (guests) => {
          const draft = { room, walletName, threshold, expiresAt, cards: guests.map(({ card }) => card) }
          return plan === undefined ? proposeKeygen(draft, this.#deps) : proposeImport(plan, draft, this.#deps)
        },
        ...(plan === undefined ? {} : { ended: () => { plan.end() } }),
      }, this.#deps)
    })
    return id
  }

  /**
   * @throws {InputError} naming what cannot be @throws {Refused} of a wallet that is not this device's to change
   * @throws {MpcError} as the introduction server answers
   */
  async changeWallet(options: ChangeWallet): Promise<SessionId> {
    return this.#change(options)
  }

  /** As `changeWallet`, begun by no person: goes on by itself, or gives up soon. @param ended when it is over, however */
  async changeByItself(options: ChangeWallet, ended: () => void): Promise<SessionId> {
    return this.#change(options, ended)
  }

  async #change(options: ChangeWallet, ended?: () => void): Promise<SessionId> {
    const { threshold, places, pageUrl } = options
    const plan = new ResharePlan(options, this.#deps.identity.card, this.#deps.wallets)
    const { walletName, total, target, called } = plan
    const expected = this.#expected(places, [this.#me, ...plan.former.map(({ card }) => card.partyId)])
    const request = roomFor('reshare', threshold, [this.#me, ...called.map(({ card }) => card.partyId), ...expected.map(partyOf)])
    const { id } = await this.#options.create(request, (created) => {
      const { session_id: room } = created
      const expiresAt = Math.min(Date.parse(created.expires_at), ended === undefined ? Infinity : this.#deps.clock.now() + PATIENCE_MS)
      const members = called.map(({ card }, i): OpenPlace => ({ place: i + 2, known: card, isCalled: true }))
      const open = [...members, ...this.#open(expected, called.length + 2, created)]
      return new MakingSession(room, {
        kind: 'coordinator',
        lobby: { room, walletName, threshold, total, purpose: target, plan, pageUrl, expiresAt, places: open },
        propose: (guests) => proposeReshare(plan, { room, expiresAt, guests }, this.#deps),
        change: (come) => plan.viewOf(come),
        ...(ended === undefined ? {} : { isByItself: true as const, ended }),
      }, this.#deps)
    })
    return id
  }

  /** @throws {InputError} a link of this device's own @throws {MpcError} as the introduction server answers */
  async join({ room, place, secret, inviterCardHash, joinToken, expiresAt }: JoinLink): Promise<SessionId> {
    if (equalBytes(cardHash(this.#deps.identity.card), inviterCardHash)) {
      throw new InputError('link', 'this device made the link; open it on another device or in another browser')
    }
    // Opening a link twice is no second joining.
    if (this.#options.sessions().some(({ id, isOver }) => id === room && !isOver)) return room
    const pass: GuestPass = { room, place, secrets: [secret], inviterCardHash, used: async () => undefined }
    await this.#enter(joinToken, room, { kind: 'guest', pass, expiresAt })
    return room
  }

  /** @throws {InputError} while a place is empty, or where those who are here cannot do it @throws {Refused} E_POLICY */
  async start(id: SessionId): Promise<void> {
    await this.#session(id).start()
  }

  /** @throws {InputError} naming its field; `file` of another wallet */
  giveShare(id: SessionId, file: Uint8Array): void {
    this.#session(id).giveShare(file)
  }

  /** @returns whether that was right @throws {InputError} */
  async compareWords(id: SessionId, answer: WordsAnswer): Promise<boolean> {
    return this.#session(id).compare(answer)
  }

  /** Somebody calls this party by name: to a new wallet, or to change one. It comes by itself, or its person is asked. */
  async called(info: SessionInfo, joinToken: string): Promise<void> {
    const { session_id: id } = info
    const call = await callOf(info, this.#me, this.#options.invitations, this.#deps)
    if (call === undefined) return
    if (!call.asksPerson) return this.#enter(joinToken, id, call.role)
    const session = new MakingSession(id, { ...call.role, come: () => this.#options.come(joinToken, id) }, this.#deps)
    this.#options.put(session, info)
  }

  /** Whether an epoch of this wallet is being made, so that nothing has to be finished yet. */
  isMaking(wallet: WalletId): boolean {
    return this.#options.sessions().some((session) => session instanceof MakingSession && session.isMaking(wallet))
  }

  /** @throws {InputError} */
  #session(id: SessionId): MakingSession {
    const session = this.#options.sessions().find((one) => one.id === id)
    if (session === undefined) throw new InputError('session', 'there is no such session on this device')
    if (!(session instanceof MakingSession)) throw new InputError('session', 'it is not for a new wallet, and changes none')
    return session
  }

  async #enter(joinToken: string, id: SessionId, role: MakingRole): Promise<void> {
    const session = new MakingSession(id, role, this.#deps)
    this.#options.put(session)
    try {
      await this.#options.come(joinToken, id)
    } catch (error) {
      this.#options.forget(id)
      await session.leave()
      throw error
    }
  }

  /** @param taken parties that have a place, or cannot have a new one @throws {InputError} @throws {Refused} */
  #expected(places: readonly NewPlace[], taken: readonly PartyId[]): readonly Expected[] {
    const expected = places.map((place) => expectedAt(place, this.#deps))
    const named = expected.flatMap((guest) => partyOf(guest) ?? [])
    if (new Set(named).size < named.length || named.some((party) => taken.includes(party))) throw new InputError('places', 'a device can have one place only')
    return expected
  }

  /** @param first number of the first of these places */
  #open(expected: readonly Expected[], first: number, { join_tokens: tokens }: CreatedSession): readonly OpenPlace[] {
    return expected.map((guest, i) => openPlace(first + i, guest, tokens, this.#deps.rng))
  }
}
