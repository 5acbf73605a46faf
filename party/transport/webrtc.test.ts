import wrtc from '@roamhq/wrtc'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { ManualClock } from '../channel/testing/two-ends.ts'
import { decodeSignal, encodeSignal, fingerprintOf } from './sdp.ts'
import type { Link, LinkEvents } from './types.ts'
import { createWebrtcLinks } from './webrtc.ts'

const FINGERPRINT = Array.from({ length: 32 }, (_, i) => (i + 160).toString(16).toUpperCase()).join(':')
const OFFER = [
  'v=0', 'o=- 123 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0', 'a=msid-semantic: WMS *',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 0.0.0.0', 'a=candidate:1 1 udp 1 192.0.2.1 9 typ host',
  'a=ice-ufrag:abcd', 'a=ice-pwd:abcdefghijklmnopqrstuvwx', 'a=ice-options:trickle', `a=fingerprint:sha-256 ${FINGERPRINT}`,
  'a=setup:actpass', 'a=mid:0', 'a=sctp-port:5000', 'a=max-message-size:1073741823', 'a=x-unknown:anything', '',
].join('\r\n')

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const offer = (change: (sdp: string) => string): Uint8Array => bytes({ type: 'offer', sdp: change(OFFER) })

describe('a session description', () => {
  it('is written anew from what a data channel needs', () => {
    const read = decodeSignal(bytes({ type: 'offer', sdp: OFFER }))
    expect('sdp' in read && read.sdp).not.toMatch(/candidate|x-unknown|msid|1073741823|192\.0\.2\.1/)
    expect('sdp' in read && read.sdp).toContain(`a=fingerprint:sha-256 ${FINGERPRINT}\r\n`)
    expect(decodeSignal(bytes(read))).toEqual(read)
  })

  it.each([
    ['no fingerprint', (sdp: string) => sdp.replace(/a=fingerprint.*\r\n/, '')],
    ['two fingerprints', (sdp: string) => `${sdp}a=fingerprint:sha-256 ${FINGERPRINT}\r\n`],
    ['a fingerprint by another hash beside', (sdp: string) => `${sdp}a=fingerprint:sha-1 ${FINGERPRINT.slice(0, 59)}\r\n`],
    ['a short fingerprint', (sdp: string) => sdp.replace(FINGERPRINT, FINGERPRINT.slice(3))],
    ['another role', (sdp: string) => sdp.replace('actpass', 'active')],
    ['a second data channel section', (sdp: string) => `${sdp}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n`],
    ['a video section', (sdp: string) => `${sdp}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n`],
    ['a second user fragment', (sdp: string) => `${sdp}a=ice-ufrag:zzzz\r\n`],
    ['a password with a line break in it', (sdp: string) => sdp.replace('abcdefghijklmnopqrstuvwx', 'abcdefghijklmnop\rqrstuvwx')],
    ['1 MiB of lines', (sdp: string) => sdp + 'a=x:y\r\n'.repeat(150_000)],
  ])('is refused with %s', (_, change) => {
    expect(() => decodeSignal(offer(change))).toThrow(expect.objectContaining({ name: 'Malformed' }))
  })

  it.each([
    'candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host',
    'candidate:842163049 1 udp 1677729535 2001:db8::1 50000 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag abcd',
    'candidate:1 1 tcp 1518280447 0c1b2a3d-aaaa-4bbb-8ccc-0123456789ab.local 9 typ host tcptype active',
    '',
  ])('takes the candidate %j', (candidate) => {
    const data = { candidate: { candidate, sdpMLineIndex: 0, sdpMid: '0' } }
    expect(decodeSignal(bytes(data))).toEqual(data)
    expect(encodeSignal({ type: 'candidate', ...data })).toEqual(bytes(data))
  })

  it.each([
    'candidate:1 1 udp 1 evil.example 9 typ host', 'candidate:1 1 udp 1 192.0.2.7 9 typ host\r\na=x', 'a=candidate:1', 'candidate:',
  ])('refuses the candidate %j', (candidate) => {
    expect(() => decodeSignal(bytes({ candidate: { candidate, sdpMLineIndex: 0, sdpMid: '0' } }))).toThrow('candidate')
  })

  it('passes on nothing that simple-peer would tell beside descriptions and candidates', () => {
    expect(encodeSignal({ type: 'renegotiate', renegotiate: true })).toBeUndefined()
    expect(encodeSignal({ type: 'transceiverRequest', transceiverRequest: {} })).toBeUndefined()
  })
})

const deaf: LinkEvents = { signal: () => undefined, open: () => undefined, message: () => undefined, drain: () => undefined, close: () => undefined }

describe('a webrtc link', () => {
  const opened: Link[] = []
  afterEach(() => {
    for (const link of opened.splice(0)) link.close()
  })

  it('does not open to a certificate whose fingerprint was not named', async () => {
    const links = createWebrtcLinks({ wrtc, clock: systemClock })
    const swapped = (original: Uint8Array): Uint8Array =>
      new TextEncoder().encode(new TextDecoder().decode(original).replace(/sha-256 [0-9A-F:]+/, `sha-256 ${FINGERPRINT}`))
    const seen: string[] = []
    const ended = new Promise<void>((resolve) => {
      const events = (name: string, other: () => Link): Parameters<typeof links.open>[1] => ({
        signal: (b) => other().signal(swapped(b)),
        open: () => seen.push(`${name} opened`), message: () => undefined, drain: () => undefined,
        close: (reason) => {
          seen.push(reason)
          resolve()
        },
      })
      const one: Link = links.open({ initiator: true }, events('one', () => two))
      const two: Link = links.open({ initiator: false }, events('two', () => one))
      opened.push(one, two)
    })
    await ended
    expect(seen).toEqual(['Connection failed.'])
  })

  it('hands at most 64 candidates of one connection to the stack', async () => {
    const log: string[] = []
    const links = createWebrtcLinks({ wrtc, clock: new ManualClock(), log: (sentence) => log.push(sentence) })
    const link = links.open({ initiator: false }, deaf)
    opened.push(link)
    for (let port = 1; port <= 1_000; port += 1) {
      link.signal(bytes({ candidate: { candidate: `candidate:1 1 udp 1 192.0.2.7 ${port} typ host`, sdpMLineIndex: 0, sdpMid: '0' } }))
    }
    expect(log).toHaveLength(936)
    expect(log[0]).toBe('refused candidate 65 of one connection')
  })

  it('closes by itself when it has not opened in time', async () => {
    const clock = new ManualClock()
    const links = createWebrtcLinks({ wrtc, clock, openWithinMs: 5_000 })
    const reasons: string[] = []
    opened.push(links.open({ initiator: true }, { ...deaf, close: (reason) => reasons.push(reason) }))
    await clock.advance(4_999)
    expect(reasons).toEqual([])
    await clock.advance(1)
    expect(reasons).toEqual(['no connection within 5000 ms'])
  })

  it('cannot be made where there is no WebRTC', () => {
    expect(() => createWebrtcLinks({ clock: systemClock })).toThrow('no RTCPeerConnection')
  })

  it('reads a fingerprint as 32 bytes', () => {
    expect(fingerprintOf(OFFER)).toEqual(Uint8Array.from({ length: 32 }, (_, i) => i + 160))
  })
})
