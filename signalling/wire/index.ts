/**
 * What signalling and its clients say to each other: ids, sessions, events. Field names are those of the REST contract.
 * Shared by the server and by `party/transport`; knows nothing of protocols.
 */

/** Lower-case hex of SHA-256("trivet/party-id/v1" ‖ Ed25519 public key): 64 characters. */
export type PartyId = string & { readonly __brand: 'PartyId' }
/** UUID v4, lower case. The room; on the server's side the session. */
export type SessionId = string & { readonly __brand: 'SessionId' }

export type SessionType = 'keygen' | 'reshare' | 'refresh' | 'sign' | 'recover' | 'presign'
export type SessionStatus = 'created' | 'waiting' | 'in_progress' | 'completed' | 'failed' | 'expired' | 'cancelled'
export type PartyStatus = 'invited' | 'joined' | 'ready' | 'computing' | 'completed' | 'failed' | 'declined'

export interface ParticipantInfo {
  /** Absent while a place is empty. */
  readonly party_id?: PartyId
  /** 1-based position in the session; place 1 is the coordinator. Not the share index. */
  readonly party_index: number
  readonly status: PartyStatus
  readonly online: boolean
}

export interface SessionInfo {
  readonly session_id: SessionId
  readonly session_type: SessionType
  readonly status: SessionStatus
  readonly threshold_t: number
  readonly threshold_n: number
  readonly coordinator: PartyId
  readonly participants: readonly ParticipantInfo[]
  /** ISO 8601, UTC. */
  readonly expires_at: string
  /** Why it was cancelled or declined, and by whom. */
  readonly reason?: string
}

export interface SessionRequest {
  readonly session_type: SessionType
  readonly threshold_n: number
  readonly threshold_t: number
  /** The coordinator first; each either a known party or an empty place, whose number is its position. */
  readonly participants: readonly ({ readonly party_id: PartyId; readonly device_type: string; readonly device_id: string } | { readonly place: number })[]
  readonly expires_in_seconds?: number
}

export interface CreatedSession {
  readonly session_id: SessionId
  /** Keyed by party id, or by `place:<n>`. 22 characters of base64url (128 bits). */
  readonly join_tokens: Readonly<Record<string, string>>
  readonly expires_at: string
}
