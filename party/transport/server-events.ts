import { parsePresenceEvent, parseSessionEvent, parseSignalIn } from '@trivet/signalling/wire'
import type { ServerEvent } from '@trivet/signalling/wire'
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
  }
}
