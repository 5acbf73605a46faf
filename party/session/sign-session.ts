/** A signing as the party sees it: the request travels over the channels, so the introduction server learns nothing of it. */
import { InputError, Refused, TransportError, type MpcError } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { PlaceView, SessionState, SessionView } from '../api.ts'
import { atMost } from '../clock.ts'
import { shortCode } from '../short-code.ts'
import { Courier } from './courier.ts'
import { atDeadline } from './deadline.ts'
import type { SessionDeps } from './deps.ts'
import { readSignalFrame, signalFrame } from './frames.ts'
import { Gathering, type Outcome } from './gathering.ts'
import { CANCEL_GRACE_MS, DECLINE_GRACE_MS, endedByServer, knownError, tooLate, youDeclined, type LiveSession } from './live-session.ts'
import { memberOf, nameOf, type SessionMember } from './member.ts'
import { Mesh } from './mesh.ts'
import { PairUse } from './pair-use.ts'
import { ServerList } from './server-list.ts'
import { policyRequest, readSignInvitation, signChannelContext, signersOf, understand, type SignInvitation, type SignRequestFacts } from './sign-request.ts'
import { signingRuns, signingSteps, type Signed } from './signing-runs.ts'

/** Envelopes of one member that overtake the request are kept, up to so many. */
const MAX_EARLY = 16

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

export class SignSession implements LiveSession {
  readonly id: SessionId
  readonly #deps: SessionDeps
  readonly #coordinator: PartyId
  readonly #known: readonly SessionMember[]
  readonly #courier: Courier
  readonly #list: ServerList
  readonly #mesh: Mesh
  readonly #createdAt: number
  readonly #early = new Map<PartyId, Uint8Array[]>()
  readonly #here = new Set<SessionMember>()
  #invitation: SignInvitation | undefined
  #request: SignRequestFacts | undefined
  #gathering: Gathering<Signed> | undefined
  #end: { readonly error: MpcError } | { readonly signatures: readonly Uint8Array[]; readonly at: number } | undefined
  #approved = false
  #tail: Promise<void> = Promise.resolve()
  readonly #cancelPatience: () => void
  #cancelGrace: (() => void) | undefined

  constructor({ id, coordinator, known, expiresAt, deps }: SignSessionOptions) {
    this.id = id
    this.#deps = deps
    this.#coordinator = coordinator
    this.#known = known
    this.#createdAt = deps.clock.now()
    this.#courier = new Courier(deps.signalling, id)
    this.#list = new ServerList(deps.signalling, id, deps.identity.card.partyId)
    const parties = known.map(({ card }) => card.partyId)
    this.#mesh = new Mesh({
      ...deps, context: signChannelContext(id, parties), parties,
      signal: (to, bytes) => this.#courier.hand(to, signalFrame('channel', bytes)),
      events: {
        message: (from, bytes) => { this.#received(from, bytes) },
        gone: (party, error) => { this.#gone(party, error) },
        changed: () => {
          this.#gathering?.meshChanged()
          deps.changed()
        },
      },
    })
    this.#cancelPatience = atDeadline(deps.clock, expiresAt, () => {
      this.#fail(new TransportError('E_TIMEOUT', 'the request did not arrive'))
    })
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  /** Requester: sends the request to everybody as they come, and says yes to it. */
  async ask(request: SignRequestFacts): Promise<void> {
    if (this.isOver) throw tooLate()
    this.#gather(request)
    this.#prepare(request)
    await this.approve()
  }

  told(info: SessionInfo): void {
    this.#list.told(info)
    if (this.isOver) return
    this.#courier.told(info)
    for (const { party_id: party, status, online } of info.participants) {
      const member = party === undefined || party === this.#deps.identity.card.partyId ? undefined : memberOf(this.#known, party)
      if (member === undefined || !online || status === 'invited') continue
      this.#here.add(member)
      this.#connect(member)
    }
    const error = endedByServer(info, this.#known)
    if (error !== undefined) this.#endedByServer(error)
    this.#deps.changed()
  }

  signal(from: PartyId, payload: Uint8Array): void {
    const frame = readSignalFrame(payload)
    if (frame?.kind === 'channel') this.#mesh.signal(from, frame.body.slice())
  }

  async approve(): Promise<void> {
    if (this.isOver) throw tooLate()
    const [request, gathering] = [this.#request, this.#gathering]
    if (request === undefined || gathering === undefined) throw new InputError('session', 'the request has not arrived yet')
    if (this.#approved) return
    this.#approved = true
    // Lasting before anything that depends on it leaves: an instance is good for one signing.
    await this.#deps.wallets.used.spend(request.wallet.id, request.wallet.epoch.roster.epoch, request.instance).catch((error: unknown) => {
      this.#fail(knownError(error, 'remembering a request failed'))
      throw error
    })
    await gathering.approve()
    this.#list.ready()
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
    await this.#list.settled
  }

  view(): SessionView {
    const { wallet } = this.#invitation ?? {}
    const roster = wallet?.epoch.roster
    return {
      id: this.id, kind: 'sign', coordinator: this.#coordinator === this.#deps.identity.card.partyId, createdAt: this.#createdAt,
      wallet: {
        ...(wallet === undefined ? {} : { id: wallet.id }), name: wallet?.name ?? '',
        threshold: roster?.threshold ?? this.#known.length, total: roster?.members.length ?? this.#known.length,
      },
      state: this.#state(), places: this.#places(), steps: this.#gathering?.steps() ?? [],
      ...(this.#request === undefined ? {} : { request: requestView(this.#request) }),
    }
  }

  #state(): SessionState {
    const end = this.#end
    if (end !== undefined && 'error' in end) return { at: 'failed', error: this.#deps.explain(end.error, this.#invitation?.wallet.members ?? this.#known) }
    if (end !== undefined) return { at: 'done', signatures: end.signatures, finishedAt: end.at }
    return this.#gathering?.state() ?? { at: 'connecting' }
  }

  #places(): readonly PlaceView[] {
    const [invitation, gathering] = [this.#invitation, this.#gathering]
    if (invitation === undefined || gathering === undefined) return []
    return signersOf(invitation.wallet, invitation.signers).map((member, i) => gathering.place(member, i + 1))
  }

  #connect(member: SessionMember): void {
    if (this.#gathering === undefined) this.#mesh.connect(member.card)
    else this.#gathering.connect(member)
  }

  #received(from: PartyId, bytes: Uint8Array): void {
    if (this.#gathering !== undefined) return this.#gathering.received(from, bytes)
    if (this.isOver) return
    const early = this.#early.get(from) ?? []
    if (early.length >= MAX_EARLY) return
    this.#early.set(from, [...early, bytes])
    if (from !== this.#coordinator || early.length > 0) return
    this.#tail = this.#tail.then(() => this.#asked(from, bytes)).catch((error: unknown) => { this.#fail(knownError(error, 'reading a request failed')) })
  }

  /** The first word of the coordinator is the request. */
  async #asked(from: PartyId, bytes: Uint8Array): Promise<void> {
    const participants = this.#known.map(({ card }) => card.partyId)
    const invitation = await readSignInvitation(bytes, { room: this.id, from, participants }, this.#deps)
    if (this.isOver) return
    const gathering = this.#gather(invitation)
    try {
      this.#prepare(understand(invitation, this.#deps))
    } catch (error) {
      const { message, fault } = knownError(error, 'reading the request failed')
      await gathering.decline(fault === 'refusal' ? message : `this device cannot read the request: ${message}`)
      this.#tellDeclined()
      return
    }
    for (const [sender, envelopes] of this.#early) for (const envelope of envelopes) gathering.received(sender, envelope)
    this.#early.clear()
    await this.#decide()
  }

  async #decide(): Promise<void> {
    const request = this.#request
    if (request === undefined) return
    const decision = await this.#deps.policy.sign(policyRequest(request, this.#deps.identity.card.partyId))
    if (this.isOver) return
    if (decision.answer === 'approve') await this.approve()
    if (decision.answer === 'decline') await this.decline(`${decision.reason} (rule ${decision.rule})`)
  }

  #gather(invitation: SignInvitation): Gathering<Signed> {
    this.#cancelPatience()
    this.#invitation = invitation
    const { wallet, share, signers, expiresAt, envelope } = invitation
    const use = new PairUse({ pairs: this.#deps.wallets.pairs, about: invitation, banned: (error, parties) => { this.#halt(error, parties) } })
    const gathering = new Gathering<Signed>({
      deps: this.#deps, me: share.pid, members: signersOf(wallet, signers), epoch: wallet.epoch.roster.epoch, invitation: envelope, expiresAt,
      steps: signingSteps(share.suite), mesh: this.#mesh,
      persist: (change) => use.persist(change),
      events: {
        changed: () => { this.#deps.changed() },
        ended: (outcome) => { this.#ended(invitation, use, outcome) },
      },
    })
    this.#gathering = gathering
    for (const member of this.#here) gathering.connect(member)
    return gathering
  }

  #prepare(request: SignRequestFacts): void {
    this.#request = request
    const { runs, atOnce } = signingRuns(request, this.#deps)
    this.#gathering?.prepare(runs, atOnce)
    this.#deps.changed()
  }

  #ended(invitation: SignInvitation, use: PairUse, outcome: Outcome<Signed>): void {
    const verdict = 'results' in outcome ? 'valid' : outcome.error.code === 'E_SIG_INVALID' ? 'invalid' : undefined
    use.ended(this.#gathering?.sids() ?? [], verdict).catch((error: unknown) => {
      this.#deps.log('the end of a signing was not stored', { session: this.id, code: knownError(error, '').code })
    })
    if ('error' in outcome) this.#fail(outcome.error)
    else this.#finish(invitation, outcome.results)
  }

  #finish({ instance, wallet, share }: SignInvitation, results: readonly Signed[]): void {
    const signatures = results.map(({ signature }) => signature)
    this.#stop({ signatures, at: this.#deps.clock.now() })
    this.#deps.log('signed', { session: this.id, wallet: wallet.id, suite: share.suite, signatures: signatures.length })
    this.#list.complete(instance, ...signatures)
  }

  /** Another session's ban: it may be this one's messages that the cheat learns from next. */
  #halt(error: MpcError, parties: readonly PartyId[]): void {
    this.#gathering?.halt(error, parties)
    this.#fail(error)
  }

  #gone(party: PartyId, error: MpcError | undefined): void {
    if (this.#gathering !== undefined) this.#gathering.gone(party, error)
    else if (party === this.#coordinator) this.#fail(error ?? new TransportError('E_TIMEOUT', 'who asked left before the request arrived'))
  }

  #tellDeclined(): void {
    this.#list.cancel('declined', atMost(this.#deps.clock, DECLINE_GRACE_MS, this.#mesh.over))
  }

  /** Whoever declined tells why over its channel; the server's bare word counts only after a while. */
  #endedByServer(error: MpcError): void {
    this.#cancelGrace ??= this.#deps.clock.after(CANCEL_GRACE_MS, () => {
      const at = this.#gathering?.state().at
      if (at === undefined || at === 'approving') this.#fail(error)
    })
  }

  #fail(error: MpcError): void {
    if (this.isOver) return
    this.#stop({ error })
    this.#deps.log('signing failed', { session: this.id, code: error.code, culprits: error.culprits.join(' ') })
    if (this.#gathering === undefined) this.#mesh.close()
    else this.#gathering.fail(error)
    if (error.code !== 'E_DECLINED') this.#list.cancel('stopped')
  }

  #stop(end: { readonly error: MpcError } | { readonly signatures: readonly Uint8Array[]; readonly at: number }): void {
    this.#end = end
    this.#cancelPatience()
    this.#cancelGrace?.()
    this.#early.clear()
    if ('error' in end) this.#courier.close()
    this.#deps.changed()
  }
}

function requestView({ wallet, requester, signers, share, intent, interpretation }: SignRequestFacts): NonNullable<SessionView['request']> {
  return {
    from: { index: requester, name: nameOf(wallet.members, requester) }, signers,
    suite: share.suite, intent, preview: interpretation.preview, code: shortCode(intent),
  }
}
