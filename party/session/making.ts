/** From a checked proposal to a wallet: words, approvals, ceremony, shares in the vault, certificate. */
import { Bug, InputError, MpcError, type Envelope, type LastingChange, type Pid } from '@trivet/protocol/core'
import { VOTE } from '@trivet/protocol/epoch'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import type { KnownView, PlaceView, SessionState } from '../views.ts'
import type { Card } from '../identity/card.ts'
import { draftHash } from '../pairing/words.ts'
import { assembleFromVotes } from '../wallets/certify.ts'
import { meshEvents, type Courier, type CourierOptions } from './courier.ts'
import type { SessionDeps } from './deps.ts'
import { CHANNEL } from './frames.ts'
import { Gathering } from './gathering.ts'
import { knownError } from './live-session.ts'
import { memberOf, type SessionMember } from './member.ts'
import { Mesh } from './mesh.ts'
import { placeFacts } from './place-view.ts'
import { makingChannelContext, MAKING_STEPS, type Made, type Proposal } from './proposal.ts'
import { WordsExchange } from './words-exchange.ts'
import { WordsStep, type WordsAnswer } from './words-step.ts'

export interface MakingOptions {
  readonly room: SessionId
  readonly proposal: Proposal
  readonly deps: SessionDeps
  readonly courier: Courier
  /** Whose invitations were used here: no words are needed to know that it is them. */
  readonly pinned: ReadonlySet<PartyId>
  /** Whether the inviter proved to hold an invitation of this party's own, and so vouches for the roster. */
  readonly isVouchedFor: boolean
  readonly events: {
    /** Everybody voted, and the certificate is stored. */
    made(voteHash: Uint8Array): void
    failed(error: MpcError): void
  }
}

export class Making {
  readonly proposal: Proposal
  readonly gathering: Gathering<Made>
  readonly words: WordsStep
  readonly #options: MakingOptions
  readonly #mesh: Mesh
  readonly #exchange: WordsExchange
  #isPrepared = false

  constructor(options: MakingOptions) {
    const { room, proposal, deps, courier, events } = options
    const { devices, participants, me, envelope, expiresAt } = proposal
    this.#options = options
    this.proposal = proposal
    courier.knows(...devices.map(({ card }) => card))
    this.#mesh = new Mesh({
      ...deps, context: makingChannelContext(room), parties: devices.map(({ card }) => card.partyId),
      signal: (to, bytes) => courier.hand(to, 'channel', bytes),
      mail: (to, bytes) => courier.leave(to, 'mail', bytes),
      events: {
        message: (from, bytes) => { this.gathering.received(from, bytes) },
        told: (from, kind, bytes) => { if (kind === CHANNEL.words) this.#heardWords(from, bytes) },
        gone: (party, error) => { this.gathering.gone(party, error) },
        changed: () => {
          this.gathering.meshChanged()
          deps.changed()
        },
      },
    })
    this.gathering = new Gathering<Made>({
      deps, me, members: devices, participants, epoch: proposal.headerEpoch, invitation: envelope, expiresAt, mesh: this.#mesh,
      persist: (change) => this.#persist(change),
      events: {
        changed: () => { deps.changed() },
        ended: (outcome) => {
          stopPreparing()
          if ('error' in outcome) events.failed(outcome.error)
          else this.#finish(outcome.results)
        },
      },
    })
    this.words = new WordsStep({
      isCoordinator: me === proposal.inviter, rng: deps.rng,
      isNeeded: this.#others.some(({ card }) => !deps.known.knows(card) && !options.pinned.has(card.partyId) && !proposal.trusted.has(card.partyId)),
    })
    this.#exchange = new WordsExchange({
      members: devices.map(({ pid, card: { name } }) => ({ pid, name })), me, draft: draftHash(proposal.walletName, proposal.draft), rng: deps.rng,
      tell: (to, bytes) => { for (const { pid, card } of devices) if (pid === to) this.#mesh.tell(card.partyId, CHANNEL.words, bytes) },
    })
    const { runs, prepare } = proposal.runs(deps.rng)
    this.gathering.prepare({ runs, steps: MAKING_STEPS })
    for (const device of this.#others) this.gathering.connect(device)
    // The roster is fixed, so this party's part of the words may be. What it is comes out when everybody's is.
    this.#exchange.start()
    // While people look at the roster, not before they can. What is not made by then is made in the ceremony.
    const stopPreparing = deps.clock.after(0, () => { if (!this.gathering.hasStarted) prepare() })
  }

  /** What members say, and what the introduction server makes up. */
  get heard(): CourierOptions['events'] {
    return meshEvents(() => this.#mesh)
  }

  /** Resolves once all channels are over. */
  get over(): Promise<void> {
    return this.#mesh.over
  }

  /** Whether shares were stored that may have been voted for: then the epoch is finished sooner or later. */
  get isPrepared(): boolean {
    return this.#isPrepared
  }

  /** Words are compared before anybody is asked to approve. */
  state(): SessionState {
    const state = this.gathering.state()
    return state.at === 'approving' && this.words.isOpen ? this.words.state(state.expiresAt) : state
  }

  places(): readonly PlaceView[] {
    const { devices, inviter } = this.proposal
    // As in the lobby, the inviter's is the first.
    const order = [inviter, ...devices.map(({ pid }) => pid).filter((pid) => pid !== inviter)]
    return devices.map((device) => ({ ...this.gathering.place(device, order.indexOf(device.pid) + 1), ...placeFacts(device.card, this.#options.deps) }))
  }

  /** My yes. @throws {InputError} before the words were compared, or when it is too late */
  async approve(): Promise<void> {
    if (this.words.isOpen) throw new InputError('session', 'compare the words on the screens first')
    const { walletId, me } = this.proposal
    const members = this.#members()
    // Who deals and leaves may be told of the end by them alone: before anything goes out.
    if (!members.some(({ pid }) => pid === me)) await this.#options.deps.wallets.meet(walletId, members)
    await this.gathering.approve()
  }

  /** @returns whether that was right @throws {InputError} when there is nothing to compare, or the answer is none */
  async compare(answer: WordsAnswer): Promise<boolean> {
    try {
      return this.words.answer(answer)
    } catch (error) {
      if (!(error instanceof MpcError) || error.code !== 'E_WORDS') throw error
      await this.gathering.refuse(error)
      return false
    } finally {
      this.#options.deps.changed()
    }
  }

  get #others(): readonly SessionMember[] {
    return this.proposal.devices.filter(({ pid }) => pid !== this.proposal.me)
  }

  #heardWords(from: PartyId, bytes: Uint8Array): void {
    const member = memberOf(this.proposal.devices, from)
    // After the member's copy of the invitation, which came before: if that is another one, it is known who is to blame.
    this.gathering.enqueue(async () => {
      if (member === undefined || this.gathering.isOver) return
      try {
        this.#exchange.received(member.pid, bytes)
        const { words } = this.#exchange
        if (words !== undefined) this.words.made(words)
        this.#options.deps.changed()
      } catch (error) {
        await this.gathering.refuse(knownError(error, 'the words failed'))
      }
    })
  }

  /** Who was made sure of, in whichever way, need not be next time. */
  async #remember(): Promise<void> {
    const { pinned, isVouchedFor, deps: { known, clock } } = this.#options
    const how = ({ partyId }: Card): KnownView['how'] | undefined =>
      this.words.isCompared ? 'words' : pinned.has(partyId) || isVouchedFor ? 'invitation' : known.find(partyId)?.how
    const cards = this.#others.map(({ card }) => card).filter((card) => how(card) !== undefined)
    await known.remember(cards, (card) => how(card) ?? 'earlier', clock.now())
  }

  async #persist(change: LastingChange): Promise<void> {
    if (change.kind !== 'prepared') throw new Bug('a making tests no pairs, and takes no key out')
    const { epoch, pairs } = change
    const { deps: { wallets, clock, log } } = this.#options
    const members = this.#members()
    const record = { ...this.proposal.record(clock.now()), cards: members.map(({ card }) => card.bytes), approvals: this.#approvals(), epoch }
    await wallets.prepare(record, members.map(({ card }) => card), pairs)
    this.#isPrepared = true
    // Now, since a crash may keep the certificate for another session. Shares that are there are there, also where their holders will
    // have to be compared once more.
    await this.#remember().catch((error: unknown) => { log('members could not be remembered', { code: knownError(error, '').code }) })
  }

  /** The certificate is put together from the signed votes, checked like anybody's, and then the epoch counts. */
  #finish([made]: readonly Made[]): void {
    const { events, deps: { wallets, clock } } = this.#options
    const work = async (): Promise<void> => {
      if (made === undefined) throw new Bug('a making without a result')
      const { roster, walletId } = this.proposal
      const { descent } = this.proposal.record(clock.now())
      const votes = roster.members.flatMap(({ pid }) => this.#said(VOTE, pid) ?? [])
      await wallets.commit(walletId, assembleFromVotes({ epoch: { roster }, approvals: this.#approvals(), members: this.#members(), descent }, votes))
      events.made(made.voteHash)
    }
    work().catch((error: unknown) => { events.failed(error instanceof MpcError ? error : new Bug('committing failed', error)) })
  }

  /** Of the new epoch. */
  #members(): readonly SessionMember[] {
    const { roster, participants } = this.proposal
    return participants.filter(({ pid }) => roster.members.some((member) => member.pid === pid))
  }

  #approvals(): readonly Envelope[] {
    return this.proposal.participants.map(({ pid }) => {
      const envelope = this.#said(this.proposal.join, pid)
      if (envelope === undefined) throw new Bug(`party ${pid} took part without an approval`)
      return envelope
    })
  }

  #said(type: number, from: Pid): Envelope | undefined {
    return this.gathering.desk.find(this.proposal.instance, { suite: 0, type, from, to: 0 })
  }
}
