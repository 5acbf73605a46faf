import { describe, expect, it } from 'vitest'
import { Refused, TransportError } from '@trivet/protocol/core'
import type { IceAnswer } from '@trivet/signalling/wire'
import { ManualClock } from '../channel/testing/two-ends.ts'
import { IceServers } from './ice-servers.ts'
import { newLogin } from './testing/member.ts'
import { addressOf, connect, json, serve, temporaryDir } from './testing/real-server.ts'

const server = (name: string): IceAnswer['ice_servers'] => [{ urls: [`turn:${name}.example`], username: 'u', credential: 'c' }]

/** Servers that are named `first`, `second` … as they are asked for, each good for ten minutes, unless `answer` says otherwise. */
function made(answer?: (asked: number, expires: string) => IceAnswer): { clock: ManualClock; ice: IceServers; asked: () => number; failures: unknown[] } {
  const clock = new ManualClock()
  const failures: unknown[] = []
  let asked = 0
  const ice = new IceServers(async () => {
    asked += 1
    const expires = new Date(clock.now() + 600_000).toISOString()
    return answer?.(asked, expires) ?? { ice_servers: server(`number-${asked}`), expires_at: expires }
  }, clock, (error) => failures.push(error))
  return { clock, ice, asked: () => asked, failures }
}

describe('the STUN and TURN servers of a client', () => {
  it('are none before there is a session', () => {
    const { ice, asked } = made()
    expect([ice.current, asked()]).toEqual([[], 0])
  })

  it('are asked for once, by however many sessions at once', async () => {
    const { ice, asked } = made()
    await Promise.all([ice.want(), ice.want()])
    await ice.want()
    expect([ice.current, asked()]).toEqual([server('number-1'), 1])
  })

  it('are asked for again a minute before their end', async () => {
    const { clock, ice } = made()
    await ice.want()
    await clock.advance(539_999)
    expect(ice.current).toEqual(server('number-1'))
    await clock.advance(1)
    expect(ice.current).toEqual(server('number-2'))
  })

  it('are forgotten when the server says that no session lives, and asked for by the next one', async () => {
    const { clock, ice, asked } = made((count, expires_at) => {
      if (count === 2) throw new Refused('E_UNAUTHORIZED', 'only members')
      return { ice_servers: server(`number-${count}`), expires_at }
    })
    await ice.want()
    await clock.advance(540_000)
    expect([ice.current, asked(), clock.waiting]).toEqual([[], 2, 0])
    await ice.want()
    expect(ice.current).toEqual(server('number-3'))
  })

  it('stay the last ones while others cannot be had, which is told and tried again', async () => {
    const { clock, ice, failures } = made((count, expires_at) => {
      if (count === 2) throw new TransportError('E_TRANSPORT', 'not reached')
      return { ice_servers: server(`number-${count}`), expires_at }
    })
    await ice.want()
    await clock.advance(540_000)
    expect([ice.current, failures.length]).toEqual([server('number-1'), 1])
    await clock.advance(30_000)
    expect(ice.current).toEqual(server('number-3'))
  })

  it.each([
    ['in the past', '1970-01-01T00:00:00.000Z', 30_000],
    ['far away', '2999-01-01T00:00:00.000Z', 540_000],
  ])('are asked for again in a sensible time where their end is %s', async (_, expires_at, after) => {
    const { clock, ice, asked } = made((count) => ({ ice_servers: server(`number-${count}`), expires_at }))
    await ice.want()
    await clock.advance(after - 1)
    expect(asked()).toBe(1)
    await clock.advance(1)
    expect(asked()).toBe(2)
  })

  it('are nobody\'s after the connection was closed', async () => {
    const { clock, ice } = made()
    await ice.want()
    ice.close()
    expect([ice.current, clock.waiting]).toEqual([[], 0])
  })
})

describe('a client of the introduction server', () => {
  it('asks for STUN and TURN servers once it takes part in a session, and where it comes back to one', async () => {
    const ice = { stunUrls: ['stun:127.0.0.1:9'], turn: { urls: ['turn:127.0.0.1:9'], secret: 'shared with coturn' } }
    const server = await serve(await temporaryDir(), 0, ice)
    const as = await newLogin()
    const anna = await connect(server.url, { as })
    expect(anna.client.iceServers()).toEqual([])
    await anna.signalling.createSession({ session_type: 'keygen', threshold_t: 2, threshold_n: 2, participants: [anna.device(), { place: 2 }] })
    expect(anna.client.iceServers().map(({ urls }) => urls)).toEqual([ice.stunUrls, ice.turn.urls])
    anna.signalling.close()
    expect(anna.client.iceServers()).toEqual([])
    let answered: () => void = () => undefined
    const asked = new Promise<void>((resolve) => { answered = resolve })
    const watching: typeof fetch = (input, init) => fetch(input, init).finally(() => { if (addressOf(input).endsWith('/ice')) answered() })
    const again = await connect(server.url, { as, fetch: watching })
    await asked
    await expect.poll(() => again.client.iceServers()).toHaveLength(2)
  })

  it.each([
    ['of another scheme', { ice_servers: [{ urls: ['https://evil.example'] }] }],
    ['by the thousand', { ice_servers: Array.from({ length: 1_000 }, () => ({ urls: ['stun:evil.example'] })) }],
    ['with a name that is no name', { ice_servers: [{ urls: ['turn:evil.example'], username: 'a b', credential: 'c' }] }],
  ])('believes no STUN and TURN servers %s, and makes its session without', async (_, answer) => {
    const server = await serve(await temporaryDir())
    const bent: typeof fetch = async (input, init) =>
      addressOf(input).endsWith('/ice') ? json(200, { ...answer, expires_at: '2999-01-01T00:00:00.000Z' }) : fetch(input, init)
    const anna = await connect(server.url, { fetch: bent })
    await anna.signalling.createSession({ session_type: 'keygen', threshold_t: 2, threshold_n: 2, participants: [anna.device(), { place: 2 }] })
    expect(anna.client.iceServers()).toEqual([])
  })
})
