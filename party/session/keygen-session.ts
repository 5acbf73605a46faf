/** A key generation as the party sees it: lobby or guest, then roster, approval and ceremony. */
import { InputError, Refused, TransportError, type MpcError, type PreparedEpoch } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { SessionState, SessionView } from '../views.ts'
import { atMost } from '../clock.ts'
import type { Card } from '../identity/card.ts'
import type { KeygenRequest } from '../policy.ts'
import { atDeadline } from './deadline.ts'
import type { SessionDeps } from './deps.ts'
import { Entrance, type KeygenRole } from './entrance.ts'
import type { Inviter } from './guest.ts'
import { KEYGEN_STEPS, KeygenMaking } from './keygen-making.ts'
import { keygenRequest, proposeKeygen, readKeygenProposal, type KeygenProposal } from './keygen-proposal.ts'
import { CANCEL_GRACE_MS, DECLINE_GRACE_MS, endedByServer, knownError, tooLate, youDeclined, type LiveSession } from './live-session.ts'
import { goesByNames } from './names.ts'
import { ServerList } from './server-list.ts'
import type { WordsAnswer } from './words-step.ts'

interface Facts {
  readonly walletName: string
  readonly threshold: number
  readonly total: number
  readonly expiresAt: number
}

export class KeygenSession implements LiveSession {
  readonly id: SessionId
  readonly #deps: SessionDeps
  readonly #entrance: Entrance
  readonly #list: ServerList
  readonly #createdAt: number
  #facts: Facts
  /** Until the person has said whether this party comes. */
  #come: (() => Promise<void>) | undefined
  #starting = false
  #making: KeygenMaking | undefined
  #end: { readonly error: MpcError } | { readonly wallet: string; readonly at: number } | undefined
  readonly #cancelExpiry: () => void
  #cancelGrace: (() => void) | undefined

  constructor(id: SessionId, role: KeygenRole, deps: SessionDeps) {
    this.id = id
    this.#deps = deps
    this.#createdAt = deps.clock.now()
    this.#entrance = new Entrance({
      room: id, role, deps,
      events: {
        met: ({ welcome: { walletName, threshold, total } }) => {
          this.#facts = { ...this.#facts, walletName, threshold, total }
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

  /** Whether this wallet is being made here, so that nothing has to be finished yet. */
  isMaking(wallet: string): boolean {
    return !this.isOver && this.#making?.wallet === wallet
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
   * @throws {InputError} while a place is empty @throws {Refused} E_POLICY
   */
  async start(): Promise<void> {
    const { lobby, courier } = this.#entrance
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
      for (const card of cards) courier.post(card, 'invitation', proposal.bytes)
      const { words } = this.#make(proposal, lobby.pinned)
      if (decision.answer === 'approve') words.spare()
      if (words.isOpen) return
    } finally {
      this.#starting = false
    }
    await this.approve()
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
    const { walletName, threshold, total } = this.#facts
    const words = this.#making?.words.words
    const steps = this.#making?.gathering.steps() ?? KEYGEN_STEPS.map((name) => ({ name, state: 'todo' as const, heard: [] }))
    return {
      id: this.id, kind: 'keygen', coordinator: this.#entrance.lobby !== undefined, wallet: { name: walletName, threshold, total },
      state: this.#state(), places: this.#making?.places() ?? this.#entrance.places(), steps, createdAt: this.#createdAt,
      ...(words === undefined ? {} : { words }),
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
    if (this.#come !== undefined) return { at: 'approving', expiresAt: this.#facts.expiresAt, answered: false }
    return this.#making?.state() ?? { at: 'inviting', expiresAt: this.#facts.expiresAt, ready: this.#entrance.lobby?.isFull === true }
  }

  async #invited({ card, welcome: { walletName, threshold, total } }: Inviter, bytes: Uint8Array): Promise<void> {
    const proposal = await readKeygenProposal(bytes, { room: this.id, inviter: card, walletName, threshold, total }, this.#deps)
    if (this.isOver) return
    const invitedBy = this.#entrance.guest?.invitedBy ?? 'link'
    // A known name under another key ends it before anybody approves anything.
    if (goesByNames(this.#deps)) for (const member of proposal.members) this.#deps.known.mustNotPassFor(member.card)
    this.#make(proposal, new Set(), invitedBy === 'own-invitation')
    // Not waited for: somebody's decision must not keep the channels from coming up.
    this.#decide(proposal, invitedBy).catch((error: unknown) => { this.#fail(knownError(error, 'the policy failed')) })
  }

  async #decide(proposal: KeygenProposal, invitedBy: KeygenRequest['invitedBy']): Promise<void> {
    const { policy, log } = this.#deps
    const others = proposal.members.filter(({ pid }) => pid !== proposal.me).map(({ card }) => card)
    const decision = await policy.keygen(this.#request(others, invitedBy))
    if (decision.answer !== 'ask') log('keygen decided', { session: this.id, answer: decision.answer, rule: 'rule' in decision ? decision.rule : undefined })
    if (this.isOver) return
    // Rules have no eyes to compare words with.
    if (decision.answer !== 'ask') this.#making?.words.spare()
    if (decision.answer === 'approve') await this.approve()
    if (decision.answer === 'decline') await this.decline(`${decision.reason} (rule ${decision.rule})`)
  }

  #request(others: readonly Card[], invitedBy: KeygenRequest['invitedBy']): KeygenRequest {
    return keygenRequest(this.#facts, this.#deps.identity.card, others, invitedBy)
  }

  #make(proposal: KeygenProposal, pinned: ReadonlySet<PartyId>, isVouchedFor = false): KeygenMaking {
    this.#cancelExpiry()
    this.#facts = { ...this.#facts, expiresAt: proposal.expiresAt }
    const making = new KeygenMaking({
      room: this.id, proposal, deps: this.#deps, courier: this.#entrance.courier, pinned, isVouchedFor,
      events: { made: (epoch) => { this.#made(epoch) }, failed: (error) => { this.#fail(error) } },
    })
    this.#making = making
    this.#entrance.opened(making.heard)
    this.#deps.changed()
    return making
  }

  #made(epoch: PreparedEpoch): void {
    if (this.isOver) return
    this.#stop({ wallet: epoch.walletId, at: this.#deps.clock.now() })
    this.#deps.log('wallet made', { wallet: epoch.walletId, threshold: epoch.roster.threshold, total: epoch.roster.members.length })
    this.#list.complete(epoch.voteHash)
  }

  #endedByServer(info: SessionInfo): void {
    const error = endedByServer(info, this.#making?.proposal.members ?? [], (party) => this.#entrance.lobby?.nameOf(party))
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
    // Who cannot follow another version stays in its place, where the inviter sees why.
    if (error.code === 'E_DECLINED' || this.#isOutdated(error)) return
    // What was found goes over the channels before the server's bare word does.
    const told = error.code === 'E_WORDS' ? atMost(this.#deps.clock, DECLINE_GRACE_MS, this.#making?.over ?? Promise.resolve()) : undefined
    this.#list.cancel('stopped', told)
  }

  #stop(end: { readonly error: MpcError } | { readonly wallet: string; readonly at: number }): void {
    this.#end = end
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
