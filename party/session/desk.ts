/** All sessions of the unlocked party: makes them, tells them what the introduction server says, answers invitations. */
import { equalBytes, InputError, MpcError, Refused } from '@trivet/protocol/core'
import { wipePresignature } from '@trivet/protocol/dkls23'
import type { CreatedSession, PartyId, SessionId, SessionInfo, SessionRequest } from '@trivet/signalling/wire'
import type { CreateWallet, RequestSignature } from '../api.ts'
import type { SessionView } from '../views.ts'
import { explain, type Situation } from '../explain.ts'
import { cardHash } from '../identity/card.ts'
import type { JoinLink } from '../pairing/link.ts'
import { PresignaturePool } from '../presign/pool.ts'
import { Presigner } from '../presign/presigner.ts'
import type { SignallingEvent } from '../transport/types.ts'
import type { OpenVault } from '../vault/index.ts'
import type { Wallet } from '../wallets/wallet.ts'
import { keygenCall } from './calls.ts'
import type { SessionDeps } from './deps.ts'
import type { KeygenRole } from './entrance.ts'
import { EvidenceBook } from './evidence.ts'
import { FinishSession } from './finish-session.ts'
import { Invitations } from './invitations.ts'
import type { GuestPass } from './guest.ts'
import { KeygenSession } from './keygen-session.ts'
import type { LiveSession } from './live-session.ts'
import { memberOf, type SessionMember } from './member.ts'
import { Repairs } from './repairs.ts'
import { expectedAt, isLeftOver, NO_ROOM, openPlace, partyOf, PATIENCE_SECONDS, roomFor } from './rooms.ts'
import { SessionBook } from './session-book.ts'
import { makeSignRequest, policyRequest, signersOf } from './sign-request.ts'
import { SignSession } from './sign-session.ts'
import type { WordsAnswer } from './words-step.ts'

/** Sessions that others began are not joined above this many. */
const MAX_LIVE = 64

export interface DeskOptions extends Omit<SessionDeps, 'explain' | 'presignatures' | 'evidence'> {
  readonly vault: OpenVault
  /** Presignatures wanted for each set of signers; 0: none are made in advance. */
  readonly presignatureTarget: number
  isOnline(party: PartyId): boolean
}

export class Desk {
  readonly invitations: Invitations
  readonly presigner: Presigner
  readonly repairs: Repairs
  readonly #presignatures = new PresignaturePool()
  readonly #evidence: EvidenceBook
  readonly #options: DeskOptions
  readonly #me: PartyId
  readonly #book = new SessionBook()
  /** Rooms that this party is making, and does not know by id yet. */
  readonly #creations = new Set<Promise<unknown>>()
  readonly #entering = new Set<SessionId>()
  #closed = false
  #tail: Promise<void> = Promise.resolve()

  constructor(options: DeskOptions) {
    this.#options = options
    this.#me = options.identity.card.partyId
    this.#evidence = new EvidenceBook({ ...options, failed: (error) => { this.#noted(error) } })
    this.invitations = new Invitations({ ...options, card: options.identity.card })
    this.presigner = new Presigner({
      deps: this.#deps('sign'), target: options.presignatureTarget, isOnline: (party) => options.isOnline(party),
      isBusy: () => this.#book.isBusy,
      create: (members, make) => this.#create(this.#room('presign', members.length, members), ({ session_id: id }) => make(id)),
    })
    this.repairs = new Repairs({
      deps: this.#deps('repair'),
      create: (members, make) => this.#create(this.#room('refresh', members.length, members), ({ session_id: id }) => make(id)),
    })
  }

  views(): readonly SessionView[] {
    return this.#book.views()
  }

  /** @throws {InputError} */
  session(id: SessionId): LiveSession {
    return this.#book.get(id)
  }

  on(event: SignallingEvent): void {
    if (this.#closed) return
    if (event.kind === 'session') this.#inTurn(() => this.#told(event.session, event.joinToken))
    // After what the server said before: who sends the first word in a room must be known to be in it.
    else if (event.kind === 'signal' || event.kind === 'mail') this.#inTurn(() => this.#book.find(event.sessionId)?.signal(event.from, event.payload))
    else if (event.kind === 'presence') this.#book.presence(event.party, event.online)
  }

  /** @throws {InputError} @throws {Refused} E_EXPIRED_LINK @throws {MpcError} as the introduction server answers */
  async createWallet({ name, threshold, places, pageUrl }: CreateWallet): Promise<SessionId> {
    const expected = places.map((place) => expectedAt(place, this.#options))
    const named = [this.#me, ...expected.flatMap((guest) => partyOf(guest) ?? [])]
    if (new Set(named).size < named.length) throw new InputError('places', 'a device can have one place only')
    const total = places.length + 1
    const request = roomFor('keygen', threshold, [this.#me, ...expected.map(partyOf)])
    const { id } = await this.#create(request, ({ session_id: room, join_tokens: tokens, expires_at: expiry }) => {
      const open = expected.map((guest, i) => openPlace(i + 2, guest, tokens, this.#options.rng))
      const lobby = { room, walletName: name, threshold, total, pageUrl, places: open, expiresAt: Date.parse(expiry) }
      return new KeygenSession(room, { kind: 'coordinator', lobby }, this.#deps('keygen'))
    })
    return id
  }

  /** @throws {InputError} a link of this device's own @throws {MpcError} as the introduction server answers */
  async join({ room, place, secret, inviterCardHash, joinToken, expiresAt }: JoinLink): Promise<SessionId> {
    if (equalBytes(cardHash(this.#options.identity.card), inviterCardHash)) {
      throw new InputError('link', 'this device made the link; open it on another device or in another browser')
    }
    // Opening a link twice is no second joining.
    if (this.#book.find(room)?.isOver === false) return room
    const pass: GuestPass = { room, place, secrets: [secret], inviterCardHash, used: async () => undefined }
    await this.#enter(joinToken, room, { kind: 'guest', pass, expiresAt })
    return room
  }

  async startKeygen(id: SessionId): Promise<void> {
    await this.#keygen(id).start()
  }

  /** @returns whether that was right @throws {InputError} */
  async compareWords(id: SessionId, answer: WordsAnswer): Promise<boolean> {
    return this.#keygen(id).compare(answer)
  }

  /** @throws {InputError} of one that is not known */
  async forgetKnown(partyId: PartyId): Promise<void> {
    await this.#options.known.forget(partyId)
    this.#options.changed()
  }

  /** @throws {InputError} @throws {Refused} E_POLICY @throws {MpcError} as the introduction server answers */
  async requestSignature(wallet: Wallet, { intent, signers }: RequestSignature): Promise<SessionId> {
    const { policy, clock } = this.#options
    const deps = this.#deps('sign')
    // Everything that can be wrong is found before anybody hears of it.
    const trial = await makeSignRequest({ wallet, signers, intent, room: NO_ROOM, expiresAt: 0 }, deps)
    const decision = await policy.sign(policyRequest(trial, this.#me))
    if (decision.answer === 'decline') throw new Refused('E_POLICY', `${decision.reason} (rule ${decision.rule})`)
    const known = signersOf(wallet, trial.signers)
    const expiresAt = clock.now() + PATIENCE_SECONDS * 1000
    const session = await this.#create(this.#room('sign', known.length, known), ({ session_id: id }) =>
      new SignSession({ id, coordinator: this.#me, known, expiresAt, deps }))
    const held = this.presigner.takeFor(trial)
    const online = held === undefined ? undefined : { ids: held.map(({ id }) => id), nonce: this.#options.rng(32) }
    try {
      await session.ask(await makeSignRequest({ wallet, signers, intent, room: session.id, expiresAt, online }, deps), held)
    } catch (error) {
      held?.forEach(wipePresignature)
      await session.leave()
      throw error
    }
    return session.id
  }

  async finish(wallet: Wallet): Promise<void> {
    const isRunning = this.#book.all().some((session) =>
      (session instanceof FinishSession && !session.isOver && session.isFor(wallet.id)) || (session instanceof KeygenSession && session.isMaking(wallet.id)))
    if (wallet.certificate !== undefined || isRunning || this.#closed) return
    const request = this.#room('recover', wallet.epoch.roster.threshold, wallet.members)
    await this.#create(request, ({ session_id: id }) => new FinishSession({ id, isCoordinator: true, candidates: [wallet], deps: this.#deps('finish') }))
  }

  /** Leaves a running session, forgets one that is over. */
  async leave(id: SessionId): Promise<void> {
    const session = this.session(id)
    if (!session.isOver) return session.leave()
    this.#book.forget(id)
    this.#options.changed()
  }

  /** Leaves all sessions at once; resolves when the introduction server has heard of it, or cannot. */
  async close(): Promise<void> {
    this.#closed = true
    this.presigner.close()
    await Promise.all(this.#book.all().map((session) => session.leave()))
  }

  async #create<S extends LiveSession>(request: SessionRequest, make: (created: CreatedSession) => S): Promise<S> {
    const work = this.#options.signalling.createSession(request).then((created) => {
      const session = make(created)
      this.#put(session)
      return session
    })
    this.#creations.add(work)
    try {
      return await work
    } finally {
      this.#creations.delete(work)
    }
  }

  #put(session: LiveSession): void {
    this.#book.put(session)
    if (this.#closed) session.leave().catch((error: unknown) => { this.#noted(error) })
    this.#options.changed()
  }

  async #told(info: SessionInfo, joinToken: string | undefined): Promise<void> {
    // The server tells of a new room before it answers who makes it.
    await Promise.allSettled(this.#creations)
    const id = info.session_id
    if (this.#closed || this.#book.told(info) || this.#entering.has(id)) return
    if (joinToken !== undefined) {
      this.#entering.add(id)
      this.#invited(info, joinToken).catch((error: unknown) => { this.#noted(error) }).finally(() => { this.#entering.delete(id) })
    } else if (isLeftOver(info, this.#me)) await this.#options.signalling.cancel(id, 'stopped')
  }

  async #invited(info: SessionInfo, joinToken: string): Promise<void> {
    const { session_id: id, session_type: type, coordinator, participants } = info
    if (this.#book.live >= MAX_LIVE || coordinator === this.#me) return
    const expiresAt = Date.parse(info.expires_at)
    if (type === 'keygen') return this.#calledToKeygen(info, joinToken)
    const [wallet, ...more] = this.#walletsOf(participants)
    const known = wallet?.members.filter(({ card }) => participants.some(({ party_id: party }) => party === card.partyId))
    if (wallet === undefined || known === undefined) return
    const deps = this.#deps(type === 'sign' ? 'sign' : 'finish')
    if (type === 'sign') this.#put(new SignSession({ id, coordinator, known, expiresAt, deps }))
    else if (type === 'presign') this.#put(this.presigner.join(id, coordinator, known))
    else if (type === 'refresh' && known.length === 2) this.#put(this.repairs.join(id, coordinator, known, expiresAt))
    else if (type === 'recover' && wallet.members.length === participants.length) {
      const candidates = [wallet, ...more.filter(({ members }) => members.length === participants.length)] as const
      this.#put(new FinishSession({ id, isCoordinator: false, candidates, deps }))
    } else return
    await this.#come(joinToken, id)
  }

  async #calledToKeygen(info: SessionInfo, joinToken: string): Promise<void> {
    const call = await keygenCall(info, this.#me, this.invitations, this.#options)
    if (call === undefined) return
    if (!call.asksPerson) return this.#enter(joinToken, info.session_id, call.role)
    const come = async (): Promise<void> => this.#come(joinToken, info.session_id)
    this.#put(new KeygenSession(info.session_id, { ...call.role, come }, this.#deps('keygen')))
    this.#book.told(info)
  }

  /** @throws {InputError} */
  #keygen(id: SessionId): KeygenSession {
    const session = this.session(id)
    if (!(session instanceof KeygenSession)) throw new InputError('session', 'it is not for a new wallet')
    return session
  }

  /** Wallets of this party in which all participants are members; none if they are strangers. */
  #walletsOf(participants: SessionInfo['participants']): readonly Wallet[] {
    const parties = new Set(participants.map(({ party_id: party }) => party))
    const isMember = (wallet: Wallet, party: PartyId | undefined): boolean => party !== undefined && memberOf(wallet.members, party) !== undefined
    if (parties.size !== participants.length || !parties.has(this.#me)) return []
    return this.#options.wallets.list().filter((wallet) => [...parties].every((party) => isMember(wallet, party)))
  }

  async #enter(joinToken: string, id: SessionId, role: KeygenRole): Promise<void> {
    const session = new KeygenSession(id, role, this.#deps('keygen'))
    this.#put(session)
    try {
      await this.#come(joinToken, id)
    } catch (error) {
      this.#book.forget(id)
      await session.leave()
      throw error
    }
  }

  /** What the introduction server says of the room over its socket is newer than this answer. @throws {Refused} E_INTERCEPTED: it is of another room */
  async #come(joinToken: string, id: SessionId): Promise<void> {
    const info = await this.#options.signalling.joinSession(joinToken)
    if (info.session_id !== id) throw new Refused('E_INTERCEPTED', 'the introduction server led to another room than the one that this device is invited to')
    if (!this.#book.isIn(id, this.#me)) this.#book.told(info)
  }

  /** Of these parties, of which this is one. */
  #room(type: 'sign' | 'presign' | 'recover' | 'refresh', threshold: number, members: readonly SessionMember[]): SessionRequest {
    const others = members.map(({ card }) => card.partyId).filter((party) => party !== this.#me)
    return roomFor(type, threshold, [this.#me, ...others])
  }

  #deps(situation: Situation): SessionDeps {
    return {
      ...this.#options, presignatures: this.#presignatures, evidence: this.#evidence,
      explain: (error, members, now = situation) => {
        const evidence = this.#evidence.of(error)
        return { ...explain(error, members, now), ...(evidence === undefined ? {} : { evidence }) }
      },
    }
  }

  #inTurn(work: () => Promise<void> | void): void {
    this.#tail = this.#tail.then(work).catch((error: unknown) => { this.#noted(error) })
  }

  #noted(error: unknown): void {
    const known = error instanceof MpcError ? { code: error.code, message: error.message } : { code: 'E_BUG' }
    this.#options.log('a session event could not be handled', known)
  }
}
