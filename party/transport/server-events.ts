import { parseMailIn, parsePresenceEvent, parseSessionEvent, parseSignalIn } from '@trivet/signalling/wire'
import type { PartyId, ServerEvent, SessionInfo } from '@trivet/signalling/wire'
import type { SignallingEvent } from './types.ts'

export type ToldEvent = Exclude<ServerEvent, 'error'>

/** @throws {WireError} if the event is not as agreed */
export function parseEvent(name: ToldEvent, value: unknown): SignallingEvent {
  switch (name) {
    case 'presence': {
      const { party_id: party, online } = parsePresenceEvent(value)
      return { kind: 'presence', party, online }
    }
    case 'session': {
      const { session, join_token: joinToken } = parseSessionEvent(value)
      return { kind: 'session', session, ...(joinToken === undefined ? {} : { joinToken }) }
    }
    case 'signal': {
      const { session_id: sessionId, from, payload } = parseSignalIn(value)
      return { kind: 'signal', sessionId, from, payload }
    }
    case 'mailbox': {
      const { session_id: sessionId, from, payload } = parseMailIn(value)
      return { kind: 'mail', sessionId, from, payload }
    }
  }
}

/** Whether a party has joined a session that can still go on. */
export function takesPart({ status, participants }: SessionInfo, party: PartyId | undefined): boolean {
  const isLive = status === 'created' || status === 'waiting' || status === 'in_progress'
  const mine = participants.find(({ party_id }) => party_id !== undefined && party_id === party)?.status
  return isLive && mine !== undefined && mine !== 'invited' && mine !== 'declined'
}
