/** All sessions of the unlocked party: makes them, tells them what the introduction server says, answers invitations. */
import { Bug, InputError, MpcError, Refused } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo, SessionRequest } from '@trivet/signalling/wire'
import type { CreateWallet, RequestSignature, SessionView } from '../api.ts'
import { explain, type Situation } from '../explain.ts'
import { cardHash } from '../identity/card.ts'
import { readLink, type CompanyInvitation, type JoinLink } from '../pairing/link.ts'
import type { SignallingEvent } from '../transport/types.ts'
import type { OpenVault } from '../vault/index.ts'
import type { Wallet } from '../wallets/wallets.ts'
import type { SessionDeps } from './deps.ts'
import { FinishSession } from './finish-session.ts'
import { Invitations } from './invitations.ts'
import { KeygenSession, type KeygenRole } from './keygen-session.ts'
import type { LiveSession } from './live-session.ts'
import type { OpenPlace } from './lobby.ts'
import { memberOf, type SessionMember } from './member.ts'
import { makeSignRequest, signersOf } from './sign-request.ts'
import { policyRequest, SignSession } from './sign-session.ts'

/** How long a lobby or request waits for people. */
const PATIENCE_SECONDS = 600

export interface DeskOptions extends Omit<SessionDeps, 'explain'> {
  readonly vault: OpenVault
}

export class Desk {
  readonly invitations: Invitations
  readonly #options: DeskOptions
  readonly #sessions = new Map<SessionId, LiveSession>()
  readonly #infos = new Map<SessionId, SessionInfo>()
  #wallets = 0
  #tail: Promise<void> = Promise.resolve()

  constructor(options: DeskOptions) {
    this.#options = options
    this.invitations = new Invitations({ ...options, card: options.identity.card })
    this.#wallets = options.wallets.list().length
  }

  views(): readonly SessionView[] {
    return [...this.#sessions.values()].map((session) => session.view())
  }

  /** @throws {InputError} */
  session(id: SessionId): LiveSession {
    const session = this.#sessions.get(id)
    if (session === undefined) throw new InputError('session', 'there is no such session on this device')
    return session
  }

  /** Whether there are wallets whose members are not watched yet. */
  watchAgain(wallets: number): boolean {
    const more = wallets !== this.#wallets
    this.#wallets = wallets
    return more
  }

  on(event: SignallingEvent): void {
    if (event.kind === 'session') {
      this.#tail = this.#tail.then(() => this.#told(event.session, event.joinToken)).catch((error: unknown) => { this.#noted(error) })
    } else if (event.kind === 'signal') {
      this.#sessions.get(event.sessionId)?.signal(event.from, event.payload)
    } else if (event.kind === 'presence') {
      for (const info of this.#infos.values()) this.#presence(info, event.party, event.online)
    }
  }

  async createWallet({ name, threshold, places, pageUrl }: CreateWallet): Promise<SessionId> {
    const companies = places.map((place) => (place.kind === 'company' ? companyOf(place.invitation) : undefined))
    const created = await this.#options.signalling.createSession({
      session_type: 'keygen', threshold_n: places.length + 1, threshold_t: threshold, expires_in_seconds: PATIENCE_SECONDS,
      participants: [this.#mine(), ...companies.map((company, i) => (company === undefined ? { place: i + 2 } : named(company.partyId)))],
    })
    const open = companies.map((company, i): OpenPlace => {
      const place = i + 2
      if (company !== undefined) return { place, secret: company.secret, company }
      const joinToken = created.join_tokens[`place:${place}`]
      if (joinToken === undefined) throw new Bug(`no token for place ${place}`)
      return { place, secret: this.#options.rng(16), joinToken }
    })
    const lobby = {
      room: created.session_id, walletName: name, threshold, total: places.length + 1, pageUrl, places: open,
      expiresAt: Date.parse(created.expires_at),
    }
    this.#put(new KeygenSession(created.session_id, { kind: 'coordinator', lobby }, this.#deps('keygen')))
    return created.session_id
  }

  async join(link: JoinLink): Promise<SessionId> {
    const pass = { room: link.room, place: link.place, secrets: [link.secret], inviterCardHash: link.inviterCardHash, invitedBy: 'link' as const }
    if (cardHash(this.#options.identity.card).every((byte, i) => byte === link.inviterCardHash[i])) {
      throw new InputError('link', 'this device made the link; open it on another device or in another browser')
    }
    await this.#enter(link.joinToken, link.room, { kind: 'guest', pass, expiresAt: link.expiresAt, used: async () => undefined })
    return link.room
  }

  async startKeygen(id: SessionId): Promise<void> {
    const session = this.session(id)
    if (!(session instanceof KeygenSession)) throw new InputError('session', 'it is not for a new wallet')
    await session.start()
  }

  async requestSignature(wallet: Wallet, { intent, signers }: RequestSignature): Promise<SessionId> {
    const { signalling, policy, identity, clock } = this.#options
    const deps = this.#deps('sign')
    // Everything that can be wrong is found before anybody hears of it.
    const trial = await makeSignRequest({ wallet, signers, intent, room: NO_ROOM, expiresAt: 0 }, deps)
    const decision = await policy.sign(policyRequest(trial, identity.card.partyId))
    if (decision.answer === 'decline') throw new Refused('E_POLICY', `${decision.reason} (rule ${decision.rule})`)
    const known = signersOf(wallet, trial.signers)
    const others = known.filter(({ card }) => card.partyId !== identity.card.partyId)
    const created = await signalling.createSession({
      session_type: 'sign', threshold_n: known.length, threshold_t: known.length, expires_in_seconds: PATIENCE_SECONDS,
      participants: [this.#mine(), ...others.map(({ card }) => named(card.partyId))],
    })
    const request = await makeSignRequest({ wallet, signers, intent, room: created.session_id, expiresAt: clock.now() + PATIENCE_SECONDS * 1000 }, deps)
    const session = new SignSession(created.session_id, identity.card.partyId, known, deps)
    this.#put(session)
    await session.ask(request)
    return created.session_id
  }

  async finish(wallet: Wallet): Promise<void> {
    const running = [...this.#sessions.values()].some((session) => session instanceof FinishSession && !session.isOver && session.view().wallet.id === wallet.id)
    if (wallet.certificate !== undefined || running) return
    const me = this.#options.identity.card.partyId
    const others = wallet.members.filter(({ card }) => card.partyId !== me)
    const created = await this.#options.signalling.createSession({
      session_type: 'recover', threshold_n: wallet.members.length, threshold_t: wallet.epoch.roster.threshold, expires_in_seconds: PATIENCE_SECONDS,
      participants: [this.#mine(), ...others.map(({ card }) => named(card.partyId))],
    })
    this.#put(new FinishSession(created.session_id, true, wallet, this.#deps('finish')))
  }

  /** Leaves a running session, forgets one that is over. */
  async leave(id: SessionId): Promise<void> {
    const session = this.session(id)
    if (session.isOver) {
      this.#sessions.delete(id)
      this.#infos.delete(id)
      this.#options.changed()
    } else await session.leave()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.leave()))
    this.#sessions.clear()
    this.#infos.clear()
  }

  #put(session: LiveSession): void {
    this.#sessions.set(session.id, session)
    const info = this.#infos.get(session.id)
    if (info !== undefined) session.told(info)
    this.#options.changed()
  }

  async #told(info: SessionInfo, joinToken: string | undefined): Promise<void> {
    this.#infos.set(info.session_id, info)
    const session = this.#sessions.get(info.session_id)
    if (session !== undefined) session.told(info)
    else if (joinToken !== undefined) await this.#invited(info, joinToken)
    else if (this.#isLeftOver(info)) await this.#options.signalling.cancel(info.session_id, 'this device was restarted')
  }

  /** A live session that this party was in before it was restarted: what it held for it is gone, so nobody should wait. */
  #isLeftOver({ status, coordinator, participants }: SessionInfo): boolean {
    const me = this.#options.identity.card.partyId
    const mine = participants.find(({ party_id: party }) => party === me)?.status
    const live = status === 'created' || status === 'waiting' || status === 'in_progress'
    return live && coordinator !== me && mine !== undefined && mine !== 'invited' && mine !== 'completed'
  }

  async #invited(info: SessionInfo, joinToken: string): Promise<void> {
    const { session_id: id, session_type: type, coordinator } = info
    if (type === 'keygen') {
      const secrets = await this.invitations.open()
      if (secrets.length === 0) return
      const place = info.participants.find(({ party_id: party }) => party === this.#options.identity.card.partyId)?.party_index ?? 0
      const pass = { room: id, place, secrets, invitedBy: 'own-invitation' as const }
      await this.#enter(joinToken, id, { kind: 'guest', pass, expiresAt: Date.parse(info.expires_at), used: (secret) => this.invitations.use(secret) })
      return
    }
    const known = this.#knownParticipants(info)
    if (known === undefined) return
    if (type === 'sign') this.#put(new SignSession(id, coordinator, known.members, this.#deps('sign')))
    else if (type === 'recover' && known.wallet.members.length === known.members.length) this.#put(new FinishSession(id, false, known.wallet, this.#deps('finish')))
    else return
    await this.#options.signalling.joinSession(joinToken)
  }

  /** The participants as members of a wallet of this party; `undefined` if they are strangers. */
  #knownParticipants({ participants }: SessionInfo): { readonly wallet: Wallet; readonly members: readonly SessionMember[] } | undefined {
    const parties = participants.flatMap(({ party_id: party }) => party ?? [])
    for (const wallet of this.#options.wallets.list()) {
      const members = parties.map((party) => memberOf(wallet.members, party)).filter((member) => member !== undefined)
      if (members.length === participants.length) return { wallet, members }
    }
    return undefined
  }

  async #enter(joinToken: string, id: SessionId, role: KeygenRole): Promise<void> {
    this.#put(new KeygenSession(id, role, this.#deps('keygen')))
    try {
      const info = await this.#options.signalling.joinSession(joinToken)
      this.#infos.set(id, info)
      this.#sessions.get(id)?.told(info)
    } catch (error) {
      this.#sessions.delete(id)
      throw error
    }
  }

  #presence(info: SessionInfo, party: PartyId, online: boolean): void {
    if (!info.participants.some((participant) => participant.party_id === party)) return
    const participants = info.participants.map((participant) => (participant.party_id === party ? { ...participant, online } : participant))
    const updated = { ...info, participants }
    this.#infos.set(info.session_id, updated)
    this.#sessions.get(info.session_id)?.told(updated)
  }

  #deps(situation: Situation): SessionDeps {
    return { ...this.#options, explain: (error, members) => explain(error, members, situation) }
  }

  #mine(): SessionRequest['participants'][number] {
    return named(this.#options.identity.card.partyId)
  }

  #noted(error: unknown): void {
    this.#options.log('a session event could not be handled', { code: error instanceof MpcError ? error.code : 'E_BUG', message: error instanceof Error ? error.message : '' })
  }
}

/** Only to check a request before there is a room for it. */
const NO_ROOM = '00000000-0000-4000-8000-000000000000' as SessionId

function named(party: PartyId): SessionRequest['participants'][number] {
  return { party_id: party, device_type: 'party', device_id: party.slice(0, 16) }
}

function companyOf(invitation: string): CompanyInvitation {
  const read = readLink(invitation)
  if (read.kind !== 'company') throw new InputError('invitation', 'this is a link for a device, not a company server\'s invitation')
  return read.company
}
