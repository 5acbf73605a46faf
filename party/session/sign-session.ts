/** A signing as the party sees it: the request travels over the channels, so the introduction server learns nothing of it. */
import { Bug, encodeEnvelope, InputError, MpcError, Refused, TransportError } from '@trivet/protocol/core'
import type { FrostSignature } from '@trivet/protocol/frost'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { PlaceView, SessionState, SessionView } from '../api.ts'
import { Courier } from './courier.ts'
import type { SessionDeps } from './deps.ts'
import { readSignalFrame, signalFrame } from './frames.ts'
import { Gathering } from './gathering.ts'
import type { LiveSession } from './live-session.ts'
import { memberOf, nameOf, type SessionMember } from './member.ts'
import { Mesh } from './mesh.ts'
import { ServerList } from './server-list.ts'
import { readSignRequest, shortCode, signChannelContext, signersOf, signingRuns, type SignRequestFacts } from './sign-request.ts'

const STEPS = ['hello', 'shares'] as const
/** Envelopes that overtake the request are kept, up to so many. */
const MAX_EARLY = 64

export class SignSession implements LiveSession {
  readonly id: SessionId
  readonly #deps: SessionDeps
  readonly #coordinator: PartyId
  /** Everybody who is asked, with me: known to this party from a wallet. */
  readonly #known: readonly SessionMember[]
  readonly #courier: Courier
  readonly #list: ServerList
  readonly #mesh: Mesh
  readonly #createdAt: number
  readonly #early: { readonly from: PartyId; readonly bytes: Uint8Array }[] = []
  #request: SignRequestFacts | undefined
  #gathering: Gathering<FrostSignature> | undefined
  #end: { readonly error: MpcError } | { readonly signatures: readonly Uint8Array[]; readonly at: number } | undefined
  #tail: Promise<void> = Promise.resolve()

  /** @param known members of the wallets that this party shares with the participants */
  constructor(id: SessionId, coordinator: PartyId, known: readonly SessionMember[], deps: SessionDeps) {
    this.id = id
    this.#deps = deps
    this.#coordinator = coordinator
    this.#known = known
    this.#createdAt = deps.clock.now()
    this.#courier = new Courier(deps.signalling, id)
    this.#list = new ServerList(deps.signalling, id, deps.identity.card.partyId)
    this.#mesh = new Mesh({
      ...deps, context: signChannelContext(id, known.map(({ card }) => card.partyId)),
      signal: (to, bytes) => this.#courier.hand(to, signalFrame('channel', bytes)),
      events: {
        message: (from, bytes) => { this.#received(from, bytes) },
        gone: (party, error) => { this.#gone(party, error) },
        changed: () => { this.#gathering?.meshChanged(); deps.changed() },
      },
    })
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  /** Requester: sends the request to everybody as they come, and says yes to it. */
  async ask(request: SignRequestFacts): Promise<void> {
    this.#gather(request)
    this.#gathering?.greet(encodeEnvelope(request.envelope))
    await this.approve()
  }

  told(info: SessionInfo): void {
    this.#courier.told(info)
    this.#list.told(info)
    for (const { party_id: party, status, online } of info.participants) {
      const member = party === undefined ? undefined : memberOf(this.#known, party)
      if (member === undefined || party === this.#deps.identity.card.partyId || !online || status === 'invited' || this.#end !== undefined) continue
      if (this.#gathering === undefined) this.#mesh.connect(member.card)
      else this.#gathering.connect(member)
    }
    if (info.status === 'cancelled' || info.status === 'expired' || info.status === 'failed') this.#cancelled(info)
    this.#deps.changed()
  }

  signal(from: PartyId, payload: Uint8Array): void {
    const frame = readSignalFrame(payload)
    if (frame?.kind === 'channel') this.#mesh.signal(from, frame.body.slice())
  }

  async approve(): Promise<void> {
    if (this.#gathering === undefined) throw new InputError('session', 'the request has not arrived yet')
    await this.#gathering.approve()
    this.#list.ready()
  }

  async decline(reason: string): Promise<void> {
    await this.#gathering?.decline(reason)
    this.#fail(new Refused('E_DECLINED', reason === '' ? 'you declined' : `you declined: ${reason}`))
    await this.#deps.signalling.cancel(this.id, 'declined').catch(() => undefined)
  }

  async leave(): Promise<void> {
    if (this.#end !== undefined) return
    const error = new Refused('E_CANCELLED', 'you left')
    this.#gathering?.fail(error)
    this.#fail(error)
    await this.#deps.signalling.cancel(this.id, 'cancelled').catch(() => undefined)
  }

  view(): SessionView {
    const request = this.#request
    const roster = request?.wallet.epoch.roster
    return {
      id: this.id, kind: 'sign', coordinator: this.#coordinator === this.#deps.identity.card.partyId, createdAt: this.#createdAt,
      wallet: {
        ...(request === undefined ? {} : { id: request.wallet.id }), name: request?.wallet.name ?? '',
        threshold: roster?.threshold ?? this.#known.length, total: roster?.members.length ?? this.#known.length,
      },
      state: this.#state(), places: this.#places(), steps: this.#gathering?.steps() ?? [],
      ...(request === undefined ? {} : {
        request: {
          from: { index: request.requester, name: nameOf(request.wallet.members, request.requester) }, signers: request.signers,
          suite: request.share.suite, intent: request.intent, preview: request.interpretation.preview, code: shortCode(request.intent),
        },
      }),
    }
  }

  #state(): SessionState {
    const end = this.#end
    if (end !== undefined && 'error' in end) return { at: 'failed', error: this.#deps.explain(end.error, this.#request?.wallet.members ?? this.#known) }
    if (end !== undefined) return { at: 'done', signatures: end.signatures, finishedAt: end.at }
    return this.#gathering?.state() ?? { at: 'connecting' }
  }

  #places(): readonly PlaceView[] {
    const [request, gathering] = [this.#request, this.#gathering]
    if (request === undefined || gathering === undefined) return []
    return signersOf(request.wallet, request.signers).map((member, i) => gathering.place(member, i + 1))
  }

  #received(from: PartyId, bytes: Uint8Array): void {
    if (this.#gathering !== undefined) {
      this.#gathering.received(from, bytes)
      return
    }
    if (this.#early.length < MAX_EARLY) this.#early.push({ from, bytes })
    if (from !== this.#coordinator) return
    this.#tail = this.#tail.then(async () => {
      if (this.#request !== undefined) return
      const participants = this.#known.map(({ card }) => card.partyId)
      this.#gather(await readSignRequest(bytes, { room: this.id, from, participants }, this.#deps))
      for (const { from: sender, bytes: envelope } of this.#early.splice(0)) this.#received(sender, envelope)
      await this.#decide()
    }).catch(async (error: unknown) => {
      const known = error instanceof MpcError ? error : new Bug('reading a request failed', error)
      this.#fail(known)
      await this.#deps.signalling.cancel(this.id, 'the request cannot be read').catch(() => undefined)
    })
  }

  async #decide(): Promise<void> {
    const request = this.#request
    if (request === undefined) return
    const decision = await this.#deps.policy.sign(policyRequest(request, this.#deps.identity.card.partyId))
    if (decision.answer === 'approve') await this.approve()
    if (decision.answer === 'decline') await this.decline(`${decision.reason} (rule ${decision.rule})`)
  }

  #gather(request: SignRequestFacts): void {
    this.#request = request
    const { wallet, share, signers, instance, expiresAt, envelope } = request
    const members = signersOf(wallet, signers)
    const gathering = new Gathering<FrostSignature>({
      deps: this.#deps, me: share.pid, members, epoch: wallet.epoch.roster.epoch, instance, expiresAt, steps: STEPS, mesh: this.#mesh,
      persist: async () => { throw new Bug('a signing stores nothing') },
      events: {
        changed: () => { this.#deps.changed() },
        ended: (outcome) => {
          if ('error' in outcome) this.#fail(outcome.error)
          else this.#finish(request, outcome.results)
        },
      },
    })
    this.#gathering = gathering
    gathering.desk.adopt(envelope)
    gathering.prepare(signingRuns(request, this.#deps))
    this.#deps.changed()
  }

  #finish({ instance, wallet, share }: SignRequestFacts, results: readonly FrostSignature[]): void {
    const signatures = results.map(({ signature }) => signature)
    this.#end = { signatures, at: this.#deps.clock.now() }
    this.#deps.log('signed', { session: this.id, wallet: wallet.id, suite: share.suite, signatures: signatures.length })
    this.#deps.changed()
    this.#list.complete(instance, ...signatures)
  }

  #gone(party: PartyId, error: MpcError | undefined): void {
    if (this.#gathering !== undefined) this.#gathering.gone(party, error)
    else if (party === this.#coordinator) this.#fail(error ?? new TransportError('E_TIMEOUT', 'who asked left before the request arrived'))
  }

  #cancelled({ status, participants }: SessionInfo): void {
    // Whoever declined tells why over its channel; the server only tells that it is over.
    if (this.#gathering !== undefined && this.#gathering.state().at !== 'approving') return
    const decliner = participants.find((participant) => participant.status === 'declined')?.party_id
    const member = decliner === undefined ? undefined : memberOf(this.#known, decliner)
    const error = status === 'expired'
      ? new TransportError('E_TIMEOUT', 'not everybody answered in time')
      : new Refused(member === undefined ? 'E_CANCELLED' : 'E_DECLINED', member === undefined ? 'the request was withdrawn' : `${member.card.name} declined`)
    this.#deps.clock.after(CANCEL_GRACE_MS, () => {
      this.#gathering?.fail(error)
      this.#fail(error)
    })
  }

  #fail(error: MpcError): void {
    if (this.#end !== undefined) return
    this.#end = { error }
    this.#deps.log('signing failed', { session: this.id, code: error.code, culprits: error.culprits.join(' ') })
    this.#gathering?.fail(error)
    this.#deps.changed()
  }
}

/** A reason on its way over a channel gets so long to arrive before the server's bare word counts. */
const CANCEL_GRACE_MS = 1_500

export function policyRequest(request: SignRequestFacts, me: PartyId): Parameters<SessionDeps['policy']['sign']>[0] {
  const { wallet, requester, signers, interpretation } = request
  const partyId = wallet.members.find(({ pid }) => pid === requester)?.card.partyId ?? me
  return {
    wallet: wallet.id, walletName: wallet.name, signers, interpretation,
    from: { index: requester, name: nameOf(wallet.members, requester), partyId, me: partyId === me },
  }
}
