/** From a checked roster to a wallet: approvals, ceremony, shares in the vault, certificate. */
import { bytesToHex } from '@noble/hashes/utils.js'
import { Bug, INVITE, MpcError, Run, type LastingChange, type PreparedEpoch } from '@trivet/protocol/core'
import { JOIN, VOTE } from '@trivet/protocol/epoch'
import { keygen, keygenVocabulary, prepareKeygen, type KeygenCeremony } from '@trivet/protocol/keygen'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import { assembleFromVotes } from '../wallets/certify.ts'
import type { SessionDeps } from './deps.ts'
import { Gathering } from './gathering.ts'
import { keygenChannelContext, type KeygenProposal } from './keygen-proposal.ts'
import { Mesh } from './mesh.ts'

export const KEYGEN_STEPS = ['hello', 'commit', 'exchange', 'check', 'confirm'] as const

export interface KeygenMakingOptions {
  readonly room: SessionId
  readonly proposal: KeygenProposal
  readonly deps: SessionDeps
  /** Hands negotiation bytes to a member over the introduction server. */
  signal(to: PartyId, bytes: Uint8Array): Promise<void>
  readonly events: {
    /** Everybody voted, and the certificate is stored. */
    made(epoch: PreparedEpoch): void
    failed(error: MpcError): void
  }
}

export class KeygenMaking {
  readonly proposal: KeygenProposal
  readonly gathering: Gathering<PreparedEpoch>
  readonly #options: KeygenMakingOptions
  readonly #mesh: Mesh

  constructor(options: KeygenMakingOptions) {
    const { room, proposal, deps, events } = options
    const { instance, roster, members, me, envelope, expiresAt } = proposal
    this.#options = options
    this.proposal = proposal
    this.#mesh = new Mesh({
      ...deps, context: keygenChannelContext(room), parties: members.map(({ card }) => card.partyId),
      signal: (to, bytes) => options.signal(to, bytes),
      events: {
        message: (from, bytes) => { this.gathering.received(from, bytes) },
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
    const ceremony: { -readonly [K in keyof KeygenCeremony]: KeygenCeremony[K] } = { instance, roster, me }
    const run = new Run({
      me, parties: members.map(({ pid }) => pid), vocabulary: keygenVocabulary(roster, me),
      heardBefore: [{ from: proposal.inviter, to: 0, suite: 0, type: INVITE, body: envelope.body }],
      script: keygen(ceremony, deps.rng),
    })
    this.gathering.prepare({ runs: [{ instance, run }], steps: KEYGEN_STEPS })
    for (const member of members) if (member.pid !== me) this.gathering.connect(member)
    // While people look at the roster, not before they can. What is not made by then is made in the ceremony.
    const stopPreparing = deps.clock.after(0, () => {
      if (!this.gathering.hasStarted) ceremony.baseOts = prepareKeygen(roster, me, deps.rng)
    })
  }

  /** Negotiation bytes of a member, over the introduction server. */
  signal(from: PartyId, bytes: Uint8Array): void {
    this.#mesh.signal(from, bytes)
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

  async #persist(change: LastingChange): Promise<void> {
    if (change.kind !== 'prepared') throw new Bug('a key generation tests no pairs')
    const { epoch, pairs } = change
    const { proposal, gathering } = this
    const { wallets, clock } = this.#options.deps
    const approvals = proposal.members.map(({ pid }) => {
      const envelope = gathering.desk.find(proposal.instance, { suite: 0, type: JOIN, from: pid, to: 0 })
      if (envelope === undefined) throw new Bug(`party ${pid} took part without an approval`)
      return envelope
    })
    const cards = proposal.members.map(({ card }) => card)
    await wallets.prepare({ name: proposal.walletName, createdAt: clock.now(), cards: cards.map(({ bytes }) => bytes), approvals, epoch }, cards, pairs)
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
