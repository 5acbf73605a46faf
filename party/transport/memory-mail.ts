import { LIMITS } from '@trivet/signalling/wire'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import { refusal } from './memory-room.ts'

export interface MemoryMail {
  readonly sessionId: SessionId
  readonly from: PartyId
  readonly to: PartyId
  readonly payload: Uint8Array
  /** Milliseconds since 1970. */
  readonly leftAt: number
}

/** What waits for parties at an introduction server within one process, in the order it was left. */
export class MemoryMailboxes {
  readonly #waiting = new Set<MemoryMail>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** @throws {InputError} a payload of another size; {TransportError} the mailbox is full */
  put(mail: MemoryMail): void {
    const { length } = mail.payload
    if (length < 1 || length > LIMITS.mailPayloadBytes) throw refusal('payload_too_large', `expected 1 to ${LIMITS.mailPayloadBytes} bytes, got ${length}`)
    const waiting = this.of(mail.to).filter(({ sessionId }) => sessionId === mail.sessionId)
    const bytes = waiting.reduce((sum, { payload }) => sum + payload.length, length)
    if (waiting.length >= LIMITS.mailsPerReceiver || bytes > LIMITS.mailBytesPerReceiver) throw refusal('rate_limited', 'the mailbox of this member is full')
    this.#waiting.add(mail)
  }

  /** What waits for a party; what is too old is forgotten. */
  of(party: PartyId): readonly MemoryMail[] {
    const oldest = this.#now() - LIMITS.mailSeconds * 1000
    for (const mail of this.#waiting) if (mail.leftAt < oldest) this.#waiting.delete(mail)
    return [...this.#waiting].filter(({ to }) => to === party)
  }

  /** @returns whether it was still there */
  take(mail: MemoryMail): boolean {
    return this.#waiting.delete(mail)
  }

  /** Forgets all mail of a session that has ended. */
  end(id: SessionId): void {
    for (const mail of this.#waiting) if (mail.sessionId === id) this.#waiting.delete(mail)
  }
}
