/** The same line as in `party.test.ts`, over the real introduction server and real WebRTC between Node parties. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ed25519 } from '@noble/curves/ed25519.js'
import wrtc from '@roamhq/wrtc'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { concat } from '@trivet/protocol/core'
import { startSignalling, type SignallingServer } from '@trivet/signalling'
import { systemClock } from './clock.ts'
import { meetAndApprove, person, reaches } from './testing/people.ts'
import { createSignallingClient, createWebrtcLinks } from './transport/index.ts'

let server: SignallingServer
let dataDir: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'trivet-party-'))
  server = startSignalling({ host: '127.0.0.1', port: 0, dataDir })
  await server.ready
})

afterAll(async () => {
  await server.close()
  await rm(dataDir, { recursive: true })
})

test('three Node parties make a key over WebRTC, and two sign', async () => {
  const people = await Promise.all([1, 2, 3].map(() => person({
    transport: {
      signalling: createSignallingClient({ url: server.url, role: 'mobile-app', deviceType: 'server', clock: systemClock }),
      links: createWebrtcLinks({ wrtc, clock: systemClock }),
    },
  })))
  const [anna, ben] = people
  if (anna === undefined || ben === undefined) throw new Error('nobody')
  const session = await meetAndApprove(people, { threshold: 2 })
  await Promise.all(people.map((who) => reaches(who, session, 'done')))
  const [wallet] = anna.view().wallets
  const key = wallet?.keys.find(({ suite }) => suite === 2)?.groupKey
  const signers = [anna, ben].map((who) => who.view().wallets[0]?.myIndex ?? 0)
  const message = new TextEncoder().encode('over the real network')
  const signing = await anna.party.verbs.requestSignature({ wallet: wallet?.id ?? '', intent: concat(Uint8Array.of(2), message), signers })
  await reaches(ben, signing.session, 'approving')
  await ben.party.verbs.approve(signing)
  const { state } = await reaches(anna, signing.session, 'done')
  const [signature] = state.at === 'done' ? state.signatures ?? [] : []
  expect(ed25519.verify(signature ?? new Uint8Array(), message, key ?? new Uint8Array())).toBe(true)
  await Promise.all(people.map((who) => who.party.close()))
}, 60_000)
