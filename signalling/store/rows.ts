/** Rows as they lie in the database, and the values they stand for. */
import { z } from 'zod'
import type { Place, Session } from '../rooms/session.ts'
import { PARTY_STATUSES, SESSION_STATUSES, SESSION_TYPES, isPartyId, isSessionId, type PartyId, type SessionId } from '../wire/index.ts'

/** Something left for one receiver. */
export interface Mail {
  /** Position among everything stored here, in the order it was left. The server's own affair. */
  readonly position: number
  readonly session: SessionId
  readonly from: PartyId
  readonly to: PartyId
  /** Counts what was left for this receiver in this session, from 1. */
  readonly number: number
  readonly payload: Uint8Array
  /** Milliseconds since 1970. */
  readonly leftAt: number
}

const partyId = z.custom<PartyId>(isPartyId, 'expected a party id')
const sessionId = z.custom<SessionId>(isSessionId, 'expected a session id')
const text = z.string().nullable()

export const sessionRow = z.object({
  id: sessionId,
  type: z.enum(SESSION_TYPES),
  status: z.enum(SESSION_STATUSES),
  threshold_t: z.number(),
  threshold_n: z.number(),
  created_at: z.number(),
  expires_at: z.number(),
  ended_at: z.number().nullable(),
  reason: text,
})

export const placeRow = z.object({
  party_id: partyId.nullable(),
  device_type: text,
  device_id: text,
  status: z.enum(PARTY_STATUSES),
  token_hash: text,
  token: text,
  result_hash: text,
})

export const mailRow = z.object({
  position: z.number(),
  session_id: sessionId,
  from_party: partyId,
  to_party: partyId,
  number: z.number(),
  payload: z.instanceof(Uint8Array),
  left_at: z.number(),
})

export const sizeRow = z.object({ count: z.number(), bytes: z.number() })
export const idRow = z.object({ id: sessionId })
export const partyRow = z.object({ party_id: partyId })
export const countRow = z.object({ count: z.number() })
export const secretRow = z.object({ value: z.string() })

export function toSession(row: z.infer<typeof sessionRow>, places: readonly Place[]): Session {
  return {
    id: row.id,
    type: row.type,
    status: row.status,
    thresholdT: row.threshold_t,
    thresholdN: row.threshold_n,
    places,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    ...(row.reason === null ? {} : { reason: row.reason }),
  }
}

export function toPlace(row: z.infer<typeof placeRow>): Place {
  return {
    ...(row.party_id === null ? {} : { party: row.party_id }),
    ...(row.device_type === null || row.device_id === null ? {} : { device: { type: row.device_type, id: row.device_id } }),
    status: row.status,
    ...(row.token_hash === null ? {} : { tokenHash: row.token_hash }),
    ...(row.token === null ? {} : { token: row.token }),
    ...(row.result_hash === null ? {} : { resultHash: row.result_hash }),
  }
}

export function toMail(row: z.infer<typeof mailRow>): Mail {
  const { position, session_id: session, from_party: from, to_party: to, number, left_at: leftAt } = row
  return { position, session, from, to, number, payload: new Uint8Array(row.payload), leftAt }
}
