import { Refusal } from './refusal.ts'
import { isLive, takesPart, type Session } from './rooms/session.ts'
import type { Sessions } from './sessions.ts'
import type { Box, MailStore } from './store/mail.ts'
import type { Mail } from './store/rows.ts'
import { LIMITS, type PartyId } from './wire/index.ts'

/** Of all mail together, so that a disk is not filled by whoever makes parties without end. */
const MAX_BYTES = 268_435_456

export interface MailboxOptions {
  readonly store: MailStore
  readonly sessions: Pick<Sessions, 'get'>
  readonly clock: () => number
  /** Told after something was stored for a party. */
  readonly arrived: (party: PartyId) => void
}

export interface Leaving {
  readonly session: string
  readonly to: readonly PartyId[]
  /** Opaque, 1 to 45,056 bytes. */
  readonly payload: Uint8Array
}

/** What members of a live session leave for each other. Every method of a caller throws `Refusal`. */
export interface Mailbox {
  /**
   * Stores it for every receiver, or for none.
   * @throws {Refusal} `not_found`, `forbidden`, `session_expired`, `conflict`, `payload_too_large`, `unavailable`, and `rate_limited` if a
   * receiver's mailbox is full
   */
  leave(caller: PartyId, mail: Leaving): void
  /** What waits for the caller in a session, after what it says it has, which is forgotten: as much as fits into one answer. */
  take(caller: PartyId, session: string, after: number): Mail[]
  /** The next for a party, in whichever live session. @param after position of the one before; 0 for the first */
  next(party: PartyId, after: number): Mail | undefined
  /** Forgets what was taken. */
  taken(mail: Mail): void
  /** Forgets all mail of a session that has ended. */
  ended(session: Session): void
  /** Forgets what nobody took in time. */
  sweep(): void
}

export function createMailbox({ store, sessions, clock, arrived }: MailboxOptions): Mailbox {
  let held = store.bytes()

  /** A session in which the caller may put and take. */
  const openTo = (caller: PartyId, id: string): Session => {
    const session = sessions.get(caller, id)
    if (session.status === 'expired') throw new Refusal('session_expired', 'the session has expired')
    if (!isLive(session, clock())) throw new Refusal('conflict', `the session is ${session.status}`)
    if (!takesPart(session, caller)) throw new Refusal('forbidden', 'only who has joined the session may use its mailbox')
    return session
  }
  const mustFit = (box: Box, size: number): void => {
    const { count, bytes } = store.filled(box)
    if (count < LIMITS.mailsPerReceiver && bytes + size <= LIMITS.mailBytesPerReceiver) return
    const most = `${LIMITS.mailsPerReceiver} messages or ${LIMITS.mailBytesPerReceiver} bytes`
    throw new Refusal('rate_limited', `the mailbox of this member is full: ${most} wait for it`, { retryAfter: 1 })
  }
  return {
    leave(caller, { session: id, to, payload }) {
      const session = openTo(caller, id)
      if (payload.length > LIMITS.mailPayloadBytes) throw new Refusal('payload_too_large', `mail has at most ${LIMITS.mailPayloadBytes} bytes`)
      const receivers = [...new Set(to)]
      if (receivers.some((party) => party === caller || !takesPart(session, party))) {
        throw new Refusal('not_found', 'there is no such member of a live session')
      }
      for (const party of receivers) mustFit({ session: session.id, party }, payload.length)
      const size = payload.length * receivers.length
      if (held + size > MAX_BYTES) throw new Refusal('unavailable', 'no more mail can be held now', { retryAfter: 60 })
      store.put({ session: session.id, from: caller, to: receivers, payload, leftAt: clock() })
      held += size
      for (const party of receivers) arrived(party)
    },
    take(caller, id, after) {
      const { id: session } = openTo(caller, id)
      held -= store.removeUpTo({ session, party: caller }, after)
      return fitting(store.list({ session, party: caller }, after, LIMITS.mailsPerReceiver))
    },
    next(party, after) {
      let position = after
      for (;;) {
        const mail = store.next(party, position)
        if (mail === undefined) return undefined
        const session = sessions.get(party, mail.session)
        if (isLive(session, clock()) && takesPart(session, party)) return mail
        position = mail.position
      }
    },
    taken(mail) {
      held -= store.remove(mail.position)
    },
    ended({ id, endedAt }) {
      if (endedAt !== undefined) held -= store.removeOf(id)
    },
    sweep() {
      held -= store.removeOlder(clock() - LIMITS.mailSeconds * 1000)
    },
  }
}

/** As many from the beginning as one answer holds, at least one. */
function fitting(mails: readonly Mail[]): Mail[] {
  let bytes = 0
  const end = mails.findIndex(({ payload }) => (bytes += payload.length) > LIMITS.mailPageBytes)
  return mails.slice(0, end === -1 ? mails.length : end)
}
