import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Mailbox } from '../mailbox.ts'
import { Refusal } from '../refusal.ts'
import type { RateLimiter } from '../rooms/rate.ts'
import type { Mail } from '../store/rows.ts'
import { LIMITS, parseLeaveRequest, type Message, type PartyId } from '../wire/index.ts'
import type { Guard } from './guard.ts'
import { parseQuery } from './query.ts'

export interface MessagesOptions {
  readonly guard: Guard
  readonly mailbox: Mailbox
  /** Who leaves mail how often, on sockets as well. */
  readonly mails: RateLimiter
  readonly clock: () => number
}

type SessionPath = { Params: { id: string } }

const query = z.strictObject({
  party_id: z.string().max(64).optional(),
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
})

/** The mailbox by REST. The caller leaves and takes for itself alone. */
export function bindMessages(app: FastifyInstance, { guard, mailbox, mails, clock }: MessagesOptions): void {
  app.post<SessionPath>('/api/v1/sessions/:id/messages', async (request, reply) => {
    const caller = await guard.caller(request)
    if (mails.take(caller, clock()) !== 'pass') throw new Refusal('rate_limited', 'too much mail at once', { retryAfter: mails.retryAfter(caller, clock()) })
    const { from_party: from, to_parties: to, payload } = parseLeaveRequest(request.body)
    mustBe(caller, from)
    mailbox.leave(caller, { session: request.params.id, to, payload: bytesOf(payload) })
    void reply.code(202)
    return { success: true }
  })
  app.get<SessionPath>('/api/v1/sessions/:id/messages', async (request): Promise<{ readonly messages: readonly Message[] }> => {
    const caller = await guard.caller(request)
    const { party_id: party = caller, after } = parseQuery(query, request.query)
    mustBe(caller, party)
    return { messages: mailbox.take(caller, request.params.id, after).map(toMessage) }
  })
}

function mustBe(caller: PartyId, party: string): void {
  if (party !== caller) throw new Refusal('forbidden', 'a party leaves and takes mail for itself alone')
}

function bytesOf(base64: string): Uint8Array {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('base64') !== base64) {
    throw new Refusal('invalid_request', 'the request did not parse', { details: { payload: 'expected base64 with nothing left over' } })
  }
  if (bytes.length > LIMITS.mailPayloadBytes) throw new Refusal('payload_too_large', `mail has at most ${LIMITS.mailPayloadBytes} bytes`)
  return bytes
}

function toMessage({ number, from, to, payload, leftAt }: Mail): Message {
  return {
    id: number, from_party: from, to_parties: [to], payload: Buffer.from(payload).toString('base64'), timestamp: new Date(leftAt).toISOString(),
  }
}
