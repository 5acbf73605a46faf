/**
 * The bytes of every frame, as they were when version 1 was made. A party of another build reads and signs these: if a test here
 * fails, the format has changed and needs a new version number; regenerating the bytes would only hide it.
 */
import { expect, it } from 'vitest'
import { isPartyId } from '@trivet/signalling/wire'
import type { PartyId } from '@trivet/signalling/wire'
import { proofMessage } from './handshake.ts'
import { decodeFrame, encodeFrame } from './link-frames.ts'
import type { LinkFrame } from './link-frames.ts'
import { openNegotiation, sealNegotiation } from './negotiation-frames.ts'
import type { NegotiationFrame } from './negotiation-frames.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const fill = (size: number, value: number): Uint8Array => new Uint8Array(size).fill(value)

function party(digit: string): PartyId {
  const id = digit.repeat(64)
  if (!isPartyId(id)) throw new RangeError('no party id')
  return id
}

const FRAMES: readonly (readonly [LinkFrame, string])[] = [
  [{ kind: 'hello', version: 1, instance: fill(16, 2), nonce: fill(32, 3) }, `0101${'02'.repeat(16)}${'03'.repeat(32)}`],
  [{ kind: 'proof', signature: fill(64, 4) }, `02${'04'.repeat(64)}`],
  [{ kind: 'resume', next: 0x01020304 }, '0301020304'],
  [{ kind: 'data', seq: 5, last: true, chunk: Uint8Array.of(0xaa, 0xbb) }, '040000000501aabb'],
  [{ kind: 'data', seq: 6, last: false, chunk: Uint8Array.of(0xcc) }, '040000000600cc'],
  [{ kind: 'ack', next: 7 }, '0500000007'],
  [{ kind: 'ping' }, '06'],
  [{ kind: 'bye', seq: 8 }, '0700000008'],
]

it.each(FRAMES.map(([frame, bytes]) => ({ kind: frame.kind, frame, bytes })))('writes and reads a $kind frame', ({ frame, bytes }) => {
  expect(hex(encodeFrame(frame))).toBe(bytes)
  expect(decodeFrame(Uint8Array.from(Buffer.from(bytes, 'hex')))).toEqual(frame)
})

it.each<[NegotiationFrame['kind'], string]>([['link', '0101'], ['knock', '0102'], ['alarm', '0103']])('writes, signs and reads a %s frame', async (kind, head) => {
  const direction = { context: fill(32, 1), from: party('a'), to: party('b') }
  const frame: NegotiationFrame = { kind, instance: fill(16, 2), attempt: 3, counter: 4, payload: Uint8Array.of(5, 6) }
  const signed: string[] = []
  const bytes = await sealNegotiation(frame, direction, async (message) => {
    signed.push(hex(message))
    return fill(64, 9)
  })
  const body = `${head}${'02'.repeat(16)}00000003000000040506`
  expect(hex(bytes)).toBe(`${body}${'09'.repeat(64)}`)
  // "trivet/channel-signal/v1" ‖ context ‖ from ‖ to ‖ body
  expect(signed).toEqual([`7472697665742f6368616e6e656c2d7369676e616c2f7631${'01'.repeat(32)}${'aa'.repeat(32)}${'bb'.repeat(32)}${body}`])
  await expect(openNegotiation(bytes, direction, async (message) => hex(message) === signed[0])).resolves.toEqual(frame)
})

it('signs the proof over both sides in the signer\'s order', () => {
  const side = (digit: string, value: number): Parameters<typeof proofMessage>[2] => ({
    party: party(digit), fingerprint: fill(32, value), instance: fill(16, value + 1), nonce: fill(32, value + 2),
  })
  const message = proofMessage(fill(32, 1), 2, side('a', 0x10), side('b', 0x20))
  const sideHex = (digit: string, value: number): string => digit.repeat(64) + [[32, value], [16, value + 1], [32, value + 2]]
    .map(([size = 0, byte = 0]) => hex(fill(size, byte))).join('')
  expect(hex(message)).toBe(`7472697665742f6368616e6e656c2f7631${'01'.repeat(32)}00000002${sideHex('a', 0x10)}${sideHex('b', 0x20)}`)
})
