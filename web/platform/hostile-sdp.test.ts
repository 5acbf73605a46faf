/**
 * What an introduction server could do to the negotiation of a link if its seals were worth nothing, or the other end in person: each lie told
 * to both ends, of channels over the real WebRTC of Chromium and of Node.
 */
import { createSocket } from 'node:dgram'
import { networkInterfaces } from 'node:os'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { hostileMessages, OFFER, wordOf, type Side } from '@trivet/party/testing'
import { inBetween } from './testing/in-between.ts'
import { candidate, REFUSED, sdpIn, withSdp } from './testing/lies.ts'
import { startChromium, type RealChromium } from './testing/real-chromium.ts'
import { inChromium, inNode, SIDES, TwoDevices, type Lie, type Meeting, type Place } from './testing/two-devices.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 })

let chromium: RealChromium
beforeAll(async () => {
  chromium = await startChromium(new URL('testing/channel-entry.ts', import.meta.url))
})
afterAll(() => chromium.close())

const page = async (): Promise<Place> => inChromium(await chromium.openPage())
const node = async (): Promise<Place> => inNode()

/** The link gives up, and the channel makes its next after a pause. */
const NEXT_TRY_MS = 11_250
/** In the first try, and in the second. */
const LIED_TO = ['answers', 'dials'] as const
const UP = ['connecting', 'up direct']

const descriptions = (given: readonly string[]): readonly string[] => given.filter((text) => text.startsWith('v=0'))

describe.each([
  ['Chromium and Chromium', page, page],
  ['Chromium and Node', page, node],
  ['Node and Node', node, node],
])('between %s', (_, one, two) => {
  let devices: TwoDevices
  /** Is up before, and goes on. */
  let live: Meeting
  beforeAll(async () => {
    devices = new TwoDevices(await one(), await two())
    live = await devices.meet()
    await live.until(() => live.isUp)
  })
  afterEach(async () => {
    await live.goesOn()
    for (const side of SIDES) expect(live.all(side, 'state')).toEqual(UP)
  })
  afterAll(() => devices.close())

  async function meet(lie?: Lie, breaksRules?: Side): Promise<Meeting> {
    const meeting = await devices.meet(lie, breaksRules)
    onTestFinished(() => devices.end(meeting))
    return meeting
  }

  /** Up at this try, by what the other end said and nothing else. */
  async function comesUp(meeting: Meeting, attempt = 1): Promise<void> {
    await meeting.until(() => meeting.isUp)
    await meeting.goesOn()
    for (const side of SIDES) {
      const honest = meeting.words.flatMap((word) => (word.to === side && word.attempt === attempt ? sdpIn(word.bytes) ?? [] : []))
      expect(descriptions(meeting.all(side, 'given')).slice(-1)).toEqual(honest)
      expect(meeting.all(side, 'state')).toEqual(UP)
    }
  }

  it.each(REFUSED.map((each) => [each.name, each] as const))('%s is refused by name at either end and reaches no stack; the next try comes up', async (_, { lie, says }) => {
    const meeting = await meet(({ to, attempt, bytes }) => {
      if (to !== LIED_TO[attempt - 1]) return [bytes]
      const said = lie(bytes, to)
      for (const side of SIDES) live.insertOnLink(side, said)
      return said
    })
    for (const [i, side] of LIED_TO.entries()) {
      await meeting.until(() => meeting.all(side, 'log').length > 0)
      expect(descriptions(meeting.all(side, 'given'))).toEqual([])
      expect([meeting.all('dials', 'state'), meeting.all('answers', 'state')]).toEqual([['connecting'], ['connecting']])
      await meeting.advance('dials', NEXT_TRY_MS)
      expect(meeting.all('dials', 'link closed')[i]).toBe('no connection within 11000 ms')
    }
    await comesUp(meeting, 3)
    for (const side of SIDES) expect(meeting.all(side, 'log').filter((sentence) => !says.test(sentence))).toEqual([])
  })

  it.each(hostileMessages.map((each) => [each.name, each] as const))('%s is refused by name before, amidst and after what is honest, which comes up', async (_, { message, says }) => {
    const meeting = await meet(({ bytes }) => (sdpIn(bytes) === undefined ? [bytes] : [message, bytes, message]))
    await comesUp(meeting)
    for (const side of SIDES) {
      const before = meeting.all(side, 'log').length
      expect(before).toBe(2)
      meeting.insert(side, 1, [message])
      live.insertOnLink(side, [message])
      await meeting.until(() => meeting.all(side, 'log').length > before)
      expect(meeting.all(side, 'log').filter((sentence) => !says.test(sentence))).toEqual([])
    }
    await meeting.goesOn()
  })

  it('a second offer or answer, amidst or once it is up, is refused by name', async () => {
    const meeting = await meet(({ bytes }) => (sdpIn(bytes) === undefined ? [bytes] : [bytes, bytes]))
    await comesUp(meeting)
    const again = [wordOf({ type: 'offer', sdp: OFFER }), wordOf({ type: 'answer', sdp: OFFER.replace('actpass', 'active') })]
    for (const side of SIDES) {
      meeting.insert(side, 1, again)
      live.insertOnLink(side, again)
      await meeting.until(() => meeting.all(side, 'log').length === 3)
      expect(meeting.all(side, 'log')).toEqual([side === 'dials' ? 'answer' : 'offer', 'offer', 'answer'].map((type) => `refused an ${type} that was not expected now`))
    }
    await meeting.goesOn()
  })

  it('what no data channel needs is lost on the way: another bundle, other candidates, other limits, a lite agent, an identity', async () => {
    await comesUp(await meet(({ bytes }) => withSdp((sdp) => [
      sdp.replace(/a=group.*/, 'a=group:BUNDLE 0 1\r\na=ice-lite\r\na=identity:eyJpZHAiOnt9fQ==').replace(/a=max-message-size:.*/, 'a=max-message-size:1'),
      'a=candidate:1 1 udp 2130706431 192.0.2.7 9 typ host\r\na=end-of-candidates\r\n',
    ].join(''))(bytes)))
  })

  it('a fingerprint swapped for another is found by the stack, which says so; the next try comes up', async () => {
    const swap = withSdp((sdp) => sdp.replace(/sha-256 [0-9A-F]{2}/, (found) => (found.endsWith('77') ? 'sha-256 78' : 'sha-256 77')))
    const meeting = await meet(({ to, attempt, bytes }) => (to === LIED_TO[attempt - 1] ? swap(bytes) : [bytes]))
    for (const attempt of [1, 2]) {
      await meeting.until(() => meeting.all('dials', 'link closed').length === attempt)
      expect(meeting.all('dials', 'link closed').at(-1)).toContain('the other end was reached, but a certificate is not the one that was named')
      expect([meeting.all('dials', 'state'), meeting.all('answers', 'state')]).toEqual([['connecting'], ['connecting']])
    }
    await meeting.advance('dials', 250)
    await comesUp(meeting, 3)
  })

  it('the offer or the answer of an older connection leads nowhere; the next try comes up', async () => {
    const old = (side: Side): readonly Uint8Array[] => live.words.filter(({ to, bytes }) => to === side && sdpIn(bytes) !== undefined).map(({ bytes }) => bytes)
    const meeting = await meet(({ to, attempt, bytes }) => (to === LIED_TO[attempt - 1] && sdpIn(bytes) !== undefined ? old(to) : [bytes]))
    for (const [i, side] of LIED_TO.entries()) {
      await meeting.until(() => old(side).some((bytes) => meeting.all(side, 'given').includes(sdpIn(bytes) ?? '')))
      // Stacks give up when they like: a little at a time.
      while (meeting.all('dials', 'link closed').length === i) await meeting.advance('dials', 1_000)
      expect(meeting.all('dials', 'link closed').at(-1)).toMatch(/^(no connection within 11000 ms|Connection failed)/)
      expect([meeting.all('dials', 'state'), meeting.all('answers', 'state')]).toEqual([['connecting'], ['connecting']])
    }
    await meeting.advance('dials', 250)
    await comesUp(meeting, 3)
  })

  it('somebody in between, with certificates of their own, is found by the handshake before anything is said; both ends say so', async () => {
    const between = inBetween()
    onTestFinished(() => { between.close() })
    const meeting = await meet(between.lie)
    for (const side of SIDES) await meeting.say(side, 'for nobody else')
    await meeting.until(() => SIDES.every((side) => meeting.all(side, 'failed').length > 0))
    expect(meeting.all('dials', 'failed')).toEqual([
      'E_INTERCEPTED: the connection does not lead where it should: the introduction server put somebody between the two devices; nothing was sent',
    ])
    expect(meeting.all('answers', 'failed')).toEqual(['E_INTERCEPTED: the introduction server gave the other party altered connection details; nothing was sent'])
    // The first two messages of the handshake, in which nobody has said who they are but to who can read it.
    expect(between.overheard.map(({ from, bytes }) => [from, bytes[0]])).toEqual([['dials', 1], ['answers', 2]])
    for (const side of SIDES) expect([meeting.all(side, 'state'), meeting.all(side, 'message')]).toEqual([['connecting'], []])
    await comesUp(await meet())
  })

  it('a candidate that points elsewhere gets questions of ICE alone, and the connection comes up', async () => {
    const elsewhere = createSocket('udp4')
    onTestFinished(() => { elsewhere.close() })
    const heard: Buffer[] = []
    elsewhere.on('message', (datagram) => heard.push(datagram))
    await new Promise<void>((resolve) => elsewhere.bind(0, '0.0.0.0', resolve))
    const mine = Object.values(networkInterfaces()).flatMap((all) => all ?? []).find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
    const away = candidate(mine, elsewhere.address().port)
    const meeting = await meet(({ bytes }) => (sdpIn(bytes) === undefined ? [bytes] : [away, bytes]))
    await comesUp(meeting)
    await vi.waitFor(() => { expect(heard.length).toBeGreaterThan(0) }, 5_000)
    // RFC 8489: a binding request, and the magic cookie.
    expect(new Set(heard.map((datagram) => `${datagram.toString('hex', 0, 2)} ${datagram.toString('hex', 4, 8)}`))).toEqual(new Set(['0001 2112a442']))
    for (const side of SIDES) {
      const before = meeting.all(side, 'given').length
      live.insertOnLink(side, [away])
      meeting.insert(side, 1, [away])
      await meeting.until(() => meeting.all(side, 'given').length > before)
    }
    await meeting.goesOn()
  })

  it.each(SIDES)('data channels that the end that %s opens against the rules are closed by name, and nothing of them is heard', async (side) => {
    const meeting = await meet(undefined, side)
    await comesUp(meeting)
    const honest = side === 'dials' ? 'answers' : 'dials'
    await meeting.until(() => meeting.all(honest, 'log').length === 2 && meeting.all(side, 'foreign').length === 2)
    expect(meeting.all(honest, 'log')).toEqual(Array.from({ length: 2 }, () => 'refused a data channel that the other end opened'))
    await meeting.goesOn()
    expect(meeting.all(honest, 'message').filter((text) => text.includes('of my own'))).toEqual([])
  })
})
