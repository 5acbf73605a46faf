import { describe, expect, test } from 'vitest'
import { LIMITS, parseJoinedSession, parsePresenceEvent, parseSessionEvent, parseSessionInfo, parseSignalIn } from '../wire/index.ts'
import { Person, anyText, connect, create, gather, joinWith, keygenOf, serve } from './harness.ts'

describe('a session', () => {
  test('goes from created to completed, and every member hears of each step', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    const created = await create(anna, keygenOf([anna.person, bob.person]))
    const path = `/api/v1/sessions/${created.session_id}`
    const invitation = parseSessionEvent(await bob.ear.next('session'))
    expect(invitation.session).toMatchObject({ status: 'created', coordinator: anna.person.id })
    expect(invitation.join_token).toBe(created.join_tokens[bob.person.id])

    const joined = await joinWith(bob, invitation.join_token)
    expect(joined.status).toBe(200)
    expect(parseJoinedSession(joined.body)).toMatchObject({ party_index: 2, status: 'joined', session: { status: 'waiting' } })
    expect((await anna.rest('POST', `${path}/start`)).body).toMatchObject({ error: 'conflict' })
    expect((await bob.rest('PUT', `${path}/parties/${bob.person.id}/ready`)).body).toEqual({ success: true, all_ready: false, ready_count: 1, total_parties: 2 })
    expect((await anna.rest('PUT', `${path}/parties/${anna.person.id}/ready`)).body).toMatchObject({ all_ready: true })
    expect((await bob.rest('POST', `${path}/start`)).status).toBe(403)
    expect((await anna.rest('POST', `${path}/start`)).body).toEqual({ success: true, status: 'in_progress' })

    const report = (party: string): object => ({ party_id: party, result_hash: 'ab'.repeat(32) })
    expect((await anna.rest('POST', `${path}/complete`, report(anna.person.id))).body).toEqual({ success: true, all_completed: false })
    expect((await bob.rest('POST', `${path}/complete`, report(bob.person.id))).body).toEqual({ success: true, all_completed: true })
    const statuses = []
    for (let step = 0; step < 7; step++) statuses.push(parseSessionEvent(await anna.ear.next('session')).session.status)
    expect(statuses).toEqual(['created', 'waiting', 'waiting', 'waiting', 'in_progress', 'in_progress', 'completed'])
    expect(parseSessionInfo((await bob.rest('GET', path)).body).status).toBe('completed')
  })

  test('relays opaque bytes between its members', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    const id = await gather(anna, bob)
    const payload = crypto.getRandomValues(new Uint8Array(45_056))
    expect(await anna.send('signal', { session_id: id, to: bob.person.id, payload })).toEqual({ ok: true })
    const signal = parseSignalIn(await bob.ear.next('signal'))
    expect(signal).toMatchObject({ session_id: id, from: anna.person.id })
    expect(Buffer.compare(signal.payload, payload)).toBe(0)
  })

  test('admits one party by the token of a place, and it alone again', async () => {
    const server = await serve()
    const [anna, bob, eve] = [await connect(server), await connect(server), await connect(server)]
    const { join_tokens: tokens } = await create(anna, keygenOf([anna.person], 1))
    expect(await joinWith(bob, tokens['place:2'])).toMatchObject({ status: 200, body: { party_index: 2 } })
    expect(await joinWith(bob, tokens['place:2'])).toMatchObject({ status: 200, body: { party_index: 2 } })
    expect(await joinWith(eve, tokens['place:2'])).toMatchObject({ status: 409, body: { error: 'session_full' } })
    expect(await joinWith(eve, 'A'.repeat(22))).toMatchObject({ status: 404 })
    const asBob = { join_token: tokens['place:2'], party_id: bob.person.id, device_type: 'browser', device_id: 'x' }
    expect(await eve.rest('POST', '/api/v1/sessions/join', asBob)).toMatchObject({ status: 403 })
  })

  test('keeps the place of a named party for that party', async () => {
    const server = await serve()
    const [anna, bob, eve] = [await connect(server), await connect(server), await connect(server)]
    const { join_tokens: tokens } = await create(anna, keygenOf([anna.person, bob.person]))
    expect(await joinWith(eve, tokens[bob.person.id])).toMatchObject({ status: 401 })
    expect(await joinWith(bob, tokens[bob.person.id])).toMatchObject({ status: 200 })
  })

  test('expires, is told as expired, and is forgotten a day later', async () => {
    const time = { now: Date.now() }
    const server = await serve({ clock: () => time.now, sweepEvery: 10 })
    const anna = await connect(server)
    const created = await create(anna, { ...keygenOf([anna.person], 1), expires_in_seconds: LIMITS.sessionSecondsMin })
    await anna.ear.next('session')
    time.now += LIMITS.sessionSecondsMin * 1000
    expect(parseSessionEvent(await anna.ear.next('session')).session.status).toBe('expired')
    const bob = await connect(server)
    expect(await joinWith(bob, created.join_tokens['place:2'])).toMatchObject({ status: 410, body: { error: 'session_expired' } })
    time.now += 86_400_001
    const again = await connect(server, anna.person)
    await expect.poll(async () => (await again.rest('GET', `/api/v1/sessions/${created.session_id}`)).status).toBe(404)
  })

  test('fails when the parties report different results', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    const path = `/api/v1/sessions/${await gather(anna, bob)}`
    for (const client of [anna, bob]) await client.rest('PUT', `${path}/parties/${client.person.id}/ready`)
    await anna.rest('POST', `${path}/start`)
    await anna.rest('POST', `${path}/complete`, { party_id: anna.person.id, result_hash: 'aa'.repeat(32) })
    const differing = await bob.rest('POST', `${path}/complete`, { party_id: bob.person.id, result_hash: 'bb'.repeat(32) })
    expect(differing.body).toEqual({ success: false, all_completed: false })
    expect((await anna.rest('GET', path)).body).toMatchObject({ status: 'failed', reason: anyText })
  })

  test('is declined by a participant and cancelled by its coordinator, with a reason', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    const declined = `/api/v1/sessions/${(await create(anna, keygenOf([anna.person, bob.person]))).session_id}`
    expect(await bob.rest('POST', `${declined}/cancel`, { reason: 'not now' })).toMatchObject({ status: 200 })
    expect((await anna.rest('GET', declined)).body).toMatchObject({ status: 'cancelled', reason: 'not now', participants: [{}, { status: 'declined' }] })
    const cancelled = `/api/v1/sessions/${await gather(anna, bob)}`
    expect(await anna.rest('DELETE', cancelled)).toMatchObject({ status: 200, body: { success: true, status: 'cancelled' } })
    expect(await bob.rest('PUT', `${cancelled}/parties/${bob.person.id}/ready`)).toMatchObject({ status: 409 })
  })

  test('does not exist for a stranger, whatever he calls', async () => {
    const server = await serve()
    const [anna, bob, eve] = [await connect(server), await connect(server), await connect(server)]
    const id = await gather(anna, bob)
    const missing = '6ba7b810-9dad-41d1-80b4-00c04fd430c8'
    const report = { party_id: eve.person.id, result_hash: 'ab'.repeat(32) }
    const calls: [string, string, object?][] = [
      ['GET', ''], ['DELETE', ''], ['POST', '/start'], ['POST', '/cancel', { reason: '' }], ['POST', '/complete', report],
      ['PUT', `/parties/${eve.person.id}/ready`], ['PUT', `/parties/${anna.person.id}/ready`],
    ]
    for (const [method, path, body] of calls) {
      const [real, none] = [await eve.rest(method, `/api/v1/sessions/${id}${path}`, body), await eve.rest(method, `/api/v1/sessions/${missing}${path}`, body)]
      expect(real.status).toBe(404)
      expect(real.body).toEqual(none.body)
    }
    const signals = [id, missing].map((session) => eve.send('signal', { session_id: session, to: bob.person.id, payload: new Uint8Array(1) }))
    const [real, none] = await Promise.all(signals)
    expect(real).toMatchObject({ error: 'not_found' })
    expect(real).toEqual(none)
  })

  test('lets a member speak for itself alone', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    const path = `/api/v1/sessions/${await gather(anna, bob)}`
    expect((await anna.rest('PUT', `${path}/parties/${bob.person.id}/ready`)).status).toBe(403)
    expect((await anna.rest('POST', `${path}/complete`, { party_id: bob.person.id, result_hash: 'ab'.repeat(32) })).status).toBe(403)
  })

  test('takes no signal for who has not joined, who is away, or once it has ended', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    const away = await Person.make()
    const created = await create(anna, keygenOf([anna.person, bob.person, away]))
    const signal = { session_id: created.session_id, to: bob.person.id, payload: new Uint8Array(1) }
    expect(await anna.send('signal', signal)).toMatchObject({ error: 'not_found' })
    expect(await bob.send('signal', { ...signal, to: anna.person.id })).toMatchObject({ error: 'not_found' })
    await joinWith(bob, created.join_tokens[bob.person.id])
    expect(await anna.send('signal', signal)).toEqual({ ok: true })
    bob.socket.close()
    expect(parsePresenceEvent(await anna.ear.next('presence'))).toEqual({ party_id: bob.person.id, online: false })
    expect(await anna.send('signal', signal)).toMatchObject({ error: 'unavailable' })
    await anna.rest('DELETE', `/api/v1/sessions/${created.session_id}`)
    expect(await anna.send('signal', signal)).toMatchObject({ error: 'not_found' })
  })
})
