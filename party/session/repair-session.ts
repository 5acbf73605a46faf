/** A pair being set up anew as one of its two members sees it: request, decision, ceremony, the new pair in place of the old. */
import { Bug, InputError, Refused, type LastingChange, type MpcError } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { PlaceView, RepairView, SessionState, SessionView } from '../views.ts'
import { atMost } from '../clock.ts'
import type { RepairRequest } from '../policy.ts'
import type { SessionDeps } from './deps.ts'
import type { Gathering } from './gathering.ts'
import { DECLINE_GRACE_MS, knownError, tooLate, youDeclined, type LiveSession } from './live-session.ts'
import { Meeting } from './meeting.ts'
import type { SessionMember } from './member.ts'
import { onPairEnd } from './pair-use.ts'
import { policyRepair, readRepairRequest, repairRuns, repairView, type RepairInvitation } from './repair-request.ts'
import { signersOf } from './sign-request.ts'

export interface RepairSessionOptions {
  readonly id: SessionId
  /** As the introduction server names it; whose request counts. */
  readonly coordinator: PartyId
  /** The two of them: known to this party from a wallet. */
  readonly known: readonly SessionMember[]
  /** Until then the request has to come. */
  readonly expiresAt: number
  readonly deps: SessionDeps
  /** What is remembered of earlier set-ups of this pair. */
  readonly before: (invitation: RepairInvitation) => Pick<RepairRequest, 'askedHere' | 'failedBefore'>
  /** It is over. */
  readonly ended: (invitation: RepairInvitation, error: MpcError | undefined) => void
}

type End = { readonly error: MpcError } | { readonly at: number }

export class RepairSession implements LiveSession {
  readonly id: SessionId
  readonly #options: RepairSessionOptions
  readonly #meeting: Meeting<void>
  readonly #createdAt: number
  #invitation: RepairInvitation | undefined
  /** How the pair stood when the request came. */
  #pairing: RepairView['pairing'] = { state: 'ready', bans: 0 }
  #gathering: Gathering<void> | undefined
  #stopListening: () => void = () => undefined
  #end: End | undefined
  #approved = false

  constructor(options: RepairSessionOptions) {
    this.id = options.id
    this.#options = options
    this.#createdAt = options.deps.clock.now()
    this.#meeting = new Meeting({
      ...options,
      asked: (request) => this.#asked(request),
      failed: (error) => { this.#fail(error) },
    })
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  /** Requester: sends the request to the other one, and says yes to it. */
  async ask(invitation: RepairInvitation): Promise<void> {
    // What ended meanwhile says why itself.
    if (this.isOver) return
    this.#gather(invitation)
    await this.approve()
  }

  told(info: SessionInfo): void {
    this.#meeting.told(info)
  }

  signal(from: PartyId, payload: Uint8Array): void {
    this.#meeting.signal(from, payload)
  }

  async approve(): Promise<void> {
    if (this.isOver) throw tooLate()
    const [invitation, gathering] = [this.#invitation, this.#gathering]
    if (invitation === undefined || gathering === undefined) throw new InputError('session', 'the request has not arrived yet')
    if (this.#approved) return
    this.#approved = true
    const { wallet, instance } = invitation
    // Lasting before anything that depends on it leaves: an instance is good for one set-up.
    await this.#options.deps.wallets.used.spend(wallet.id, wallet.epoch.roster.epoch, instance).catch((error: unknown) => {
      this.#fail(knownError(error, 'remembering a request failed'))
      throw error
    })
    if (this.#end !== undefined) return
    await gathering.approve()
    this.#meeting.list.ready()
  }

  async decline(reason: string): Promise<void> {
    if (this.isOver) throw tooLate()
    if (this.#approved) return this.leave()
    await this.#gathering?.decline(reason)
    this.#fail(youDeclined(reason))
    this.#meeting.list.cancel('declined', atMost(this.#options.deps.clock, DECLINE_GRACE_MS, this.#meeting.mesh.over))
  }

  async leave(): Promise<void> {
    this.#fail(new Refused('E_CANCELLED', 'you left'))
    await this.#meeting.list.settled
  }

  view(): SessionView {
    const { coordinator, known, deps } = this.#options
    const invitation = this.#invitation
    const { wallet } = invitation ?? {}
    const roster = wallet?.epoch.roster
    return {
      id: this.id, kind: 'repair', coordinator: coordinator === deps.identity.card.partyId, createdAt: this.#createdAt,
      wallet: {
        ...(wallet === undefined ? {} : { id: wallet.id }), name: wallet?.name ?? '',
        threshold: roster?.threshold ?? known.length, total: roster?.members.length ?? known.length,
      },
      state: this.#state(), places: this.#places(), steps: this.#gathering?.steps() ?? [],
      ...(invitation === undefined ? {} : { repair: repairView(invitation, this.#pairing) }),
    }
  }

  #state(): SessionState {
    const { deps, known } = this.#options
    const end = this.#end
    if (end !== undefined && 'error' in end) return { at: 'failed', error: deps.explain(end.error, this.#invitation?.wallet.members ?? known) }
    if (end !== undefined) return { at: 'done', finishedAt: end.at }
    return this.#gathering?.state() ?? { at: 'connecting' }
  }

  #places(): readonly PlaceView[] {
    const [invitation, gathering] = [this.#invitation, this.#gathering]
    if (invitation === undefined || gathering === undefined) return []
    return signersOf(invitation.wallet, invitation.signers).map((member, i) => gathering.place(member, i + 1))
  }

  async #asked(bytes: Uint8Array): Promise<void> {
    const { coordinator, deps } = this.#options
    const invitation = await readRepairRequest(bytes, { room: this.id, from: coordinator }, deps)
    if (this.isOver) return
    this.#gather(invitation)
    this.#meeting.heardEarly()
    await this.#decide(invitation)
  }

  async #decide(invitation: RepairInvitation): Promise<void> {
    const { deps, before } = this.#options
    const decision = await deps.policy.repair(policyRepair(invitation, { pairing: this.#pairing, ...before(invitation) }))
    if (this.isOver) return
    if (decision.answer === 'approve') await this.approve()
    if (decision.answer === 'decline') await this.decline(`${decision.reason} (rule ${decision.rule})`)
  }

  #gather(invitation: RepairInvitation): void {
    const { deps } = this.#options
    const { wallet, share, peer, signers, expiresAt, envelope } = invitation
    const { epoch } = wallet.epoch.roster
    this.#invitation = invitation
    this.#pairing = deps.wallets.pairs.state(wallet.id, epoch, peer)
    this.#stopListening = onPairEnd(deps.wallets.pairs, invitation, (error, parties) => {
      this.#gathering?.halt(error, parties)
      this.#fail(error)
    })
    this.#gathering = this.#meeting.gather({
      me: share.pid, members: signersOf(wallet, signers), epoch, invitation: envelope, expiresAt,
      persist: (change) => this.#persist(invitation, change),
      events: {
        changed: () => { deps.changed() },
        ended: (outcome) => {
          if ('error' in outcome) this.#fail(outcome.error)
          else this.#finish(invitation)
        },
      },
    })
    this.#gathering.prepare(repairRuns(invitation, deps.rng))
    deps.changed()
  }

  async #persist({ wallet }: RepairInvitation, change: LastingChange): Promise<void> {
    if (change.kind !== 'paired') throw new Bug('a repair changes its pair, and nothing else')
    // The end of the old pair is this session's own doing.
    this.#stopListening()
    await this.#options.deps.wallets.pairs.renew(wallet.id, wallet.epoch.roster.epoch, change.pair)
  }

  #finish(invitation: RepairInvitation): void {
    const { deps, ended } = this.#options
    const { wallet, peer, instance } = invitation
    this.#stop({ at: deps.clock.now() })
    deps.log('pair set up anew', { session: this.id, wallet: wallet.id, peer })
    this.#meeting.list.complete(instance)
    ended(invitation, undefined)
  }

  #fail(error: MpcError): void {
    if (this.isOver) return
    this.#options.deps.log('repair failed', { session: this.id, code: error.code, culprits: error.culprits.join(' ') })
    this.#stop({ error })
    if (error.code !== 'E_DECLINED') this.#meeting.list.cancel('stopped')
    if (this.#invitation !== undefined) this.#options.ended(this.#invitation, error)
  }

  #stop(end: End): void {
    this.#end = end
    this.#stopListening()
    this.#meeting.end('error' in end ? end.error : undefined)
    this.#options.deps.changed()
  }
}
