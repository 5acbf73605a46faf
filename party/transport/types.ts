/**
 * What a party needs from the network. In a browser and in Node both halves live on the main thread, while the party
 * lives in a worker (`docs/architecture.md`, Threads): everything here can cross a message port.
 */
import type { PartyId, SessionId, SessionInfo, SessionRequest, CreatedSession } from '@trivet/signalling/wire'

export interface Transport {
  readonly signalling: Signalling
  readonly links: LinkFactory
}

/** How a party proves to the signalling server which identity key it holds. */
export interface Login {
  /** Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array
  /** Signs the server's challenge (`loginMessage` of the wire) with the identity key. @returns 64 bytes */
  sign(message: Uint8Array): Promise<Uint8Array>
}

export type SignallingEvent =
  | { readonly kind: 'connection'; readonly state: 'connected' | 'connecting' | 'refused' | 'offline'; readonly reason?: string }
  /**
   * A session this party is a member of was created or changed; on (re)connect one event for each live session. `joinToken` where
   * this party was named and has not joined.
   */
  | { readonly kind: 'session'; readonly session: SessionInfo; readonly joinToken?: string }
  | { readonly kind: 'signal'; readonly sessionId: SessionId; readonly from: PartyId; readonly payload: Uint8Array }
  /** From the mailbox: left by a member, in the order it was left; each once, unless this client connects anew before it was taken. */
  | { readonly kind: 'mail'; readonly sessionId: SessionId; readonly from: PartyId; readonly payload: Uint8Array }
  | { readonly kind: 'presence'; readonly party: PartyId; readonly online: boolean }

/** The client of the signalling server. Reconnects by itself until closed; then another login may follow. Calls reject with `TransportError` or `Refused`. */
export interface Signalling {
  /** Logs in and stays connected. Resolves at the first successful login. */
  connect(login: Login): Promise<void>
  createSession(request: SessionRequest): Promise<CreatedSession>
  joinSession(joinToken: string): Promise<SessionInfo>
  /** The coordinator's word that the ceremony runs. */
  start(sessionId: SessionId): Promise<void>
  ready(sessionId: SessionId): Promise<void>
  complete(sessionId: SessionId, resultHash: string): Promise<void>
  cancel(sessionId: SessionId, reason: string): Promise<void>
  /**
   * Replaces the set of parties whose presence is told. Presence is mutual: seen only by who is watched back, or shares a live session.
   * @returns those online now
   */
  watch(parties: readonly PartyId[]): Promise<readonly PartyId[]>
  /** Relays opaque bytes (at most 45,056) to one member of a session. Rejects with `TransportError` if that member is not connected. */
  send(sessionId: SessionId, to: PartyId, payload: Uint8Array): Promise<void>
  /**
   * Leaves opaque bytes (at most 45,056) in a member's mailbox: they come to it as `mail`, at once or when it connects. Resolves when they are stored.
   * @throws {TransportError} E_TRANSPORT full, or not reached
   */
  leave(sessionId: SessionId, to: PartyId, payload: Uint8Array): Promise<void>
  /** @returns a function that stops listening */
  listen(listener: (event: SignallingEvent) => void): () => void
  /** Ends the connection; listeners stay for a next login. */
  close(): void
}

/** Makes links: one attempt at a direct connection each. */
export interface LinkFactory {
  open(options: { readonly initiator: boolean }, events: LinkEvents): Link
}

export interface LinkEvents {
  /** Opaque negotiation bytes for the other end (SDP, ICE). */
  signal(bytes: Uint8Array): void
  /** The link carries messages from now on. SHA-256 DTLS fingerprints, 32 bytes each, as this end sees them. */
  open(info: { readonly local: Uint8Array; readonly remote: Uint8Array; readonly path: LinkPath }): void
  message(bytes: Uint8Array): void
  /** May send again after `send` returned false. */
  drain(): void
  /** The link is gone for good, for whatever reason; nothing follows. Called once, also after `close()`. */
  close(reason: string): void
}

/** How the bytes travel: straight, through a TURN server, through the introduction server's mailbox, or within one process. */
export type LinkPath = 'direct' | 'relay' | 'mailbox' | 'memory'

export interface Link {
  signal(bytes: Uint8Array): void
  /** Sends one message of at most 65,536 bytes, in order. @returns false when the buffer is above 1 MB: wait for `drain` */
  send(bytes: Uint8Array): boolean
  /** @param isLeaving whether nobody will be here any more: the other end hears so, where the link can tell it */
  close(isLeaving?: boolean): void
}

/** Reason of a link whose other end said that it leaves: no other link to it can be made. */
export const LEFT = 'the other end was closed'
