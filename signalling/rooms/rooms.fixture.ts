/** Sessions to start from, for tests alone. */
import { Refusal } from '../refusal.ts'
import { isPartyId, isSessionId, type PartyId, type SessionId, type SessionRequest } from '../wire/index.ts'
import { createSession } from './create.ts'
import type { RoomEvent, Session } from './session.ts'

export const NOW = 1_000_000
export const [anna, bob, carl] = [party('a'), party('b'), party('c')]

/** The party whose id is one digit, repeated. */
export function party(digit: string): PartyId {
  const id = digit.repeat(64)
  if (!isPartyId(id)) throw new TypeError('a hexadecimal digit')
  return id
}

function sessionId(): SessionId {
  const id: string = '6ba7b810-9dad-41d1-80b4-00c04fd430c8'
  if (!isSessionId(id)) throw new TypeError('a UUID v4')
  return id
}

export function named(id: PartyId): SessionRequest['participants'][number] {
  return { party_id: id, device_type: 'browser', device_id: 'tab' }
}

export function keygen(...participants: SessionRequest['participants']): SessionRequest {
  return { session_type: 'keygen', threshold_n: participants.length, threshold_t: 2, participants }
}

/** A session that Anna asked for; the token of place 2 is `token 2` with the hash `hash 2`. */
export function make(request: SessionRequest): Session {
  const tokens = request.participants.slice(1).map((_, index) => ({ token: `token ${index + 2}`, hash: `hash ${index + 2}` }))
  return createSession(request, { id: sessionId(), coordinator: anna, tokens, now: NOW, defaultSeconds: 900 })
}

export function join(who: PartyId, place: number): RoomEvent {
  return { kind: 'join', party: who, device: { type: 'browser', id: 'tab' }, tokenHash: `hash ${place}` }
}

/** The code that an action is refused with. */
export function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
  return 'not refused'
}
