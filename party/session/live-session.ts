/** What the party knows of every kind of session. */
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { SessionView } from '../api.ts'

export interface LiveSession {
  readonly id: SessionId
  view(): SessionView
  /** The introduction server's view of the session has changed. */
  told(info: SessionInfo): void
  /** Bytes of a member, over the introduction server. */
  signal(from: PartyId, payload: Uint8Array): void
  approve(): Promise<void>
  decline(reason: string): Promise<void>
  /** Leaves it, whatever state it is in. */
  leave(): Promise<void>
  readonly isOver: boolean
}
