import type { SessionState, SessionView } from '@trivet/party'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startRestServer, type RestServer } from '../testing/rest-server.ts'
import { acmePlace, annaPlace, keygenSession, NOW, OTHER_SESSION, SESSION, unlocked } from '../testing/scripted-party.ts'

const running: SessionState = { at: 'running', round: 2, of: 5, waitingFor: [2], since: NOW }
const failure = (code: string): SessionState => ({
  at: 'failed',
  error: {
    code, sentence: 'Anna stopped answering.', safe: 'No key was made.', next: 'Try again.', culprits: [{ index: 2, name: 'Anna' }], details: 'internal',
  },
})

describe('GET /api/v1/sessions', () => {
  let server: RestServer
  let key: string
  beforeEach(async () => {
    server = await startRestServer()
    key = await server.key(['read'])
  })
  afterEach(async () => { await server.close() })

  const shown = async (session: SessionView): Promise<unknown> => {
    server.party.show(unlocked({ sessions: [session] }))
    return (await server.get(`/api/v1/sessions/${session.id}`, key)).body
  }

  it('lists the newest first, filtered and cut to length', async () => {
    const older = { ...keygenSession(running, [acmePlace, annaPlace], OTHER_SESSION), createdAt: NOW - 1 }
    const newer = { ...keygenSession(failure('E_TIMEOUT'), [acmePlace, annaPlace]), kind: 'sign' as const }
    server.party.show(unlocked({ sessions: [older, newer] }))
    const ids = async (query: string): Promise<unknown> => {
      const { body } = await server.get(`/api/v1/sessions${query}`, key)
      return (body as { sessions: { session_id: string }[] }).sessions.map(({ session_id }) => session_id)
    }
    expect(await ids('')).toEqual([SESSION, OTHER_SESSION])
    expect(await ids('?limit=1')).toEqual([SESSION])
    expect(await ids('?type=keygen')).toEqual([OTHER_SESSION])
    expect(await ids('?status=failed')).toEqual([SESSION])
    expect(await ids('?status=completed')).toEqual([])
  })

  it.each([
    ['?limit=0', { limit: 'expected a whole number from 1 to 200' }],
    ['?limit=201', { limit: 'expected a whole number from 1 to 200' }],
    ['?type=recover', { type: 'expected one of keygen, reshare, refresh, import, sign, repair, export' }],
    ['?status=done', { status: 'expected one of created, waiting, in_progress, completed, failed, expired, cancelled' }],
    ['?state=failed', { state: 'is not known' }],
  ])('refuses %s', async (query, details) => {
    server.party.show(unlocked())
    expect(await server.get(`/api/v1/sessions${query}`, key)).toMatchObject({ status: 400, body: { error: 'invalid_request', details } })
  })

  it.each([
    ['created', { at: 'inviting', expiresAt: NOW, ready: false }, 'empty', 'invited'],
    ['waiting', { at: 'inviting', expiresAt: NOW, ready: true }, 'joined', 'joined'],
    ['waiting', { at: 'approving', expiresAt: NOW, answered: true }, 'approved', 'ready'],
    ['in_progress', { at: 'connecting' }, 'approved', 'ready'],
    ['in_progress', running, 'approved', 'computing'],
    ['completed', { at: 'done', finishedAt: NOW }, 'approved', 'completed'],
    ['failed', failure('E_TIMEOUT'), 'gone', 'failed'],
    ['expired', failure('E_EXPIRED'), 'empty', 'invited'],
    ['cancelled', failure('E_DECLINED'), 'declined', 'declined'],
    ['cancelled', failure('E_CANCELLED'), 'joined', 'joined'],
  ] satisfies [string, SessionState, typeof annaPlace.state, string][])('says %s', async (status, state, place, participant) => {
    const body = await shown(keygenSession(state, [acmePlace, { ...annaPlace, state: place }]))
    expect(body).toMatchObject({ status, participants: [{}, { status: participant }] })
  })

  it('tells the round reached and who is waited for', async () => {
    expect(await shown(keygenSession(running, [acmePlace, annaPlace]))).toMatchObject({
      round: 2, rounds: 5, waiting_for: [{ party_index: 2, name: 'Anna' }], round_started_at: '2026-11-20T12:00:00.000Z',
    })
  })

  it('tells why it failed and whose fault it was, without inner details', async () => {
    const body = await shown(keygenSession(failure('E_TIMEOUT'), [acmePlace, annaPlace]))
    expect(body).toMatchObject({
      failure: { code: 'E_TIMEOUT', message: 'Anna stopped answering.', safe: 'No key was made.', culprits: [{ party_index: 2, name: 'Anna' }] },
    })
    expect(JSON.stringify(body)).not.toContain('internal')
  })

  it('waits until the end, whoever brings it', async () => {
    server.party.show(unlocked({ sessions: [keygenSession(running, [acmePlace, annaPlace])] }))
    const waiting = server.get(`/api/v1/sessions/${SESSION}?wait=60`, key)
    server.party.show(unlocked({ sessions: [keygenSession(failure('E_CANCELLED'), [acmePlace, annaPlace])] }))
    expect(await waiting).toMatchObject({ status: 200, body: { status: 'cancelled' } })
  })

  it('does not know sessions of others, nor ids that are none', async () => {
    server.party.show(unlocked())
    expect(await server.get(`/api/v1/sessions/${SESSION}`, key)).toMatchObject({ status: 404, body: { error: 'not_found', message: 'There is no such session.' } })
    expect(await server.get('/api/v1/sessions/1', key)).toMatchObject({ status: 400, body: { error: 'invalid_request', details: { id: 'expected a session id: a UUID' } } })
  })
})
