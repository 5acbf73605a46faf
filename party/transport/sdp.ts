/**
 * What may reach a WebRTC stack from the other end: one description of one data channel, and ICE candidates. Stacks differ in
 * what they make of anything else (of two fingerprints one takes the first, another the last), so a description is taken
 * apart here and written anew from the few values that were expected.
 */
import { Malformed } from '@trivet/protocol/core'

/** UTF-8 JSON of one negotiation message. */
const MAX_SIGNAL_BYTES = 16_384

export interface Description {
  readonly type: 'offer' | 'answer'
  readonly sdp: string
}

export interface Candidate {
  readonly candidate: { readonly candidate: string; readonly sdpMLineIndex: number | null; readonly sdpMid: string | null }
}

/** @returns UTF-8 JSON of what simple-peer wants to tell the other end, or nothing where it is not ours to send */
export function encodeSignal(data: unknown): Uint8Array | undefined {
  if (!isRecord(data)) return undefined
  const { type, sdp, candidate } = data
  if ((type === 'offer' || type === 'answer') && typeof sdp === 'string') return utf8({ type, sdp: rebuild(type, sdp) })
  if (isRecord(candidate)) return utf8({ candidate })
  return undefined
}

/**
 * Reads negotiation bytes of the other end.
 * @param bytes UTF-8 JSON, at most 16,384 bytes: `{type, sdp}` or `{candidate: {candidate, sdpMLineIndex, sdpMid}}` and no other keys
 * @throws {Malformed} for everything else
 */
export function decodeSignal(bytes: Uint8Array): Description | Candidate {
  if (bytes.length > MAX_SIGNAL_BYTES) throw new Malformed('E_LEN', `a negotiation message of ${bytes.length} bytes, at most ${MAX_SIGNAL_BYTES}`)
  const data = parseJson(bytes)
  if (hasExactly(data, ['type', 'sdp']) && (data['type'] === 'offer' || data['type'] === 'answer') && typeof data['sdp'] === 'string') {
    return { type: data['type'], sdp: rebuild(data['type'], data['sdp']) }
  }
  if (hasExactly(data, ['candidate'])) return { candidate: parseCandidate(data['candidate']) }
  throw new Malformed('E_LEN', `${orders(data)}: expected a description or a candidate`)
}

/** What simple-peer would obey beside what it needs, for the log. */
function orders(data: unknown): string {
  if (!isRecord(data)) return 'what is no object'
  if (Object.keys(data).length === 0) return 'an empty negotiation message'
  if ('renegotiate' in data) return 'an order to renegotiate'
  if ('transceiverRequest' in data) return 'a request for audio or video'
  return 'a negotiation message of another shape'
}

/**
 * The one SHA-256 certificate fingerprint of a description.
 * @returns 32 bytes
 * @throws {Malformed} if there is none, more than one, or one by another hash
 */
export function fingerprintOf(sdp: string): Uint8Array {
  const hex = only(sdp, 'fingerprint', /^sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i)
  return Uint8Array.from(hex.split(':'), (byte) => Number.parseInt(byte, 16))
}

/** Writes a description anew from the values a data channel needs: credentials, fingerprint, role, limits. Candidates come one by one. */
function rebuild(type: 'offer' | 'answer', sdp: string): string {
  const media = sdp.split(/\r?\n/).filter((line) => line.startsWith('m='))
  if (media.length !== 1 || !/^m=application \d{1,5} UDP\/DTLS\/SCTP webrtc-datachannel$/.test(media[0] ?? '')) {
    throw new Malformed('E_LEN', `a description of something else than one data channel (${media.length} media sections)`)
  }
  const fingerprint = Array.from(fingerprintOf(sdp), (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':')
  const mid = only(sdp, 'mid', /^([A-Za-z0-9_-]{1,16})$/)
  return [
    'v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0',
    `a=group:BUNDLE ${mid}`,
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${only(sdp, 'ice-ufrag', /^([A-Za-z0-9+/]{4,256})$/)}`,
    `a=ice-pwd:${only(sdp, 'ice-pwd', /^([A-Za-z0-9+/]{22,256})$/)}`,
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${fingerprint}`,
    // RFC 8842 §5.2: who offers leaves the DTLS role open, who answers takes the client's.
    `a=setup:${only(sdp, 'setup', type === 'offer' ? /^(actpass)$/ : /^(active)$/)}`,
    `a=mid:${mid}`,
    `a=sctp-port:${only(sdp, 'sctp-port', /^(\d{1,5})$/)}`,
    'a=max-message-size:262144',
    '',
  ].join('\r\n')
}

/** What is expected of an attribute where its name does not say it. */
const EXPECTED: Readonly<Record<string, string>> = { fingerprint: 'SHA-256 fingerprint', setup: 'setup role of RFC 8842' }

/** The value of an attribute that must be there exactly once. */
function only(sdp: string, name: string, form: RegExp): string {
  const prefix = `a=${name}:`
  const values = sdp.split(/\r?\n/).filter((line) => line.startsWith(prefix))
  const value = values.length === 1 ? form.exec((values[0] ?? '').slice(prefix.length))?.[1] : undefined
  if (value === undefined) {
    const found = values.length === 1 ? 'one of another form' : String(values.length)
    throw new Malformed('E_LEN', `a description: expected one ${EXPECTED[name] ?? name}, got ${found}`)
  }
  return value
}

// RFC 8839 §5.1, with an mDNS name allowed as the address (browsers hide theirs so).
const CANDIDATE = new RegExp(
  '^candidate:[A-Za-z0-9+/]{1,32} [12] (?:udp|tcp) \\d{1,10} (?:[0-9a-f.:]{2,45}|[0-9a-f-]{36}\\.local) \\d{1,5} typ (?:host|srflx|prflx|relay)(?: [\\x21-\\x7e]{1,128}){0,32}$',
  'i',
)

function parseCandidate(value: unknown): Candidate['candidate'] {
  if (hasExactly(value, ['candidate', 'sdpMLineIndex', 'sdpMid'])) {
    const { candidate, sdpMLineIndex, sdpMid } = value
    const lineFits = sdpMLineIndex === 0 || sdpMLineIndex === null
    const midFits = sdpMid === null || (typeof sdpMid === 'string' && /^[A-Za-z0-9_-]{1,16}$/.test(sdpMid))
    // The empty candidate says that no more will come.
    if (typeof candidate === 'string' && (candidate === '' || CANDIDATE.test(candidate)) && lineFits && midFits) {
      return { candidate, sdpMLineIndex, sdpMid }
    }
  }
  throw new Malformed('E_LEN', 'a candidate of another form: expected {candidate, sdpMLineIndex, sdpMid} as ICE writes them')
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new Malformed('E_LEN', 'a negotiation message that is no UTF-8 JSON', { cause })
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasExactly<K extends string>(value: unknown, keys: readonly K[]): value is Record<K, unknown> {
  return isRecord(value) && Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key))
}

function utf8(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}
