/** From a checked roster to a wallet: approvals, ceremony, shares in the vault, certificate. */
import { bytesToHex } from '@noble/hashes/utils.js'
import { Bug, INVITE, InputError, MpcError, Run, type LastingChange, type Pid, type PreparedEpoch } from '@trivet/protocol/core'
import { JOIN, VOTE } from '@trivet/protocol/epoch'
import { keygen, keygenVocabulary, prepareKeygen, type KeygenCeremony } from '@trivet/protocol/keygen'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import type { KnownView, PlaceView, SessionState } from '../views.ts'
import type { Card } from '../identity/card.ts'
import { draftHash } from '../pairing/words.ts'
import { assembleFromVotes } from '../wallets/certify.ts'
import { meshEvents, type Courier, type CourierOptions } from './courier.ts'
import type { SessionDeps } from './deps.ts'
import { CHANNEL } from './frames.ts'
import { Gathering } from './gathering.ts'
import { keygenChannelContext, type KeygenProposal } from './keygen-proposal.ts'
import { knownError } from './live-session.ts'
import { memberOf, type SessionMember } from './member.ts'
import { Mesh } from './mesh.ts'
import { placeFacts } from './place-view.ts'
import { WordsExchange } from './words-exchange.ts'
import { WordsStep, type WordsAnswer } from './words-step.ts'

export const KEYGEN_STEPS = ['hello', 'commit', 'exchange', 'check', 'confirm'] as const

export interface KeygenMakingOptions {
  readonly room: SessionId
  readonly proposal: KeygenProposal
  readonly deps: SessionDeps
  readonly courier: Courier
  /** Whose invitations were used here: no words are needed to know that it is them. */
  readonly pinned: ReadonlySet<PartyId>
  /** Whether the inviter proved to hold an invitation of this party's own, and so vouches for the roster. */
  readonly isVouchedFor: boolean
  readonly events: {
    /** Everybody voted, and the certificate is stored. */
    made(epoch: PreparedEpoch): void
    failed(error: MpcError): void
  }
}

export class KeygenMaking {
  readonly proposal: KeygenProposal
  readonly gathering: Gathering<PreparedEpoch>
  readonly words: WordsStep
  readonly #options: KeygenMakingOptions
  readonly #mesh: Mesh
  readonly #exchange: WordsExchange

  constructor(options: KeygenMakingOptions) {
    const { room, proposal, deps, courier, events } = options
    const { instance, roster, members, me, envelope, expiresAt } = proposal
    this.#options = options
    this.proposal = proposal
    courier.knows(...members.map(({ card }) => card))
    this.#mesh = new Mesh({
      ...deps, context: keygenChannelContext(room), parties: members.map(({ card }) => card.partyId),
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
    this.gathering = new Gathering<PreparedEpoch>({
      deps, me, members, epoch: 0, invitation: envelope, expiresAt, mesh: this.#mesh,
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
      isNeeded: this.#others.some(({ card }) => !deps.known.knows(card) && !options.pinned.has(card.partyId)),
    })
    this.#exchange = new WordsExchange({
      members: members.map(({ pid, card: { name } }) => ({ pid, name })), me, draft: draftHash(proposal.walletName, proposal.bytes), rng: deps.rng,
      tell: (to, bytes) => { for (const { pid, card } of members) if (pid === to) this.#mesh.tell(card.partyId, CHANNEL.words, bytes) },
    })
    const ceremony: { -readonly [K in keyof KeygenCeremony]: KeygenCeremony[K] } = { instance, roster, me }
    const run = new Run({
      me, parties: members.map(({ pid }) => pid), vocabulary: keygenVocabulary(roster, me),
      heardBefore: [{ from: proposal.inviter, to: 0, suite: 0, type: INVITE, body: envelope.body }],
      script: keygen(ceremony, deps.rng),
    })
    this.gathering.prepare({ runs: [{ instance, run }], steps: KEYGEN_STEPS })
    for (const member of this.#others) this.gathering.connect(member)
    // The roster is fixed, so this party's part of the words may be. What it is comes out when everybody's is.
    this.#exchange.start()
    // While people look at the roster, not before they can. What is not made by then is made in the ceremony.
    const stopPreparing = deps.clock.after(0, () => {
      if (!this.gathering.hasStarted) ceremony.baseOts = prepareKeygen(roster, me, deps.rng)
    })
  }

  /** What members say, and what the introduction server makes up. */
  get heard(): CourierOptions['events'] {
    return meshEvents(() => this.#mesh)
  }

  /** Resolves once all channels are over. */
  get over(): Promise<void> {
    return this.#mesh.over
  }

  /** The wallet's id. */
  get wallet(): string {
    return bytesToHex(this.proposal.instance)
  }

  /** Whether shares were stored that may have been voted for: then the wallet is finished sooner or later. */
  get isPrepared(): boolean {
    return this.#options.deps.wallets.has(this.wallet)
  }

  /** Words are compared before anybody is asked to approve. */
  state(): SessionState {
    const state = this.gathering.state()
    return state.at === 'approving' && this.words.isOpen ? this.words.state(state.expiresAt) : state
  }

  places(): readonly PlaceView[] {
    const { members, inviter } = this.proposal
    // As in the lobby, the inviter's is the first.
    const placeOf = (pid: Pid): number => (pid === inviter ? 1 : pid < inviter ? pid + 1 : pid)
    return members.map((member) => ({ ...this.gathering.place(member, placeOf(member.pid)), ...placeFacts(member.card, this.#options.deps) }))
  }

  /** My yes. @throws {InputError} before the words were compared, or when it is too late */
  async approve(): Promise<void> {
    if (this.words.isOpen) throw new InputError('session', 'compare the words on the screens first')
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
    return this.proposal.members.filter(({ pid }) => pid !== this.proposal.me)
  }

  #heardWords(from: PartyId, bytes: Uint8Array): void {
    const member = memberOf(this.proposal.members, from)
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
    if (change.kind !== 'prepared') throw new Bug('a key generation tests no pairs')
    const { epoch, pairs } = change
    const { proposal, gathering } = this
    const { wallets, clock, log } = this.#options.deps
    const approvals = proposal.members.map(({ pid }) => {
      const envelope = gathering.desk.find(proposal.instance, { suite: 0, type: JOIN, from: pid, to: 0 })
      if (envelope === undefined) throw new Bug(`party ${pid} took part without an approval`)
      return envelope
    })
    const cards = proposal.members.map(({ card }) => card)
    await wallets.prepare({ name: proposal.walletName, createdAt: clock.now(), cards: cards.map(({ bytes }) => bytes), approvals, epoch }, cards, pairs)
    // Now, since a crash may keep the certificate for another session. Shares that are there are there, also where their holders will
    // have to be compared once more.
    await this.#remember().catch((error: unknown) => { log('members could not be remembered', { code: knownError(error, '').code }) })
  }

  /** The certificate is put together from the signed votes, checked like anybody's, and then the epoch counts. */
  #finish([epoch]: readonly PreparedEpoch[]): void {
    const { events } = this.#options
    const work = async (): Promise<void> => {
      if (epoch === undefined) throw new Bug('a key generation without a result')
      const { wallets } = this.#options.deps
      const { proposal, gathering } = this
      const votes = proposal.members.flatMap(({ pid }) => gathering.desk.find(proposal.instance, { suite: 0, type: VOTE, from: pid, to: 0 }) ?? [])
      await wallets.commit(epoch.walletId, assembleFromVotes(wallets.get(epoch.walletId), votes))
      events.made(epoch)
    }
    work().catch((error: unknown) => { events.failed(error instanceof MpcError ? error : new Bug('committing failed', error)) })
  }
}
