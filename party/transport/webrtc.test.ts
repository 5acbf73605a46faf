import wrtc from '@roamhq/wrtc'
import { describe, expect, it } from 'vitest'
import type { IceServer } from '@trivet/signalling/wire'
import { ManualClock } from '../channel/testing/two-ends.ts'
import { systemClock } from '../clock.ts'
import { LinkEnd, bendSdp, goesOn, linkPair, openPair } from './testing/link-pair.ts'
import { RawPeer } from './testing/raw-peer.ts'
import type { RawChannel } from './testing/raw-peer.ts'
import { OFFER, bytes, hostileDescriptions, hostileMessages } from './testing/sdp-samples.ts'
import { LEFT } from './types.ts'
import { createWebrtcLinks } from './webrtc.ts'
import type { WebrtcStack } from './webrtc.ts'

const closed = ({ state }: LinkEnd): boolean => state === 'closed'

describe('Node\'s WebRTC stack', () => {
  /** The description of a third end, whose certificate is a real one. */
  async function stranger(): Promise<string> {
    const end = await new LinkEnd(true, () => undefined, {}).until(({ told }) => told.length > 0)
    const fingerprint = /sha-256 ([0-9A-F:]+)/.exec(new TextDecoder().decode(end.told[0]))?.[1]
    if (fingerprint === undefined) throw new Error('an offer has a fingerprint')
    return fingerprint
  }

  it.each([
    ['in the offer', true, false],
    ['in the answer', false, true],
    ['in both', true, true],
  ])('never opens to another certificate than the one whose fingerprint was named: %s', async (_, inOffer, inAnswer) => {
    const other = await stranger()
    const swap = bendSdp((sdp) => sdp.replace(/sha-256 [0-9A-F:]+/, `sha-256 ${other}`))
    const pair = linkPair({ openWithinMs: 3_000, ...(inOffer ? { there: swap } : {}), ...(inAnswer ? { back: swap } : {}) })
    await Promise.all(pair.map((end) => end.until(closed)))
    expect(pair.map(({ opened }) => opened)).toEqual([false, false])
    expect(pair.map(({ reason }) => reason).join()).toContain('the other end was reached, but a certificate is not the one that was named')
  })
})

describe('a webrtc link', () => {
  it.each(hostileDescriptions)('does not open by an offer with $name, and says so', async ({ change, says }) => {
    const [one, two] = linkPair({ there: bendSdp(change), openWithinMs: 500 })
    await Promise.all([one, two].map((end) => end.until(closed)))
    expect([one.opened, two.opened]).toEqual([false, false])
    expect(two.log.map((sentence) => says.test(sentence))).toEqual([true])
  })

  it('does not open by an answer with roles swapped, and says so', async () => {
    const [one, two] = linkPair({ back: bendSdp((sdp) => sdp.replace('a=setup:active', 'a=setup:passive')), openWithinMs: 500 })
    await Promise.all([one, two].map((end) => end.until(closed)))
    expect([one.opened, two.opened]).toEqual([false, false])
    expect(one.log.map((sentence) => /one setup role/.test(sentence))).toEqual([true])
  })

  it.each(hostileMessages)('opens and goes on in spite of $name, said before, amidst and after, and says so', async ({ message, says }) => {
    const pair = await openPair({ there: (told) => [message, told, message], back: (told) => [message, told, message] })
    for (const { link, log } of pair) {
      const before = log.length
      link.signal(message)
      expect(log.slice(before).map((sentence) => says.test(sentence))).toEqual([true])
    }
    await goesOn(pair)
  })

  it.each(hostileDescriptions)('that is open takes no second offer or answer, with $name or without', async ({ change }) => {
    const pair = await openPair()
    for (const { link, log } of pair) {
      for (const sdp of [OFFER, change(OFFER)]) {
        link.signal(bytes({ type: 'offer', sdp }))
        link.signal(bytes({ type: 'answer', sdp: sdp.replace('actpass', 'active') }))
      }
      expect(log).toHaveLength(4)
      expect(log.slice(0, 2)).toEqual(['refused an offer that was not expected now', 'refused an answer that was not expected now'])
    }
    await goesOn(pair)
  })

  it('opens although the end of candidates is said first', async () => {
    const early = bytes({ candidate: { candidate: '', sdpMLineIndex: 0, sdpMid: '0' } })
    await goesOn(await openPair({ there: (told) => [early, told], back: (told) => [early, told] }))
  })

  it('hands at most 64 candidates of one connection to the stack, and does not flood its log', async () => {
    const end = new LinkEnd(false, () => undefined, { clock: new ManualClock() })
    for (let port = 1; port <= 100_000; port += 1) {
      end.link.signal(bytes({ candidate: { candidate: `candidate:1 1 udp 1 192.0.2.7 ${port % 65_536} typ host`, sdpMLineIndex: 0, sdpMid: '0' } }))
    }
    expect(end.log).toHaveLength(33)
    expect([end.log[0], end.log.at(-1)]).toEqual(['refused candidate 65 of one connection, which may have 64', 'what else this link refuses is not told'])
  })

  it('goes on when it is flooded with candidates', async () => {
    const pair = await openPair()
    for (const { link } of pair) {
      for (let port = 1; port <= 10_000; port += 1) {
        link.signal(bytes({ candidate: { candidate: `candidate:1 1 udp 1 192.0.2.7 ${port} typ host`, sdpMLineIndex: 0, sdpMid: '0' } }))
      }
    }
    await goesOn(pair)
    expect(pair.map(({ log }) => log.length)).toEqual([33, 33])
  })

  it('keeps its own data channel when the other end opens more, closes those, and says so', async () => {
    const evil = new RawPeer()
    const others = ['first', 'second'].map((label) => evil.open(label))
    const shut = Promise.all(others.map((channel) => new Promise<void>((resolve) => {
      channel.onclose = resolve
      channel.onopen = () => { sendUnlessClosed(channel, 'from a channel of my own') }
    })))
    const heard = new Promise<string>((resolve) => { evil.agreed.onmessage = ({ data }) => resolve(new TextDecoder().decode(data)) })
    const end = new LinkEnd(false, (told) => void evil.hear(told), {})
    await evil.dial(end.link)
    await end.until(({ state }) => state === 'open')
    await shut
    evil.agreed.send(new TextEncoder().encode('from the agreed one'))
    end.say('back')
    await end.until(({ messages }) => messages.length > 0)
    expect([end.messages, await heard]).toEqual([['from the agreed one'], 'back'])
    expect(end.log).toEqual(Array.from({ length: 2 }, () => 'refused a data channel that the other end opened'))
  })

  it('closes by itself when it has not opened in time', async () => {
    const clock = new ManualClock()
    const end = new LinkEnd(true, () => undefined, { clock, openWithinMs: 5_000 })
    await clock.advance(4_999)
    expect(end.state).toBe('opening')
    await clock.advance(1)
    expect([end.state, end.reason]).toEqual(['closed', 'no connection within 5000 ms'])
  })

  it('asks the STUN and TURN servers that are known when it is made, and else nobody', () => {
    const { stack, configurations } = watched()
    let known: IceServer[] = []
    const options = { wrtc: stack, clock: new ManualClock(), iceServers: () => known }
    const opening = [new LinkEnd(true, () => undefined, { wrtc: stack, clock: new ManualClock() }), new LinkEnd(true, () => undefined, options)]
    known = [{ urls: ['turn:127.0.0.1:9'], username: 'u', credential: 'c' }]
    opening.push(new LinkEnd(true, () => undefined, { ...options, transportPolicy: 'relay' }))
    expect(opening.map(({ state }) => state)).toEqual(['opening', 'opening', 'opening'])
    const nobody = { iceServers: [], iceTransportPolicy: 'all' }
    expect(configurations).toMatchObject([nobody, nobody, { iceServers: known, iceTransportPolicy: 'relay' }])
  })

  it('tells the other end when it is closed for good, and not when another link may follow', async () => {
    for (const isLeaving of [true, false]) {
      const [one, two] = await openPair()
      one.link.close(isLeaving)
      await two.until(closed)
      expect(two.reason === LEFT).toBe(isLeaving)
    }
  })

  it('has said its farewell when the other end heard it, and not before', async () => {
    const peer = new RawPeer()
    const heard = new Promise<unknown>((resolve) => { peer.agreed.onmessage = ({ data }) => resolve(data) })
    const end = new LinkEnd(false, (told) => void peer.hear(told), {})
    await peer.dial(end.link)
    await end.until(({ state }) => state === 'open')
    // Nothing to be said yet.
    await end.links.farewellsSaid()
    end.link.close(true)
    let isSaid = false
    const said = end.links.farewellsSaid().then(() => { isSaid = true })
    expect([end.state, await heard]).toEqual(['closed', 'leaving'])
    expect(isSaid).toBe(false)
    peer.agreed.close()
    await said
  })

  it('says nothing after it took leave, however much was waiting', async () => {
    const peer = new RawPeer()
    const heard: unknown[] = []
    const leave = new Promise<void>((resolve) => {
      peer.agreed.onmessage = ({ data }) => {
        heard.push(data)
        if (typeof data === 'string') resolve()
      }
    })
    const end = new LinkEnd(false, (told) => void peer.hear(told), {})
    await peer.dial(end.link)
    await end.until(({ state }) => state === 'open')
    const count = 200
    for (let i = 0; i < count; i += 1) end.link.send(new Uint8Array(65_536))
    end.link.close(true)
    await leave
    // What came before it was on its way already; what waited would be here soon.
    await new Promise((resolve) => { setTimeout(resolve, 500) })
    expect(heard.length).toBeLessThan(count)
    expect(heard.at(-1)).toBe('leaving')
    peer.agreed.close()
    await end.links.farewellsSaid()
  })

  it('waits 10 s for an other end that does not hear its farewell', async () => {
    const clock = new ManualClock()
    const peer = new RawPeer()
    const end = new LinkEnd(false, (told) => void peer.hear(told), { clock })
    await peer.dial(end.link)
    await end.until(({ state }) => state === 'open')
    end.link.close(true)
    let isSaid = false
    const said = end.links.farewellsSaid().then(() => { isSaid = true })
    await clock.advance(9_999)
    expect(isSaid).toBe(false)
    await clock.advance(1)
    await said
  })

  it('cannot be made where there is no WebRTC', () => {
    expect(() => createWebrtcLinks({ clock: systemClock })).toThrow('no RTCPeerConnection')
  })
})

/** A stack that says what its connections are made with. */
function watched(): { readonly stack: WebrtcStack; readonly configurations: object[] } {
  const configurations: object[] = []
  const stack: WebrtcStack = wrtc
  class RTCPeerConnection extends stack.RTCPeerConnection {
    constructor(configuration: object) {
      super(configuration)
      configurations.push(configuration)
    }
  }
  return { stack: { ...stack, RTCPeerConnection }, configurations }
}

/** The other end may have closed it already; the stack then throws. */
function sendUnlessClosed(channel: RawChannel, text: string): void {
  try {
    channel.send(new TextEncoder().encode(text))
  } catch (error) {
    expect(String(error)).toContain('InvalidStateError')
  }
}
