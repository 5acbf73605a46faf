import { describe, expect, test } from 'vitest'
import type { SignallingServer } from '../server.ts'
import { LIMITS, parseSessionEvent, parseSessionInfo } from '../wire/index.ts'
import { Person, connect, create, joinWith, keygenOf, openSocket, serve, temporaryDir } from './harness.ts'

describe('the sessions of a party', () => {
  test('are limited for a page, and less for an enterprise party', async () => {
    const server = await serve()
    const anna = await connect(server)
    for (let made = 0; made < LIMITS.sessionsPerPage; made++) await create(anna, keygenOf([anna.person], 1))
    expect(await anna.rest('POST', '/api/v1/sessions', keygenOf([anna.person], 1))).toMatchObject({ status: 429, body: { error: 'rate_limited' } })
    expect(await anna.send('register', { role: 'enterprise', device_type: 'server' })).toEqual({ ok: true })
    await create(anna, keygenOf([anna.person], 1))
  })

  test('are listed for that party alone, newest first, page by page', async () => {
    const time = { now: Date.now() }
    const server = await serve({ clock: () => time.now })
    const [anna, eve] = [await connect(server), await connect(server)]
    const made = []
    for (let count = 0; count < 5; count++) {
      made.unshift((await create(anna, keygenOf([anna.person], 1))).session_id)
      time.now += count % 2
    }
    await anna.rest('DELETE', `/api/v1/sessions/${made[0]}`)
    const listed = []
    for (let query = 'limit=2'; query !== '';) {
      const { body } = await anna.rest('GET', `/api/v1/sessions?${query}`)
      listed.push(...[body['sessions']].flat().map((session) => parseSessionInfo(session).session_id))
      query = typeof body['next_cursor'] === 'string' ? `limit=2&cursor=${body['next_cursor']}` : ''
    }
    expect([...listed].sort()).toEqual([...made].sort())
    expect((await anna.rest('GET', '/api/v1/sessions?status=cancelled&type=keygen')).body['sessions']).toMatchObject([{ session_id: made[0] }])
    expect((await anna.rest('GET', '/api/v1/sessions?type=sign')).body).toEqual({ sessions: [] })
    expect((await eve.rest('GET', '/api/v1/sessions')).body).toEqual({ sessions: [] })
    for (const query of ['limit=0', 'limit=101', 'cursor=x', 'status=open', 'party=x']) {
      expect(await anna.rest('GET', `/api/v1/sessions?${query}`)).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    }
  })

  test('survive a restart, with members, tokens and logins', async () => {
    const dataDir = temporaryDir()
    const first = await serve({ dataDir })
    const anna = await connect(first)
    const bob = await Person.make()
    const created = await create(anna, keygenOf([anna.person, bob], 1))
    await first.close()
    expect(await anna.ear.next('error')).toMatchObject({ error: 'unavailable' })

    const second = await serve({ dataDir })
    expect((await connectWith(second, anna.token)).session).toMatchObject({ session_id: created.session_id, status: 'created' })
    const client = await connect(second, bob)
    const told = parseSessionEvent(await client.ear.next('session'))
    expect(told.join_token).toBe(created.join_tokens[bob.id])
    expect(await joinWith(client, told.join_token)).toMatchObject({ status: 200 })
    const third = await connect(second)
    expect(await joinWith(third, created.join_tokens['place:3'])).toMatchObject({ status: 200 })
  })
})

/** Connects with a token from before. @returns the first session it hears of */
async function connectWith(server: SignallingServer, token: string): Promise<ReturnType<typeof parseSessionEvent>> {
  return parseSessionEvent(await openSocket(server, { token }).ear.next('session'))
}
