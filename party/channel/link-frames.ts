/**
 * What the two ends of a channel tell each other, sealed in records (`records.ts`). Integers are big-endian; nothing may be left over.
 *
 * | byte 0 | frame | body |
 * |---|---|---|
 * | 03 | RESUME | u32 next: I know who you are, and I have everything before this number |
 * | 04 | DATA | u32 seq ‖ u8 last (1: a message ends here) ‖ chunk(1..16,353) |
 * | 05 | ACK | u32 next: I have everything before this number |
 * | 06 | PING | – |
 * | 07 | BYE | u32 seq: nothing follows; numbered and acknowledged like DATA |
 *
 * RESUME is the first on a fresh link, from each side. Sequence numbers run through the life of the channel, over all its links.
 */
import { Malformed, concat, toNumber, u32 } from '@trivet/protocol/core'
import { RECORD_BYTES } from './records.ts'

const MAX_MESSAGE_BYTES = 16_384
export const MAX_CHUNK_BYTES = MAX_MESSAGE_BYTES - RECORD_BYTES - 6

export type LinkFrame =
  | { readonly kind: 'resume'; readonly next: number }
  | { readonly kind: 'data'; readonly seq: number; readonly last: boolean; readonly chunk: Uint8Array }
  | { readonly kind: 'ack'; readonly next: number }
  | { readonly kind: 'ping' }
  | { readonly kind: 'bye'; readonly seq: number }

const BYTE = { resume: 3, data: 4, ack: 5, ping: 6, bye: 7 } as const

export function encodeFrame(frame: LinkFrame): Uint8Array {
  const kind = Uint8Array.of(BYTE[frame.kind])
  switch (frame.kind) {
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
    case BYTE.resume: return { kind: 'resume', next: toNumber(sized('RESUME', body, 4)) }
    case BYTE.data: return decodeData(body)
    case BYTE.ack: return { kind: 'ack', next: toNumber(sized('ACK', body, 4)) }
    case BYTE.ping:
      sized('PING', body, 0)
      return { kind: 'ping' }
    case BYTE.bye: return { kind: 'bye', seq: toNumber(sized('BYE', body, 4)) }
    default: throw new Malformed('E_LEN', `channel frame: expected a kind of 3 to 7, got ${bytes[0] ?? 'nothing'}`)
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
