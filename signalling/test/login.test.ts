import { createHmac, generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { LIMITS, loginMessage, parseChallenge, parseIssuedToken } from '../wire/index.ts'
import type { SignallingServer } from '../server.ts'
import { Person, anyText, call, connect, openSocket, serve, textWith } from './harness.ts'

async function challengeOf(server: SignallingServer, person: Person): Promise<string> {
  return parseChallenge((await call(server, 'POST', '/api/v1/auth/challenge', { body: { party_id: person.id, public_key: person.publicKey } })).body).challenge
}

function answer(server: SignallingServer, person: Person, signature: string): ReturnType<typeof call> {
  return call(server, 'POST', '/api/v1/auth/token', { body: { party_id: person.id, signature } })
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

describe('logging in', () => {
  test('works once for each challenge', async () => {
    const server = await serve()
    const anna = await Person.make()
    const signature = anna.sign(loginMessage(server.url, await challengeOf(server, anna)))
    const first = await answer(server, anna, signature)
    expect(first.status).toBe(200)
    expect(Date.parse(parseIssuedToken(first.body).expires_at) - Date.now()).toBeLessThanOrEqual(LIMITS.tokenSeconds * 1000)
    expect(await answer(server, anna, signature)).toMatchObject({ status: 401, body: { error: 'unauthorized' } })
  })

  test('works under each name that the server has on this machine', async () => {
    const server = await serve()
    const anna = await Person.make()
    const signature = anna.sign(loginMessage(`http://127.0.0.1:${server.address.port}`, await challengeOf(server, anna)))
    expect((await answer(server, anna, signature)).status).toBe(200)
  })

  test('is refused to another key, and does not use up the challenge', async () => {
    const server = await serve()
    const [anna, eve] = [await Person.make(), await Person.make()]
    const message = loginMessage(server.url, await challengeOf(server, anna))
    expect((await answer(server, anna, eve.sign(message))).status).toBe(401)
    expect((await answer(server, anna, anna.sign(message))).status).toBe(200)
  })

  test('is refused for a party id that is not that of the key', async () => {
    const server = await serve()
    const [anna, eve] = [await Person.make(), await Person.make()]
    const asked = await call(server, 'POST', '/api/v1/auth/challenge', { body: { party_id: anna.id, public_key: eve.publicKey } })
    expect(asked).toMatchObject({ status: 400, body: { error: 'invalid_request', details: { party_id: anyText } } })
  })

  test('is refused with what was signed for another server', async () => {
    const server = await serve()
    const anna = await Person.make()
    const message = loginMessage('https://elsewhere.example', await challengeOf(server, anna))
    expect((await answer(server, anna, anna.sign(message))).status).toBe(401)
  })

  test('is refused when the challenge is over a minute old', async () => {
    const time = { now: Date.now() }
    const server = await serve({ clock: () => time.now })
    const anna = await Person.make()
    const signature = anna.sign(loginMessage(server.url, await challengeOf(server, anna)))
    time.now += LIMITS.challengeSeconds * 1000
    expect((await answer(server, anna, signature)).status).toBe(401)
  })

  test('cannot be spoilt by somebody who asks for a challenge in another party\'s name', async () => {
    const server = await serve()
    const anna = await Person.make()
    const challenge = await challengeOf(server, anna)
    expect(await challengeOf(server, anna)).toBe(challenge)
  })
})

describe('a forged token', () => {
  const now = Math.floor(Date.now() / 1000)
  const forger = generateKeyPairSync('ed25519').privateKey
  const claims = (sub: string): object => ({ sub, iss: 'trivet-signalling', aud: 'trivet-signalling', iat: now, exp: now + 600 })

  const forgeries: [string, (genuine: string, id: string) => string | Promise<string>][] = [
    ['signed with another key', (_, id) => new SignJWT({ ...claims(id) }).setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' }).sign(forger)],
    ['not signed at all (none)', (_, id) => `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(claims(id))}.`],
    ['said to be none, with a signature', (genuine, id) => `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(claims(id))}.${genuine.split('.')[2]}`],
    ['signed symmetrically (HS256)', (_, id) => {
      const body = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(claims(id))}`
      return `${body}.${createHmac('sha256', 'trivet-signalling').update(body).digest('base64url')}`
    }],
    ['with other claims under a genuine signature', (genuine, id) => genuine.replace(/\.[^.]+\./, `.${base64url({ ...claims(id), exp: now + 9_000 })}.`)],
    ['that brings its own key', (_, id) => new SignJWT({ ...claims(id) })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', jwk: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) } }).sign(forger)],
    ['that is no token', () => 'a.b.c'],
    ['that is empty', () => ''],
  ]

  test.each(forgeries)('%s opens neither REST nor a socket', async (_, forge) => {
    const server = await serve()
    const anna = await Person.make()
    const token = await forge(await anna.logIn(server), anna.id)
    expect(await call(server, 'GET', '/api/v1/sessions', { token })).toMatchObject({ status: 401, body: { error: 'unauthorized' } })
    const { ear } = openSocket(server, { token })
    expect(await ear.next('connect_error')).toMatchObject({ data: { error: textWith(/unauthorized|invalid_request/) } })
  })

  test('of another server is refused', async () => {
    const [one, other] = [await serve(), await serve()]
    const token = await (await Person.make()).logIn(other)
    expect((await call(one, 'GET', '/api/v1/sessions', { token })).status).toBe(401)
  })
})

describe('a socket', () => {
  test('is refused without a token, or with anything beside it', async () => {
    const server = await serve()
    const token = await (await Person.make()).logIn(server)
    for (const auth of [{}, { token, admin: true }, { token: 5 }]) {
      expect(await openSocket(server, auth).ear.next('connect_error')).toMatchObject({ data: { error: 'invalid_request' } })
    }
  })

  test('is closed when its token expires, after being told why', async () => {
    const time = { now: Date.now() }
    const server = await serve({ clock: () => time.now, sweepEvery: 10 })
    const anna = await connect(server)
    time.now += LIMITS.tokenSeconds * 1000 + 1000
    expect(await anna.ear.next('error')).toMatchObject({ error: 'unauthorized' })
    expect(await anna.ear.next('disconnect')).toBe('io server disconnect')
    expect((await anna.rest('GET', '/api/v1/sessions')).status).toBe(401)
  })

  test('stays open when its token is renewed, and only by its own party', async () => {
    const time = { now: Date.now() }
    const server = await serve({ clock: () => time.now, sweepEvery: 10 })
    const [anna, bob] = [await connect(server), await connect(server)]
    expect(await anna.send('token', { token: bob.token })).toMatchObject({ error: 'unauthorized' })
    time.now += LIMITS.tokenSeconds * 500
    expect(await anna.send('token', { token: await anna.person.logIn(server) })).toMatchObject({ ok: true })
    time.now += LIMITS.tokenSeconds * 600
    expect(await bob.ear.next('error')).toMatchObject({ error: 'unauthorized' })
    expect(await anna.send('register', { role: 'mobile-app', device_type: 'browser' })).toEqual({ ok: true })
  })

  test('of a party takes the place of its older one, which is told so', async () => {
    const server = await serve()
    const older = await connect(server)
    const newer = await connect(server, older.person)
    expect(await older.ear.next('error')).toMatchObject({ error: 'conflict' })
    await older.ear.next('disconnect')
    expect(await newer.send('presence', { watch: [] })).toEqual({ ok: true, online: [] })
  })
})
