/** What may be said to a link instead of the truth. */
import { hostileDescriptions, wordOf, type Side } from '@trivet/party/testing'

/** Of a description. */
export const sdpIn = (bytes: Uint8Array): string | undefined => (JSON.parse(Buffer.from(bytes).toString()) as { readonly sdp?: string }).sdp
/** A change of descriptions alone. */
export const withSdp = (change: (sdp: string) => string) => (bytes: Uint8Array): readonly Uint8Array[] => {
  const sdp = sdpIn(bytes)
  return sdp === undefined ? [bytes] : [wordOf({ ...JSON.parse(Buffer.from(bytes).toString()) as object, sdp: change(sdp) })]
}
export const candidate = (address: string, port: number): Uint8Array => (
  wordOf({ candidate: { candidate: `candidate:1 1 udp 2130706431 ${address} ${port} typ host`, sdpMLineIndex: 0, sdpMid: '0' } }))

interface TwoLies {
  readonly name: string
  /** Of what is said to the answering end in the first try, and to the dialling end in the second. */
  readonly lie: (bytes: Uint8Array, to: Side) => readonly Uint8Array[]
  /** What both ends log. */
  readonly says: RegExp
}

/** What no link takes, each with what both ends say of it. */
export const REFUSED: readonly TwoLies[] = [
  ...hostileDescriptions.map(({ name, change, says }) => ({ name: `a description with ${name}`, lie: withSdp(change), says })),
  {
    name: 'an answer where an offer belongs, and the other way round',
    lie: (bytes, to) => (sdpIn(bytes) === undefined ? [bytes] : [wordOf(to === 'answers'
      ? { type: 'answer', sdp: sdpIn(bytes)?.replace('actpass', 'active') } : { type: 'offer', sdp: sdpIn(bytes)?.replace('active', 'actpass') })]),
    says: /an (offer|answer) that was not expected now/,
  },
  {
    name: 'a flood of 10,000 candidates before it',
    lie: (bytes) => (sdpIn(bytes) === undefined ? [bytes] : [...Array.from({ length: 10_000 }, (_, i) => candidate('192.0.2.7', i + 1)), bytes]),
    says: /candidate (6[5-9]|[789]\d) of one connection, which may have 64|what else this link refuses is not told/,
  },
]
