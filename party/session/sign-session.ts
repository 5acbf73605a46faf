/** A signing as the party sees it: request, decision, ceremony, signatures. */
import { InputError, Refused, type MpcError } from '@trivet/protocol/core'
import type { Presignature } from '@trivet/protocol/dkls23'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { WalletId } from '../api.ts'
import type { PlaceView, RequestView, SessionState, SessionView } from '../views.ts'
import { atMost } from '../clock.ts'
import { HeldPresignatures } from '../presign/held.ts'
import { shortCode } from '../short-code.ts'
import type { SessionDeps } from './deps.ts'
import type { Gathering } from './gathering.ts'
import { DECLINE_GRACE_MS, devicesChanged, knownError, tooLate, youDeclined, type LiveSession } from './live-session.ts'
import { Meeting } from './meeting.ts'
import { nameOf, type SessionMember } from './member.ts'
import { PairUse } from './pair-use.ts'
import type { Outcome } from './running.ts'
import { policyRequest, readSignInvitation, signersOf, understand, type SignInvitation, type SignRequestFacts } from './sign-request.ts'
import { onlineRuns, signingRuns, signingSteps, type Signed } from './signing-runs.ts'

export interface SignSessionOptions {
  readonly id: SessionId
  /** As the introduction server names it; whose request counts. */
  readonly coordinator: PartyId
  /** Everybody who is asked, me too: known to this party from a wallet. */
  readonly known: readonly SessionMember[]
  /** Until then the request has to come. */
  readonly expiresAt: number
  readonly deps: SessionDeps
}

type End = { readonly error: MpcError } | { readonly signatures: readonly Uint8Array[]; readonly at: number }

export class SignSession implements LiveSession {
  readonly id: SessionId
  readonly #options: SignSessionOptions
  readonly #meeting: Meeting<Signed>
  readonly #createdAt: number
  readonly #held: HeldPresignatures
  #invitation: SignInvitation | undefined
  #request: SignRequestFacts | undefined
  #gathering: Gathering<Signed> | undefined
  #way: RequestView['way']
  #end: End | undefined
  #approved = false

  constructor(options: SignSessionOptions) {
    const { id, deps } = options
    this.id = id
    this.#options = options
    this.#createdAt = deps.clock.now()
    this.#held = new HeldPresignatures(deps.presignatures, deps.clock)
    this.#meeting = new Meeting({
      ...options,
      asked: (request) => this.#asked(request),
      failed: (error) => { this.#fail(error) },
    })
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  /**
   * Requester: sends the request to everybody as they come, and says yes to it.
   * @param presignatures that it names, taken out of their pool: this session's from here on, unless it throws
   */
  async ask(request: SignRequestFacts, presignatures: readonly Presignature[] | undefined): Promise<void> {
    this.#held.adopt(presignatures)
    // What ended meanwhile says why itself.
    if (this.isOver) return
    this.#gather(request)
    this.#prepare(request)
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
    const [request, gathering] = [this.#request, this.#gathering]
    if (request === undefined || gathering === undefined) throw new InputError('session', 'the request has not arrived yet')
    if (this.#approved) return
    this.#approved = true
    // Lasting before anything that depends on it leaves: an instance is good for one signing.
    await this.#options.deps.wallets.used.spend(request.wallet.id, request.wallet.epoch.roster.epoch, request.instance).catch((error: unknown) => {
      this.#fail(knownError(error, 'remembering a request failed'))
      throw error
    })
    if (this.#end !== undefined) return
    // From here on they are this request's alone.
    this.#held.take(request)
    await gathering.approve(request.online !== undefined && !this.#held.isReady)
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
    this.#fail(new Refused('E_CANCELLED', 'you left'))
    await this.#meeting.list.settled
  }

  view(): SessionView {
    const { coordinator, known, deps } = this.#options
    const { wallet } = this.#invitation ?? {}
    const roster = wallet?.epoch.roster
    return {
      id: this.id, kind: 'sign', coordinator: coordinator === deps.identity.card.partyId, createdAt: this.#createdAt,
      wallet: {
        ...(wallet === undefined ? {} : { id: wallet.id }), name: wallet?.name ?? '',
        threshold: roster?.threshold ?? known.length, total: roster?.members.length ?? known.length,
      },
      state: this.#state(), places: this.#places(), steps: this.#gathering?.steps() ?? [],
      ...(this.#request === undefined ? {} : { request: { ...requestView(this.#request), ...(this.#way === undefined ? {} : { way: this.#way }) } }),
    }
  }

  #state(): SessionState {
    const { deps, known } = this.#options
    const end = this.#end
    if (end !== undefined && 'error' in end) return { at: 'failed', error: deps.explain(end.error, this.#invitation?.wallet.members ?? known) }
    if (end !== undefined) return { at: 'done', signatures: end.signatures, finishedAt: end.at }
    return this.#gathering?.state() ?? { at: 'connecting' }
  }

  #places(): readonly PlaceView[] {
    const [invitation, gathering] = [this.#invitation, this.#gathering]
    if (invitation === undefined || gathering === undefined) return []
    return signersOf(invitation.wallet, invitation.signers).map((member, i) => gathering.place(member, i + 1))
  }

  async #asked(bytes: Uint8Array): Promise<void> {
    const { coordinator, known, deps } = this.#options
    const participants = known.map(({ card }) => card.partyId)
    const invitation = await readSignInvitation(bytes, { room: this.id, from: coordinator, participants }, deps)
    if (this.isOver) return
    const gathering = this.#gather(invitation)
    try {
      this.#prepare(understand(invitation, deps))
    } catch (error) {
      const { message, fault } = knownError(error, 'reading the request failed')
      await gathering.decline(fault === 'refusal' ? message : `this device cannot read the request: ${message}`)
      this.#tellDeclined()
      return
    }
    this.#meeting.heardEarly()
    await this.#decide()
  }

  async #decide(): Promise<void> {
    const { policy, identity } = this.#options.deps
    if (this.#request === undefined) return
    const decision = await policy.sign(policyRequest(this.#request, identity.card.partyId))
    if (this.isOver) return
    if (decision.answer === 'approve') await this.approve()
    if (decision.answer === 'decline') await this.decline(`${decision.reason} (rule ${decision.rule})`)
  }

  #gather(invitation: SignInvitation): Gathering<Signed> {
    const { deps } = this.#options
    this.#invitation = invitation
    const { wallet, share, signers, expiresAt, envelope } = invitation
    const use = new PairUse({ pairs: deps.wallets.pairs, about: invitation, halt: (error, parties) => { this.#halt(error, parties) } })
    this.#gathering = this.#meeting.gather({
      me: share.pid, members: signersOf(wallet, signers), epoch: wallet.epoch.roster.epoch, invitation: envelope, expiresAt,
      persist: (change) => use.persist(change),
      events: {
        changed: () => { deps.changed() },
        ended: (outcome) => { this.#ended(invitation, use, outcome) },
      },
    })
    return this.#gathering
  }

  #prepare(request: SignRequestFacts): void {
    const { deps } = this.#options
    this.#request = request
    const { online, share } = request
    if (online === undefined) {
      if (share.suite === 1) this.#way = 'rounds'
      this.#gathering?.prepare(signingRuns(request, deps))
    } else {
      this.#gathering?.prepareOnAnswers((isShort) => {
        const presignatures = isShort ? this.#held.use() : undefined
        if (presignatures === undefined) this.#held.giveUp(request)
        this.#way = presignatures === undefined ? 'rounds' : 'presignature'
        return presignatures === undefined ? signingRuns(request, deps) : onlineRuns(request, presignatures, online.nonce)
      }, signingSteps(share.suite))
    }
    deps.changed()
  }

  #ended(invitation: SignInvitation, use: PairUse, outcome: Outcome<Signed>): void {
    const { deps } = this.#options
    const error = 'error' in outcome ? outcome.error : undefined
    const verdict = error === undefined ? 'valid' : error.code === 'E_SIG_INVALID' ? 'invalid' : undefined
    use.ended(this.#gathering?.sids() ?? [], error, verdict).catch((thrown: unknown) => {
      deps.log('the end of a signing was not stored', { session: this.id, code: knownError(thrown, '').code })
    })
    if ('error' in outcome) this.#fail(outcome.error)
    else this.#finish(invitation, outcome.results)
  }

  #finish({ instance, wallet, share }: SignInvitation, results: readonly Signed[]): void {
    const { deps } = this.#options
    const signatures = results.map(({ signature }) => signature)
    this.#stop({ signatures, at: deps.clock.now() })
    deps.log('signed', { session: this.id, wallet: wallet.id, suite: share.suite, signatures: signatures.length, way: this.#way })
    this.#meeting.list.complete(instance, ...signatures)
  }

  /** A pair ended in another session, by a ban perhaps: it may be this one's messages that the cheat learns from next. */
  #halt(error: MpcError, parties: readonly PartyId[]): void {
    this.#gathering?.halt(error, parties)
    this.#fail(error)
  }

  walletMoved(wallet: WalletId): void {
    if (this.#invitation?.wallet.id === wallet && !this.isOver) this.#halt(devicesChanged(), [])
  }

  #tellDeclined(): void {
    this.#meeting.list.cancel('declined', atMost(this.#options.deps.clock, DECLINE_GRACE_MS, this.#meeting.mesh.over))
  }

  #fail(error: MpcError): void {
    if (this.isOver) return
    this.#options.deps.log('signing failed', { session: this.id, code: error.code, culprits: error.culprits.join(' ') })
    this.#stop({ error })
    if (error.code !== 'E_DECLINED') this.#meeting.list.cancel('stopped')
  }

  #stop(end: End): void {
    this.#end = end
    this.#held.close(this.#invitation)
    this.#meeting.end('error' in end ? end.error : undefined)
    this.#options.deps.changed()
  }
}

function requestView({ wallet, requester, signers, share, intent, interpretation }: SignRequestFacts): RequestView {
  return {
    from: { index: requester, name: nameOf(wallet.members, requester) }, signers,
    suite: share.suite, intent, preview: interpretation.preview, code: shortCode(intent),
  }
}
