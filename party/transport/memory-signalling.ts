/**
 * An introduction server and its clients within one process: sessions, join tokens, presence and relayed bytes, as the real
 * one has them (both pass `conformance.ts`). Keeps everything in memory and trusts its caller's clock.
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { LIMITS, isSessionId, loginMessage, partyIdOf } from '@trivet/signalling/wire'
import type {
  CreatedSession, ErrorCode, ParticipantInfo, PartyId, PartyStatus, SessionId, SessionInfo, SessionRequest, SessionStatus,
} from '@trivet/signalling/wire'
import type { DeliveryQueue } from './delivery-queue.ts'
import { errorOf } from './server-errors.ts'
import type { Login, Signalling, SignallingEvent } from './types.ts'

const AUDIENCE = 'memory://introduction'

/** What the server does to a payload it relays: gives back the same bytes, others, or nothing to lose it. */
export type Relay = (message: { readonly from: PartyId; readonly to: PartyId; readonly payload: Uint8Array }) => Uint8Array | undefined

interface Place {
  party: PartyId | undefined
  status: PartyStatus
  token: string | undefined
  resultHash: string | undefined
}

interface Room {
  readonly id: SessionId
  readonly request: SessionRequest
  readonly coordinator: PartyId
  readonly expiresAt: number
  readonly places: Place[]
  status: SessionStatus
  reason: string | undefined
}

export class MemoryServer {
  readonly #queue: DeliveryQueue
  readonly #now: () => number
  readonly #relay: Relay
  readonly #rooms = new Map<SessionId, Room>()
  readonly #clients = new Map<PartyId, MemoryClient>()
  #made = 0

  constructor(queue: DeliveryQueue, now: () => number, relay: Relay) {
    this.#queue = queue
    this.#now = now
    this.#relay = relay
  }

  client(): MemoryClient {
    return new MemoryClient(this)
  }

  /** 32 bytes that no other call gives; deterministic, for ids, tokens and challenges. */
  fresh(): Uint8Array {
    this.#made += 1
    return sha256(new TextEncoder().encode(`memory server ${this.#made}`))
  }

  attach(party: PartyId, client: MemoryClient): void {
    this.#clients.set(party, client)
    for (const room of this.#rooms.values()) if (isLive(room) && memberOf(room, party)) this.#tellSession(room, party)
    this.#tellPresence(party)
  }

  detach(party: PartyId, client: MemoryClient): void {
    if (this.#clients.get(party) !== client) return
    this.#clients.delete(party)
    this.#tellPresence(party)
  }

  create(caller: PartyId, request: SessionRequest): CreatedSession {
    const [first] = request.participants
    if (first === undefined || !('party_id' in first) || first.party_id !== caller) throw refusal('invalid_request', 'the coordinator is the first participant')
    if (request.participants.length !== request.threshold_n) throw refusal('invalid_request', 'threshold_n is the number of participants')
    const places = request.participants.map((place, i): Place => ({
      party: 'party_id' in place ? place.party_id : undefined,
      status: i === 0 ? 'joined' : 'invited',
      token: i === 0 ? undefined : base64url(this.fresh().slice(0, 16)),
      resultHash: undefined,
    }))
    const expiresAt = this.#now() + (request.expires_in_seconds ?? LIMITS.sessionSecondsDefault) * 1000
    const room: Room = { id: uuid(this.fresh()), request, coordinator: caller, expiresAt, places, status: 'created', reason: undefined }
    this.#rooms.set(room.id, room)
    this.#tellAll(room)
    const named = places.flatMap((place, i) => (place.token === undefined ? [] : [[place.party ?? `place:${i + 1}`, place.token] as const]))
    return { session_id: room.id, join_tokens: Object.fromEntries(named), expires_at: new Date(expiresAt).toISOString() }
  }

  join(caller: PartyId, token: string): SessionInfo {
    for (const room of this.#rooms.values()) {
      const place = room.places.find((candidate) => candidate.token === token)
      if (place === undefined) continue
      if (!isLive(room) || this.#now() > room.expiresAt) throw refusal('session_expired', 'this session is over')
      if (place.status !== 'invited' && place.party === caller) return this.describe(room, caller)
      if (place.party !== undefined && place.party !== caller) throw refusal('unauthorized', 'this token is another party\'s')
      if (memberOf(room, caller) && place.party === undefined) throw refusal('conflict', 'this party has a place already')
      place.party = caller
      place.status = 'joined'
      if (room.status === 'created') room.status = 'waiting'
      this.#tellAll(room)
      return this.describe(room, caller)
    }
    throw refusal('not_found', 'no such session')
  }

  setReady(caller: PartyId, id: SessionId): void {
    const { room, place } = this.#find(caller, id)
    if (place.status !== 'joined' && place.status !== 'ready') throw refusal('conflict', `a party that is ${place.status} cannot be ready`)
    place.status = 'ready'
    this.#tellAll(room)
  }

  start(caller: PartyId, id: SessionId): void {
    const { room } = this.#find(caller, id)
    if (room.coordinator !== caller) throw refusal('forbidden', 'only the coordinator starts')
    if (room.status === 'in_progress') return
    if (!room.places.every(({ status }) => status === 'ready')) throw refusal('conflict', 'not everybody is ready')
    room.status = 'in_progress'
    for (const place of room.places) place.status = 'computing'
    this.#tellAll(room)
  }

  complete(caller: PartyId, id: SessionId, resultHash: string): void {
    const { room, place } = this.#find(caller, id)
    if (place.resultHash === resultHash) return
    if (room.status !== 'in_progress' || place.resultHash !== undefined) throw refusal('conflict', 'this session is not running')
    place.resultHash = resultHash
    place.status = 'completed'
    const hashes = room.places.map((each) => each.resultHash)
    if (hashes.some((hash) => hash !== undefined && hash !== resultHash)) room.status = 'failed'
    else if (hashes.every((hash) => hash !== undefined)) room.status = 'completed'
    this.#tellAll(room)
  }

  cancel(caller: PartyId, id: SessionId, reason: string): void {
    const { room, place } = this.#find(caller, id)
    if (!isLive(room)) return
    room.status = 'cancelled'
    room.reason = reason
    if (caller !== room.coordinator) place.status = 'declined'
    this.#tellAll(room)
  }

  watch(caller: PartyId): readonly PartyId[] {
    return [...this.#clients.keys()].filter((party) => party !== caller && this.#sees(caller, party))
  }

  relay(from: PartyId, id: SessionId, to: PartyId, payload: Uint8Array): void {
    if (payload.length > LIMITS.signalPayloadBytes) throw refusal('payload_too_large', `at most ${LIMITS.signalPayloadBytes} bytes`)
    const { room } = this.#find(from, id)
    const client = this.#clients.get(to)
    if (memberOf(room, to)?.status === 'invited' || !memberOf(room, to)) throw refusal('not_found', 'no such member')
    if (client === undefined) throw refusal('unavailable', 'that party is not connected')
    const relayed = this.#relay({ from, to, payload: payload.slice() })
    if (relayed !== undefined) this.#tell(to, { kind: 'signal', sessionId: id, from, payload: relayed })
  }

  describe(room: Room, viewer: PartyId): SessionInfo {
    const participants = room.places.map(({ party, status }, i): ParticipantInfo => ({
      ...(party === undefined ? {} : { party_id: party }),
      party_index: i + 1,
      status,
      online: party !== undefined && this.#clients.has(party) && (party === viewer || this.#sees(viewer, party)),
    }))
    const { session_type, threshold_n, threshold_t } = room.request
    const reason = room.reason === undefined ? {} : { reason: room.reason }
    const expires_at = new Date(room.expiresAt).toISOString()
    return { session_id: room.id, session_type, status: room.status, threshold_t, threshold_n, coordinator: room.coordinator, participants, expires_at, ...reason }
  }

  /** Presence is mutual: both watch each other, or both have joined the same live session. */
  #sees(viewer: PartyId, party: PartyId): boolean {
    const mutual = this.#clients.get(viewer)?.watched.has(party) === true && this.#clients.get(party)?.watched.has(viewer) === true
    return mutual || [...this.#rooms.values()].some((room) => isLive(room) && hasJoined(room, viewer) && hasJoined(room, party))
  }

  #find(caller: PartyId, id: SessionId): { room: Room; place: Place } {
    const room = this.#rooms.get(id)
    const place = room === undefined ? undefined : memberOf(room, caller)
    // A stranger does not learn that the session exists.
    if (room === undefined || place === undefined) throw refusal('not_found', 'no such session')
    return { room, place }
  }

  #tellPresence(party: PartyId): void {
    const online = this.#clients.has(party)
    for (const [viewer, client] of this.#clients) {
      const joint = [...this.#rooms.values()].some((room) => isLive(room) && hasJoined(room, viewer) && hasJoined(room, party))
      const seen = joint || client.watched.has(party)
      if (viewer !== party && seen) this.#tell(viewer, { kind: 'presence', party, online })
    }
  }

  #tellAll(room: Room): void {
    for (const place of room.places) if (place.party !== undefined) this.#tellSession(room, place.party)
  }

  #tellSession(room: Room, party: PartyId): void {
    const place = memberOf(room, party)
    const token = place?.status === 'invited' ? place.token : undefined
    this.#tell(party, { kind: 'session', session: this.describe(room, party), ...(token === undefined ? {} : { joinToken: token }) })
  }

  #tell(party: PartyId, event: SignallingEvent): void {
    const client = this.#clients.get(party)
    if (client !== undefined) this.#queue.put(client.flow, () => client.deliver(event))
  }
}

/** One party's end. `goOffline` and `goOnline` stand for its network. */
export class MemoryClient implements Signalling {
  readonly flow = { name: 'events of one client' }
  readonly #server: MemoryServer
  readonly #listeners = new Set<(event: SignallingEvent) => void>()
  watched: ReadonlySet<PartyId> = new Set()
  #party: PartyId | undefined
  #online = false

  constructor(server: MemoryServer) {
    this.#server = server
  }

  async connect(login: Login): Promise<void> {
    this.deliver({ kind: 'connection', state: 'connecting' })
    const message = loginMessage(AUDIENCE, base64url(this.#server.fresh()))
    const signature = await login.sign(message)
    if (!ed25519.verify(signature, message, login.publicKey)) {
      this.deliver({ kind: 'connection', state: 'refused', reason: 'the signature does not verify' })
      throw refusal('unauthorized', 'the signature does not verify')
    }
    this.#party = await partyIdOf(login.publicKey)
    this.goOnline()
  }

  goOnline(): void {
    if (this.#party === undefined || this.#online) return
    this.#online = true
    this.deliver({ kind: 'connection', state: 'connected' })
    this.#server.attach(this.#party, this)
  }

  goOffline(): void {
    if (this.#party === undefined || !this.#online) return
    this.#online = false
    this.#server.detach(this.#party, this)
    this.deliver({ kind: 'connection', state: 'offline' })
  }

  async createSession(request: SessionRequest): Promise<CreatedSession> { return this.#server.create(this.#me(), request) }
  async joinSession(joinToken: string): Promise<SessionInfo> { return this.#server.join(this.#me(), joinToken) }
  async start(sessionId: SessionId): Promise<void> { this.#server.start(this.#me(), sessionId) }
  async ready(sessionId: SessionId): Promise<void> { this.#server.setReady(this.#me(), sessionId) }
  async complete(sessionId: SessionId, resultHash: string): Promise<void> { this.#server.complete(this.#me(), sessionId, resultHash) }
  async cancel(sessionId: SessionId, reason: string): Promise<void> { this.#server.cancel(this.#me(), sessionId, reason) }

  async send(sessionId: SessionId, to: PartyId, payload: Uint8Array): Promise<void> {
    this.#server.relay(this.#me(), sessionId, to, payload)
  }

  async watch(parties: readonly PartyId[]): Promise<readonly PartyId[]> {
    const me = this.#me()
    this.watched = new Set(parties)
    return this.#server.watch(me)
  }

  listen(listener: (event: SignallingEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.goOffline()
    this.#listeners.clear()
  }

  deliver(event: SignallingEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  #me(): PartyId {
    if (this.#party === undefined || !this.#online) throw refusal('unavailable', 'not connected')
    return this.#party
  }
}

function memberOf(room: Room, party: PartyId): Place | undefined {
  return room.places.find((place) => place.party === party)
}

function hasJoined(room: Room, party: PartyId): boolean {
  const status = memberOf(room, party)?.status
  return status !== undefined && status !== 'invited' && status !== 'declined'
}

function isLive(room: Room): boolean {
  return room.status === 'created' || room.status === 'waiting' || room.status === 'in_progress'
}

function refusal(error: ErrorCode, message: string): Error {
  return errorOf({ error, message })
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Bytes in the shape of a UUID v4. */
function uuid(bytes: Uint8Array): SessionId {
  const hex = Array.from(bytes.slice(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
  if (!isSessionId(id)) throw new RangeError('no session id')
  return id
}
