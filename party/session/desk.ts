/** All sessions of the unlocked party: makes them, tells them what the introduction server says, answers invitations. */
import { MpcError, Refused } from '@trivet/protocol/core'
import { wipePresignature } from '@trivet/protocol/dkls23'
import type { CreatedSession, PartyId, SessionId, SessionInfo, SessionRequest } from '@trivet/signalling/wire'
import type { RequestSignature } from '../api.ts'
import type { SessionView } from '../views.ts'
import { explain, type Situation } from '../explain.ts'
import { PresignaturePool } from '../presign/pool.ts'
import { Presigner } from '../presign/presigner.ts'
import type { SignallingEvent } from '../transport/types.ts'
import type { OpenVault } from '../vault/index.ts'
import type { Wallet } from '../wallets/wallet.ts'
import { CatchUp } from './catch-up.ts'
import type { SessionDeps } from './deps.ts'
import { EvidenceBook } from './evidence.ts'
import { ExportDesk } from './export-desk.ts'
import { FinishSession } from './finish-session.ts'
import { FirstRefresh } from './first-refresh.ts'
import { Invitations } from './invitations.ts'
import type { LiveSession } from './live-session.ts'
import { Makings } from './makings.ts'
import { memberOf, type SessionMember } from './member.ts'
import { Repairs } from './repairs.ts'
import { isLeftOver, NO_ROOM, PATIENCE_SECONDS, roomFor } from './rooms.ts'
import { SessionBook } from './session-book.ts'
import { makeSignRequest, policyRequest, signersOf } from './sign-request.ts'
import { SignSession } from './sign-session.ts'

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
  readonly exports: ExportDesk
  readonly makings: Makings
  readonly catchUp: CatchUp
  readonly firstRefresh: FirstRefresh
  readonly #presignatures = new PresignaturePool()
  readonly #evidence: EvidenceBook
  readonly #options: DeskOptions
  readonly #me: PartyId
  readonly #book = new SessionBook()
  /** Rooms that this party is making, and does not know by id yet. */
  readonly #creations = new Set<Promise<unknown>>()
  readonly #entering = new Set<SessionId>()
  readonly #stopListening: () => void
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
    this.exports = new ExportDesk({
      deps: this.#deps('export'),
      create: (members, make) => this.#create(this.#room('export', members.length, members), ({ session_id: id }) => make(id)),
    })
    this.makings = new Makings({
      deps: (situation) => this.#deps(situation), invitations: this.invitations,
      create: (request, make) => this.#create(request, make), sessions: () => this.#book.all(),
      put: (session, info) => {
        this.#put(session)
        if (info !== undefined) this.#book.told(info)
      },
      forget: (id) => { this.#book.forget(id) }, come: (joinToken, id) => this.#come(joinToken, id),
    })
    this.#stopListening = options.wallets.onMove((wallet) => { for (const session of this.#book.all()) session.walletMoved?.(wallet) })
    this.catchUp = new CatchUp({
      deps: this.#deps('finish'), isOnline: (party) => options.isOnline(party),
      isMaking: (wallet) => this.makings.isMaking(wallet),
      isFinishing: (matter) => this.#book.all().some((session) => session instanceof FinishSession && !session.isOver && session.isFor(matter)),
      create: (threshold, members, make) => this.#create(this.#room('recover', threshold, members), make),
    })
    this.firstRefresh = new FirstRefresh({
      deps: options, isOnline: (party) => options.isOnline(party), isMaking: (wallet) => this.makings.isMaking(wallet),
      change: (change, ended) => this.makings.changeByItself(change, ended), forget: (id) => { this.#book.forget(id) },
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
    this.#stopListening()
    this.presigner.close()
    this.catchUp.close()
    this.firstRefresh.close()
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
    if (type === 'keygen' || type === 'reshare') return this.makings.called(info, joinToken)
    if (type === 'recover') return this.#calledToFinish(info, joinToken)
    const [wallet] = this.#walletsOf(participants)
    const known = wallet?.members.filter(({ card }) => participants.some(({ party_id: party }) => party === card.partyId))
    if (wallet === undefined || known === undefined) return
    const deps = this.#deps(type === 'sign' ? 'sign' : 'finish')
    if (type === 'sign') this.#put(new SignSession({ id, coordinator, known, expiresAt, deps }))
    else if (type === 'presign') this.#put(this.presigner.join(id, coordinator, known))
    else if (type === 'export') this.#put(this.exports.join(id, coordinator, known, expiresAt))
    else if (known.length === 2) this.#put(this.repairs.join(id, coordinator, known, expiresAt))
    else return
    await this.#come(joinToken, id)
  }

  async #calledToFinish({ session_id: id, participants }: SessionInfo, joinToken: string): Promise<void> {
    const session = this.catchUp.join(id, participants.flatMap(({ party_id: party }) => party ?? []))
    if (session === undefined) return
    this.#put(session)
    await this.#come(joinToken, id)
  }

  /** Wallets of this party in which all participants are members; none if they are strangers. */
  #walletsOf(participants: SessionInfo['participants']): readonly Wallet[] {
    const parties = new Set(participants.map(({ party_id: party }) => party))
    const isMember = (wallet: Wallet, party: PartyId | undefined): boolean => party !== undefined && memberOf(wallet.members, party) !== undefined
    if (parties.size !== participants.length || !parties.has(this.#me)) return []
    return this.#options.wallets.list().filter((wallet) => [...parties].every((party) => isMember(wallet, party)))
  }

  /** What the introduction server says of the room over its socket is newer than this answer. @throws {Refused} E_INTERCEPTED: it is of another room */
  async #come(joinToken: string, id: SessionId): Promise<void> {
    const info = await this.#options.signalling.joinSession(joinToken)
    if (info.session_id !== id) throw new Refused('E_INTERCEPTED', 'the introduction server led to another room than the one that this device is invited to')
    if (!this.#book.isIn(id, this.#me)) this.#book.told(info)
  }

  /** Of these parties, of which this is one. */
  #room(type: 'sign' | 'presign' | 'recover' | 'refresh' | 'export', threshold: number, members: readonly SessionMember[]): SessionRequest {
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
