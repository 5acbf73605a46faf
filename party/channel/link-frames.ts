/**
 * What travels inside a link. Integers are big-endian; nothing may be left over.
 *
 * | byte 0 | frame | body |
 * |---|---|---|
 * | 01 | HELLO | u8 version = 1 ‖ instance(16) ‖ nonce(32) |
 * | 02 | PROOF | Ed25519 signature(64) over `proofMessage` |
 * | 03 | RESUME | u32 next: your proof is good, and I have everything before this number |
 * | 04 | DATA | u32 seq ‖ u8 last (1: a message ends here) ‖ chunk(1..16,378) |
 * | 05 | ACK | u32 next: I have everything before this number |
 * | 06 | PING | – |
 * | 07 | BYE | u32 seq: nothing follows; numbered and acknowledged like DATA |
 *
 * Order on a fresh link: HELLO, PROOF, RESUME from each side, each after the other's frame before it was checked; then the
 * rest. Sequence numbers run through the life of the channel, over all its links.
 */
import { Malformed, concat, toNumber, u32 } from '@trivet/protocol/core'

const MAX_FRAME_BYTES = 16_384
export const MAX_CHUNK_BYTES = MAX_FRAME_BYTES - 6
export const CHANNEL_VERSION = 1

export type LinkFrame =
  | { readonly kind: 'hello'; readonly version: number; readonly instance: Uint8Array; readonly nonce: Uint8Array }
  | { readonly kind: 'proof'; readonly signature: Uint8Array }
  | { readonly kind: 'resume'; readonly next: number }
  | { readonly kind: 'data'; readonly seq: number; readonly last: boolean; readonly chunk: Uint8Array }
  | { readonly kind: 'ack'; readonly next: number }
  | { readonly kind: 'ping' }
  | { readonly kind: 'bye'; readonly seq: number }

const BYTE = { hello: 1, proof: 2, resume: 3, data: 4, ack: 5, ping: 6, bye: 7 } as const

export function encodeFrame(frame: LinkFrame): Uint8Array {
  const kind = Uint8Array.of(BYTE[frame.kind])
  switch (frame.kind) {
    case 'hello': return concat(kind, Uint8Array.of(frame.version), frame.instance, frame.nonce)
    case 'proof': return concat(kind, frame.signature)
    case 'resume':
    case 'ack': return concat(kind, u32(frame.next))
    case 'data': return concat(kind, u32(frame.seq), Uint8Array.of(frame.last ? 1 : 0), frame.chunk)
    case 'ping': return kind
    case 'bye': return concat(kind, u32(frame.seq))
  }
}

/** @throws {Malformed} E_LEN if these bytes are no frame */
export function decodeFrame(bytes: Uint8Array): LinkFrame {
  const body = bytes.subarray(1)
  switch (bytes[0]) {
    case BYTE.hello:
      sized('HELLO', body, 49)
      return { kind: 'hello', version: toNumber(body.subarray(0, 1)), instance: body.slice(1, 17), nonce: body.slice(17) }
    case BYTE.proof: return { kind: 'proof', signature: sized('PROOF', body, 64).slice() }
    case BYTE.resume: return { kind: 'resume', next: toNumber(sized('RESUME', body, 4)) }
    case BYTE.data: return decodeData(body)
    case BYTE.ack: return { kind: 'ack', next: toNumber(sized('ACK', body, 4)) }
    case BYTE.ping:
      sized('PING', body, 0)
      return { kind: 'ping' }
    case BYTE.bye: return { kind: 'bye', seq: toNumber(sized('BYE', body, 4)) }
    default: throw new Malformed('E_LEN', `channel frame: expected a kind of 1 to 7, got ${bytes[0] ?? 'nothing'}`)
  }
}

function decodeData(body: Uint8Array): LinkFrame {
  const chunk = body.slice(5)
  const last = body[4]
  if (chunk.length < 1 || chunk.length > MAX_CHUNK_BYTES) throw new Malformed('E_LEN', `DATA: expected a chunk of 1 to ${MAX_CHUNK_BYTES} bytes, got ${chunk.length}`)
  if (last !== 0 && last !== 1) throw new Malformed('E_LEN', 'DATA: expected last to be 0 or 1')
  return { kind: 'data', seq: toNumber(body.subarray(0, 4)), last: last === 1, chunk }
}

function sized(name: string, body: Uint8Array, length: number): Uint8Array {
  if (body.length !== length) throw new Malformed('E_LEN', `${name}: expected a body of ${length} bytes, got ${body.length}`)
  return body
}
