/**
 * A meeting of members of one wallet that begins with a signed request of who called it. The request travels over the channels, so
 * the introduction server learns nothing of it; what comes of it is for the session that holds the meeting.
 */
import { TransportError, type MpcError } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import { Courier, meshEvents } from './courier.ts'
import { atDeadline } from './deadline.ts'
import type { SessionDeps } from './deps.ts'
import { Gathering, type GatheringOptions } from './gathering.ts'
import { CANCEL_GRACE_MS, endedByServer, knownError } from './live-session.ts'
import { memberOf, type SessionMember } from './member.ts'
import { Mesh } from './mesh.ts'
import { ServerList } from './server-list.ts'
import { signChannelContext } from './sign-request.ts'

/** Envelopes of one member that overtake the request are kept, up to so many. */
const MAX_EARLY = 16

export interface MeetingOptions {
  readonly id: SessionId
  /** As the introduction server names it; whose request counts. */
  readonly coordinator: PartyId
  /** Everybody who is asked, me too: known to this party from a wallet. */
  readonly known: readonly SessionMember[]
  /** Until then the request has to come. */
  readonly expiresAt: number
  readonly deps: SessionDeps
  /** The first word of the coordinator. Whatever it throws ends the meeting. */
  readonly asked: (request: Uint8Array) => Promise<void>
  /** It cannot go on. */
  readonly failed: (error: MpcError) => void
}

export class Meeting<T> {
  readonly list: ServerList
  readonly mesh: Mesh
  readonly #options: MeetingOptions
  readonly #courier: Courier
  readonly #early = new Map<PartyId, Uint8Array[]>()
  readonly #here = new Set<SessionMember>()
  readonly #cancelPatience: () => void
  #cancelGrace: (() => void) | undefined
  #gathering: Gathering<T> | undefined
  #isOver = false
  #tail: Promise<void> = Promise.resolve()

  constructor(options: MeetingOptions) {
    const { id, known, expiresAt, deps, failed } = options
    this.#options = options
    this.list = new ServerList(deps.signalling, id, deps.identity.card.partyId)
    const parties = known.map(({ card }) => card.partyId)
    this.#courier = new Courier({ room: id, deps, events: meshEvents(() => this.mesh) })
    this.#courier.knows(...known.map(({ card }) => card))
    this.mesh = new Mesh({
      ...deps, context: signChannelContext(id, parties), parties,
      signal: (to, bytes) => this.#courier.hand(to, 'channel', bytes),
      mail: (to, bytes) => this.#courier.leave(to, 'mail', bytes),
      events: {
        message: (from, bytes) => { this.#received(from, bytes) },
        gone: (party, error) => { this.#gone(party, error) },
        changed: () => {
          this.#gathering?.meshChanged()
          deps.changed()
        },
      },
    })
    this.#cancelPatience = atDeadline(deps.clock, expiresAt, () => { failed(new TransportError('E_TIMEOUT', 'the request did not arrive')) })
  }

  /** From the request on. Call `heardEarly` once its runs are prepared. */
  gather(options: Omit<GatheringOptions<T>, 'deps' | 'mesh'>): Gathering<T> {
    this.#cancelPatience()
    const gathering = new Gathering<T>({ ...options, deps: this.#options.deps, mesh: this.mesh })
    this.#gathering = gathering
    for (const member of this.#here) gathering.connect(member)
    return gathering
  }

  /** What overtook the request is looked at now. */
  heardEarly(): void {
    for (const [sender, envelopes] of this.#early) for (const envelope of envelopes) this.#gathering?.received(sender, envelope)
    this.#early.clear()
  }

  told(info: SessionInfo): void {
    const { known, deps } = this.#options
    this.list.told(info)
    if (this.#isOver) return
    this.#courier.told(info)
    for (const { party_id: party, status, online } of info.participants) {
      const member = party === undefined || party === deps.identity.card.partyId ? undefined : memberOf(known, party)
      if (member === undefined || !online || status === 'invited') continue
      this.#here.add(member)
      if (this.#gathering === undefined) this.mesh.connect(member.card)
      else this.#gathering.connect(member)
    }
    const error = endedByServer(info, known)
    if (error !== undefined) this.#endedByServer(error)
    deps.changed()
  }

  signal(from: PartyId, payload: Uint8Array): void {
    this.#courier.receive(from, payload)
  }

  /** It is over for this party. @param error why, unless it went well; the others are told through the gathering, where there is one */
  end(error: MpcError | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#cancelPatience()
    this.#cancelGrace?.()
    this.#early.clear()
    if (error === undefined) return
    this.#courier.close()
    if (this.#gathering === undefined) this.mesh.close()
    else this.#gathering.fail(error)
  }

  #received(from: PartyId, bytes: Uint8Array): void {
    if (this.#gathering !== undefined) return this.#gathering.received(from, bytes)
    if (this.#isOver) return
    const early = this.#early.get(from) ?? []
    if (early.length >= MAX_EARLY) return
    this.#early.set(from, [...early, bytes])
    const { coordinator, asked, failed } = this.#options
    if (from !== coordinator || early.length > 0) return
    this.#tail = this.#tail.then(() => asked(bytes)).catch((error: unknown) => { failed(knownError(error, 'reading a request failed')) })
  }

  #gone(party: PartyId, error: MpcError | undefined): void {
    // Its last words may be here, and just being read.
    this.#tail = this.#tail.then(() => {
      if (this.#gathering !== undefined) this.#gathering.gone(party, error)
      else if (party === this.#options.coordinator) this.#options.failed(error ?? new TransportError('E_TIMEOUT', 'who asked left before the request arrived'))
    })
  }

  /** Whoever declined tells why over its channel; the server's bare word counts only after a while. */
  #endedByServer(error: MpcError): void {
    const { deps: { clock }, failed } = this.#options
    this.#cancelGrace ??= clock.after(CANCEL_GRACE_MS, () => {
      const at = this.#gathering?.state().at
      if (at === undefined || at === 'approving') failed(error)
    })
  }
}
