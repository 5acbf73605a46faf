import * as z from 'zod/mini'
import { LIMITS } from './limits.ts'
import { parser } from './parse.ts'

/** Lower-case hex of SHA-256("trivet/party-id/v1" ‖ Ed25519 public key): 64 characters. */
export type PartyId = string & { readonly __brand: 'PartyId' }
/** UUID v4, lower case. The room; on the server's side the session. */
export type SessionId = string & { readonly __brand: 'SessionId' }

export const SESSION_TYPES = ['keygen', 'reshare', 'refresh', 'sign', 'recover', 'presign', 'export'] as const
export const SESSION_STATUSES = ['created', 'waiting', 'in_progress', 'completed', 'failed', 'expired', 'cancelled'] as const
export const PARTY_STATUSES = ['invited', 'joined', 'ready', 'computing', 'completed', 'failed', 'declined'] as const

export type SessionType = (typeof SESSION_TYPES)[number]
export type SessionStatus = (typeof SESSION_STATUSES)[number]
export type PartyStatus = (typeof PARTY_STATUSES)[number]

export interface ParticipantInfo {
  /** Absent while a place is empty. */
  readonly party_id?: PartyId
  /** 1-based position in the session; place 1 is the coordinator. Not the share index. */
  readonly party_index: number
  readonly status: PartyStatus
  /** Whether this party is connected, as far as whoever asks may know: both have joined this live session, or watch each other. */
  readonly online: boolean
}

export interface SessionInfo {
  readonly session_id: SessionId
  readonly session_type: SessionType
  /** `created`: nobody but its coordinator has joined. */
  readonly status: SessionStatus
  readonly threshold_t: number
  readonly threshold_n: number
  readonly coordinator: PartyId
  readonly participants: readonly ParticipantInfo[]
  /** ISO 8601, UTC. */
  readonly expires_at: string
  /** Why it was cancelled, declined or failed; a participant who declined has that status. */
  readonly reason?: string
}

export interface SessionRequest {
  readonly session_type: SessionType
  readonly threshold_n: number
  readonly threshold_t: number
  /** The coordinator first; each either a known party or an empty place, whose number is its position. */
  readonly participants: readonly ({ readonly party_id: PartyId; readonly device_type: string; readonly device_id: string } | { readonly place: number })[]
  /** 30 to 86,400; 900 if absent. */
  readonly expires_in_seconds?: number
}

export interface CreatedSession {
  readonly session_id: SessionId
  /** Keyed by party id, or by `place:<n>`. 22 characters of base64url (128 bits). The coordinator has none: it has joined. */
  readonly join_tokens: Readonly<Record<string, string>>
  readonly expires_at: string
}

export interface JoinRequest {
  readonly join_token: string
  /** The caller's own. */
  readonly party_id: PartyId
  readonly device_type: string
  readonly device_id: string
}

/** Answer to joining: the REST contract's fields, and the whole session beside them. */
export interface JoinedSession {
  readonly session_id: SessionId
  readonly party_index: number
  /** The joining party's. */
  readonly status: PartyStatus
  readonly participants: readonly ParticipantInfo[]
  readonly session: SessionInfo
}

export interface CompleteRequest {
  readonly party_id: PartyId
  /** What this party holds to be the result, hashed under a key of the ceremony: 64 characters of lower-case hex. */
  readonly result_hash: string
}

const SESSION_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Whether this is the text of a party id. */
export function isPartyId(value: unknown): value is PartyId {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}

/** Whether this is the text of a session id. */
export function isSessionId(value: unknown): value is SessionId {
  return typeof value === 'string' && SESSION_ID.test(value)
}

export const partyId = z.custom<PartyId>(isPartyId, 'expected 64 characters of lower-case hex')
export const sessionId = z.custom<SessionId>(isSessionId, 'expected a lower-case UUID v4 or v7')
export const joinToken = z.string().check(z.regex(/^[A-Za-z0-9_-]{22}$/, 'expected 22 characters of base64url'))
export const deviceType = z.string().check(z.minLength(1), z.maxLength(LIMITS.deviceTypeLength))
const deviceId = z.string().check(z.minLength(1), z.maxLength(LIMITS.deviceIdLength))
const count = z.int().check(z.minimum(2), z.maximum(LIMITS.partiesPerSession))
const index = z.int().check(z.minimum(1), z.maximum(LIMITS.partiesPerSession))
export const instant = z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, 'expected an ISO 8601 time in UTC'))
const reason = z.string().check(z.maxLength(LIMITS.reasonLength))
const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'expected 64 characters of lower-case hex'))

/** Browsers give binary as `ArrayBuffer`, Node as `Buffer`. Gives back bytes of their own, so that nobody else's buffer is kept alive. */
export function payload(max: number, min = 0): z.ZodMiniType<Uint8Array> {
  const isBytes = (value: unknown): boolean =>
    (value instanceof Uint8Array || value instanceof ArrayBuffer) && value.byteLength >= min && value.byteLength <= max
  return z.pipe(
    z.custom<Uint8Array | ArrayBuffer>(isBytes, min === 0 ? `expected at most ${max} bytes` : `expected ${min} to ${max} bytes`),
    z.transform((value: Uint8Array | ArrayBuffer) => new Uint8Array(value)),
  )
}

const participantInfo: z.ZodMiniType<ParticipantInfo> = z.object({
  party_id: z.exactOptional(partyId),
  party_index: index,
  status: z.enum(PARTY_STATUSES),
  online: z.boolean(),
})

const participants = z.array(participantInfo).check(z.minLength(2), z.maxLength(LIMITS.partiesPerSession))

export const sessionInfo: z.ZodMiniType<SessionInfo> = z.object({
  session_id: sessionId,
  session_type: z.enum(SESSION_TYPES),
  status: z.enum(SESSION_STATUSES),
  threshold_t: count,
  threshold_n: count,
  coordinator: partyId,
  participants,
  expires_at: instant,
  reason: z.exactOptional(reason),
})

const sessionRequest: z.ZodMiniType<SessionRequest> = z.strictObject({
  session_type: z.enum(SESSION_TYPES),
  threshold_n: count,
  threshold_t: count,
  participants: z.array(z.union([
    z.strictObject({ party_id: partyId, device_type: deviceType, device_id: deviceId }),
    z.strictObject({ place: index }),
  ])).check(z.minLength(2), z.maxLength(LIMITS.partiesPerSession)),
  expires_in_seconds: z.exactOptional(z.int().check(z.minimum(LIMITS.sessionSecondsMin), z.maximum(LIMITS.sessionSecondsMax))),
})

const createdSession: z.ZodMiniType<CreatedSession> = z.object({
  session_id: sessionId,
  join_tokens: z.record(z.string().check(z.maxLength(64)), joinToken),
  expires_at: instant,
})

const joinRequest: z.ZodMiniType<JoinRequest> = z.strictObject({ join_token: joinToken, party_id: partyId, device_type: deviceType, device_id: deviceId })

const joinedSession: z.ZodMiniType<JoinedSession> = z.object({
  session_id: sessionId,
  party_index: index,
  status: z.enum(PARTY_STATUSES),
  participants,
  session: sessionInfo,
})

const completeRequest: z.ZodMiniType<CompleteRequest> = z.strictObject({ party_id: partyId, result_hash: hash })

const cancelRequest: z.ZodMiniType<{ readonly reason: string }> = z.strictObject({ reason })

// What the server takes. Unknown keys are refused. Each throws `WireError`.
export const parseSessionRequest = parser(sessionRequest)
export const parseJoinRequest = parser(joinRequest)
export const parseCompleteRequest = parser(completeRequest)
export const parseCancelRequest = parser(cancelRequest)

// What the client takes: the server may be hostile. Unknown keys are dropped, so that an older client can speak to a newer server. Each throws `WireError`.
export const parseSessionInfo = parser(sessionInfo)
export const parseCreatedSession = parser(createdSession)
export const parseJoinedSession = parser(joinedSession)
