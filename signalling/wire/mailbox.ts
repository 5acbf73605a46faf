/**
 * The mailbox: what one member of a live session leaves for another, who may be away. The server keeps it for a while, understands nothing
 * of it, and forgets it once it was taken. On the socket by the event `mailbox`, both ways; over REST by `/api/v1/sessions/{id}/messages`.
 */
import * as z from 'zod/mini'
import { LIMITS } from './limits.ts'
import { parser } from './parse.ts'
import { instant, partyId, payload, sessionId, type PartyId, type SessionId } from './session.ts'

/** `mailbox` to the server. Acknowledged with `{ ok }` once it is stored; refused with `rate_limited` if the receiver's mailbox is full. */
export interface MailOut {
  readonly session_id: SessionId
  readonly to: PartyId
  /** Opaque, 1 to 45,056 bytes. */
  readonly payload: Uint8Array
}

/** `mailbox` from the server, in the order it was left. The server forgets it at the acknowledgement, whatever that holds. */
export interface MailIn {
  readonly session_id: SessionId
  readonly from: PartyId
  /** Counts what was left for this receiver in this session, from 1. */
  readonly id: number
  readonly payload: Uint8Array
}

/** Body of `POST /api/v1/sessions/{id}/messages`. */
export interface LeaveRequest {
  /** The caller's own. */
  readonly from_party: PartyId
  readonly to_parties: readonly PartyId[]
  /** Opaque, 1 to 45,056 bytes, as base64 with padding. */
  readonly payload: string
}

/** One of the `messages` of `GET /api/v1/sessions/{id}/messages`. */
export interface Message {
  /** Counts what was left for this receiver in this session, from 1: `?after=<id>` says that it and everything before it was taken. */
  readonly id: number
  readonly from_party: PartyId
  /** The receiver alone. */
  readonly to_parties: readonly PartyId[]
  /** Base64 with padding. */
  readonly payload: string
  /** When it was left: ISO 8601, UTC. */
  readonly timestamp: string
}

const id = z.int().check(z.minimum(1))
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/
const base64 = z.string().check(
  z.maxLength(Math.ceil(LIMITS.mailPayloadBytes / 3) * 4, `expected at most ${LIMITS.mailPayloadBytes} bytes`),
  z.regex(BASE64, 'expected base64 with padding'),
)

const mailOut: z.ZodMiniType<MailOut> = z.strictObject({ session_id: sessionId, to: partyId, payload: payload(LIMITS.mailPayloadBytes, 1) })
const mailIn: z.ZodMiniType<MailIn> = z.object({ session_id: sessionId, from: partyId, id, payload: payload(LIMITS.mailPayloadBytes, 1) })
const leaveRequest: z.ZodMiniType<LeaveRequest> = z.strictObject({
  from_party: partyId,
  to_parties: z.array(partyId).check(z.minLength(1), z.maxLength(LIMITS.partiesPerSession - 1)),
  payload: base64,
})
const messages: z.ZodMiniType<{ readonly messages: readonly Message[] }> = z.object({
  messages: z.array(z.object({ id, from_party: partyId, to_parties: z.array(partyId), payload: base64, timestamp: instant })),
})

// What the server takes; each throws `WireError`.
export const parseMailOut = parser(mailOut)
export const parseLeaveRequest = parser(leaveRequest)

// What the client takes; each throws `WireError`.
export const parseMailIn = parser(mailIn)
export const parseMessages = parser(messages)
