/**
 * Brings an unfinished wallet to its end: everybody stored its shares and voted, but a vote or the certificate did not arrive
 * everywhere (`protocol.md` §E.4, "Crash"). Who holds the certificate gives it; the others repeat their votes.
 */
import { concat, encodeEnvelope, MpcError, Refused, TransportError, u32, type Envelope, type Pid } from '@trivet/protocol/core'
import { CERT, VOTE } from '@trivet/protocol/epoch'
import { hexToBytes } from '@noble/hashes/utils.js'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { PlaceView, SessionState, SessionView } from '../api.ts'
import { certify, checkCertificate } from '../wallets/certify.ts'
import type { Wallet } from '../wallets/wallets.ts'
import { Courier } from './courier.ts'
import type { SessionDeps } from './deps.ts'
import { EnvelopeDesk } from './envelopes.ts'
import { readSignalFrame, signalFrame } from './frames.ts'
import type { LiveSession } from './live-session.ts'
import { memberOf, type SessionMember } from './member.ts'
import { Mesh } from './mesh.ts'
import { signChannelContext } from './sign-request.ts'

const PATIENCE_MS = 60_000

export class FinishSession implements LiveSession {
  readonly id: SessionId
  readonly #deps: SessionDeps
  readonly #wallet: Wallet
  readonly #coordinator: boolean
  readonly #courier: Courier
  readonly #mesh: Mesh
  readonly #desk: EnvelopeDesk
  readonly #votes = new Map<Pid, Envelope>()
  readonly #createdAt: number
  #end: { readonly error: MpcError } | { readonly at: number } | undefined
  #tail: Promise<void> = Promise.resolve()

  constructor(id: SessionId, coordinator: boolean, wallet: Wallet, deps: SessionDeps) {
    this.id = id
    this.#deps = deps
    this.#wallet = wallet
    this.#coordinator = coordinator
    this.#createdAt = deps.clock.now()
    this.#courier = new Courier(deps.signalling, id)
    this.#desk = new EnvelopeDesk({ ...deps, me: this.#me, members: wallet.members, epoch: 0 })
    this.#mesh = new Mesh({
      ...deps, context: signChannelContext(id, wallet.members.map(({ card }) => card.partyId)),
      signal: (to, bytes) => this.#courier.hand(to, signalFrame('channel', bytes)),
      events: {
        message: (from, bytes) => { this.#received(from, bytes) },
        gone: () => { deps.changed() },
        changed: () => { deps.changed() },
      },
    })
    deps.clock.after(PATIENCE_MS, () => { this.#fail(new TransportError('E_TIMEOUT', 'not everybody is online', { culprits: this.#missing() })) })
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  told(info: SessionInfo): void {
    this.#courier.told(info)
    for (const { party_id: party, status, online } of info.participants) {
      const member = party === undefined ? undefined : memberOf(this.#wallet.members, party)
      if (member === undefined || member.pid === this.#me || !online || status === 'invited' || this.#end !== undefined) continue
      if (this.#mesh.connect(member.card)) this.#greet(member)
    }
    if (info.status === 'cancelled') this.#fail(new Refused('E_CANCELLED', 'it was stopped'))
  }

  signal(from: PartyId, payload: Uint8Array): void {
    const frame = readSignalFrame(payload)
    if (frame?.kind === 'channel') this.#mesh.signal(from, frame.body.slice())
  }

  /** Nothing is asked: what is finished here was approved when the wallet was made. */
  async approve(): Promise<void> {
    await Promise.resolve()
  }

  async decline(): Promise<void> {
    await this.leave()
  }

  async leave(): Promise<void> {
    if (this.#end !== undefined) return
    this.#fail(new Refused('E_CANCELLED', 'you left'))
    await this.#deps.signalling.cancel(this.id, 'cancelled').catch(() => undefined)
  }

  view(): SessionView {
    const { id, name, epoch, members } = this.#wallet
    return {
      id: this.id, kind: 'finish', coordinator: this.#coordinator, createdAt: this.#createdAt,
      wallet: { id, name, threshold: epoch.roster.threshold, total: members.length },
      state: this.#state(), places: members.map((member, i) => this.#place(member, i + 1)), steps: [],
    }
  }

  get #me(): Pid {
    return memberOf(this.#wallet.members, this.#deps.identity.card.partyId)?.pid ?? 0
  }

  #state(): SessionState {
    const end = this.#end
    if (end !== undefined && 'error' in end) return { at: 'failed', error: this.#deps.explain(end.error, this.#wallet.members) }
    if (end !== undefined) return { at: 'done', wallet: this.#wallet.id, finishedAt: end.at }
    return { at: 'running', round: 1, of: 1, waitingFor: this.#missing(), since: this.#createdAt }
  }

  #place({ pid, card }: SessionMember, place: number): PlaceView {
    const { connection, path } = this.#mesh.view(card.partyId)
    const me = pid === this.#me
    return {
      place, index: pid, partyId: card.partyId, name: card.name, role: card.role, me,
      state: me || connection !== 'none' ? 'joined' : 'empty', ...(me ? {} : { connection, ...(path === undefined ? {} : { path }) }),
    }
  }

  #missing(): readonly Pid[] {
    return this.#wallet.members.map(({ pid }) => pid).filter((pid) => pid !== this.#me && !this.#votes.has(pid))
  }

  #greet({ card }: SessionMember): void {
    this.#tail = this.#tail.then(async () => {
      this.#mesh.send(card.partyId, encodeEnvelope(await this.#mine()))
    })
  }

  /** The certificate if there is one, else my vote, the same bytes as the first time. */
  async #mine(): Promise<Envelope> {
    const { id, epoch } = this.#wallet
    const instance = hexToBytes(id)
    const { certificate } = this.#deps.wallets.get(id)
    if (certificate !== undefined) return this.#desk.seal(instance, { suite: 0, type: CERT, to: 0, body: certificate })
    const vote = await this.#desk.seal(instance, { suite: 0, type: VOTE, to: 0, body: concat(epoch.sid, u32(epoch.roster.epoch), epoch.voteHash) })
    this.#votes.set(this.#me, vote)
    return vote
  }

  #received(from: PartyId, bytes: Uint8Array): void {
    const member = memberOf(this.#wallet.members, from)
    if (member === undefined) return
    this.#tail = this.#tail.then(async () => {
      const instance = hexToBytes(this.#wallet.id)
      const envelope = await this.#desk.open(bytes, member.pid, (theirs) => theirs.every((byte, i) => byte === instance[i]))
      if (envelope === undefined || this.#end !== undefined) return
      if (envelope.header.type === CERT) await this.#commit(envelope.body)
      if (envelope.header.type === VOTE) await this.#voted(member.pid, envelope)
    }).catch((error: unknown) => {
      if (!(error instanceof MpcError)) throw error
      this.#fail(error)
    })
  }

  async #voted(from: Pid, vote: Envelope): Promise<void> {
    if (this.#deps.wallets.get(this.#wallet.id).certificate !== undefined) return
    await this.#mine()
    this.#votes.set(from, vote)
    this.#deps.changed()
    if (this.#missing().length > 0) return
    const votes = this.#wallet.members.flatMap(({ pid }) => this.#votes.get(pid) ?? [])
    await this.#commit(await certify(this.#wallet, votes, this.#deps.ed25519))
  }

  async #commit(certificate: Uint8Array): Promise<void> {
    const { wallets, ed25519, clock, log, signalling } = this.#deps
    if (wallets.get(this.#wallet.id).certificate === undefined) {
      await checkCertificate(this.#wallet, certificate, ed25519)
      await wallets.commit(this.#wallet.id, certificate)
      for (const { pid, card } of this.#wallet.members) if (pid !== this.#me) this.#mesh.send(card.partyId, encodeEnvelope(await this.#mine()))
    }
    this.#end = { at: clock.now() }
    log('wallet finished', { wallet: this.#wallet.id })
    this.#mesh.close()
    this.#deps.changed()
    if (this.#coordinator) await signalling.cancel(this.id, 'finished').catch(() => undefined)
  }

  #fail(error: MpcError): void {
    if (this.#end !== undefined) return
    // Who holds the certificate has nothing to lose here: giving it away was all there was to do.
    const ready = this.#deps.wallets.get(this.#wallet.id).certificate !== undefined
    this.#end = ready ? { at: this.#deps.clock.now() } : { error }
    this.#mesh.close()
    this.#deps.changed()
  }
}
