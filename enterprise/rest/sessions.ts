import { Bug } from '@trivet/protocol/core'
import type { SessionView } from '@trivet/party'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { KeyCheck } from './auth.ts'
import { awaitView, sessionIn, unlockedView, type RestContext } from './context.ts'
import { unavailable } from './errors.ts'
import { ListQuery, parse, SessionPath, WaitQuery } from './schemas.ts'
import { hasEnded, sessionBody, statusOf, typeOf } from './session-body.ts'

/** How long the party may take to show what it has begun. */
const SHOWN_WITHIN_SECONDS = 15

export function sessionRoutes(app: FastifyInstance, context: RestContext, requireKey: KeyCheck): void {
  app.get('/api/v1/sessions', { onRequest: requireKey('read') }, (request) => {
    const { type, status, limit } = parse(ListQuery, request.query)
    const view = unlockedView(context)
    const sessions = view.sessions
      .filter((session) => (type === undefined || typeOf(session) === type) && (status === undefined || statusOf(session) === status))
      .toSorted((a, b) => b.createdAt - a.createdAt)
      .slice(0, limit)
    return { sessions: sessions.map((session) => sessionBody(session, view)) }
  })

  app.get('/api/v1/sessions/:id', { onRequest: requireKey('read') }, async (request) => {
    const { id } = parse(SessionPath, request.params)
    const { wait } = parse(WaitQuery, request.query)
    sessionIn(unlockedView(context), id)
    await awaitEnd(context, request, id, wait)
    const view = unlockedView(context)
    return sessionBody(sessionIn(view, id), view)
  })
}

/**
 * Waits until the view shows a session the party has just made: it may come a moment after the party's answer.
 * @throws ApiError unavailable when the server stops first; Bug when it never does
 */
export async function awaitSession(
  context: RestContext, request: FastifyRequest, id: string, isReady: (session: SessionView) => boolean = () => true,
): Promise<void> {
  const shown = await awaitView(context, request, SHOWN_WITHIN_SECONDS, (view) => view.sessions.find((one) => one.id === id && isReady(one)))
  if (shown !== undefined) return
  if (context.stopping.aborted) throw unavailable('The server is shutting down.', { session_id: id })
  throw new Bug('the party does not show a session that it has made')
}

/** Whether a lobby shows the links of so many places. */
export function hasLinks(count: number): (session: SessionView) => boolean {
  return ({ state, places }) => state.at !== 'inviting' || places.filter(({ link }) => link !== undefined).length >= count
}

/** Answers 202, or 200 when the session has come to its end within the time the caller waits. */
export async function answerWithSession(context: RestContext, request: FastifyRequest, reply: FastifyReply, id: string, wait: number) {
  await awaitEnd(context, request, id, wait)
  const view = unlockedView(context)
  const session = sessionIn(view, id)
  reply.code(hasEnded(session) ? 200 : 202)
  return sessionBody(session, view)
}

async function awaitEnd(context: RestContext, request: FastifyRequest, id: string, seconds: number): Promise<void> {
  if (seconds === 0) return
  await awaitView(context, request, seconds, (view) => {
    const session = view.sessions.find((one) => one.id === id)
    return session === undefined || hasEnded(session) ? true : undefined
  })
}
