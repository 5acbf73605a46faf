/** Negotiation messages, honest and not. For tests alone. */

/** 32 bytes from 160 upwards, as an SDP writes them. */
export const FINGERPRINT = Array.from({ length: 32 }, (_, i) => (i + 160).toString(16).toUpperCase()).join(':')

export const OFFER = [
  'v=0', 'o=- 123 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0', 'a=msid-semantic: WMS *',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 0.0.0.0', 'a=candidate:1 1 udp 1 192.0.2.1 9 typ host',
  'a=ice-ufrag:abcd', 'a=ice-pwd:abcdefghijklmnopqrstuvwx', 'a=ice-options:trickle', `a=fingerprint:sha-256 ${FINGERPRINT}`,
  'a=setup:actpass', 'a=mid:0', 'a=sctp-port:5000', 'a=max-message-size:1073741823', 'a=x-unknown:anything', '',
].join('\r\n')

/** UTF-8 JSON. */
export const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

export interface HostileDescription {
  /** What is tried, as it stands in a test's name. */
  readonly name: string
  readonly change: (sdp: string) => string
  /** What the log says of it. */
  readonly says: RegExp
}

/** What a server may do to a description on its way, each refused by its form. */
export const hostileDescriptions: readonly HostileDescription[] = [
  { name: 'no fingerprint', change: (sdp) => sdp.replace(/a=fingerprint.*\r\n/, ''), says: /expected one SHA-256 fingerprint, got 0/ },
  { name: 'a second fingerprint', change: (sdp) => `${sdp}a=fingerprint:sha-256 ${FINGERPRINT}\r\n`, says: /expected one SHA-256 fingerprint, got 2/ },
  {
    name: 'a second fingerprint before the first', change: (sdp) => sdp.replace('a=fingerprint', `a=fingerprint:sha-256 ${FINGERPRINT}\r\na=fingerprint`),
    says: /expected one SHA-256 fingerprint, got 2/,
  },
  {
    name: 'a fingerprint for the whole session beside the one of the section', change: (sdp) => sdp.replace('t=0 0', `t=0 0\r\na=fingerprint:sha-256 ${FINGERPRINT}`),
    says: /expected one SHA-256 fingerprint, got 2/,
  },
  {
    name: 'a SHA-1 fingerprint beside', change: (sdp) => `${sdp}a=fingerprint:sha-1 ${FINGERPRINT.slice(0, 59)}\r\n`,
    says: /expected one SHA-256 fingerprint, got 2/,
  },
  {
    name: 'a SHA-1 fingerprint alone', change: (sdp) => sdp.replace(/sha-256 [0-9A-F:]+/, `sha-1 ${FINGERPRINT.slice(0, 59)}`),
    says: /expected one SHA-256 fingerprint, got one of another form/,
  },
  ...[['MD5', 'md5', 47], ['SHA-512', 'sha-512', 191]].map(([name = '', hash = '', length]) => ({
    name: `a ${name} fingerprint alone`,
    change: (sdp: string) => sdp.replace(/sha-256 [0-9A-F:]+/, `${hash} ${`${FINGERPRINT}:${FINGERPRINT}`.slice(0, Number(length))}`),
    says: /expected one SHA-256 fingerprint, got one of another form/,
  })),
  {
    name: 'a short fingerprint', change: (sdp) => sdp.replace(/(sha-256 [0-9A-F:]+):[0-9A-F]{2}\r\n/, '$1\r\n'),
    says: /expected one SHA-256 fingerprint, got one of another form/,
  },
  { name: 'roles swapped', change: (sdp) => sdp.replace(/a=setup:\w+/, 'a=setup:passive'), says: /expected one setup role of RFC 8842, got one of another form/ },
  { name: 'two roles', change: (sdp) => `${sdp}a=setup:actpass\r\n`, says: /expected one setup role of RFC 8842, got 2/ },
  {
    name: 'a second data channel section', change: (sdp) => `${sdp}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n`,
    says: /something else than one data channel \(2 media sections\)/,
  },
  { name: 'a video section', change: (sdp) => `${sdp}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n`, says: /something else than one data channel \(2 media sections\)/ },
  {
    name: 'a video section alone', change: (sdp) => sdp.replace(/m=application.*\r\n/, 'm=video 9 UDP/TLS/RTP/SAVPF 96\r\n'),
    says: /something else than one data channel \(1 media sections\)/,
  },
  { name: 'an audio section before', change: (sdp) => sdp.replace('m=application', 'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nm=application'), says: /something else than one data channel \(2 media sections\)/ },
  { name: 'a second user fragment', change: (sdp) => `${sdp}a=ice-ufrag:zzzz\r\n`, says: /expected one ice-ufrag, got 2/ },
  { name: 'a password with a line break in it', change: (sdp) => sdp.replace(/a=ice-pwd:(\S{4})/, 'a=ice-pwd:$1\r'), says: /expected one ice-pwd/ },
  { name: '1 MiB of lines', change: (sdp) => sdp + 'a=x:y\r\n'.repeat(150_000), says: /a negotiation message of 1\d{6} bytes, at most 16384/ },
]

/** What a server may say in between, to any link at any time. */
export const hostileMessages: readonly { readonly name: string; readonly message: Uint8Array; readonly says: RegExp }[] = [
  { name: 'an empty object', message: bytes({}), says: /an empty negotiation message/ },
  { name: 'an order to renegotiate', message: bytes({ type: 'renegotiate', renegotiate: true }), says: /an order to renegotiate/ },
  {
    name: 'a request for video', message: bytes({ type: 'transceiverRequest', transceiverRequest: { kind: 'video' } }),
    says: /a request for audio or video/,
  },
  { name: 'a rollback', message: bytes({ type: 'rollback', sdp: '' }), says: /a negotiation message of another shape/ },
  { name: 'a provisional answer', message: bytes({ type: 'pranswer', sdp: OFFER }), says: /a negotiation message of another shape/ },
  { name: 'an offer with a candidate in it', message: bytes({ type: 'offer', sdp: OFFER, candidate: {} }), says: /a negotiation message of another shape/ },
  { name: 'a candidate of a host name', message: bytes({ candidate: { candidate: 'candidate:1 1 udp 1 evil.example 9 typ host', sdpMLineIndex: 0, sdpMid: '0' } }), says: /a candidate of another form/ },
  { name: 'a candidate of another section', message: bytes({ candidate: { candidate: '', sdpMLineIndex: 1, sdpMid: '0' } }), says: /a candidate of another form/ },
  {
    name: 'an offer by way of its prototype', message: new TextEncoder().encode(`{"__proto__":${JSON.stringify({ type: 'offer', sdp: OFFER })},"constructor":{}}`),
    says: /a negotiation message of another shape/,
  },
  { name: 'what is no JSON', message: Uint8Array.of(0x7b, 0xff), says: /no UTF-8 JSON/ },
  { name: 'what is no object', message: bytes('offer'), says: /what is no object/ },
  { name: '1 MiB of nothing', message: new Uint8Array(1_048_576).fill(0x20), says: /a negotiation message of 1048576 bytes, at most 16384/ },
]
