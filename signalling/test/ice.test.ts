import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { LIMITS, parseIceAnswer } from '../wire/index.ts'
import { call, connect, create, gather, joinWith, keygenOf, serve } from './harness.ts'

const ice = {
  stunUrls: ['stun:stun.example:3478'],
  turn: { urls: ['turn:turn.example:3478?transport=udp', 'turns:turn.example'], secret: 'a secret that coturn shares' },
}

describe('STUN and TURN servers', () => {
  test('are told to members of a live session, with credentials for ten minutes that name nobody', async () => {
    const now = 1_700_000_000_000
    const server = await serve({ ice, clock: () => now })
    const [anna, bob] = [await connect(server), await connect(server)]
    await gather(anna, bob)
    const { status, body, headers } = await anna.rest('GET', '/api/v1/ice')
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    const { ice_servers: [stun, turn], expires_at } = parseIceAnswer(body)
    expect(stun).toEqual({ urls: ice.stunUrls })
    expect(Date.parse(expires_at)).toBe(now + LIMITS.iceSeconds * 1000)
    const { username = '', credential } = turn ?? {}
    expect(turn?.urls).toEqual(ice.turn.urls)
    expect(username).toMatch(/^1700000600:[\w-]{12}$/)
    expect(credential).toBe(createHmac('sha1', ice.turn.secret).update(username).digest('base64'))
    const [, again] = parseIceAnswer((await anna.rest('GET', '/api/v1/ice')).body).ice_servers
    expect(again?.username).not.toBe(username)
    expect(JSON.stringify(body)).not.toMatch(new RegExp(`${anna.person.id}|${ice.turn.secret}`))
  })

  test('are told to nobody else: not before joining, not without a session, not once it has ended', async () => {
    const server = await serve({ ice })
    const [anna, bob] = [await connect(server), await connect(server)]
    const ask = async (): Promise<number> => (await bob.rest('GET', '/api/v1/ice')).status
    expect(await ask()).toBe(403)
    const created = await create(anna, keygenOf([anna.person, bob.person]))
    expect(await ask()).toBe(403)
    await joinWith(bob, created.join_tokens[bob.person.id])
    expect(await ask()).toBe(200)
    await anna.rest('DELETE', `/api/v1/sessions/${created.session_id}`)
    expect(await ask()).toBe(403)
    expect((await call(server, 'GET', '/api/v1/ice')).status).toBe(401)
  })

  test('are none where none was set', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    await gather(anna, bob)
    expect(parseIceAnswer((await anna.rest('GET', '/api/v1/ice')).body).ice_servers).toEqual([])
  })
})
