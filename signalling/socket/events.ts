import type { FastifyBaseLogger } from 'fastify'
import type { Auth } from '../auth.ts'
import { Refusal, errorShape, toRefusal } from '../refusal.ts'
import { RateLimiter } from '../rooms/rate.ts'
import { isLive, takesPart } from '../rooms/session.ts'
import type { Mailbox } from '../mailbox.ts'
import type { Sessions } from '../sessions.ts'
import { LIMITS, parseMailOut, parseRegister, parseSignalOut, parseTokenEvent, parseWatch, type ClientEvent } from '../wire/index.ts'
import type { Connection } from './connection.ts'
import type { Directory } from './directory.ts'

/** Takes an event's one argument, as it came; gives what is acknowledged beside `ok`. */
type Handler = (connection: Connection, value: unknown) => object | Promise<object>

export interface EventsOptions {
  readonly auth: Auth
  readonly sessions: Sessions
  readonly mailbox: Mailbox
  /** Who leaves mail how often, over REST as well. */
  readonly mails: RateLimiter
  readonly directory: Directory
  readonly clock: () => number
  readonly log: FastifyBaseLogger
}

export interface Events {
  /** Takes a packet of a socket, and never throws: `[event, argument, acknowledgement?]`. */
  take(connection: Connection, packet: readonly unknown[]): Promise<void>
  /** Until when a party that flooded may not come back, in seconds; 0 if it may. */
  bannedFor(party: string): number
  sweep(): void
}

export function createEvents(options: EventsOptions): Events {
  const { clock, log, mails } = options
  const handlers: ReadonlyMap<unknown, Handler> = new Map(Object.entries(handlersOf(options)))
  const signals = new RateLimiter(LIMITS.signalsPerSecond, LIMITS.signalBurst, { bans: true })
  const others = new RateLimiter(LIMITS.eventsPerSecond, LIMITS.eventBurst, { bans: true })

  const limiters = [signals, mails, others]
  const limit = (connection: Connection, name: unknown): void => {
    const limiter = name === 'signal' ? signals : name === 'mailbox' ? mails : others
    const verdict = limiter.take(connection.party, clock())
    if (verdict === 'pass') return
    const refusal = new Refusal('rate_limited', 'too many events', { retryAfter: limiter.retryAfter(connection.party, clock()) })
    if (verdict === 'ban') connection.dismiss(refusal)
    throw refusal
  }
  return {
    async take(connection, [name, ...args]) {
      const last = args.at(-1)
      const acknowledge = isAcknowledgement(last) ? last : () => undefined
      if (isAcknowledgement(last)) args.pop()
      try {
        limit(connection, name)
        const handler = handlers.get(name)
        if (handler === undefined) throw new Refusal('invalid_request', 'there is no such event')
        if (args.length !== 1) throw new Refusal('invalid_request', 'an event has exactly one argument')
        acknowledge({ ok: true, ...await handler(connection, args[0]) })
      } catch (error) {
        const refusal = toRefusal(error)
        if (refusal === undefined) log.error({ err: error instanceof Error ? { type: error.name, stack: error.stack } : {} }, 'event failed')
        acknowledge(errorShape(refusal ?? new Refusal('internal_error', 'something went wrong here')))
      }
    },
    bannedFor(party) {
      const banning = limiters.filter((limiter) => limiter.isBanned(party, clock()))
      return Math.max(0, ...banning.map((limiter) => limiter.retryAfter(party, clock())))
    },
    sweep() {
      for (const limiter of limiters) limiter.sweep(clock())
    },
  }
}

function handlersOf({ auth, sessions, mailbox, directory, clock }: EventsOptions): Record<ClientEvent, Handler> {
  return {
    register(connection, value) {
      connection.role = parseRegister(value).role
      return {}
    },
    presence: (connection, value) => ({ online: directory.watch(connection.party, parseWatch(value).watch) }),
    signal(connection, value) {
      mustFit(value, 'a signal', LIMITS.signalPayloadBytes)
      const { session_id: id, to, payload } = parseSignalOut(value)
      const session = sessions.get(connection.party, id)
      if (!isLive(session, clock()) || !takesPart(session, connection.party) || !takesPart(session, to) || to === connection.party) {
        throw new Refusal('not_found', 'there is no such member of a live session')
      }
      const receiver = directory.get(to)
      if (receiver === undefined) throw new Refusal('unavailable', 'this member is not connected')
      if (!receiver.relay({ session_id: id, from: connection.party, payload })) {
        throw new Refusal('unavailable', 'this member is not reading', { retryAfter: 1 })
      }
      return {}
    },
    mailbox(connection, value) {
      mustFit(value, 'mail', LIMITS.mailPayloadBytes)
      const { session_id: session, to, payload } = parseMailOut(value)
      mailbox.leave(connection.party, { session, to: [to], payload })
      return {}
    },
    async token(connection, value) {
      const { party, expiresAt } = await auth.verify(parseTokenEvent(value).token)
      if (party !== connection.party) throw new Refusal('unauthorized', 'the token is of another party')
      connection.expiresAt = Math.max(connection.expiresAt, expiresAt)
      return { expires_at: new Date(connection.expiresAt).toISOString() }
    },
  }
}

/** The one function that can be in a packet: socket.io's own. */
function isAcknowledgement(value: unknown): value is (answer: object) => void {
  return typeof value === 'function'
}

/** @throws {Refusal} `payload_too_large` */
function mustFit(value: unknown, what: string, most: number): void {
  const payload = typeof value === 'object' && value !== null && 'payload' in value ? value.payload : undefined
  if (payload instanceof Uint8Array && payload.length > most) throw new Refusal('payload_too_large', `${what} has at most ${most} bytes`)
}
