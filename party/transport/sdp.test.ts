import { describe, expect, it } from 'vitest'
import { decodeSignal, encodeSignal, fingerprintOf } from './sdp.ts'
import { FINGERPRINT, OFFER, bytes, hostileDescriptions, hostileMessages } from './testing/sdp-samples.ts'

describe('a session description', () => {
  it('is written anew from what a data channel needs', () => {
    const read = decodeSignal(bytes({ type: 'offer', sdp: OFFER }))
    expect('sdp' in read && read.sdp).not.toMatch(/candidate|x-unknown|msid|1073741823|192\.0\.2\.1/)
    expect('sdp' in read && read.sdp).toContain(`a=fingerprint:sha-256 ${FINGERPRINT}\r\n`)
    expect(decodeSignal(bytes(read))).toEqual(read)
  })

  it.each([
    ['candidates within it', (sdp: string) => `${sdp}${'a=candidate:1 1 udp 1 192.0.2.7 9 typ host\r\n'.repeat(100)}`],
    ['the end of candidates in it', (sdp: string) => `${sdp}a=end-of-candidates\r\n`],
    ['an identity assertion', (sdp: string) => `${sdp}a=identity:eyJpZHAiOnt9fQ==\r\n`],
    ['a lite agent', (sdp: string) => sdp.replace('t=0 0', 't=0 0\r\na=ice-lite')],
    ['another stack\'s line ends', (sdp: string) => sdp.replaceAll('\r\n', '\n')],
  ])('loses %s', (_, change) => {
    expect(decodeSignal(bytes({ type: 'offer', sdp: change(OFFER) }))).toEqual(decodeSignal(bytes({ type: 'offer', sdp: OFFER })))
  })

  it.each(hostileDescriptions)('is refused with $name', ({ change, says }) => {
    expect(() => decodeSignal(bytes({ type: 'offer', sdp: change(OFFER) }))).toThrow(says)
  })

  it.each(['passive', 'actpass', 'holdconn'])('is refused as an answer that would be %s', (role) => {
    expect(() => decodeSignal(bytes({ type: 'answer', sdp: OFFER.replace('actpass', role) }))).toThrow('setup role')
  })

  it('has a fingerprint of 32 bytes', () => {
    expect(fingerprintOf(OFFER)).toEqual(Uint8Array.from({ length: 32 }, (_, i) => i + 160))
  })
})

describe('a negotiation message', () => {
  it.each([
    'candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host',
    'candidate:842163049 1 udp 1677729535 2001:db8::1 50000 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag abcd',
    'candidate:1 1 tcp 1518280447 0c1b2a3d-aaaa-4bbb-8ccc-0123456789ab.local 9 typ host tcptype active',
    '',
  ])('may be the candidate %j', (candidate) => {
    const data = { candidate: { candidate, sdpMLineIndex: 0, sdpMid: '0' } }
    expect(decodeSignal(bytes(data))).toEqual(data)
    expect(encodeSignal({ type: 'candidate', ...data })).toEqual(bytes(data))
  })

  it.each([
    'candidate:1 1 udp 1 evil.example 9 typ host', 'candidate:1 1 udp 1 192.0.2.7 9 typ host\r\na=x', 'a=candidate:1', 'candidate:',
  ])('may not be the candidate %j', (candidate) => {
    expect(() => decodeSignal(bytes({ candidate: { candidate, sdpMLineIndex: 0, sdpMid: '0' } }))).toThrow('candidate')
  })

  it.each(hostileMessages)('is refused where it is $name', ({ message, says }) => {
    expect(() => decodeSignal(message)).toThrow(says)
  })

  it('of ours is never what simple-peer would tell beside descriptions and candidates', () => {
    expect(encodeSignal({ type: 'renegotiate', renegotiate: true })).toBeUndefined()
    expect(encodeSignal({ type: 'transceiverRequest', transceiverRequest: {} })).toBeUndefined()
  })
})
