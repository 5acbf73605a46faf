import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../wire/index.ts'
import { Person, anyText, call, connect, create, gather, joinWith, keygenOf, openSocket, serve, temporaryDir, textWith } from './harness.ts'
import { all, base64, connectAgain, large, leave, read } from './mail.ts'

describe('the mailbox', () => {
  test('is full at 1 MiB for one member, says so, and takes mail for others', async () => {
    const server = await serve()
    const [anna, bob, carl] = [await connect(server), await connect(server), await connect(server)]
    const id = await gather(anna, bob, carl)
    bob.socket.close()
    const mail = { session_id: id, to: bob.person.id, payload: large }
    for (let sent = 0; sent < 23; sent++) expect(await anna.send('mailbox', mail)).toEqual({ ok: true })
    expect(await anna.send('mailbox', mail)).toMatchObject({ error: 'rate_limited', message: textWith(/mailbox of this member is full: 256 messages or 1048576 bytes/) })
    const toBoth = { from_party: anna.person.id, to_parties: [carl.person.id, bob.person.id], payload: Buffer.from(large).toString('base64') }
    expect(await anna.rest('POST', `/api/v1/sessions/${id}/messages`, toBoth)).toMatchObject({ status: 429, body: { error: 'rate_limited' } })
    expect(carl.ear.left).not.toContain('mailbox')
    await leave(anna, id, carl.person.id, 1)
    expect(await read(await connectAgain(bob, server), all).until(23)).toHaveLength(23)
    expect(await anna.send('mailbox', mail)).toEqual({ ok: true })
  })

  test('is full at 256 messages', async () => {
    const time = { now: Date.now() }
    const server = await serve({ clock: () => time.now })
    const [anna, bob] = [await connect(server), await connect(server)]
    const id = await gather(anna, bob)
    bob.socket.close()
    for (let sent = 0; sent < LIMITS.mailsPerReceiver; sent++) {
      await leave(anna, id, bob.person.id, 1)
      time.now += 1000 / LIMITS.mailsPerSecond
    }
    expect(await anna.send('mailbox', { session_id: id, to: bob.person.id, payload: Uint8Array.of(1) })).toMatchObject({ error: 'rate_limited', message: textWith(/full/) })
  })

  test('has a measure of its own for who leaves too much at once, on socket and REST together, then cuts the socket', async () => {
    const time = { now: Date.now() }
    const server = await serve({ clock: () => time.now })
    const [anna, bob] = [await connect(server), await connect(server)]
    const id = await gather(anna, bob)
    read(bob, all)
    const mail = { session_id: id, to: bob.person.id, payload: Uint8Array.of(1) }
    const answers = await Promise.all(Array.from({ length: LIMITS.mailBurst + 1 }, () => anna.send('mailbox', mail)))
    expect(answers.filter((answer) => JSON.stringify(answer) === '{"ok":true}')).toHaveLength(LIMITS.mailBurst)
    expect(answers.at(-1)).toMatchObject({ error: 'rate_limited', message: 'too many events' })
    const request = { from_party: anna.person.id, to_parties: [bob.person.id], payload: base64(1) }
    expect(await anna.rest('POST', `/api/v1/sessions/${id}/messages`, request)).toMatchObject({ status: 429, body: { message: 'too much mail at once' } })
    expect(await anna.send('presence', { watch: [] })).toMatchObject({ ok: true })
    for (let sent = 0; sent < LIMITS.mailBurst; sent++) anna.socket.emit('mailbox', mail)
    expect(await anna.ear.next('error')).toMatchObject({ error: 'rate_limited' })
    await anna.ear.next('disconnect')
    expect(await openSocket(server, { token: anna.token }).ear.next('connect_error')).toMatchObject({ data: { error: 'rate_limited' } })
  })

  test('keeps mail for ten minutes', async () => {
    const time = { now: Date.now() }
    const server = await serve({ clock: () => time.now, sweepEvery: 10 })
    const [anna, bob] = [await connect(server), await connect(server)]
    const id = await gather(anna, bob)
    bob.socket.close()
    await leave(anna, id, bob.person.id, 1)
    time.now += (LIMITS.mailSeconds - 60) * 1000
    await leave(anna, id, bob.person.id, 2)
    time.now += 60_001
    const path = `/api/v1/sessions/${id}/messages`
    const token = await bob.person.logIn(server)
    const kept = async (): Promise<unknown> => (await call(server, 'GET', path, { token })).body['messages']
    await expect.poll(kept).toMatchObject([{ id: 2 }])
  })

  test('forgets everything of a session that has ended, also on disk', async () => {
    const dataDir = temporaryDir()
    const server = await serve({ dataDir })
    const [anna, bob] = [await connect(server), await connect(server)]
    const id = await gather(anna, bob)
    bob.socket.close()
    const canary = `canary-${crypto.randomUUID()}`
    await anna.send('mailbox', { session_id: id, to: bob.person.id, payload: Buffer.from(canary.repeat(200)) })
    expect(contentsOf(dataDir)).toContain(canary)
    await anna.rest('DELETE', `/api/v1/sessions/${id}`)
    expect(await anna.send('mailbox', { session_id: id, to: bob.person.id, payload: Uint8Array.of(1) })).toMatchObject({ error: 'conflict' })
    expect(await bob.rest('GET', `/api/v1/sessions/${id}/messages`)).toMatchObject({ status: 409 })
    const again = await connect(server, bob.person)
    await again.send('presence', { watch: [] })
    expect(again.ear.left).not.toContain('mailbox')
    await server.close()
    expect(contentsOf(dataDir)).not.toContain(canary)
  })
})

describe('whoever is no member', () => {
  test('neither leaves nor takes, and learns of no session', async () => {
    const server = await serve()
    const [anna, bob, eve] = [await connect(server), await connect(server), await connect(server)]
    const [id, missing] = [await gather(anna, bob), '6ba7b810-9dad-41d1-80b4-00c04fd430c8']
    const request = { from_party: eve.person.id, to_parties: [bob.person.id], payload: base64(1) }
    for (const ask of [
      (session: string) => eve.send('mailbox', { session_id: session, to: bob.person.id, payload: Uint8Array.of(1) }),
      async (session: string) => (await eve.rest('GET', `/api/v1/sessions/${session}/messages`)).body,
      async (session: string) => (await eve.rest('POST', `/api/v1/sessions/${session}/messages`, request)).body,
    ]) {
      expect(await ask(id)).toMatchObject({ error: 'not_found' })
      expect(await ask(id)).toEqual(await ask(missing))
    }
    expect(await anna.send('mailbox', { session_id: id, to: eve.person.id, payload: Uint8Array.of(1) })).toMatchObject({ error: 'not_found' })
  })

  test('or has not joined yet, has no mailbox in it', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    const created = await create(anna, keygenOf([anna.person, bob.person, await Person.make()]))
    const path = `/api/v1/sessions/${created.session_id}/messages`
    expect(await bob.rest('GET', path)).toMatchObject({ status: 403 })
    expect(await anna.send('mailbox', { session_id: created.session_id, to: bob.person.id, payload: Uint8Array.of(1) })).toMatchObject({ error: 'not_found' })
    await joinWith(bob, created.join_tokens[bob.person.id])
    expect(await bob.rest('GET', path)).toMatchObject({ status: 200, body: { messages: [] } })
  })

  test('cannot leave or take in the name of another', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    const path = `/api/v1/sessions/${await gather(anna, bob)}/messages`
    expect(await anna.rest('GET', `${path}?party_id=${bob.person.id}`)).toMatchObject({ status: 403 })
    expect(await anna.rest('POST', path, { from_party: bob.person.id, to_parties: [bob.person.id], payload: base64(1) })).toMatchObject({ status: 403 })
  })
})

test('mail that does not parse is refused with the field named, and the mailbox is as before', async () => {
  const server = await serve()
  const [anna, bob] = [await connect(server), await connect(server)]
  const id = await gather(anna, bob)
  bob.socket.close()
  const mail = { session_id: id, to: bob.person.id, payload: Uint8Array.of(1) }
  const wrong: [unknown, string][] = [
    [{ ...mail, extra: 1 }, '(root)'], [{ ...mail, payload: new Uint8Array() }, 'payload'], [{ ...mail, payload: 'AA==' }, 'payload'], [{ ...mail, to: 'x' }, 'to'],
    [{ ...mail, session_id: 1 }, 'session_id'], [null, '(root)'], [{ ...mail, to: [bob.person.id] }, 'to'],
  ]
  for (const [value, field] of wrong) expect(await anna.send('mailbox', value)).toEqual({ error: 'invalid_request', message: anyText, details: { [field]: anyText } })
  expect(await anna.send('mailbox', { ...mail, payload: new Uint8Array(LIMITS.mailPayloadBytes + 1) })).toMatchObject({ error: 'payload_too_large' })
  expect(await anna.send('mailbox', { ...mail, to: anna.person.id })).toMatchObject({ error: 'not_found' })

  const path = `/api/v1/sessions/${id}/messages`
  const request = { from_party: anna.person.id, to_parties: [bob.person.id], payload: base64(1) }
  const wrongRequests: [unknown, string][] = [
    [{ ...request, round: 1 }, '(root)'], [{ ...request, to_parties: [] }, 'to_parties'], [{ ...request, to_parties: bob.person.id }, 'to_parties'],
    [{ ...request, to_parties: Array.from({ length: 16 }, () => bob.person.id) }, 'to_parties'], [{ ...request, payload: '' }, 'payload'],
    [{ ...request, payload: 'AA' }, 'payload'], [{ ...request, payload: 'AB==' }, 'payload'], [{ ...request, payload: 'A_-=' }, 'payload'],
    [{ ...request, payload: 'A'.repeat(60_080) }, 'payload'],
  ]
  for (const [value, field] of wrongRequests) {
    expect(await anna.rest('POST', path, value)).toMatchObject({ status: 400, body: { error: 'invalid_request', details: { [field]: anyText } } })
  }
  for (const query of ['after=-1', 'after=x', 'after=1.5', 'since=1']) expect(await bob.rest('GET', `${path}?${query}`)).toMatchObject({ status: 400 })
  expect(await bob.rest('GET', path)).toMatchObject({ body: { messages: [] } })
})

function contentsOf(dir: string): string {
  return readdirSync(dir).map((name) => readFileSync(join(dir, name)).toString('latin1')).join()
}
