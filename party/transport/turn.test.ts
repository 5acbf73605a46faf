import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import wrtc from '@roamhq/wrtc'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { startSignalling } from '@trivet/signalling'
import type { IceServer, PartyId } from '@trivet/signalling/wire'
import { systemClock } from '../clock.ts'
import { createSignallingClient } from './signalling.ts'
import type { ServerSignalling } from './signalling.ts'
import { startCoturn } from './testing/coturn.ts'
import type { Coturn } from './testing/coturn.ts'
import { Meeting } from './testing/member.ts'
import type { Link, LinkEvents } from './types.ts'
import { createWebrtcLinks } from './webrtc.ts'
import type { WebrtcOptions } from './webrtc.ts'

let coturn: Coturn
const links: Link[] = []
beforeAll(async () => { coturn = await startCoturn() })
afterAll(() => coturn.stop())
afterEach(() => {
  for (const link of links.splice(0)) link.close()
})

/** One end: how it ended or opened, and what it told the other. */
interface End {
  readonly link: Link
  readonly told: string[]
  /** The path it opened by, or why it closed. */
  readonly outcome: Promise<string>
  readonly received: Promise<string>
}

function ends(options: Partial<WebrtcOptions>): readonly [End, End] {
  const factory = createWebrtcLinks({ wrtc, clock: systemClock, ...options })
  const end = (initiator: boolean, other: () => Link): End => {
    const told: string[] = []
    const of: { link?: Link; received?: Promise<string> } = {}
    const outcome = new Promise<string>((resolve) => {
      of.received = new Promise((hear) => {
        const events: LinkEvents = {
          signal(bytes) {
            told.push(new TextDecoder().decode(bytes))
            other().signal(bytes)
          },
          open: ({ path }) => resolve(path),
          message: (bytes) => hear(new TextDecoder().decode(bytes)),
          drain: () => undefined,
          close: resolve,
        }
        of.link = factory.open({ initiator }, events)
      })
    })
    const { link, received } = of
    if (link === undefined || received === undefined) throw new Error('promises run at once')
    links.push(link)
    return { link, received, told, outcome }
  }
  const one: End = end(true, () => two.link)
  const two: End = end(false, () => one.link)
  return [one, two]
}

const outcomes = (pair: readonly [End, End]): Promise<string[]> => Promise.all(pair.map(({ outcome }) => outcome))

/** What `GET /api/v1/ice` would tell, with credentials by another secret or another time. */
function turn(given: { readonly secret?: string; readonly seconds?: number; readonly url?: string } = {}): IceServer[] {
  const { secret = coturn.secret, seconds = 600, url = coturn.url } = given
  const username = `${Math.floor(Date.now() / 1000) + seconds}:test`
  return [{ urls: [url], username, credential: createHmac('sha1', secret).update(username).digest('base64') }]
}

/** Two members of a session at a real introduction server that knows the TURN server. */
async function members(): Promise<{ readonly clients: readonly ServerSignalling[]; readonly parties: readonly PartyId[] }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'trivet-turn-'))
  const ice = { stunUrls: [], turn: { urls: [coturn.url, coturn.tcpUrl], secret: coturn.secret } }
  const server = startSignalling({ host: '127.0.0.1', port: 0, dataDir, ice })
  await server.ready
  const clients: ServerSignalling[] = []
  const meeting = new Meeting({
    client() {
      const client = createSignallingClient({ url: server.url, role: 'mobile-app', deviceType: 'test', clock: systemClock })
      clients.push(client)
      return client
    },
    async stop() {
      await server.close()
      await rm(dataDir, { recursive: true })
    },
  })
  onTestFinished(() => meeting.stop())
  const { anna, bob } = await meeting.pair()
  return { clients, parties: [anna.party, bob.party] }
}

describe('two ends that may only use a TURN server', () => {
  it.each(['udp', 'tcp'])('connect through it over %s, and say so', async (protocol) => {
    const url = protocol === 'udp' ? coturn.url : coturn.tcpUrl
    const pair = ends({ iceServers: () => turn({ url }), transportPolicy: 'relay' })
    expect(await outcomes(pair)).toEqual(['relay', 'relay'])
    const [one, two] = pair
    one.link.send(new TextEncoder().encode('through the relay'))
    expect(await two.received).toBe('through the relay')
    const candidates = pair.flatMap(({ told }) => told).filter((text) => text.includes('candidate:'))
    expect(candidates.length).toBeGreaterThan(0)
    expect(candidates.every((text) => text.includes(' typ relay raddr 0.0.0.0 rport 0'))).toBe(true)
  })

  it('connect with what the introduction server tells members of a session, under names that are no party\'s', async () => {
    const { clients: [anna], parties } = await members()
    const pair = ends({ iceServers: () => anna?.iceServers() ?? [], transportPolicy: 'relay' })
    expect(await outcomes(pair)).toEqual(['relay', 'relay'])
    const [server] = anna?.iceServers() ?? []
    expect(coturn.log()).toContain(server?.username)
    for (const party of parties) expect(coturn.log()).not.toContain(party)
  })

  it.each([
    ['by another secret', () => turn({ secret: 'another secret' })],
    ['that have expired', () => turn({ seconds: -1 })],
    ['for a server that does not answer', () => turn({ url: 'turn:127.0.0.1:9?transport=udp' })],
  ])('give up in their own time with credentials %s, and say why', async (_, iceServers) => {
    const pair = ends({ iceServers, transportPolicy: 'relay', openWithinMs: 2_000 })
    const reason = 'no connection within 2000 ms: no TURN server gave this end an address (out of reach, or its credentials are wrong or have expired)'
    expect(await outcomes(pair)).toEqual([reason, reason])
    expect(pair.flatMap(({ told }) => told).filter((text) => text.includes('candidate:'))).toEqual([])
  })

  it('find each other without it where they may', async () => {
    expect(await outcomes(ends({ iceServers: () => turn() }))).toEqual(['direct', 'direct'])
  })
})
