/**
 * One session as a value, and what can happen to it. Pure: time, ids and tokens are arguments, nothing is mutated.
 *
 * `created` (nobody but the coordinator joined) → `waiting` (somebody joined, not all ready) → `in_progress`
 * → `completed` / `failed` / `expired` / `cancelled`.
 */
import { Refusal } from '../refusal.ts'
import type { PartyId, PartyStatus, SessionId, SessionStatus, SessionType } from '../wire/index.ts'

export interface Device {
  readonly type: string
  readonly id: string
}

/** One seat. Its number is its position in `Session.places`, from 1. */
export interface Place {
  /** Absent until somebody has joined by the place's token. */
  readonly party?: PartyId
  readonly device?: Device
  readonly status: PartyStatus
  /** SHA-256 of the join token, lower-case hex. The coordinator has none. */
  readonly tokenHash?: string
  /** The token itself, only while a party named by its id has not joined: it is told to that party. */
  readonly token?: string
  readonly resultHash?: string
}

export interface Session {
  readonly id: SessionId
  readonly type: SessionType
  readonly status: SessionStatus
  readonly thresholdT: number
  readonly thresholdN: number
  /** The coordinator's first. */
  readonly places: readonly Place[]
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt: number
  readonly expiresAt: number
  readonly endedAt?: number
  readonly reason?: string
}

export type RoomEvent =
  | { readonly kind: 'join'; readonly party: PartyId; readonly device: Device; readonly tokenHash: string }
  | { readonly kind: 'ready'; readonly party: PartyId }
  | { readonly kind: 'start'; readonly party: PartyId }
  | { readonly kind: 'complete'; readonly party: PartyId; readonly resultHash: string }
  | { readonly kind: 'cancel'; readonly party: PartyId; readonly reason: string }

/** Whether it can still go on. A session past its time is not live, even if nobody has noticed. */
export function isLive(session: Session, now: number): boolean {
  return session.endedAt === undefined && now < session.expiresAt
}

/** The seat of a party, joined or not. */
export function placeOf(session: Session, party: PartyId): Place | undefined {
  return session.places.find((place) => place.party === party)
}

/** Whether a party takes part: it has joined and has not left. */
export function takesPart(session: Session, party: PartyId): boolean {
  const status = placeOf(session, party)?.status
  return status !== undefined && status !== 'invited' && status !== 'declined'
}

/** Ends a session whose time is over. @returns the same session if it is not */
export function expire(session: Session, now: number): Session {
  return session.endedAt === undefined && now >= session.expiresAt ? { ...session, status: 'expired', endedAt: session.expiresAt } : session
}

/**
 * What a session is after an event. Repeating an event that has happened changes nothing and is no error.
 * @returns the same object if nothing changed
 * @throws {Refusal} `not_found` to whoever is no member; `session_expired`, `session_full`, `forbidden`, `unauthorized`, `conflict`
 */
export function apply(session: Session, event: RoomEvent, now: number): Session {
  switch (event.kind) {
    case 'join':
      return join(session, event, now)
    case 'ready':
      return ready(session, member(session, event.party), now)
    case 'start':
      return start(session, member(session, event.party), now)
    case 'complete':
      return complete(session, member(session, event.party), event.resultHash, now)
    case 'cancel':
      return cancel(session, member(session, event.party), event.reason, now)
  }
}

/** @returns the position in `places` */
function member(session: Session, party: PartyId): number {
  const position = session.places.findIndex((place) => place.party === party)
  if (position === -1) throw new Refusal('not_found', 'there is no such session')
  return position
}

function join(session: Session, event: RoomEvent & { readonly kind: 'join' }, now: number): Session {
  const position = session.places.findIndex((place) => place.tokenHash === event.tokenHash)
  const place = session.places[position]
  if (place === undefined) throw new Refusal('not_found', 'there is no session with this join token')
  if (place.party !== undefined && place.party !== event.party) {
    throw place.status === 'invited'
      ? new Refusal('unauthorized', 'this join token is for another party')
      : new Refusal('session_full', 'this place has been taken')
  }
  const elsewhere = session.places.findIndex((other) => other.party === event.party)
  if (elsewhere !== -1 && elsewhere !== position) throw new Refusal('conflict', 'this party has another place in the session')
  if (place.status !== 'invited' && place.status !== 'declined') return session
  mustBeLive(session, now)
  const joined: Place = { party: event.party, device: event.device, status: 'joined', tokenHash: event.tokenHash }
  return { ...withPlace(session, position, joined), status: 'waiting' }
}

function ready(session: Session, position: number, now: number): Session {
  const place = at(session, position)
  if (place.status === 'ready' || place.status === 'computing' || place.status === 'completed') return session
  mustBeLive(session, now)
  if (place.status !== 'joined') throw new Refusal('conflict', 'a party has to join before it can be ready')
  return withPlace(session, position, { ...place, status: 'ready' })
}

function start(session: Session, position: number, now: number): Session {
  if (position !== 0) throw new Refusal('forbidden', 'only the coordinator may start the session')
  if (session.status === 'in_progress') return session
  mustBeLive(session, now)
  if (session.places.some((place) => place.status !== 'ready')) throw new Refusal('conflict', 'not every party is ready')
  return { ...session, status: 'in_progress', places: session.places.map((place) => ({ ...place, status: 'computing' })) }
}

function complete(session: Session, position: number, resultHash: string, now: number): Session {
  const place = at(session, position)
  if (place.resultHash !== undefined) {
    if (place.resultHash === resultHash) return session
    throw new Refusal('conflict', 'this party has reported another result')
  }
  mustBeLive(session, now)
  if (session.status !== 'in_progress') throw new Refusal('conflict', 'the session has not been started')
  const reported = withPlace(session, position, { ...place, status: 'completed', resultHash })
  if (reported.places.some((other) => other.resultHash !== undefined && other.resultHash !== resultHash)) {
    return { ...reported, status: 'failed', endedAt: now, reason: 'the parties reported different results' }
  }
  return reported.places.every((other) => other.resultHash === resultHash) ? { ...reported, status: 'completed', endedAt: now } : reported
}

function cancel(session: Session, position: number, reason: string, now: number): Session {
  if (session.status === 'cancelled') return session
  mustBeLive(session, now)
  const ended: Session = { ...session, status: 'cancelled', endedAt: now, reason }
  if (position === 0) return ended
  const place = at(session, position)
  return withPlace(ended, position, { ...place, status: place.status === 'computing' ? 'failed' : 'declined' })
}

function mustBeLive(session: Session, now: number): void {
  if (session.status === 'expired' || (session.endedAt === undefined && now >= session.expiresAt)) {
    throw new Refusal('session_expired', 'the session has expired')
  }
  if (session.endedAt !== undefined) throw new Refusal('conflict', `the session is ${session.status}`)
}

function at(session: Session, position: number): Place {
  const place = session.places[position]
  if (place === undefined) throw new RangeError(`no place ${position + 1} among ${session.places.length}`)
  return place
}

function withPlace(session: Session, position: number, place: Place): Session {
  return { ...session, places: session.places.with(position, place) }
}
