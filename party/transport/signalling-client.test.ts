import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TransportError } from '@trivet/protocol/core'
import { ManualClock } from '../channel/testing/two-ends.ts'
import { systemClock } from '../clock.ts'
import { createSignallingClient } from './signalling.ts'
import { Member, newLogin } from './testing/member.ts'
import { addressOf, connect, json, serve, temporaryDir } from './testing/real-server.ts'

describe('a client of the introduction server', () => {
  it('refuses an address that is none', () => {
    expect(() => createSignallingClient({ url: 'javascript:alert(1)', role: 'mobile-app', deviceType: 'test', clock: systemClock })).toThrow('http')
  })

  it('comes back by itself when the server was restarted, and hears of its sessions again', async () => {
    const dataDir = await temporaryDir()
    const server = await serve(dataDir)
    const anna = await connect(server.url)
    const { session_id } = await anna.signalling.createSession({
      session_type: 'keygen', threshold_t: 2, threshold_n: 2, participants: [anna.device(), { place: 2 }],
    })
    await anna.session(() => true)
    await server.close()
    await anna.heard('connection', ({ state }) => state === 'offline')
    await expect(anna.signalling.watch([])).rejects.toThrow(TransportError)
    anna.forget()
    await serve(dataDir, server.address.port)
    await anna.heard('connection', ({ state }) => state === 'connected')
    await anna.session((session) => session.session_id === session_id)
  })

  it('can answer what the server says as soon as it is connected', async () => {
    const server = await serve(await temporaryDir())
    const as = await newLogin()
    const [anna, ben] = [await connect(server.url, { as }), await connect(server.url)]
    const { session_id: id, join_tokens: tokens } = await anna.signalling.createSession({
      session_type: 'keygen', threshold_t: 2, threshold_n: 2, participants: [anna.device(), ben.device()],
    })
    await ben.signalling.joinSession(tokens[ben.party] ?? '')
    anna.signalling.close()
    const answered = new Promise<void>((resolve, reject) => {
      anna.signalling.listen(({ kind }) => {
        if (kind === 'session') anna.signalling.send(id, ben.party, Uint8Array.of(1)).then(resolve, reject)
      })
    })
    await anna.signalling.connect(as.login)
    await answered
    await ben.heard('signal', ({ from }) => from === anna.party)
  })

  it('keeps trying while the server cannot be reached', async () => {
    const dataDir = await temporaryDir()
    const server = await serve(dataDir)
    let unreachable = 2
    const failing: typeof fetch = (input, init) => {
      unreachable -= 1
      return unreachable >= 0 ? Promise.reject(new TypeError('network')) : fetch(input, init)
    }
    const clock = new ManualClock()
    const { login, party } = await newLogin()
    const signalling = createSignallingClient({ url: server.url, role: 'mobile-app', deviceType: 'test', clock, fetch: failing })
    onTestFinished(() => signalling.close())
    const member = new Member(signalling, party)
    const connected = signalling.connect(login)
    await member.heard('connection', ({ state }) => state === 'offline')
    member.forget()
    await clock.advance(500)
    await member.heard('connection', ({ state }) => state === 'offline')
    await clock.advance(1_000)
    await connected
  })

  it('gives way to another tab of the same party, for good', async () => {
    const server = await serve(await temporaryDir())
    const as = await newLogin()
    const first = await connect(server.url, { as })
    await connect(server.url, { as })
    const { reason } = await first.heard('connection', ({ state }) => state === 'refused')
    expect(reason).toContain('elsewhere')
  })

  it('renews its login before it ends', async () => {
    const server = await serve(await temporaryDir())
    const clock = new ManualClock()
    // The server's clock is the real one; only what is left of the login counts here.
    clock.set(Date.now())
    let logins = 0
    let renewed: () => void = () => undefined
    const again = new Promise<void>((resolve) => { renewed = resolve })
    const counting: typeof fetch = async (input, init) => {
      const response = await fetch(input, init)
      if (addressOf(input).endsWith('/auth/token')) {
        logins += 1
        if (logins === 2) renewed()
      }
      return response
    }
    const anna = await connect(server.url, { clock, fetch: counting })
    await clock.advance(830_000)
    expect(logins).toBe(1)
    await clock.advance(11_000)
    await again
    await expect(anna.signalling.watch([])).resolves.toEqual([])
  })

  it.each([
    ['that is no JSON', () => new Response('<html>')],
    ['of another shape', () => json(201, { session_id: 'x' })],
    ['without end', () => new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536).fill(32)) }))],
    ['that is an error of another shape', () => json(500, { oops: true })],
    ['that is a redirection', () => { throw new TypeError('redirect') }],
  ])('does not believe an answer %s', async (_, answer) => {
    const server = await serve(await temporaryDir())
    const bent: typeof fetch = async (input, init) => addressOf(input).endsWith('/sessions') ? answer() : fetch(input, init)
    const anna = await connect(server.url, { fetch: bent })
    const asked = anna.signalling.createSession({ session_type: 'keygen', threshold_t: 2, threshold_n: 2, participants: [anna.device(), { place: 2 }] })
    await expect(asked).rejects.toThrow(TransportError)
  })

  it('signs nothing for a server that takes itself for another', async () => {
    const { login } = await newLogin()
    let signed = 0
    const signalling = createSignallingClient({
      url: 'http://127.0.0.1:9', role: 'mobile-app', deviceType: 'test', clock: systemClock,
      fetch: async () => json(200, { challenge: 'A'.repeat(43), expires_in: 60, audience: 'https://bank.example' }),
    })
    const asked = signalling.connect({ ...login, sign: (message) => {
      signed += 1
      return login.sign(message)
    } })
    await expect(asked).rejects.toThrow('takes itself for https://bank.example')
    expect(signed).toBe(0)
  })

  it('drops events of a hostile server that do not parse, and goes on', async () => {
    const http = createServer()
    const io = new Server(http, { transports: ['websocket'] })
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => new Promise<void>((resolve) => void io.close(() => resolve())))
    const party = 'c'.repeat(64)
    io.on('connection', (socket) => {
      socket.onAny((_name, _value, acknowledge: (answer: object) => void) => acknowledge({ ok: true }))
      for (const rubbish of [undefined, null, 7, 'x', [], {}, { party_id: 'x', online: 'yes' }, { session: {} }, { from: party, payload: 'text' }]) {
        for (const name of ['presence', 'session', 'signal', 'mailbox', 'error', 'unheard of']) socket.emit(name, rubbish)
      }
      const mail = { session_id: '6ba7b810-9dad-41d1-80b4-00c04fd430c8', from: party, id: 1, payload: new Uint8Array(1) }
      for (const wrong of [{ id: 0 }, { payload: new Uint8Array() }, { from: 'x' }]) socket.emit('mailbox', { ...mail, ...wrong })
      socket.emit('presence', { party_id: party, online: true })
    })
    const address = http.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const answers: Record<string, unknown> = {
      challenge: { challenge: 'A'.repeat(43), expires_in: 60 },
      token: { token: 'a.b.c', expires_at: '2999-01-01T00:00:00.000Z' },
    }
    const anna = await connect(`http://127.0.0.1:${port}`, { fetch: async (input) => json(200, answers[addressOf(input).split('/').at(-1) ?? '']) })
    await anna.heard('presence', (event) => event.party === party && event.online)
    expect(anna.kinds.filter((kind) => kind !== 'connection')).toEqual(['presence'])
  })
})
