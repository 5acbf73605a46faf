import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startRestServer, type RestServer } from '../testing/rest-server.ts'
import { ACME, acmePlace, ANNA, annaPlace, BEN, keygenSession, SESSION, testWallet, unlocked } from '../testing/scripted-party.ts'

describe('the REST door', () => {
  let server: RestServer
  beforeEach(async () => { server = await startRestServer() })
  afterEach(async () => { await server.close() })

  it('says that it is alive to anybody', async () => {
    server.time += 5_999
    expect(await server.get('/health')).toMatchObject({ status: 200, body: { status: 'ok', service: 'enterprise', version: '1.2.3', uptime: 5 } })
  })

  it('says whether it can take part, and what is missing', async () => {
    const starting = await server.get('/ready')
    expect(starting).toMatchObject({
      status: 503,
      body: { error: 'unavailable', message: 'This party cannot take part yet.', details: { vault: 'starting', signalling: 'starting' } },
    })
    expect(starting.headers.get('retry-after')).toBe('5')
    server.party.show({ ...unlocked(), connection: { state: 'refused', reason: 'another clock' } })
    expect((await server.get('/ready')).body).toEqual({ error: 'unavailable', message: 'This party cannot take part yet.', details: { signalling: 'another clock' } })
    const { connection, vaults, known, wallets, sessions } = unlocked()
    server.party.show({ connection, vaults, known, wallets, sessions })
    expect((await server.get('/ready')).body).toEqual({ error: 'unavailable', message: 'This party cannot take part yet.', details: { vault: 'locked' } })
    server.party.show(unlocked())
    expect(await server.get('/ready')).toMatchObject({ status: 200, body: { status: 'ready' } })
  })

  it('tells who it is, and each other party once', async () => {
    server.party.show(unlocked({ wallets: [testWallet().view, testWallet().view] }))
    expect(await server.get('/api/v1/info', await server.key(['read']))).toMatchObject({
      status: 200,
      body: {
        party_id: ACME, name: 'Acme', role: 'enterprise', permissions: ['keygen', 'reshare', 'sign'], version: '1.2.3',
        protocols: ['dkls23', 'frost-ed25519', 'frost-secp256k1-tr'], uptime: 0,
        peers: [{ party_id: ANNA, name: 'Anna', role: 'mobile-app', online: true }, { party_id: BEN, name: 'Ben', role: 'mobile-app', online: false }],
      },
    })
  })

  it('lists its keys with their public facts', async () => {
    const wallet = testWallet({ stock: [{ signers: [1, 2], count: 3 }] })
    server.party.show(unlocked({ wallets: [wallet.view] }))
    const { status, body } = await server.get('/api/v1/keys', await server.key(['read']))
    expect(status).toBe(200)
    expect(body).toMatchObject({
      keys: [
        {
          key_id: wallet.ecdsaKeyId, protocol: 'dkls23', addresses: { mainnet: expect.stringMatching(/^bc1q/) as unknown },
          address: expect.stringMatching(/^0x[0-9a-fA-F]{40}$/) as unknown, presignatures: [{ signers: [1, 2], count: 3 }],
          parties: [{ name: 'Acme' }, { name: 'Anna', pairing: 'ready' }, { name: 'Ben', pairing: 'ready' }],
        },
        { key_id: wallet.ed25519KeyId, protocol: 'frost-ed25519', name: 'Treasury', threshold_t: 2, threshold_n: 3, epoch: 1, created_at: '2026-11-20T12:00:00.000Z' },
        { key_id: wallet.taprootKeyId, protocol: 'frost-secp256k1-tr', addresses: { mainnet: expect.stringMatching(/^bc1p/) as unknown } },
      ],
    })
  })
})

describe('every refusal has the shape of the contract', () => {
  let server: RestServer
  beforeEach(async () => { server = await startRestServer() })
  afterEach(async () => { await server.close() })

  it('unauthorized: without a key, before the body is looked at', async () => {
    expect(await server.fetch('/api/v1/sign', { method: 'POST', body: '{' })).toMatchObject({
      status: 401, body: { error: 'unauthorized', message: 'An API key is needed: send it as X-API-Key.' },
    })
  })

  it('unauthorized: with a wrong, revoked or expired key, and all look the same', async () => {
    const no = { status: 401, body: { error: 'unauthorized', message: 'The API key is unknown, revoked or expired.' } }
    expect(await server.get('/api/v1/info', 'trivet_wrong')).toMatchObject(no)
    const revoked = await server.key()
    await server.apiKeys.revoke('test-1')
    expect(await server.get('/api/v1/info', revoked)).toMatchObject(no)
    const { key } = await server.apiKeys.create({ name: 'short', scopes: ['read'], expiresInDays: 1 })
    server.time += 86_400_000
    expect(await server.get('/api/v1/info', key)).toMatchObject(no)
  })

  it.each([
    ['GET', '/api/v1/info', 'read'], ['GET', '/api/v1/keys', 'read'], ['GET', '/api/v1/sessions', 'read'],
    ['GET', '/api/v1/sessions/3f2a6a1e-0d4b-4a55-9f0e-5d1f6f1b7c01', 'read'], ['POST', '/api/v1/keygen', 'keygen'], ['POST', '/api/v1/sign', 'sign'],
    ['POST', '/api/v1/verify', 'read'],
  ] as const)('forbidden: %s %s without the scope %s', async (method, path, scope) => {
    const others = (['read', 'keygen', 'sign'] as const).filter((one) => one !== scope)
    const key = await server.key(others)
    expect(await server.fetch(path, { method, headers: { 'x-api-key': key } })).toMatchObject({
      status: 403, body: { error: 'forbidden', message: `This API key lacks the scope ${scope}.`, details: { scope } },
    })
  })

  it('not_found: for a call that is none', async () => {
    expect(await server.get('/api/v1/shares')).toMatchObject({ status: 404, body: { error: 'not_found', message: 'There is no such call.' } })
    expect(await server.fetch('/api/v1/sign', { method: 'DELETE' })).toMatchObject({ status: 404, body: { error: 'not_found', message: 'There is no such call.' } })
  })

  it.each([
    ['broken JSON', 'application/json', '{"threshold":', { '.': 'expected a JSON object in the body' }],
    ['an empty body', 'application/json', '', { '.': 'expected a JSON object in the body' }],
    ['a poisoned prototype', 'application/json', '{"__proto__":{"scope":"sign"}}', { '.': 'expected a JSON object in the body' }],
    ['a list', 'application/json', '[]', { '.': 'expected a JSON object' }],
    ['another content type', 'text/plain', 'hello', { 'content-type': 'expected application/json' }],
  ])('invalid_request: for %s', async (_what, contentType, body, details) => {
    const headers = { 'x-api-key': await server.key(), 'content-type': contentType }
    expect(await server.fetch('/api/v1/keygen', { method: 'POST', headers, body })).toMatchObject({
      status: 400, body: { error: 'invalid_request', message: `The request is wrong at: ${Object.keys(details).join(', ')}.`, details },
    })
  })

  it('invalid_request: for an address that cannot be read', async () => {
    expect(await server.get('/api/v1/%zz')).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
  })

  it('payload_too_large: for a body above 1 MiB', async () => {
    expect(await server.post('/api/v1/sign', { message: 'x'.repeat(1_048_576) }, await server.key())).toMatchObject({
      status: 413, body: { error: 'payload_too_large', message: 'The body is larger than 1 MiB.' },
    })
  })

  it('rate_limited: after 60 requests at once, until some time has passed; another key goes on', async () => {
    server.party.show(unlocked())
    const [busy, calm] = [await server.key(), await server.key()]
    for (let i = 0; i < 60; i += 1) expect((await server.get('/api/v1/keys', busy)).status).toBe(200)
    const refused = await server.get('/api/v1/keys', busy)
    expect(refused).toMatchObject({ status: 429, body: { error: 'rate_limited', message: 'Too many requests.' } })
    expect(refused.headers.get('retry-after')).toBe('1')
    expect((await server.get('/api/v1/keys', calm)).status).toBe(200)
    server.time += 50
    expect((await server.get('/api/v1/keys', busy)).status).toBe(200)
  })

  it('internal_error: with an id that finds the log line, and no word of what happened', async () => {
    server.party.show(unlocked())
    server.party.answer('createWallet', async () => { throw new Error('canary') })
    const { status, body } = await server.post('/api/v1/keygen', { threshold: 2, participants: [{ place: 2 }] }, await server.key())
    expect(status).toBe(500)
    expect(body).toEqual({
      error: 'internal_error', message: 'Something went wrong here. The id finds the line in the log.', details: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown },
    })
    const { details: { id } } = body as { details: { id: string } }
    expect(server.logLines.filter((line) => line.includes(id) && line.includes('canary'))).toHaveLength(1)
  })

  it('unavailable: while the worker starts', async () => {
    const refused = await server.get('/api/v1/info', await server.key())
    expect(refused).toMatchObject({ status: 503, body: { error: 'unavailable', message: 'The party is not unlocked yet.' } })
    expect(refused.headers.get('retry-after')).toBe('5')
  })
})

describe('stopping', () => {
  it('answers those who wait, and refuses who asks later on an open connection', async () => {
    const server = await startRestServer()
    server.party.show(unlocked())
    const asked = new Promise<void>((resolve) => {
      server.party.answer('createWallet', async () => {
        server.party.show(unlocked({ sessions: [keygenSession({ at: 'connecting' }, [acmePlace, annaPlace])] }))
        resolve()
        return { session: SESSION }
      })
    })
    const waiting = server.post('/api/v1/keygen?wait=60', { threshold: 2, participants: [{ place: 2 }] }, await server.key())
    await asked
    const socket = connect(server.port, '127.0.0.1')
    // Two requests at once, the second not yet whole: when the first is answered, the second has begun.
    socket.write('GET /health HTTP/1.1\r\nhost: a\r\n\r\nGET /health HTTP/1.1\r\nhost: a\r\n')
    await once(socket, 'readable')
    const closed = server.close()
    expect(await waiting).toMatchObject({ status: 202, body: { session_id: SESSION, status: 'in_progress' } })
    socket.write('\r\n')
    expect(await text(socket)).toMatch(/^HTTP\/1.1 200[^]*HTTP\/1.1 503[^]*{"error":"unavailable","message":"The server is shutting down."}$/)
    await closed
  })
})
