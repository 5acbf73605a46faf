/**
 * Events on the socket (socket.io, path `/socket.io`, websocket alone). The handshake carries `auth: { token }`.
 * A client's event has one object and an acknowledgement: `{ ok: true, ... }` or the error shape.
 */
import * as z from 'zod/mini'
import { LIMITS } from './limits.ts'
import { token } from './login.ts'
import { parser } from './parse.ts'
import { deviceType, joinToken, partyId, payload, sessionId, sessionInfo, type PartyId, type SessionId, type SessionInfo } from './session.ts'

export const ROLES = ['third-party', 'enterprise', 'mobile-app'] as const
export type Role = (typeof ROLES)[number]

/** `register`: what kind of party this is. Acknowledged with `{ ok }`. */
export interface Register {
  readonly role: Role
  readonly device_type: string
}

/** `presence` to the server: replaces the set of parties watched. Acknowledged with `{ ok, online }`. */
export interface Watch {
  readonly watch: readonly PartyId[]
}

/**
 * `signal` to the server. Acknowledged with `{ ok }` once it has been handed to the other member's socket; refused with
 * `unavailable` if that member has no socket now, with `not_found` if there is no such member of a live session.
 */
export interface SignalOut {
  readonly session_id: SessionId
  readonly to: PartyId
  /** Opaque, at most 45,056 bytes. */
  readonly payload: Uint8Array
}

/** `token` (and the handshake's `auth`): renews the login of an open socket. Acknowledged with `{ ok, expires_at }`. */
export interface TokenEvent {
  readonly token: string
}

/** `signal` from the server. */
export interface SignalIn {
  readonly session_id: SessionId
  readonly from: PartyId
  readonly payload: Uint8Array
}

/** `presence` from the server. */
export interface PresenceEvent {
  readonly party_id: PartyId
  readonly online: boolean
}

/** `session` from the server: at every change, and for each live session on connecting. */
export interface SessionEvent {
  readonly session: SessionInfo
  /** Only to a party that was named by its id and has not joined. */
  readonly join_token?: string
}

/** Acknowledgement of `presence`. */
export interface WatchAnswer {
  readonly ok: true
  readonly online: readonly PartyId[]
}

/** Events that a client sends. */
export type ClientEvent = 'register' | 'presence' | 'signal' | 'mailbox' | 'token'
/** Events that a server sends; `error` has the error shape and comes before the server closes the socket. Only `mailbox` is acknowledged. */
export type ServerEvent = 'presence' | 'session' | 'signal' | 'mailbox' | 'error'

const parties = z.array(partyId).check(z.maxLength(LIMITS.watchedParties))

const register: z.ZodMiniType<Register> = z.strictObject({ role: z.enum(ROLES), device_type: deviceType })
const watch: z.ZodMiniType<Watch> = z.strictObject({ watch: parties })
const signalOut: z.ZodMiniType<SignalOut> = z.strictObject({ session_id: sessionId, to: partyId, payload: payload(LIMITS.signalPayloadBytes) })
const tokenEvent: z.ZodMiniType<TokenEvent> = z.strictObject({ token })
const signalIn: z.ZodMiniType<SignalIn> = z.object({ session_id: sessionId, from: partyId, payload: payload(LIMITS.signalPayloadBytes) })
const presenceEvent: z.ZodMiniType<PresenceEvent> = z.object({ party_id: partyId, online: z.boolean() })
const sessionEvent: z.ZodMiniType<SessionEvent> = z.object({ session: sessionInfo, join_token: z.exactOptional(joinToken) })
const acknowledged: z.ZodMiniType<{ readonly ok: true }> = z.object({ ok: z.literal(true) })
const watchAnswer: z.ZodMiniType<WatchAnswer> = z.object({ ok: z.literal(true), online: parties })

// What the server takes; each throws `WireError`.
export const parseRegister = parser(register)
export const parseWatch = parser(watch)
export const parseSignalOut = parser(signalOut)
export const parseTokenEvent = parser(tokenEvent)

// What the client takes; each throws `WireError`. An acknowledgement that is not `ok` is the error shape.
export const parseSignalIn = parser(signalIn)
export const parsePresenceEvent = parser(presenceEvent)
export const parseSessionEvent = parser(sessionEvent)
export const parseAcknowledged = parser(acknowledged)
export const parseWatchAnswer = parser(watchAnswer)
