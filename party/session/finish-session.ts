/**
 * Brings an unfinished wallet to its end: everybody stored its shares and voted, but a vote or the certificate did not arrive
 * everywhere (`protocol.md` §E.4, "Crash"). Who holds the certificate gives it; the others repeat their votes.
 */
import { hexToBytes } from '@noble/hashes/utils.js'
import { concat, decodeEnvelope, encodeEnvelope, equalBytes, Malformed, MpcError, Refused, TransportError, u32, type Envelope, type Pid } from '@trivet/protocol/core'
import { CERT, VOTE } from '@trivet/protocol/epoch'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { SessionState, SessionView } from '../views.ts'
import { assembleFromVotes } from '../wallets/certify.ts'
import type { Wallet } from '../wallets/wallet.ts'
import { Courier, meshEvents } from './courier.ts'
import type { SessionDeps } from './deps.ts'
import { EnvelopeDesk } from './envelopes.ts'
import { CANCEL_GRACE_MS, knownError, type LiveSession } from './live-session.ts'
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
  readonly candidates: readonly [Wallet, ...Wallet[]]
  readonly deps: SessionDeps
}

export class FinishSession implements LiveSession {
  readonly id: SessionId
  readonly #deps: SessionDeps
  readonly #candidates: readonly Wallet[]
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
  /** With whom it is: of the first candidate, until `#wallet` is known. */
  #members: readonly SessionMember[]
  #wallet: Wallet | undefined
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
    this.#members = candidates[0].members
    this.#courier = new Courier({ room: id, deps, events: meshEvents(() => this.#mesh) })
    this.#courier.knows(...this.#members.map(({ card }) => card))
    this.#list = new ServerList(deps.signalling, id, deps.identity.card.partyId)
    const parties = this.#members.map(({ card }) => card.partyId)
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

  /** Whether it is about this wallet, as far as is known. */
  isFor(wallet: string): boolean {
    return this.#wallet === undefined ? this.#candidates.some(({ id }) => id === wallet) : this.#wallet.id === wallet
  }

  told(info: SessionInfo): void {
    if (this.isOver) return
    this.#courier.told(info)
    for (const { party_id: party, status, online } of info.participants) {
      const member = party === undefined || party === this.#deps.identity.card.partyId ? undefined : memberOf(this.#members, party)
      if (member === undefined || !online || status === 'invited' || this.#reached.has(member.card.partyId)) continue
      this.#reached.add(member.card.partyId)
      this.#mesh.connect(member.card)
      if (this.#wallet !== undefined) this.#say(this.#wallet, [member.card.partyId])
    }
    // Who began it stops when it has finished; its certificate may still be on its way.
    if (info.status === 'cancelled') this.#cancelGrace ??= this.#deps.clock.after(CANCEL_GRACE_MS, () => { this.#fail(new Refused('E_CANCELLED', 'it was stopped')) })
  }

  signal(from: PartyId, payload: Uint8Array): void {
    this.#courier.receive(from, payload)
  }

  /** Nothing is asked: what is finished here was approved when the wallet was made. */
  async approve(): Promise<void> {
    await Promise.resolve()
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
    const { id, name = '', epoch } = this.#wallet ?? {}
    return {
      id: this.id, kind: 'finish', coordinator: this.#isCoordinator, createdAt: this.#createdAt,
      wallet: { ...(id === undefined ? {} : { id }), name, threshold: epoch?.roster.threshold ?? 0, total: this.#members.length },
      state: this.#state(), places: this.#members.map((member, i) => placeView(member, i + 1, about)), steps: [],
    }
  }

  get #me(): Pid {
    return memberOf(this.#members, this.#deps.identity.card.partyId)?.pid ?? 0
  }

  #state(): SessionState {
    const end = this.#end
    if (end !== undefined && 'error' in end) return { at: 'failed', error: this.#deps.explain(end.error, this.#members) }
    if (end !== undefined) return { at: 'done', ...(this.#wallet === undefined ? {} : { wallet: this.#wallet.id }), finishedAt: end.at }
    return { at: 'running', round: 1, of: 1, waitingFor: this.#missing(), since: this.#createdAt }
  }

  #missing(): readonly Pid[] {
    return this.#members.map(({ pid }) => pid).filter((pid) => pid !== this.#me && !this.#votes.has(pid))
  }

  #choose(wallet: Wallet): EnvelopeDesk {
    this.#wallet = wallet
    this.#members = wallet.members
    const isSpoken = (suite: number, type: number): boolean => suite === 0 && (type === VOTE || type === CERT)
    this.#desk = new EnvelopeDesk({ ...this.#deps, me: this.#me, members: wallet.members, epoch: 0, knows: isSpoken })
    return this.#desk
  }

  /** Gives the certificate if there is one, else my vote: the same bytes as the first time. */
  #say(wallet: Wallet, to: readonly PartyId[]): void {
    this.#enqueue(async () => {
      const bytes = encodeEnvelope(await this.#mine(wallet))
      for (const party of to) this.#mesh.send(party, bytes)
    })
  }

  async #mine({ id, epoch }: Wallet): Promise<Envelope> {
    const desk = this.#desk ?? this.#choose(this.#deps.wallets.get(id))
    const { certificate } = this.#deps.wallets.get(id)
    const body = certificate ?? concat(epoch.sid, u32(epoch.roster.epoch), epoch.voteHash)
    const envelope = await desk.seal(hexToBytes(id), { suite: 0, type: certificate === undefined ? VOTE : CERT, to: 0, body })
    if (certificate === undefined) this.#votes.set(this.#me, envelope)
    return envelope
  }

  #received(from: PartyId, bytes: Uint8Array): void {
    const heard = (this.#heard.get(from) ?? 0) + 1
    this.#heard.set(from, heard)
    if (heard > MAX_HEARD || this.isOver) return
    this.#enqueue(async () => {
      if (this.#wallet === undefined) this.#learn(bytes)
      const [wallet, member] = [this.#wallet, memberOf(this.#members, from)]
      if (wallet === undefined || member === undefined || this.isOver) return
      const envelope = await this.#desk?.open(bytes, member.pid, (instance) => equalBytes(instance, hexToBytes(wallet.id)))
      if (envelope?.header.type === CERT) await this.#commit(wallet, envelope.body)
      if (envelope?.header.type === VOTE) await this.#voted(wallet, member.pid, envelope)
    })
  }

  /** Which wallet it is about; I say what I have to say to everybody who is here. */
  #learn(bytes: Uint8Array): void {
    const instance = instanceOf(bytes)
    const wallet = this.#candidates.find(({ id }) => instance !== undefined && equalBytes(instance, hexToBytes(id)))
    if (wallet === undefined) return
    this.#choose(wallet)
    this.#say(wallet, [...this.#reached])
  }

  async #voted(wallet: Wallet, from: Pid, vote: Envelope): Promise<void> {
    if (this.#deps.wallets.get(wallet.id).certificate !== undefined) return
    const mine = await this.#mine(wallet)
    // Another vote can only be a lie: it does not count, and its sender is missed in the end.
    if (!equalBytes(vote.body, mine.body)) return
    this.#votes.set(from, vote)
    this.#deps.changed()
    if (this.#missing().length > 0) return
    await this.#commit(wallet, assembleFromVotes(wallet, wallet.members.flatMap(({ pid }) => this.#votes.get(pid) ?? [])))
  }

  async #commit({ id }: Wallet, certificate: Uint8Array): Promise<void> {
    const { wallets, log } = this.#deps
    if (wallets.get(id).certificate === undefined) {
      try {
        await wallets.commit(id, certificate)
      } catch (error) {
        if (!(error instanceof MpcError) || error.fault === 'vault') throw error
        log('a certificate was ignored', { session: this.id, wallet: id, code: error.code }) // `protocol.md` §E.4 (c)
        return
      }
      const bytes = encodeEnvelope(await this.#mine(wallets.get(id)))
      for (const party of this.#reached) this.#mesh.send(party, bytes)
      log('wallet finished', { wallet: id })
    }
    this.#stop({ at: this.#deps.clock.now() })
  }

  /** Who holds the certificate is done when everybody has taken it and left. */
  #gone(party: PartyId): void {
    // Channels outlive a session by their goodbye, and then the vault may be locked.
    if (this.isOver) return
    this.#left.add(party)
    const isReady = this.#wallet !== undefined && this.#deps.wallets.get(this.#wallet.id).certificate !== undefined
    if (isReady && this.#left.size === this.#members.length - 1) this.#stop({ at: this.#deps.clock.now() })
  }

  #fail(error: MpcError): void {
    if (this.isOver) return
    // Who holds the certificate has nothing to lose here: giving it away was all there was to do.
    const isReady = this.#wallet !== undefined && this.#deps.wallets.get(this.#wallet.id).certificate !== undefined
    this.#stop(isReady ? { at: this.#deps.clock.now() } : { error })
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

function instanceOf(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return decodeEnvelope(bytes).header.instance
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}
