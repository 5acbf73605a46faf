import { describe, expect, test } from 'vitest'
import { LIMITS } from '../wire/index.ts'
import { anyText, call, connect, gather, keygenOf, openSocket, serve } from './harness.ts'

const MISSING = '6ba7b810-9dad-41d1-80b4-00c04fd430c8'

describe('a page of another origin', () => {
  test('may neither connect nor call, and one that is allowed may do both', async () => {
    const server = await serve({ allowedOrigins: ['https://wallet.example'] })
    const { token } = await connect(server)
    for (const origin of ['https://evil.example', 'https://wallet.example.evil.example', 'http://wallet.example', 'null']) {
      const { ear } = openSocket(server, { token }, { extraHeaders: { origin } })
      expect(await ear.next('connect_error')).toBeInstanceOf(Error)
      expect(await call(server, 'GET', '/api/v1/sessions', { token, headers: { origin } })).toMatchObject({ status: 403, body: { error: 'forbidden' } })
    }
    for (const origin of ['https://wallet.example', server.url, `http://127.0.0.1:${server.address.port}`]) {
      await openSocket(server, { token }, { extraHeaders: { origin } }).ear.next('connect')
      const answer = await call(server, 'GET', '/api/v1/sessions', { token, headers: { origin } })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
    }
  })

  test('is answered before a call what it may do', async () => {
    const server = await serve({ allowedOrigins: ['https://wallet.example'] })
    const preflight = (origin: string): Promise<Response> =>
      fetch(`${server.url}/api/v1/sessions`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })
    const allowed = await preflight('https://wallet.example')
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-headers')).toBe('authorization, content-type')
    expect((await preflight('https://evil.example')).status).toBe(403)
  })
})

describe('what does not parse', () => {
  test('is refused over REST with the fields named', async () => {
    const server = await serve()
    const anna = await connect(server)
    const request = keygenOf([anna.person], 1)
    const wrong: [object, string][] = [
      [{ ...request, extra: 1 }, '(root)'],
      [{ ...request, threshold_t: 1 }, 'threshold_t'],
      [{ ...request, threshold_n: 17 }, 'threshold_n'],
      [{ ...request, session_type: 'theft' }, 'session_type'],
      [{ ...request, expires_in_seconds: 29 }, 'expires_in_seconds'],
      [{ ...request, expires_in_seconds: 86_401 }, 'expires_in_seconds'],
      [{ ...request, participants: [request.participants[0], { place: 3 }] }, 'participants.1.place'],
      [[], '(root)'],
    ]
    for (const [body, field] of wrong) {
      const { status, body: answer } = await anna.rest('POST', '/api/v1/sessions', body)
      expect(status).toBe(400)
      expect(answer).toEqual({ error: 'invalid_request', message: anyText, details: { [field]: anyText } })
    }
  })

  test('is refused over REST in the one shape, whatever it is', async () => {
    const server = await serve()
    const send = async (body: string, type = 'application/json'): Promise<unknown> =>
      (await fetch(`${server.url}/api/v1/auth/challenge`, { method: 'POST', body, headers: { 'content-type': type } })).json()
    for (const body of ['{', '', 'null', '"text"', '{"__proto__":{"party_id":1}}', '{"constructor":{"prototype":{}}}']) {
      expect(await send(body)).toMatchObject({ error: 'invalid_request' })
    }
    expect(await send('<a/>', 'application/xml')).toMatchObject({ error: 'invalid_request' })
    expect(await send(JSON.stringify({ party_id: 'x'.repeat(LIMITS.messageBytes) }))).toMatchObject({ error: 'payload_too_large' })
    expect((await call(server, 'GET', '/api/v1/nothing')).body).toMatchObject({ error: 'not_found' })
    expect((await call(server, 'GET', `/api/v1/sessions/${'x'.repeat(5000)}`)).body).toHaveProperty('error')
  })

  test('is refused on the socket, event by event', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    const id = await gather(anna, bob)
    const signal = { session_id: id, to: bob.person.id, payload: new Uint8Array(1) }
    const wrong: [string, ...unknown[]][] = [
      ['register'], ['register', null], ['register', { role: 'admin', device_type: 'x' }], ['register', { role: 'enterprise', device_type: 'x', more: 1 }],
      ['register', { role: 'enterprise', device_type: 'x' }, 'second'], ['presence', { watch: 'all' }], ['presence', { watch: ['x'] }],
      ['presence', { watch: Array.from({ length: LIMITS.watchedParties + 1 }, () => anna.person.id) }], ['signal', { ...signal, extra: 1 }],
      ['signal', { ...signal, payload: 'text' }], ['signal', { ...signal, payload: [1] }], ['signal', { ...signal, session_id: MISSING.toUpperCase() }],
      ['token', { token: 'x' }], ['error', new Uint8Array(3)], ['toString', {}], ['__proto__', {}], ['constructor', {}], ['session', {}],
    ]
    for (const [name, ...args] of wrong) expect(await anna.send(name, ...args)).toMatchObject({ error: 'invalid_request' })
    expect(await anna.send('signal', { ...signal, payload: new Uint8Array(LIMITS.signalPayloadBytes + 1) })).toMatchObject({ error: 'payload_too_large' })
    expect(await anna.send('signal', { ...signal, to: anna.person.id })).toMatchObject({ error: 'not_found' })
    expect(await anna.send('signal', signal)).toEqual({ ok: true })
  })
})

describe('a socket that misbehaves', () => {
  test('is cut when its message is over the limit, and nobody else is', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    anna.socket.emit('signal', { payload: new Uint8Array(LIMITS.messageBytes + 1) })
    await anna.ear.next('disconnect')
    expect(await bob.send('presence', { watch: [] })).toMatchObject({ ok: true })
  })

  test('leaves the server alive when it sends what is no packet', async () => {
    const server = await serve()
    const bob = await connect(server)
    const packets = [
      '2', '2[', '2["signal"', '2{}', '2[1]', '2["disconnect"]', '2["connect_error",1]', '51-["signal",{"_placeholder":true,"num":7}]', '5999999-["signal"]',
      '9', '0{', '0/other,', '1', '3["x"]', '399999999999999999999[]', '6-[]', `2["${'x'.repeat(10_000)}"]`, '2["error"]', '2["__proto__",{"__proto__":1}]', '4"x"',
    ]
    for (const packet of packets) {
      const eve = await connect(server)
      for (let count = 0; count < 10; count++) eve.socket.io.engine.write(packet)
      eve.socket.io.engine.write(new Uint8Array(100))
      eve.socket.close()
    }
    expect(await bob.send('presence', { watch: [] })).toMatchObject({ ok: true })
    expect((await call(server, 'GET', '/health')).body).toMatchObject({ status: 'ok' })
  })

  test('is told to wait when it sends too much, then cut and kept out for a while', async () => {
    const time = { now: Date.now() }
    const server = await serve({ clock: () => time.now })
    const anna = await connect(server)
    const answers = await Promise.all(Array.from({ length: LIMITS.eventBurst + 1 }, () => anna.send('presence', { watch: [] })))
    expect(answers.at(-2)).toMatchObject({ ok: true })
    expect(answers.at(-1)).toMatchObject({ error: 'rate_limited', details: { retry_after: '1' } })
    for (let count = 0; count < LIMITS.eventBurst; count++) anna.socket.emit('presence', { watch: [] })
    expect(await anna.ear.next('error')).toMatchObject({ error: 'rate_limited' })
    await anna.ear.next('disconnect')
    expect(await openSocket(server, { token: anna.token }).ear.next('connect_error')).toMatchObject({ data: { error: 'rate_limited' } })
    time.now += 1_000
    await openSocket(server, { token: anna.token }).ear.next('connect')
  })

  test('may send as many signals at once as a mesh of sixteen needs', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    const id = await gather(anna, bob)
    const answers = await Promise.all(Array.from({ length: LIMITS.signalBurst }, () => anna.send('signal', { session_id: id, to: bob.person.id, payload: new Uint8Array(900) })))
    expect(answers.every((answer) => JSON.stringify(answer) === '{"ok":true}')).toBe(true)
  })

  test('gets more than may wait for a receiver, as long as the receiver reads', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    const id = await gather(anna, bob)
    const payload = new Uint8Array(LIMITS.signalPayloadBytes)
    for (let sent = 0; sent < 40; sent++) {
      expect(await anna.send('signal', { session_id: id, to: bob.person.id, payload })).toEqual({ ok: true })
      await bob.ear.next('signal')
    }
  })

  test('is refused beyond the number that one address may have', async () => {
    const server = await serve({ maxSocketsPerAddress: 2 })
    const [anna] = [await connect(server), await connect(server)]
    expect(await openSocket(server, { token: anna.token }).ear.next('connect_error')).toBeInstanceOf(Error)
  })

  test('gets nothing but websocket', async () => {
    const server = await serve()
    expect((await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`)).status).toBe(400)
    expect((await fetch(`${server.url}/socket.io/socket.io.js`)).ok).toBe(false)
  })
})

test('REST tells whoever calls too often when to come back', async () => {
  const server = await serve({ clock: () => 1_700_000_000_000 })
  const anna = await connect(server)
  const answers = await Promise.all(Array.from({ length: LIMITS.eventBurst + 1 }, () => anna.rest('GET', '/api/v1/sessions')))
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused).toHaveLength(1)
  expect(refused[0]?.headers.get('retry-after')).toBe('1')
})
