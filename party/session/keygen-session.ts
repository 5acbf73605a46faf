/** A key generation as the party sees it: lobby or guest, then roster, approval, ceremony, certificate. */
import { Bug, InputError, INVITE, MpcError, Refused, Run, TransportError, type PreparedEpoch } from '@trivet/protocol/core'
import { JOIN, VOTE } from '@trivet/protocol/epoch'
import { keygen, keygenVocabulary } from '@trivet/protocol/keygen'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { PlaceView, SessionState, SessionView } from '../api.ts'
import type { Card } from '../identity/card.ts'
import { certify } from '../wallets/certify.ts'
import { Courier } from './courier.ts'
import type { SessionDeps } from './deps.ts'
import { readSignalFrame, signalFrame } from './frames.ts'
import { Gathering } from './gathering.ts'
import { meet, type GuestPass } from './guest.ts'
import type { KeygenRequest } from '../policy.ts'
import { keygenChannelContext, proposeKeygen, readKeygenProposal, SUITES, type KeygenProposal } from './keygen-proposal.ts'
import type { LiveSession } from './live-session.ts'
import { Lobby, type LobbyOptions } from './lobby.ts'
import { Mesh } from './mesh.ts'
import { ServerList } from './server-list.ts'

const STEPS = ['hello', 'commit', 'exchange', 'check', 'confirm'] as const

interface Facts {
  readonly walletName: string
  readonly threshold: number
  readonly total: number
  readonly expiresAt: number
}

export type KeygenRole =
  | { readonly kind: 'coordinator'; readonly lobby: Omit<LobbyOptions, 'deps' | 'courier'> }
  | { readonly kind: 'guest'; readonly pass: GuestPass; readonly expiresAt: number; used(secret: Uint8Array): Promise<void> }

export class KeygenSession implements LiveSession {
  readonly id: SessionId
  readonly #deps: SessionDeps
  readonly #role: KeygenRole
  readonly #courier: Courier
  readonly #list: ServerList
  readonly #lobby: Lobby | undefined
  readonly #createdAt: number
  #facts: Facts
  #inviter: Card | undefined
  #info: SessionInfo | undefined
  #proposal: KeygenProposal | undefined
  #mesh: Mesh | undefined
  #gathering: Gathering<PreparedEpoch> | undefined
  /** The end: committed, or failed before or after the gathering. */
  #end: { readonly error: MpcError } | { readonly wallet: string; readonly at: number } | undefined
  #tail: Promise<void> = Promise.resolve()

  constructor(id: SessionId, role: KeygenRole, deps: SessionDeps) {
    this.id = id
    this.#deps = deps
    this.#role = role
    this.#createdAt = deps.clock.now()
    this.#courier = new Courier(deps.signalling, id)
    this.#list = new ServerList(deps.signalling, id, deps.identity.card.partyId)
    this.#lobby = role.kind === 'coordinator' ? new Lobby({ ...role.lobby, deps, courier: this.#courier }) : undefined
    this.#facts = role.kind === 'coordinator' ? role.lobby : { walletName: '', threshold: 0, total: 0, expiresAt: role.expiresAt }
    deps.clock.after(Math.max(0, this.#facts.expiresAt - deps.clock.now()), () => {
      if (this.#proposal === undefined) this.#fail(new TransportError('E_TIMEOUT', 'not everybody came in time'))
    })
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  told(info: SessionInfo): void {
    this.#info = info
    this.#courier.told(info)
    this.#list.told(info)
    this.#lobby?.told(info)
    if (info.status === 'cancelled' || info.status === 'expired' || info.status === 'failed') this.#cancelled(info)
    this.#deps.changed()
  }

  signal(from: PartyId, payload: Uint8Array): void {
    const frame = readSignalFrame(payload)
    if (frame === undefined) return
    // One at a time: a proof takes a while, and what follows it must find its result.
    this.#tail = this.#tail.then(async () => {
      switch (frame.kind) {
        case 'hello': await this.#lobby?.hello(from, frame.body); break
        case 'welcome': await this.#welcomed(from, frame.body); break
        case 'invitation': await this.#invited(from, frame.body); break
        case 'channel': this.#mesh?.signal(from, frame.body.slice())
      }
    }).catch((error: unknown) => {
      this.#fail(error instanceof MpcError ? error : new Bug('pairing failed', error))
    })
  }

  /** Coordinator: everybody is here; signs the roster and says yes to it. @throws {InputError} while a place is empty */
  async start(): Promise<void> {
    if (this.#lobby === undefined) throw new InputError('session', 'only who invited can start')
    if (this.#proposal !== undefined) return
    if (!this.#lobby.isFull) throw new InputError('session', 'not all places are filled')
    const { walletName, threshold, expiresAt } = this.#facts
    const decision = await this.#deps.policy.keygen(this.#request(this.#lobby.cards(), 'self'))
    if (decision.answer === 'decline') throw new Refused('E_POLICY', `${decision.reason} (rule ${decision.rule})`)
    const proposal = await proposeKeygen({ room: this.id, walletName, threshold, expiresAt, cards: this.#lobby.cards() }, this.#deps)
    for (const card of this.#lobby.cards()) this.#courier.post(card.partyId, signalFrame('invitation', proposal.bytes))
    await this.#gather(proposal)
    await this.approve()
  }

  async approve(): Promise<void> {
    if (this.#gathering === undefined) throw new InputError('session', 'there is nothing to approve yet')
    await this.#gathering.approve()
    this.#list.ready()
  }

  async decline(reason: string): Promise<void> {
    await this.#gathering?.decline(reason)
    this.#fail(new Refused('E_DECLINED', reason === '' ? 'you declined' : `you declined: ${reason}`))
    await this.#deps.signalling.cancel(this.id, reason === '' ? 'declined' : reason).catch(() => undefined)
  }

  async leave(): Promise<void> {
    if (this.#end !== undefined) return
    const error = new Refused('E_CANCELLED', 'you left')
    this.#gathering?.fail(error)
    this.#fail(error)
    await this.#deps.signalling.cancel(this.id, 'cancelled').catch(() => undefined)
  }

  view(): SessionView {
    const { walletName, threshold, total } = this.#facts
    const steps = this.#gathering?.steps() ?? STEPS.map((name) => ({ name, state: 'todo' as const, heard: [] }))
    return {
      id: this.id, kind: 'keygen', coordinator: this.#role.kind === 'coordinator', wallet: { name: walletName, threshold, total },
      state: this.#state(), places: this.#places(), steps, createdAt: this.#createdAt,
    }
  }

  #state(): SessionState {
    const end = this.#end
    if (end !== undefined && 'error' in end) return { at: 'failed', error: this.#deps.explain(end.error, this.#proposal?.members ?? []) }
    if (end !== undefined) return { at: 'done', wallet: end.wallet, finishedAt: end.at }
    if (this.#gathering === undefined) return { at: 'inviting', expiresAt: this.#facts.expiresAt, ready: this.#lobby?.isFull ?? false }
    const state = this.#gathering.state()
    // Everybody voted; the certificate is being written.
    return state.at === 'done' ? { at: 'running', round: STEPS.length, of: STEPS.length, waitingFor: [], since: this.#deps.clock.now() } : state
  }

  #places(): readonly PlaceView[] {
    const [proposal, gathering] = [this.#proposal, this.#gathering]
    if (proposal !== undefined && gathering !== undefined) return proposal.members.map((member, i) => gathering.place(member, i + 1))
    if (this.#lobby !== undefined) return this.#lobby.places()
    const { identity } = this.#deps
    return (this.#info?.participants ?? []).map(({ party_id: party, party_index: place, online }): PlaceView => {
      const card = party === identity.card.partyId ? identity.card : party === this.#inviter?.partyId ? this.#inviter : undefined
      return {
        place, me: party === identity.card.partyId, state: party === undefined ? 'empty' : online || party === identity.card.partyId ? 'joined' : 'gone',
        ...(party === undefined ? {} : { partyId: party }), ...(card === undefined ? {} : { name: card.name, role: card.role }),
      }
    })
  }

  async #welcomed(from: PartyId, body: Uint8Array): Promise<void> {
    if (this.#role.kind !== 'guest' || this.#inviter !== undefined) return
    const met = await meet(this.#role.pass, body, this.#deps)
    if (met.inviter.partyId !== from) return
    await this.#role.used(met.secret)
    this.#inviter = met.inviter
    this.#facts = { ...this.#facts, ...met.welcome }
    this.#courier.post(from, signalFrame('hello', met.hello))
    this.#deps.changed()
  }

  async #invited(from: PartyId, bytes: Uint8Array): Promise<void> {
    const inviter = this.#inviter
    if (this.#role.kind !== 'guest' || inviter === undefined || from !== inviter.partyId || this.#proposal !== undefined) return
    const { threshold, total } = this.#facts
    await this.#gather(await readKeygenProposal(bytes, { room: this.id, inviter, threshold, total }, this.#deps))
    await this.#decide()
  }

  async #decide(): Promise<void> {
    const proposal = this.#proposal
    if (proposal === undefined || this.#role.kind !== 'guest') return
    const { policy, log } = this.#deps
    const others = proposal.members.filter(({ pid }) => pid !== proposal.me).map(({ card }) => card)
    const decision = await policy.keygen(this.#request(others, this.#role.pass.invitedBy))
    if (decision.answer !== 'ask') log('keygen decided', { session: this.id, answer: decision.answer, rule: 'rule' in decision ? decision.rule : undefined })
    if (decision.answer === 'approve') await this.approve()
    if (decision.answer === 'decline') await this.decline(`${decision.reason} (rule ${decision.rule})`)
  }

  #request(others: readonly Card[], invitedBy: KeygenRequest['invitedBy']): KeygenRequest {
    const { walletName, threshold, total } = this.#facts
    const mine = this.#deps.identity.card
    return {
      walletName, threshold, total, suites: SUITES, invitedBy,
      parties: [mine, ...others].map((card) => ({ name: card.name, partyId: card.partyId, role: card.role, me: card === mine })),
    }
  }

  async #gather(proposal: KeygenProposal): Promise<void> {
    const { instance, roster, members, me, envelope } = proposal
    this.#proposal = proposal
    this.#facts = { walletName: proposal.walletName, threshold: roster.threshold, total: members.length, expiresAt: proposal.expiresAt }
    const mesh = new Mesh({
      ...this.#deps, context: keygenChannelContext(this.id, roster),
      signal: (to, bytes) => this.#courier.hand(to, signalFrame('channel', bytes)),
      events: {
        message: (from, bytes) => { this.#gathering?.received(from, bytes) },
        gone: (party, error) => { this.#gathering?.gone(party, error) },
        changed: () => { this.#gathering?.meshChanged(); this.#deps.changed() },
      },
    })
    const gathering: Gathering<PreparedEpoch> = new Gathering<PreparedEpoch>({
      deps: this.#deps, me, members, epoch: 0, instance, expiresAt: proposal.expiresAt, steps: STEPS, mesh,
      persist: ({ epoch }) => this.#prepare(gathering, epoch),
      events: {
        changed: () => { this.#deps.changed() },
        ended: (outcome) => {
          if ('error' in outcome) this.#fail(outcome.error)
          else this.#finish(gathering, outcome.results[0])
        },
      },
    })
    this.#mesh = mesh
    this.#gathering = gathering
    gathering.desk.adopt(envelope)
    const heardBefore = [{ from: proposal.inviter, to: 0, suite: 0, type: INVITE, body: envelope.body } as const]
    const run = new Run({
      me, parties: members.map(({ pid }) => pid), vocabulary: keygenVocabulary(roster), heardBefore,
      script: keygen({ instance, roster, me }, this.#deps.rng),
    })
    gathering.prepare([{ instance, run }])
    for (const member of members) if (member.pid !== me) gathering.connect(member)
    this.#deps.changed()
  }

  async #prepare(gathering: Gathering<PreparedEpoch>, epoch: PreparedEpoch): Promise<void> {
    const proposal = this.#proposal
    if (proposal === undefined) throw new Bug('shares without a roster')
    const approvals = proposal.members.map(({ pid }) => {
      const envelope = gathering.desk.find(proposal.instance, { suite: 0, type: JOIN, from: pid, to: 0 })
      if (envelope === undefined) throw new Bug(`party ${pid} took part without an approval`)
      return envelope
    })
    const cards = proposal.members.map(({ card }) => card)
    await this.#deps.wallets.prepare({ name: proposal.walletName, createdAt: this.#deps.clock.now(), cards: cards.map(({ bytes }) => bytes), approvals, epoch }, cards)
  }

  /** Everybody voted: the certificate is assembled from the signed votes and checked like anybody's, then the epoch counts. */
  #finish(gathering: Gathering<PreparedEpoch>, epoch: PreparedEpoch | undefined): void {
    const proposal = this.#proposal
    if (epoch === undefined || proposal === undefined) throw new Bug('a key generation without a result')
    const votes = proposal.members.flatMap(({ pid }) => gathering.desk.find(proposal.instance, { suite: 0, type: VOTE, from: pid, to: 0 }) ?? [])
    const { wallets, ed25519, clock, log } = this.#deps
    const work = async (): Promise<void> => {
      await wallets.commit(epoch.walletId, await certify(wallets.get(epoch.walletId), votes, ed25519))
      this.#end = { wallet: epoch.walletId, at: clock.now() }
      log('wallet made', { wallet: epoch.walletId, threshold: epoch.roster.threshold, total: proposal.members.length })
      this.#deps.changed()
      this.#list.complete(epoch.voteHash)
    }
    work().catch((error: unknown) => { this.#fail(error instanceof MpcError ? error : new Bug('committing failed', error)) })
  }

  #cancelled({ status, reason, participants }: SessionInfo): void {
    if (this.#gathering !== undefined && this.#gathering.state().at !== 'approving') return
    const decliner = participants.find((participant) => participant.status === 'declined')?.party_id
    const member = this.#proposal?.members.find(({ card }) => card.partyId === decliner)
    const who = member?.card.name ?? 'another device'
    const error = status === 'expired'
      ? new TransportError('E_TIMEOUT', 'not everybody came in time')
      : new Refused(decliner === undefined ? 'E_CANCELLED' : 'E_DECLINED', `${who} ${decliner === undefined ? 'stopped' : 'declined'}${reason === undefined ? '' : `: ${reason}`}`, { culprits: member === undefined ? [] : [member.pid] })
    this.#gathering?.fail(error)
    this.#fail(error)
  }

  #fail(error: MpcError): void {
    if (this.#end !== undefined) return
    this.#end = { error }
    this.#deps.log('keygen failed', { session: this.id, code: error.code, culprits: error.culprits.join(' ') })
    this.#gathering?.fail(error)
    this.#deps.changed()
  }
}
