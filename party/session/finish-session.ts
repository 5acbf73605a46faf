/**
 * Brings an epoch to its end everywhere: everybody stored its shares and voted, but a vote or the certificate did not arrive (`protocol.md` §E.4,
 * "Crash"). Who holds the certificate gives it; who voted repeats the vote; who did neither is told. Everybody who has it in the end says it.
 */
import { hexToBytes } from '@noble/hashes/utils.js'
import { concat, encodeEnvelope, equalBytes, MpcError, Refused, TransportError, u32, type Envelope, type Pid } from '@trivet/protocol/core'
import { CERT, VOTE } from '@trivet/protocol/epoch'
import type { WalletId } from '../api.ts'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { SessionState, SessionView } from '../views.ts'
import { assembleFromVotes, epochOf } from '../wallets/certify.ts'
import type { Wallet } from '../wallets/wallet.ts'
import { Courier, meshEvents } from './courier.ts'
import type { SessionDeps } from './deps.ts'
import { EnvelopeDesk } from './envelopes.ts'
import { CANCEL_GRACE_MS, knownError, type LiveSession } from './live-session.ts'
import { isSameMatter, spokenOf, type Matter } from './matter.ts'
import { memberOf, type SessionMember } from './member.ts'
import { Mesh } from './mesh.ts'
import { placeView } from './place-view.ts'
import { ServerList } from './server-list.ts'
import { signChannelContext } from './sign-request.ts'

const PATIENCE_MS = 60_000
/** Messages of one member that are looked at: a vote and a certificate, and some to spare. */
const MAX_HEARD = 8

export interface FinishSessionOptions {
  readonly id: SessionId
  readonly isCoordinator: boolean
  /** Of exactly these members. Which one it is about only the members tell each other: the first that one of them speaks of. */
  readonly candidates: readonly [Matter, ...Matter[]]
  readonly deps: SessionDeps
}

export class FinishSession implements LiveSession {
  readonly id: SessionId
  /** Where this device has nothing to bring to an end, but only tells or is told. */
  readonly isBackground: boolean
  readonly #deps: SessionDeps
  readonly #candidates: readonly Matter[]
  readonly #isCoordinator: boolean
  readonly #courier: Courier
  readonly #list: ServerList
  readonly #mesh: Mesh
  readonly #votes = new Map<Pid, Envelope>()
  readonly #heard = new Map<PartyId, number>()
  /** Those to whom there is, or was, a channel. */
  readonly #reached = new Set<PartyId>()
  readonly #left = new Set<PartyId>()
  readonly #createdAt: number
  /** With whom it is: of the first candidate, until `#matter` is known. */
  #members: readonly SessionMember[]
  #matter: Matter | undefined
  #desk: EnvelopeDesk | undefined
  #end: { readonly error: MpcError } | { readonly at: number } | undefined
  #tail: Promise<void> = Promise.resolve()
  readonly #cancelPatience: () => void
  #cancelGrace: (() => void) | undefined

  constructor({ id, isCoordinator, candidates, deps }: FinishSessionOptions) {
    this.id = id
    this.#deps = deps
    this.#candidates = candidates
    this.#isCoordinator = isCoordinator
    this.#createdAt = deps.clock.now()
    this.isBackground = candidates.every(({ record, isQuestion }) => record === undefined || isQuestion)
    this.#members = candidates[0].members
    this.#courier = new Courier({ room: id, deps, events: meshEvents(() => this.#mesh) })
    this.#courier.knows(...this.#members.map(({ card }) => card))
    this.#list = new ServerList(deps.signalling, id, deps.identity.card.partyId)
    // In an order that does not depend on share indices, which differ between wallets.
    const parties = this.#members.map(({ card }) => card.partyId).toSorted()
    this.#mesh = new Mesh({
      ...deps, context: signChannelContext(id, parties), parties,
      signal: (to, bytes) => this.#courier.hand(to, 'channel', bytes),
      mail: (to, bytes) => this.#courier.leave(to, 'mail', bytes),
      events: {
        message: (from, bytes) => { this.#received(from, bytes) },
        gone: (party) => { this.#gone(party) },
        changed: () => { deps.changed() },
      },
    })
    if (isCoordinator) this.#choose(candidates[0])
    this.#cancelPatience = deps.clock.after(PATIENCE_MS, () => {
      this.#fail(new TransportError('E_TIMEOUT', 'not everybody is online', { culprits: this.#missing() }))
    })
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  /** Whether it is about this, as far as is known. */
  isFor(matter: Matter): boolean {
    return (this.#matter === undefined ? this.#candidates : [this.#matter]).some((one) => isSameMatter(one, matter))
  }

  /** Another room may have brought the certificate: those who wait here get it as well. */
  walletMoved(wallet: WalletId): void {
    if (this.#matter?.wallet === wallet && this.#matter.record !== undefined && this.#isSettled && !this.isOver) this.#say(this.#matter, [...this.#reached])
  }

  told(info: SessionInfo): void {
    if (this.isOver) return
    this.#courier.told(info)
    for (const { party_id: party, status, online } of info.participants) {
      const member = party === undefined || party === this.#deps.identity.card.partyId ? undefined : memberOf(this.#members, party)
      if (member === undefined || !online || status === 'invited' || this.#reached.has(member.card.partyId)) continue
      this.#reached.add(member.card.partyId)
      this.#mesh.connect(member.card)
      if (this.#matter !== undefined) this.#say(this.#matter, [member.card.partyId])
    }
    // Who began it stops when it has finished; its certificate may still be on its way.
    if (info.status === 'cancelled') this.#cancelGrace ??= this.#deps.clock.after(CANCEL_GRACE_MS, () => { this.#fail(new Refused('E_CANCELLED', 'it was stopped')) })
  }

  signal(from: PartyId, payload: Uint8Array): void {
    this.#courier.receive(from, payload)
  }

  /** Nothing is asked: what is finished here was approved when the wallet was made. */
  approve(): Promise<void> {
    return Promise.resolve()
  }

  async decline(): Promise<void> {
    await this.leave()
  }

  async leave(): Promise<void> {
    this.#fail(new Refused('E_CANCELLED', 'you left'))
    await this.#list.settled
  }

  view(): SessionView {
    const about = { deps: this.#deps, me: this.#me, members: this.#members, mesh: this.#mesh }
    const { wallet: id, name = '', threshold = 0 } = this.#matter ?? {}
    return {
      id: this.id, kind: 'finish', coordinator: this.#isCoordinator, createdAt: this.#createdAt,
      wallet: { ...(id === undefined ? {} : { id }), name, threshold, total: this.#members.length },
      state: this.#state(), places: this.#members.map((member, i) => placeView(member, i + 1, about)), steps: [],
    }
  }

  get #me(): Pid {
    return memberOf(this.#members, this.#deps.identity.card.partyId)?.pid ?? 0
  }

  #state(): SessionState {
    const end = this.#end
    if (end !== undefined && 'error' in end) return { at: 'failed', error: this.#deps.explain(end.error, this.#members) }
    if (end !== undefined) return { at: 'done', ...(this.#matter === undefined ? {} : { wallet: this.#matter.wallet }), finishedAt: end.at }
    return { at: 'running', round: 1, of: 1, waitingFor: this.#missing(), since: this.#createdAt }
  }

  #missing(): readonly Pid[] {
    return this.#members.map(({ pid }) => pid).filter((pid) => pid !== this.#me && !this.#votes.has(pid))
  }

  #choose(matter: Matter): EnvelopeDesk {
    this.#matter = matter
    this.#members = matter.members
    const knows = (suite: number, type: number): boolean => suite === 0 && (type === VOTE || type === CERT)
    this.#desk = new EnvelopeDesk({ ...this.#deps, me: this.#me, members: matter.members, epoch: matter.oldEpoch, knows })
    return this.#desk
  }

  /** What made an epoch after the one in question count, once this device holds it. */
  #certificate({ wallet, oldEpoch }: Matter): Uint8Array | undefined {
    const { wallets } = this.#deps
    return (wallets.standing(wallet)?.counting ?? 0) > oldEpoch ? wallets.certificate(wallet) : undefined
  }

  get #isSettled(): boolean {
    return this.#matter !== undefined && this.#certificate(this.#matter) !== undefined
  }

  /** Gives the certificate if there is one, else my vote: the same bytes as the first time. Who has neither listens. */
  #say(matter: Matter, to: readonly PartyId[]): void {
    this.#enqueue(async () => {
      const mine = await this.#mine(matter)
      if (mine !== undefined && !this.isOver) for (const party of to) this.#mesh.send(party, encodeEnvelope(mine))
    })
  }

  async #mine(matter: Matter): Promise<Envelope | undefined> {
    const desk = this.#desk ?? this.#choose(matter)
    const instance = hexToBytes(matter.wallet)
    const certificate = this.#certificate(matter)
    if (certificate !== undefined) return desk.seal(instance, { suite: 0, type: CERT, to: 0, body: certificate })
    if (matter.record === undefined) return undefined
    const { sid, roster, voteHash } = matter.record.epoch
    const vote = await desk.seal(instance, { suite: 0, type: VOTE, to: 0, body: concat(sid, u32(roster.epoch), voteHash) })
    this.#votes.set(this.#me, vote)
    return vote
  }

  #received(from: PartyId, bytes: Uint8Array): void {
    const heard = (this.#heard.get(from) ?? 0) + 1
    this.#heard.set(from, heard)
    if (heard > MAX_HEARD || this.isOver) return
    this.#enqueue(async () => {
      if (this.#matter === undefined) this.#learn(bytes)
      const [matter, member] = [this.#matter, memberOf(this.#members, from)]
      if (matter === undefined || member === undefined || this.isOver) return
      const envelope = await this.#desk?.open(bytes, member.pid, (instance) => equalBytes(instance, hexToBytes(matter.wallet)))
      if (envelope?.header.type === CERT) await this.#certified(matter, from, envelope.body)
      if (envelope?.header.type === VOTE && matter.record !== undefined) await this.#voted(matter, matter.record, envelope)
    })
  }

  /** Which wallet and which change it is about; I say what I have to say to everybody who is here. */
  #learn(bytes: Uint8Array): void {
    const matter = spokenOf(this.#candidates, bytes)
    if (matter === undefined) return
    this.#choose(matter)
    this.#say(matter, [...this.#reached])
  }

  async #voted(matter: Matter, record: Wallet, vote: Envelope): Promise<void> {
    if (this.#isSettled) return
    const mine = await this.#mine(matter)
    // Another vote can only be a lie: it does not count, and its sender is missed in the end.
    if (mine === undefined || !equalBytes(vote.body, mine.body)) return
    this.#votes.set(vote.header.from, vote)
    this.#deps.changed()
    if (!record.members.every(({ pid }) => this.#votes.has(pid))) return
    await this.#commit(matter, assembleFromVotes(record, record.members.flatMap(({ pid }) => this.#votes.get(pid) ?? [])))
  }

  async #certified(matter: Matter, from: PartyId, certificate: Uint8Array): Promise<void> {
    if (!this.#isSettled) return this.#commit(matter, certificate)
    const { wallets, log } = this.#deps
    const [said, counting] = [epochOf(certificate), wallets.standing(matter.wallet)?.counting ?? 0]
    if (said > counting) return this.#notice(matter, certificate)
    // Who says the change that counts here knows of it: a former member need not be told again.
    if (said < counting) return
    await wallets.told(matter.wallet, from)
    log('a former device knows', { wallet: matter.wallet })
    this.#stop({ at: this.#deps.clock.now() })
  }

  /** Of an epoch that this device can only show (`protocol.md` §E.4 (c)). */
  async #notice(matter: Matter, certificate: Uint8Array): Promise<void> {
    const { wallets, log, clock } = this.#deps
    try {
      if (!await wallets.notice(matter.wallet, certificate)) return
      log('the others have gone on without this device', { wallet: matter.wallet })
      if (matter.record === undefined) this.#stop({ at: clock.now() })
    } catch (error) {
      if (!(error instanceof MpcError)) throw error
    }
  }

  async #commit(matter: Matter, certificate: Uint8Array): Promise<void> {
    const { wallets, log, clock } = this.#deps
    try {
      await wallets.commit(matter.wallet, certificate)
    } catch (error) {
      if (!(error instanceof MpcError) || error.fault === 'vault') throw error
      log('a certificate was ignored', { session: this.id, wallet: matter.wallet, code: error.code }) // `protocol.md` §E.4 (c)
      return this.#notice(matter, certificate)
    }
    const mine = await this.#mine(matter)
    if (mine === undefined || !this.#isSettled) return
    for (const party of this.#reached) this.#mesh.send(party, encodeEnvelope(mine))
    log('wallet finished', { wallet: matter.wallet })
    this.#stop({ at: clock.now() })
  }

  /** Who holds the certificate is done when everybody has taken it and left. */
  #gone(party: PartyId): void {
    // Channels outlive a session by their goodbye, and then the vault may be locked.
    if (this.isOver) return
    this.#left.add(party)
    if (this.#isSettled && this.#left.size === this.#members.length - 1) this.#stop({ at: this.#deps.clock.now() })
  }

  #fail(error: MpcError): void {
    // Who holds the certificate has nothing to lose here: giving it away was all there was to do.
    if (!this.isOver) this.#stop(this.#isSettled ? { at: this.#deps.clock.now() } : { error })
  }

  #stop(end: { readonly error: MpcError } | { readonly at: number }): void {
    if (this.isOver) return
    this.#end = end
    this.#cancelPatience()
    this.#cancelGrace?.()
    this.#courier.close()
    this.#mesh.close()
    if (this.#isCoordinator) this.#list.cancel('stopped')
    this.#deps.changed()
  }

  /** One thing at a time, in the order it came. */
  #enqueue(work: () => Promise<void>): void {
    this.#tail = this.#tail.then(work).catch((error: unknown) => { this.#fail(knownError(error, 'finishing a wallet failed')) })
  }
}
