import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { Refusal } from './refusal.ts'
import { createSession, type JoinToken } from './rooms/create.ts'
import { apply, expire, placeOf, type RoomEvent, type Session } from './rooms/session.ts'
import type { ListQuery, Store } from './store/index.ts'
import { LIMITS, isSessionId, type JoinRequest, type PartyId, type Role, type SessionId, type SessionRequest } from './wire/index.ts'

/** Live sessions in one process. */
const MAX_LIVE = 10_000
/** How long an ended session can still be asked for. */
const KEEP_ENDED_MS = 86_400_000
/** Ended sessions kept of one coordinator: whoever makes and cancels without end fills no disk. */
const KEEP_ENDED = 500

export interface SessionsOptions {
  readonly store: Store
  readonly clock: () => number
  /** How long a session lives if its request does not say, in seconds. */
  readonly ttlSeconds: number
  /** What a party says it is; decides how many sessions it may be in. */
  readonly roleOf: (party: PartyId) => Role | undefined
  /** Told after every change, once it is durable. */
  readonly changed: (session: Session) => void
}

/** What can be done with sessions, for whoever has logged in. Every method throws `Refusal`. */
export interface Sessions {
  /** @returns the session, and the join tokens of all places but the first */
  create(caller: PartyId, request: SessionRequest): { readonly session: Session; readonly tokens: readonly string[] }
  join(caller: PartyId, request: JoinRequest): Session
  /** @throws {Refusal} `not_found` whether there is none or the caller is no member */
  get(caller: PartyId, id: string): Session
  list(query: ListQuery): Session[]
  /** Sessions that a party should hear of when it connects: live, newest first. */
  liveOf(party: PartyId): Session[]
  change(id: string, event: Exclude<RoomEvent, { readonly kind: 'join' }>): Session
  /** Ends what is overdue and forgets what ended long ago. */
  sweep(): void
}

export function createSessions({ store, clock, ttlSeconds, roleOf, changed }: SessionsOptions): Sessions {
  const save = (session: Session): Session => {
    store.save(session)
    changed(session)
    return session
  }
  const settle = (session: Session): Session => {
    const settled = expire(session, clock())
    return settled === session ? session : save(settled)
  }
  const visible = (caller: PartyId, id: string): Session => {
    const session = isSessionId(id) ? store.session(id) : undefined
    if (session === undefined || placeOf(session, caller) === undefined) throw new Refusal('not_found', 'there is no such session')
    return settle(session)
  }
  const happen = (session: Session, event: RoomEvent): Session => {
    const next = apply(session, event, clock())
    return next === session ? session : save(next)
  }
  const mustHaveRoom = (party: PartyId): void => {
    const most = roleOf(party) === 'enterprise' ? LIMITS.sessionsPerEnterprise : LIMITS.sessionsPerPage
    if (store.countOf(party, clock()) < most) return
    throw new Refusal('rate_limited', `this party is in ${most} live sessions, the most allowed`, { retryAfter: LIMITS.sessionSecondsMin })
  }
  return {
    create(caller, request) {
      mustHaveRoom(caller)
      if (store.countLive(clock()) >= MAX_LIVE) throw new Refusal('unavailable', 'no more sessions can be held now', { retryAfter: 60 })
      store.trim(caller, KEEP_ENDED)
      const tokens = request.participants.slice(1).map(newToken)
      const session = createSession(request, { id: newId(), coordinator: caller, tokens, now: clock(), defaultSeconds: ttlSeconds })
      return { session: save(session), tokens: tokens.map(({ token }) => token) }
    },
    join(caller, request) {
      if (request.party_id !== caller) throw new Refusal('forbidden', 'a party joins for itself alone')
      const tokenHash = sha256(request.join_token)
      const session = store.sessionByToken(tokenHash)
      if (session === undefined) throw new Refusal('not_found', 'there is no session with this join token')
      const settled = settle(session)
      const joining: RoomEvent = { kind: 'join', party: caller, device: { type: request.device_type, id: request.device_id }, tokenHash }
      const next = apply(settled, joining, clock())
      if (next === settled) return settled
      mustHaveRoom(caller)
      return save(next)
    },
    get: visible,
    list: (query) => store.list(query),
    liveOf: (party) => store.liveOf(party, clock(), LIMITS.sessionsPerEnterprise),
    change: (id, event) => happen(visible(event.party, id), event),
    sweep() {
      for (const session of store.overdue(clock())) settle(session)
      store.forget(clock() - KEEP_ENDED_MS)
    },
  }
}

function newToken(): JoinToken {
  const token = randomBytes(16).toString('base64url')
  return { token, hash: sha256(token) }
}

function newId(): SessionId {
  const id: string = randomUUID()
  if (!isSessionId(id)) throw new TypeError('a random UUID is a session id')
  return id
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
