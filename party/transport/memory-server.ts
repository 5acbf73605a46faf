import { sha256 } from '@noble/hashes/sha2.js'
import { LIMITS } from '@trivet/signalling/wire'
import type { CreatedSession, PartyId, SessionId, SessionInfo, SessionRequest } from '@trivet/signalling/wire'
import type { DeliveryQueue, Flow } from './delivery-queue.ts'
import { MemoryMailboxes } from './memory-mail.ts'
import type { MemoryMail } from './memory-mail.ts'
import { MemoryRoom, noSuchSession, refusal } from './memory-room.ts'
import type { SignallingEvent } from './types.ts'

/** What the server does to a payload it relays: gives back the same bytes, others, or nothing to lose it. */
export type Relay = (message: { readonly from: PartyId; readonly to: PartyId; readonly payload: Uint8Array }) => Uint8Array | undefined

/** A connected party. */
export interface Attached {
  readonly flow: Flow
  deliver(event: SignallingEvent): void
}

/** An introduction server within one process: rooms, presence and relayed bytes. */
export class MemoryServer {
  readonly #queue: DeliveryQueue
  readonly #now: () => number
  readonly #relay: Relay
  readonly #rooms = new Map<SessionId, MemoryRoom>()
  readonly #attached = new Map<PartyId, Attached>()
  readonly #watched = new Map<PartyId, ReadonlySet<PartyId>>()
  readonly #mailboxes: MemoryMailboxes
  #made = 0

  constructor(queue: DeliveryQueue, now: () => number, relay: Relay) {
    this.#queue = queue
    this.#now = now
    this.#relay = relay
    this.#mailboxes = new MemoryMailboxes(now)
  }

  /** 32 bytes that no other call gives; deterministic, for ids, tokens and challenges. */
  fresh(): Uint8Array {
    this.#made += 1
    return sha256(new TextEncoder().encode(`memory server ${this.#made}`))
  }

  attach(party: PartyId, client: Attached): void {
    this.#attached.set(party, client)
    this.#watched.set(party, new Set())
    for (const room of this.#rooms.values()) if (room.isLive && room.parties.includes(party)) this.#tellRoom(room, party)
    for (const peer of this.#peersOf(party)) this.#tell(peer, { kind: 'presence', party, online: true })
    for (const mail of this.#mailboxes.of(party)) this.#bring(mail)
  }

  detach(party: PartyId, client: Attached): void {
    if (this.#attached.get(party) !== client) return
    const seenBy = new Set([...this.#peersOf(party), ...this.#mutual(party)])
    this.#attached.delete(party)
    this.#watched.delete(party)
    for (const other of seenBy) this.#tell(other, { kind: 'presence', party, online: false })
  }

  create(caller: PartyId, request: SessionRequest): CreatedSession {
    const room = new MemoryRoom(caller, request, () => this.fresh(), this.#now)
    this.#rooms.set(room.id, room)
    this.#tellAll(room)
    return { session_id: room.id, join_tokens: room.tokens, expires_at: new Date(room.expiresAt).toISOString() }
  }

  join(caller: PartyId, token: string): SessionInfo {
    for (const room of this.#rooms.values()) {
      if (!room.join(caller, token)) continue
      this.#tellAll(room)
      return this.#describe(room, caller)
    }
    throw noSuchSession()
  }

  /** Changes a room, and tells everybody in it. */
  change(caller: PartyId, id: SessionId, act: (room: MemoryRoom) => void): void {
    const room = this.#roomOf(caller, id)
    act(room)
    if (!room.isLive) this.#mailboxes.end(id)
    this.#tellAll(room)
  }

  watch(caller: PartyId, parties: readonly PartyId[]): readonly PartyId[] {
    const before = new Set(this.#mutual(caller))
    this.#watched.set(caller, new Set(parties))
    for (const other of this.#mutual(caller)) if (!before.has(other)) this.#tell(other, { kind: 'presence', party: caller, online: true })
    return parties.filter((party) => this.#sees(caller, party))
  }

  relay(from: PartyId, id: SessionId, to: PartyId, payload: Uint8Array): void {
    if (payload.length > LIMITS.signalPayloadBytes) throw refusal('payload_too_large', `expected at most ${LIMITS.signalPayloadBytes} bytes, got ${payload.length}`)
    this.#mustShare(from, id, to)
    if (!this.#attached.has(to)) throw refusal('unavailable', 'this member is not connected')
    const relayed = this.#relay({ from, to, payload: payload.slice() })
    if (relayed !== undefined) this.#tell(to, { kind: 'signal', sessionId: id, from, payload: relayed })
  }

  /** Keeps bytes for a member until it has taken them. */
  leave(from: PartyId, id: SessionId, to: PartyId, payload: Uint8Array): void {
    this.#mustShare(from, id, to)
    const relayed = this.#relay({ from, to, payload: payload.slice() })
    if (relayed === undefined) return
    const mail = { sessionId: id, from, to, payload: relayed, leftAt: this.#now() }
    this.#mailboxes.put(mail)
    this.#bring(mail)
  }

  /** Hands mail to its receiver if that is connected; it is kept until it was delivered. */
  #bring(mail: MemoryMail): void {
    const { sessionId, from, to, payload } = mail
    const client = this.#attached.get(to)
    if (client === undefined) return
    this.#queue.put(client.flow, () => {
      if (this.#attached.get(to) === client && this.#mailboxes.take(mail)) client.deliver({ kind: 'mail', sessionId, from, payload })
    })
  }

  #mustShare(from: PartyId, id: SessionId, to: PartyId): void {
    const room = this.#roomOf(from, id)
    if (room.isLive && room.takesPart(from) && room.takesPart(to)) return
    throw refusal('not_found', 'there is no such member of a live session')
  }

  #roomOf(caller: PartyId, id: SessionId): MemoryRoom {
    const room = this.#rooms.get(id)
    if (room === undefined || !room.parties.includes(caller)) throw noSuchSession()
    return room
  }

  /** Those who take part in a live session together with a party. */
  #peersOf(party: PartyId): readonly PartyId[] {
    const rooms = [...this.#rooms.values()].filter((room) => room.isLive && room.takesPart(party))
    return [...new Set(rooms.flatMap((room) => room.parties.filter((other) => other !== party && room.takesPart(other))))]
  }

  /** The connected parties that this one watches and that watch it. */
  #mutual(party: PartyId): readonly PartyId[] {
    return [...(this.#watched.get(party) ?? [])].filter((other) => this.#watched.get(other)?.has(party) === true)
  }

  #sees(viewer: PartyId, party: PartyId): boolean {
    return this.#attached.has(party) && (viewer === party || this.#mutual(viewer).includes(party) || this.#peersOf(viewer).includes(party))
  }

  #describe(room: MemoryRoom, viewer: PartyId): SessionInfo {
    return room.describe((party) => this.#sees(viewer, party))
  }

  #tellAll(room: MemoryRoom): void {
    for (const party of room.parties) this.#tellRoom(room, party)
  }

  #tellRoom(room: MemoryRoom, party: PartyId): void {
    const joinToken = room.invitationOf(party)
    this.#tell(party, { kind: 'session', session: this.#describe(room, party), ...(joinToken === undefined ? {} : { joinToken }) })
  }

  #tell(party: PartyId, event: SignallingEvent): void {
    const client = this.#attached.get(party)
    if (client !== undefined) this.#queue.put(client.flow, () => client.deliver(event))
  }
}
