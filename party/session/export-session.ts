/**
 * A meeting about the export of a key as one of its devices sees it: the announcement, the taking of the key after the delay, or the
 * withdrawal, which nobody is asked about. What it is, the request says.
 */
import { Bug, InputError, Refused, type LastingChange, type MpcError } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { WalletId } from '../api.ts'
import type { PlaceView, SessionState, SessionView } from '../views.ts'
import { atMost } from '../clock.ts'
import type { SessionDeps } from './deps.ts'
import { exportRuns, exportView, objection, policyExport, readExportRequest, type ExportInvitation, type Taken } from './export-request.ts'
import type { Gathering } from './gathering.ts'
import { DECLINE_GRACE_MS, devicesChanged, knownError, tooLate, youDeclined, type LiveSession } from './live-session.ts'
import { Meeting } from './meeting.ts'
import type { SessionMember } from './member.ts'
import type { Outcome } from './running.ts'
import { signersOf } from './sign-request.ts'

export interface ExportSessionOptions {
  readonly id: SessionId
  /** As the introduction server names it; whose request counts. */
  readonly coordinator: PartyId
  /** Everybody who takes part, me too: known to this party from a wallet. */
  readonly known: readonly SessionMember[]
  /** Until then the request has to come. */
  readonly expiresAt: number
  readonly deps: SessionDeps
}

type End = { readonly error: MpcError } | { readonly at: number }

export class ExportSession implements LiveSession {
  readonly id: SessionId
  readonly #options: ExportSessionOptions
  readonly #meeting: Meeting<Taken>
  readonly #createdAt: number
  #invitation: ExportInvitation | undefined
  #gathering: Gathering<Taken> | undefined
  /** By this device's clock: when what is asked about was announced. */
  #announcedAt: number | undefined
  /** What has to be taken back if this comes to nothing. */
  #stored = false
  /** The key counts as exported from now on, whatever becomes of this meeting. */
  #marked = false
  /** The key, until it is fetched. */
  #secret: Uint8Array | undefined
  #end: End | undefined
  #approved = false

  constructor(options: ExportSessionOptions) {
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

  /** Nobody is to look at a withdrawal, nor at what may still turn out to be one. */
  get isBackground(): boolean {
    return this.#invitation === undefined || this.#invitation.step === 'withdraw'
  }

  /** Who asks: sends the request to everybody as they come, and says yes to it. */
  async ask(invitation: ExportInvitation): Promise<void> {
    // What ended meanwhile says why itself.
    if (this.isOver) return
    this.#gather(invitation)
    await this.approve()
  }

  /**
   * The key, once; what this device had stored of the announcement is erased with it.
   * @returns scalar, 32 bytes, as its suite encodes it. Secret: the caller wipes it
   * @throws {InputError} there is none here (any more) @throws {VaultError} then it is still there
   */
  async collect(): Promise<{ readonly invitation: ExportInvitation; readonly secret: Uint8Array }> {
    const [secret, invitation] = [this.#secret, this.#invitation]
    if (secret === undefined || invitation === undefined) throw new InputError('session', 'it holds no key, or the key was fetched already')
    this.#secret = undefined
    const { deps } = this.#options
    try {
      await deps.exports.erase(invitation.wallet.id, invitation.proposal.announcement)
    } catch (error) {
      this.#secret = secret
      throw error
    }
    deps.changed()
    return { invitation, secret }
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
    try {
      await this.#beforeYes(invitation)
    } catch (error) {
      this.#fail(knownError(error, 'remembering a request failed'))
      throw error
    }
    if (this.#end !== undefined) return
    await gathering.approve()
    this.#meeting.list.ready()
  }

  async decline(reason: string): Promise<void> {
    if (this.isOver) throw tooLate()
    if (this.#approved) return this.leave()
    await this.#gathering?.decline(reason)
    this.#fail(youDeclined(reason))
    this.#tellDeclined()
  }

  async leave(): Promise<void> {
    this.wipe()
    this.#fail(new Refused('E_CANCELLED', 'you left'))
    await this.#meeting.list.settled
  }

  walletMoved(wallet: WalletId): void {
    if (this.#invitation?.wallet.id !== wallet || this.isOver) return
    const error = devicesChanged()
    this.#gathering?.halt(error, [])
    this.#fail(error)
  }

  wipe(): void {
    this.#secret?.fill(0)
    this.#secret = undefined
  }

  view(): SessionView {
    const { coordinator, known, deps } = this.#options
    const invitation = this.#invitation
    const { wallet } = invitation ?? {}
    const roster = wallet?.epoch.roster
    const announced = this.#announcedAt === undefined ? {} : { announcedAt: this.#announcedAt }
    const facts = { delayMs: deps.exportDelayMs, ...announced, ...(this.#secret === undefined ? {} : { hasKey: true as const }) }
    return {
      id: this.id, kind: 'export', coordinator: coordinator === deps.identity.card.partyId, createdAt: this.#createdAt,
      wallet: {
        ...(wallet === undefined ? {} : { id: wallet.id }), name: wallet?.name ?? '',
        threshold: roster?.threshold ?? known.length, total: roster?.members.length ?? known.length,
      },
      state: this.#state(), places: this.#places(), steps: this.#gathering?.steps() ?? [],
      ...(invitation === undefined ? {} : { export: exportView(invitation, facts) }),
    }
  }

  #state(): SessionState {
    const { deps, known } = this.#options
    const end = this.#end
    if (end !== undefined && 'error' in end) return { at: 'failed', error: deps.explain(end.error, this.#invitation?.wallet.members ?? known, this.#marked ? 'exported' : 'export') }
    if (end !== undefined) return { at: 'done', finishedAt: end.at }
    return this.#gathering?.state() ?? { at: 'connecting' }
  }

  #places(): readonly PlaceView[] {
    const [invitation, gathering] = [this.#invitation, this.#gathering]
    if (invitation === undefined || gathering === undefined) return []
    return signersOf(invitation.wallet, invitation.proposal.signers).map((member, i) => gathering.place(member, i + 1))
  }

  async #asked(bytes: Uint8Array): Promise<void> {
    const { coordinator, known, deps } = this.#options
    const participants = known.map(({ card }) => card.partyId)
    const invitation = await readExportRequest(bytes, { room: this.id, from: coordinator, participants }, deps)
    if (this.isOver) return
    const gathering = this.#gather(invitation)
    const no = objection(invitation, deps)
    if (no !== undefined) {
      await gathering.decline(no.message)
      this.#tellDeclined()
      return
    }
    this.#meeting.heardEarly()
    if (invitation.step === 'withdraw') await this.approve()
    else await this.#decide(invitation)
  }

  async #decide(invitation: ExportInvitation): Promise<void> {
    const { policy, identity } = this.#options.deps
    const decision = await policy.export(policyExport(invitation, identity.card.partyId))
    if (this.isOver) return
    if (decision.answer === 'approve') await this.approve()
    if (decision.answer === 'decline') await this.decline(`${decision.reason} (rule ${decision.rule})`)
  }

  /** Lasting before anything that depends on it leaves. */
  async #beforeYes(invitation: ExportInvitation): Promise<void> {
    const { deps: { exports, clock, wallets, exportDelayMs: delayMs }, deps } = this.#options
    const { step, wallet, share, proposal, instance } = invitation
    const { epoch } = wallet.epoch.roster
    if (step === 'withdraw') return exports.erase(wallet.id, proposal.announcement)
    // A person may have taken long.
    const no = objection(invitation, deps)
    if (no !== undefined) throw no
    await wallets.used.spend(wallet.id, epoch, instance)
    if (step === 'export') return
    const pending = { wallet: wallet.id, suite: share.suite, epoch, proposal, storedAt: clock.now(), delayMs }
    await exports.announce(pending)
    this.#announcedAt = pending.storedAt
    this.#stored = true
    if (this.isOver) this.#takeBack()
  }

  #gather(invitation: ExportInvitation): Gathering<Taken> {
    const { deps } = this.#options
    const { wallet, share, proposal, expiresAt, envelope } = invitation
    const { epoch } = wallet.epoch.roster
    this.#invitation = invitation
    this.#announcedAt = deps.exports.find(wallet.id, epoch, proposal, deps.clock.now())?.storedAt
    const gathering = this.#meeting.gather({
      me: share.pid, members: signersOf(wallet, proposal.signers), epoch, invitation: envelope, expiresAt,
      persist: (change) => this.#persist(invitation, change),
      events: {
        changed: () => { deps.changed() },
        ended: (outcome) => { this.#ended(invitation, outcome) },
      },
    })
    this.#gathering = gathering
    gathering.prepare(exportRuns(invitation, deps.rng))
    deps.changed()
    return gathering
  }

  async #persist(invitation: ExportInvitation, change: LastingChange): Promise<void> {
    const { deps } = this.#options
    if (change.kind !== 'exported') throw new Bug('an export marks its key, and nothing else')
    // It may have been cancelled, or the devices changed, since everybody said yes.
    const no = objection(invitation, deps)
    if (no !== undefined) throw no
    await deps.exports.mark(invitation.wallet.id, invitation.share.suite, deps.clock.now())
    this.#marked = true
  }

  #ended(invitation: ExportInvitation, outcome: Outcome<Taken>): void {
    const secret = 'results' in outcome ? outcome.results[0]?.secret : undefined
    if ('error' in outcome) return this.#fail(outcome.error)
    if (this.isOver) {
      secret?.fill(0)
      return
    }
    const { deps } = this.#options
    const { step, wallet, share, instance } = invitation
    this.#secret = secret
    this.#stop({ at: deps.clock.now() })
    deps.log('export went on', { session: this.id, wallet: wallet.id, suite: share.suite, step })
    this.#meeting.list.complete(instance)
  }

  #tellDeclined(): void {
    this.#meeting.list.cancel('declined', atMost(this.#options.deps.clock, DECLINE_GRACE_MS, this.#meeting.mesh.over))
  }

  #fail(error: MpcError): void {
    if (this.isOver) return
    this.#options.deps.log('export stopped', { session: this.id, code: error.code, culprits: error.culprits.join(' ') })
    this.#stop({ error })
    if (error.code !== 'E_DECLINED') this.#meeting.list.cancel('stopped')
    if (this.#stored) this.#takeBack()
  }

  /** An announcement that not everybody agreed to. Where this fails it stays shown, and can be cancelled. */
  #takeBack(): void {
    const { deps } = this.#options
    const invitation = this.#invitation
    if (invitation === undefined) return
    deps.exports.erase(invitation.wallet.id, invitation.proposal.announcement).then(() => { deps.changed() }, (error: unknown) => {
      deps.log('an announcement could not be taken back', { session: this.id, code: knownError(error, '').code })
    })
  }

  #stop(end: End): void {
    this.#end = end
    this.#meeting.end('error' in end ? end.error : undefined)
    this.#options.deps.changed()
  }
}
