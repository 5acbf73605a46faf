/**
 * A transport that lives on the main thread (WebRTC and sockets do not exist in workers) and is used from the worker that
 * owns the party.
 */
import type { CreatedSession, PartyId, SessionId, SessionInfo, SessionRequest } from '@trivet/signalling/wire'
import type { LinkPath, SignallingEvent } from '../transport/types.ts'

export const TRANSPORT_SCOPE = 'transport'

/** What the main thread does for the worker. */
export type MainTable = {
  connect(publicKey: Uint8Array): Promise<void>
  createSession(request: SessionRequest): Promise<CreatedSession>
  joinSession(joinToken: string): Promise<SessionInfo>
  start(sessionId: SessionId): Promise<void>
  ready(sessionId: SessionId): Promise<void>
  complete(sessionId: SessionId, resultHash: string): Promise<void>
  cancel(sessionId: SessionId, reason: string): Promise<void>
  watch(parties: readonly PartyId[]): Promise<readonly PartyId[]>
  send(sessionId: SessionId, to: PartyId, payload: Uint8Array): Promise<void>
  leave(sessionId: SessionId, to: PartyId, payload: Uint8Array): Promise<void>
  closeSignalling(): void
  linkOpen(id: number, initiator: boolean): void
  linkSignal(id: number, bytes: Uint8Array): void
  linkSend(id: number, bytes: Uint8Array): void
  linkClose(id: number, isLeaving: boolean): void
}

/** What the worker does for the main thread. */
export type WorkerTable = {
  sign(message: Uint8Array): Promise<Uint8Array>
  event(event: SignallingEvent): void
  linkEvent(id: number, event: LinkEvent): void
}

export type LinkEvent =
  | { readonly kind: 'signal' | 'message'; readonly bytes: Uint8Array }
  | { readonly kind: 'open'; readonly info: { readonly local: Uint8Array; readonly remote: Uint8Array; readonly path: LinkPath } }
  /** So many bytes left the main thread. */
  | { readonly kind: 'taken'; readonly bytes: number }
  | { readonly kind: 'close'; readonly reason: string }
