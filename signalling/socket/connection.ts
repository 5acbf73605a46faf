import type { DefaultEventsMap, Server, Socket } from 'socket.io'
import type { Caller } from '../auth.ts'
import { errorShape, type Refusal } from '../refusal.ts'
import { LIMITS, type ErrorShape, type PartyId, type MailIn, type PresenceEvent, type Role, type SessionEvent, type SignalIn } from '../wire/index.ts'

interface Outgoing {
  presence: (event: PresenceEvent) => void
  session: (event: SessionEvent) => void
  signal: (event: SignalIn) => void
  mailbox: (event: MailIn, taken: () => void) => void
  error: (error: ErrorShape) => void
}

interface SocketData {
  caller: Caller
}

// What comes in has no types: nothing is bound by name, one table parses every event (`events.ts`).
export type Io = Server<DefaultEventsMap, Outgoing, DefaultEventsMap, SocketData>
export type PartySocket = Socket<DefaultEventsMap, Outgoing, DefaultEventsMap, SocketData>

/** What may wait for a receiver that does not read, in bytes. */
const MAX_BACKLOG = 16 * LIMITS.messageBytes

/** The one live socket of a party. */
export class Connection {
  readonly socket: PartySocket
  readonly party: PartyId
  /** When its login ends, in milliseconds since 1970. */
  expiresAt: number
  role: Role | undefined
  /** To be told that mail has come for this party. */
  hasMail: () => void = () => undefined
  /** Bytes handed over since everything waiting had been passed on. */
  #backlog = 0

  constructor(socket: PartySocket, { party, expiresAt }: Caller) {
    this.socket = socket
    this.party = party
    this.expiresAt = expiresAt
    socket.conn.on('drain', () => {
      this.#backlog = 0
    })
  }

  /** @returns false if too much is waiting for this receiver already */
  relay(signal: SignalIn): boolean {
    if (this.#backlog + signal.payload.length > MAX_BACKLOG) return false
    this.#backlog += signal.payload.length
    this.socket.emit('signal', signal)
    return true
  }

  /** Says why, then closes. */
  dismiss(refusal: Refusal): void {
    this.socket.emit('error', errorShape(refusal))
    this.socket.disconnect(true)
  }
}
