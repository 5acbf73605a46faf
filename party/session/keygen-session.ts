/** A key generation as the party sees it: lobby or guest, then roster, approval and ceremony. */
import { InputError, Refused, TransportError, type MpcError, type PreparedEpoch } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { PlaceView, SessionState, SessionView } from '../api.ts'
import { atMost } from '../clock.ts'
import type { Card } from '../identity/card.ts'
import type { KeygenRequest } from '../policy.ts'
import { Courier } from './courier.ts'
import { atDeadline } from './deadline.ts'
import type { SessionDeps } from './deps.ts'
import { readSignalFrame, signalFrame } from './frames.ts'
import { Guest, type GuestPass } from './guest.ts'
import { KEYGEN_STEPS, KeygenMaking } from './keygen-making.ts'
import { keygenRequest, proposeKeygen, readKeygenProposal, type KeygenProposal } from './keygen-proposal.ts'
import { CANCEL_GRACE_MS, DECLINE_GRACE_MS, endedByServer, knownError, tooLate, youDeclined, type LiveSession } from './live-session.ts'
import { Lobby, type LobbyOptions } from './lobby.ts'
import { ServerList } from './server-list.ts'

interface Facts {
  readonly walletName: string
  readonly threshold: number
  readonly total: number
  readonly expiresAt: number
}

export type KeygenRole =
  | { readonly kind: 'coordinator'; readonly lobby: Omit<LobbyOptions, 'deps' | 'courier'> }
  | { readonly kind: 'guest'; readonly pass: GuestPass; readonly expiresAt: number }

export class KeygenSession implements LiveSession {
  readonly id: SessionId
  readonly #deps: SessionDeps
  readonly #courier: Courier
  readonly #list: ServerList
  readonly #lobby: Lobby | undefined
  readonly #guest: Guest | undefined
  readonly #createdAt: number
  #facts: Facts
  #starting = false
  #making: KeygenMaking | undefined
  #end: { readonly error: MpcError } | { readonly wallet: string; readonly at: number } | undefined
  #tail: Promise<void> = Promise.resolve()
  readonly #cancelExpiry: () => void
  #cancelGrace: (() => void) | undefined

  constructor(id: SessionId, role: KeygenRole, deps: SessionDeps) {
    this.id = id
    this.#deps = deps
    this.#createdAt = deps.clock.now()
    this.#courier = new Courier(deps.signalling, id)
    this.#list = new ServerList(deps.signalling, id, deps.identity.card.partyId)
    this.#lobby = role.kind === 'coordinator' ? new Lobby({ ...role.lobby, deps, courier: this.#courier }) : undefined
    this.#guest = role.kind === 'coordinator' ? undefined : new Guest({
      pass: role.pass, deps,
      answer: (to, hello) => { this.#courier.post(to, signalFrame('hello', hello)) },
      gaveUp: (error) => { this.#fail(error) },
    })
    this.#facts = role.kind === 'coordinator' ? role.lobby : { walletName: '', threshold: 0, total: 0, expiresAt: role.expiresAt }
    this.#cancelExpiry = atDeadline(deps.clock, this.#facts.expiresAt, () => {
      if (this.#making === undefined) this.#fail(new TransportError('E_TIMEOUT', 'not everybody came in time'))
    })
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  /** Whether this wallet is being made here, so that nothing has to be finished yet. */
  isMaking(wallet: string): boolean {
    return !this.isOver && this.#making?.wallet === wallet
  }

  told(info: SessionInfo): void {
    this.#list.told(info)
    if (this.isOver) return
    this.#courier.told(info)
    this.#lobby?.told(info)
    if (this.#making === undefined) this.#guest?.told(info)
    this.#endedByServer(info)
    this.#deps.changed()
  }

  signal(from: PartyId, payload: Uint8Array): void {
    const frame = readSignalFrame(payload)
    if (frame?.kind === 'channel') this.#making?.signal(from, frame.body.slice())
    if (frame === undefined || frame.kind === 'channel' || this.isOver) return
    // One at a time: a proof takes a while, and what follows it must find its result.
    this.#tail = this.#tail.then(async () => {
      if (this.isOver) return
      if (frame.kind === 'hello') await this.#lobby?.hello(from, frame.body)
      else if (frame.kind === 'welcome') await this.#welcomed(from, frame.body)
      else await this.#invited(from, frame.body)
    }).catch((error: unknown) => { this.#fail(knownError(error, 'pairing failed')) })
  }

  /** Coordinator: everybody is here; signs the roster and says yes to it. @throws {InputError} while a place is empty @throws {Refused} E_POLICY */
  async start(): Promise<void> {
    const lobby = this.#lobby
    if (lobby === undefined) throw new InputError('session', 'only who invited can start')
    this.#mustBeLive()
    if (this.#making !== undefined || this.#starting) return
    if (!lobby.isFull) throw new InputError('session', 'not all places are filled')
    // Never twice: two invitations of one room would look like two faces.
    this.#starting = true
    try {
      const { walletName, threshold, expiresAt } = this.#facts
      const cards = lobby.cards()
      const decision = await this.#deps.policy.keygen(this.#request(cards, 'self'))
      if (decision.answer === 'decline') throw new Refused('E_POLICY', `${decision.reason} (rule ${decision.rule})`)
      const proposal = await proposeKeygen({ room: this.id, walletName, threshold, expiresAt, cards }, this.#deps)
      this.#mustBeLive()
      for (const card of cards) this.#courier.post(card.partyId, signalFrame('invitation', proposal.bytes))
      this.#make(proposal)
    } finally {
      this.#starting = false
    }
    await this.approve()
  }

  async approve(): Promise<void> {
    this.#mustBeLive()
    if (this.#making === undefined) throw new InputError('session', 'there is nothing to approve yet')
    await this.#making.gathering.approve()
    this.#list.ready()
  }

  async decline(reason: string): Promise<void> {
    this.#mustBeLive()
    const gathering = this.#making?.gathering
    if (gathering?.hasApproved === true) return this.leave()
    await gathering?.decline(reason)
    this.#fail(youDeclined(reason))
    this.#list.cancel('declined', atMost(this.#deps.clock, DECLINE_GRACE_MS, this.#making?.over ?? Promise.resolve()))
  }

  async leave(): Promise<void> {
    this.#fail(new Refused('E_CANCELLED', 'you left'))
    await this.#list.settled
  }

  view(): SessionView {
    const { walletName, threshold, total } = this.#facts
    const steps = this.#making?.gathering.steps() ?? KEYGEN_STEPS.map((name) => ({ name, state: 'todo' as const, heard: [] }))
    return {
      id: this.id, kind: 'keygen', coordinator: this.#lobby !== undefined, wallet: { name: walletName, threshold, total },
      state: this.#state(), places: this.#places(), steps, createdAt: this.#createdAt,
    }
  }

  #mustBeLive(): void {
    if (this.isOver) throw tooLate()
  }

  #state(): SessionState {
    const end = this.#end
    if (end !== undefined && 'error' in end) {
      const situation = this.#making?.isPrepared === true ? 'unfinished' : 'keygen'
      return { at: 'failed', error: this.#deps.explain(end.error, this.#making?.proposal.members ?? [], situation) }
    }
    if (end !== undefined) return { at: 'done', wallet: end.wallet, finishedAt: end.at }
    return this.#making?.gathering.state() ?? { at: 'inviting', expiresAt: this.#facts.expiresAt, ready: this.#lobby?.isFull === true }
  }

  #places(): readonly PlaceView[] {
    const making = this.#making
    if (making !== undefined) return making.proposal.members.map((member, i) => making.gathering.place(member, i + 1))
    return this.#lobby?.places() ?? this.#guest?.places() ?? []
  }

  async #welcomed(from: PartyId, body: Uint8Array): Promise<void> {
    await this.#guest?.welcomed(from, body)
    const inviter = this.#guest?.inviter
    if (inviter === undefined || this.#making !== undefined) return
    const { walletName, threshold, total } = inviter.welcome
    this.#facts = { ...this.#facts, walletName, threshold, total }
    this.#deps.changed()
  }

  async #invited(from: PartyId, bytes: Uint8Array): Promise<void> {
    const [guest, inviter] = [this.#guest, this.#guest?.inviter]
    if (guest === undefined || from !== inviter?.card.partyId || this.#making !== undefined) return
    const { walletName, threshold, total } = inviter.welcome
    const proposal = await readKeygenProposal(bytes, { room: this.id, inviter: inviter.card, walletName, threshold, total }, this.#deps)
    if (this.isOver) return
    this.#make(proposal)
    // Not waited for: somebody's decision must not keep the channels from coming up.
    this.#decide(proposal, guest.invitedBy).catch((error: unknown) => { this.#fail(knownError(error, 'the policy failed')) })
  }

  async #decide(proposal: KeygenProposal, invitedBy: GuestPass['invitedBy']): Promise<void> {
    const { policy, log } = this.#deps
    const others = proposal.members.filter(({ pid }) => pid !== proposal.me).map(({ card }) => card)
    const decision = await policy.keygen(this.#request(others, invitedBy))
    if (decision.answer !== 'ask') log('keygen decided', { session: this.id, answer: decision.answer, rule: 'rule' in decision ? decision.rule : undefined })
    if (this.isOver) return
    if (decision.answer === 'approve') await this.approve()
    if (decision.answer === 'decline') await this.decline(`${decision.reason} (rule ${decision.rule})`)
  }

  #request(others: readonly Card[], invitedBy: KeygenRequest['invitedBy']): KeygenRequest {
    return keygenRequest(this.#facts, this.#deps.identity.card, others, invitedBy)
  }

  #make(proposal: KeygenProposal): void {
    this.#cancelExpiry()
    this.#guest?.stop()
    this.#facts = { ...this.#facts, expiresAt: proposal.expiresAt }
    this.#making = new KeygenMaking({
      room: this.id, proposal, deps: this.#deps,
      signal: (to, bytes) => this.#courier.hand(to, signalFrame('channel', bytes)),
      events: { made: (epoch) => { this.#made(epoch) }, failed: (error) => { this.#fail(error) } },
    })
    this.#deps.changed()
  }

  #made(epoch: PreparedEpoch): void {
    if (this.isOver) return
    this.#stop({ wallet: epoch.walletId, at: this.#deps.clock.now() })
    this.#deps.log('wallet made', { wallet: epoch.walletId, threshold: epoch.roster.threshold, total: epoch.roster.members.length })
    this.#list.complete(epoch.voteHash)
  }

  #endedByServer(info: SessionInfo): void {
    const error = endedByServer(info, this.#making?.proposal.members ?? [])
    if (error === undefined) return
    if (this.#making === undefined) this.#fail(error)
    else {
      this.#cancelGrace ??= this.#deps.clock.after(CANCEL_GRACE_MS, () => {
        if (this.#making?.gathering.state().at === 'approving') this.#fail(error)
      })
    }
  }

  #fail(error: MpcError): void {
    if (this.isOver) return
    this.#stop({ error })
    this.#deps.log('keygen failed', { session: this.id, code: error.code, culprits: error.culprits.join(' ') })
    this.#making?.gathering.fail(error)
    if (error.code !== 'E_DECLINED') this.#list.cancel('stopped')
  }

  #stop(end: { readonly error: MpcError } | { readonly wallet: string; readonly at: number }): void {
    this.#end = end
    this.#cancelExpiry()
    this.#guest?.stop()
    this.#cancelGrace?.()
    if (this.#making === undefined || 'error' in end) this.#courier.close()
    this.#deps.changed()
  }
}
