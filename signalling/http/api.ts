import type { FastifyInstance } from 'fastify'
import type { Auth } from '../auth.ts'
import { coordinatorOf, viewFor, type PresenceView } from '../rooms/view.ts'
import { Refusal } from '../refusal.ts'
import type { Session } from '../rooms/session.ts'
import type { Sessions } from '../sessions.ts'
import {
  parseCancelRequest, parseChallengeRequest, parseCompleteRequest, parseJoinRequest, parseSessionRequest, parseTokenRequest,
  type CreatedSession, type JoinedSession, type PartyId, type SessionInfo,
} from '../wire/index.ts'
import type { Guard } from './guard.ts'
import { nextCursor, parseListQuery } from './list-query.ts'

export interface ApiOptions {
  readonly auth: Auth
  readonly guard: Guard
  readonly sessions: Sessions
  readonly presence: PresenceView
  readonly clock: () => number
}

/** A session's or a party's id in a path; whether there is such a thing is asked later, so that a wrong one is simply not found. */
type SessionPath = { Params: { id: string } }
type PartyPath = { Params: { id: string; party: string } }

export function bindApi(app: FastifyInstance, options: ApiOptions): void {
  bindLogin(app, options)
  bindEntrance(app, options)
  bindSession(app, options)
}

function bindLogin(app: FastifyInstance, { auth, guard }: ApiOptions): void {
  app.post('/api/v1/auth/challenge', (request) => {
    guard.address(request)
    return auth.challenge(parseChallengeRequest(request.body))
  })
  app.post('/api/v1/auth/token', (request) => {
    guard.address(request)
    return auth.token(parseTokenRequest(request.body))
  })
}

/** Making, joining and listing sessions. */
function bindEntrance(app: FastifyInstance, { guard, sessions, presence, clock }: ApiOptions): void {
  app.post('/api/v1/sessions', async (request, reply): Promise<CreatedSession> => {
    const caller = await guard.caller(request)
    const { session, tokens } = sessions.create(caller, parseSessionRequest(request.body))
    const named = tokens.map((token, index): [string, string] => [session.places[index + 1]?.party ?? `place:${index + 2}`, token])
    void reply.code(201)
    return { session_id: session.id, join_tokens: Object.fromEntries(named), expires_at: new Date(session.expiresAt).toISOString() }
  })
  app.post('/api/v1/sessions/join', async (request): Promise<JoinedSession> => {
    const caller = await guard.caller(request)
    const session = sessions.join(caller, parseJoinRequest(request.body))
    const view = viewFor(session, caller, presence, clock())
    const place = session.places.findIndex(({ party }) => party === caller)
    return {
      session_id: session.id,
      party_index: place + 1,
      status: session.places[place]?.status ?? 'joined',
      participants: view.participants,
      session: view,
    }
  })
  app.get('/api/v1/sessions', async (request): Promise<{ sessions: SessionInfo[]; next_cursor?: string }> => {
    const caller = await guard.caller(request)
    const query = parseListQuery(request.query)
    const page = sessions.list({ ...query, party: caller })
    const cursor = nextCursor(page, query.limit)
    return { sessions: page.map((session) => viewFor(session, caller, presence, clock())), ...(cursor === undefined ? {} : { next_cursor: cursor }) }
  })
}

/** What can be done with one session. */
function bindSession(app: FastifyInstance, { guard, sessions, presence, clock }: ApiOptions): void {
  app.get<SessionPath>('/api/v1/sessions/:id', async (request): Promise<SessionInfo> => {
    const caller = await guard.caller(request)
    return viewFor(sessions.get(caller, request.params.id), caller, presence, clock())
  })
  app.put<PartyPath>('/api/v1/sessions/:id/parties/:party/ready', async (request) => {
    const caller = await guard.caller(request)
    const { id, party } = request.params
    mustBeCaller(sessions.get(caller, id), caller, party)
    const { places } = sessions.change(id, { kind: 'ready', party: caller })
    const ready = places.filter(({ status }) => status === 'ready' || status === 'computing' || status === 'completed').length
    return { success: true, all_ready: ready === places.length, ready_count: ready, total_parties: places.length }
  })
  app.post<SessionPath>('/api/v1/sessions/:id/start', async (request) => {
    const caller = await guard.caller(request)
    const { status } = sessions.change(request.params.id, { kind: 'start', party: caller })
    return { success: true, status }
  })
  app.post<SessionPath>('/api/v1/sessions/:id/complete', async (request) => {
    const caller = await guard.caller(request)
    const { party_id: party, result_hash: resultHash } = parseCompleteRequest(request.body)
    mustBeCaller(sessions.get(caller, request.params.id), caller, party)
    const { status } = sessions.change(request.params.id, { kind: 'complete', party: caller, resultHash })
    return { success: status !== 'failed', all_completed: status === 'completed' }
  })
  app.post<SessionPath>('/api/v1/sessions/:id/cancel', async (request) => {
    const caller = await guard.caller(request)
    return cancelled(sessions.change(request.params.id, { kind: 'cancel', party: caller, ...parseCancelRequest(request.body) }))
  })
  app.delete<SessionPath>('/api/v1/sessions/:id', async (request) => {
    const caller = await guard.caller(request)
    const session = sessions.get(caller, request.params.id)
    const reason = coordinatorOf(session) === caller ? 'cancelled by its coordinator' : 'declined'
    return cancelled(sessions.change(request.params.id, { kind: 'cancel', party: caller, reason }))
  })
}

function cancelled({ status }: Session): { success: true; status: Session['status'] } {
  return { success: true, status }
}

/** A member may speak for itself alone; a party that is no member is not told from one that does not exist. */
function mustBeCaller(session: Session, caller: PartyId, party: string): void {
  if (party === caller) return
  if (session.places.some((place) => place.party === party)) throw new Refusal('forbidden', 'a party speaks for itself alone')
  throw new Refusal('not_found', 'there is no such party in the session')
}
