/** A making as the party sees it: lobby or guest, then roster, approval and ceremony. */
import { InputError, Refused, TransportError, type MpcError } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { ChangeView, SessionState, SessionView } from '../views.ts'
import { atMost } from '../clock.ts'
import type { Purpose } from '../pairing/proof.ts'
import type { Decision, KeygenRequest } from '../policy.ts'
import { atDeadline } from './deadline.ts'
import type { SessionDeps } from './deps.ts'
import { Entrance, type MakingRole } from './entrance.ts'
import { GivenFile } from './given-file.ts'
import type { Inviter } from './guest.ts'
import { CANCEL_GRACE_MS, DECLINE_GRACE_MS, endedByServer, knownError, tooLate, youDeclined, type LiveSession } from './live-session.ts'
import { Making } from './making.ts'
import { goesByNames } from './names.ts'
import { readProposal, situationOf } from './making-kinds.ts'
import { MAKING_STEPS, type Proposal } from './proposal.ts'
import { ServerList } from './server-list.ts'
import type { WordsAnswer } from './words-step.ts'

interface Facts {
  readonly walletName: string
  readonly threshold: number
  readonly total: number
  readonly expiresAt: number
  /** Of a guest, once it has met its inviter. */
  readonly purpose?: Purpose
}

export class MakingSession implements LiveSession {
  readonly id: SessionId
  readonly #deps: SessionDeps
  readonly #entrance: Entrance
  readonly #list: ServerList
  readonly #role: MakingRole
  readonly #createdAt: number
  #facts: Facts
  /** Until the person has said whether this party comes. */
  #come: (() => Promise<void>) | undefined
  #starting = false
  readonly #file = new GivenFile()
  #making: Making | undefined
  #end: { readonly error: MpcError } | { readonly wallet: string; readonly at: number } | undefined
  readonly #cancelExpiry: () => void
  #cancelGrace: (() => void) | undefined

  constructor(id: SessionId, role: MakingRole, deps: SessionDeps) {
    this.id = id
    this.#deps = deps
    this.#role = role
    this.#createdAt = deps.clock.now()
    this.#entrance = new Entrance({
      room: id, role,
      deps: {
        ...deps,
        changed: () => {
          deps.changed()
          this.#goOn()
        },
      },
      events: {
        met: ({ welcome: { walletName, threshold, total, purpose } }) => {
          this.#facts = { ...this.#facts, walletName, threshold, total, purpose }
          deps.changed()
        },
        invited: (inviter, bytes) => this.#invited(inviter, bytes),
        failed: (error) => { this.#fail(error) },
      },
    })
    this.#list = new ServerList(deps.signalling, id, deps.identity.card.partyId)
    this.#come = role.kind === 'guest' ? role.come : undefined
    this.#facts = role.kind === 'coordinator' ? role.lobby : { walletName: '', threshold: 0, total: 0, expiresAt: role.expiresAt }
    this.#cancelExpiry = atDeadline(deps.clock, this.#facts.expiresAt, () => {
      if (this.#making === undefined) this.#fail(new TransportError('E_TIMEOUT', 'not everybody came in time'))
    })
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  /** Whether an epoch of this wallet is being made here, so that nothing has to be finished yet. */
  isMaking(wallet: string): boolean {
    return !this.isOver && this.#making?.proposal.walletId === wallet
  }

  told(info: SessionInfo): void {
    this.#list.told(info)
    if (this.isOver) return
    this.#entrance.told(info)
    this.#endedByServer(info)
    this.#deps.changed()
  }

  signal(from: PartyId, payload: Uint8Array): void {
    this.#entrance.courier.receive(from, payload)
  }

  /**
   * Coordinator: everybody is here; signs the roster, and says yes to it where nobody has to compare words first.
   * @throws {InputError} while a place is empty, or where those who are here cannot do it @throws {Refused} E_POLICY
   */
  async start(): Promise<void> {
    const { lobby, courier } = this.#entrance
    if (lobby === undefined || this.#role.kind !== 'coordinator') throw new InputError('session', 'only who invited can start')
    this.#mustBeLive()
    if (this.#making !== undefined || this.#starting) return
    if (!lobby.isFull) throw new InputError('session', 'not all places are filled')
    // Never twice: two invitations of one room would look like two faces.
    this.#starting = true
    try {
      const guests = lobby.guests()
      const proposal = await this.#role.propose(guests)
      const decision = await proposal.decide(this.#deps.policy, 'self')
      if (decision.answer === 'decline') throw new Refused('E_POLICY', `${decision.reason} (rule ${decision.rule})`)
      this.#mustBeLive()
      for (const { card } of guests) courier.post(card, 'invitation', proposal.bytes)
      const { words } = this.#make(proposal, lobby.pinned)
      if (decision.answer === 'approve') words.spare()
      if (words.isOpen) return
    } finally {
      this.#starting = false
    }
    await this.approve()
  }

  /** Guest of a wallet that is brought from files: gives this device's. @param file left as it is @throws {InputError} as `GivenFile` */
  giveShare(file: Uint8Array): void {
    this.#mustBeLive()
    const { guest, courier } = this.#entrance
    if (this.#making !== undefined || guest?.inviter === undefined) throw new InputError('session', 'no file is asked for')
    courier.post(guest.inviter.card, 'file', this.#file.give(this.#facts.purpose, file))
    this.#deps.changed()
  }

  /** The roster; before there is one, coming to a lobby by name. */
  async approve(): Promise<void> {
    this.#mustBeLive()
    const come = this.#come
    if (come !== undefined) {
      this.#come = undefined
      await come()
      return
    }
    if (this.#making === undefined) throw new InputError('session', 'there is nothing to approve yet')
    await this.#making.approve()
    this.#list.ready()
  }

  /** What the person says of the words. @returns whether that was right @throws {InputError} */
  async compare(answer: WordsAnswer): Promise<boolean> {
    this.#mustBeLive()
    if (this.#making === undefined) throw new InputError('session', 'there are no words to compare')
    const isRight = await this.#making.compare(answer)
    if (isRight && this.#entrance.lobby !== undefined) await this.approve()
    return isRight
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
    const { walletName, threshold, total, purpose } = this.#facts
    const [words, change, imported] = [this.#making?.words.words, this.#change(), this.#file.view(purpose, this.#role.kind === 'coordinator')]
    const steps = this.#making?.gathering.steps() ?? MAKING_STEPS.map((name) => ({ name, state: 'todo' as const, heard: [] }))
    return {
      id: this.id, kind: this.#kind, coordinator: this.#entrance.lobby !== undefined,
      wallet: { ...(purpose?.kind === 'reshare' ? { id: purpose.walletId } : {}), name: walletName, threshold, total },
      state: this.#state(), places: this.#making?.places() ?? this.#entrance.places(), steps, createdAt: this.#createdAt,
      ...(words === undefined ? {} : { words }), ...(change === undefined ? {} : { change }),
      ...(imported === undefined ? {} : { imported }),
    }
  }

  /** A guest learns it from its inviter. */
  get #kind(): Purpose['kind'] {
    return this.#facts.purpose?.kind ?? 'keygen'
  }

  #change(): ChangeView | undefined {
    const { lobby } = this.#entrance
    if (this.#making !== undefined) return this.#making.proposal.change
    return this.#role.kind === 'coordinator' && lobby !== undefined ? this.#role.change?.(lobby.come()) : undefined
  }

  /** Begins by itself, where nobody is to press anything. */
  #goOn(): void {
    const { lobby } = this.#entrance
    if (this.#role.kind !== 'coordinator' || this.#role.isByItself !== true || lobby === undefined || this.isOver || this.#making !== undefined) return
    const unfit = lobby.places().find(({ reason }) => reason !== undefined)?.reason
    if (unfit !== undefined) this.#fail(new Refused('E_CONFIG', unfit))
    else if (lobby.isFull) this.start().catch((error: unknown) => { this.#fail(knownError(error, 'it could not begin')) })
  }

  #mustBeLive(): void {
    if (this.isOver) throw tooLate()
  }

  #state(): SessionState {
    const end = this.#end
    if (end !== undefined && 'error' in end) {
      const situation = situationOf(this.#kind, this.#making?.isPrepared === true)
      return { at: 'failed', error: this.#deps.explain(end.error, this.#making?.proposal.participants ?? [], situation) }
    }
    if (end !== undefined) return { at: 'done', wallet: end.wallet, finishedAt: end.at }
    if (this.#come !== undefined) return { at: 'approving', expiresAt: this.#facts.expiresAt, answered: false }
    return this.#making?.state() ?? { at: 'inviting', expiresAt: this.#facts.expiresAt, ready: this.#entrance.lobby?.isFull === true }
  }

  async #invited({ card: inviter, welcome }: Inviter, bytes: Uint8Array): Promise<void> {
    const proposal = await readProposal(bytes, { room: this.id, inviter, welcome }, this.#file.dealt, this.#deps)
    if (this.isOver) return
    const invitedBy = this.#entrance.guest?.invitedBy ?? 'link'
    // A known name under another key ends it before anybody approves anything.
    if (goesByNames(this.#deps)) for (const device of proposal.devices) this.#deps.known.mustNotPassFor(device.card)
    this.#make(proposal, new Set(), invitedBy === 'own-invitation')
    // Not waited for: somebody's decision must not keep the channels from coming up.
    this.#decide(proposal, invitedBy).catch((error: unknown) => { this.#fail(knownError(error, 'the policy failed')) })
  }

  async #decide(proposal: Proposal, invitedBy: KeygenRequest['invitedBy']): Promise<void> {
    const { policy, log } = this.#deps
    const decision: Decision = await proposal.decide(policy, invitedBy)
    if (decision.answer !== 'ask') log('making decided', { session: this.id, kind: proposal.kind, answer: decision.answer, rule: 'rule' in decision ? decision.rule : undefined })
    if (this.isOver) return
    // Rules have no eyes to compare words with.
    if (decision.answer !== 'ask') this.#making?.words.spare()
    if (decision.answer === 'approve') await this.approve()
    if (decision.answer === 'decline') await this.decline(`${decision.reason} (rule ${decision.rule})`)
  }

  #make(proposal: Proposal, pinned: ReadonlySet<PartyId>, isVouchedFor = false): Making {
    this.#cancelExpiry()
    this.#facts = { ...this.#facts, expiresAt: proposal.expiresAt }
    const making = new Making({
      room: this.id, proposal, deps: this.#deps, courier: this.#entrance.courier, pinned, isVouchedFor,
      events: { made: (voteHash) => { this.#made(proposal, voteHash) }, failed: (error) => { this.#fail(error) } },
    })
    this.#making = making
    this.#entrance.opened(making.heard)
    this.#deps.changed()
    return making
  }

  #made({ kind, walletId, roster }: Proposal, voteHash: Uint8Array): void {
    if (this.isOver) return
    this.#stop({ wallet: walletId, at: this.#deps.clock.now() })
    this.#deps.log('wallet made', { kind, wallet: walletId, epoch: roster.epoch, threshold: roster.threshold, total: roster.members.length })
    this.#list.complete(voteHash)
  }

  #endedByServer(info: SessionInfo): void {
    const error = endedByServer(info, this.#making?.proposal.devices ?? [], (party) => this.#entrance.lobby?.nameOf(party))
    if (error === undefined) return
    if (this.#making === undefined) return this.#fail(error)
    this.#cancelGrace ??= this.#deps.clock.after(CANCEL_GRACE_MS, () => {
      if (this.#making?.gathering.state().at === 'approving') this.#fail(error)
    })
  }

  #fail(error: MpcError): void {
    if (this.isOver) return
    this.#stop({ error })
    this.#deps.log('making failed', { session: this.id, code: error.code, culprits: error.culprits.join(' ') })
    this.#making?.gathering.fail(error)
    // Who cannot follow another version stays in its place, where the inviter sees why.
    if (error.code === 'E_DECLINED' || this.#isOutdated(error)) return
    // What was found goes over the channels before the server's bare word does.
    const told = error.code === 'E_WORDS' ? atMost(this.#deps.clock, DECLINE_GRACE_MS, this.#making?.over ?? Promise.resolve()) : undefined
    this.#list.cancel('stopped', told)
  }

  #stop(end: { readonly error: MpcError } | { readonly wallet: string; readonly at: number }): void {
    this.#end = end
    this.#file.forget()
    if (this.#role.kind === 'coordinator') this.#role.ended?.()
    this.#cancelExpiry()
    this.#cancelGrace?.()
    // Channels that say goodbye may still need the introduction server.
    this.#entrance.close('wallet' in end || this.#isOutdated(end.error))
    this.#deps.changed()
  }

  #isOutdated({ code }: MpcError): boolean {
    return code === 'E_VERSION' && this.#entrance.guest !== undefined && this.#making === undefined
  }
}
