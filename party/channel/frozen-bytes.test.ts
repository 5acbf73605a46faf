/**
 * The bytes of everything that travels, as they were when version 2 was made. A party of another build reads these: if a test here
 * fails, the format has changed and needs a new version number; regenerating the bytes would only hide it.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { expect, it } from 'vitest'
import { Handshake, prologue, type Accepted } from './handshake.ts'
import { decodeFrame, encodeFrame } from './link-frames.ts'
import type { LinkFrame } from './link-frames.ts'
import { decodeNegotiation, encodeNegotiation } from './negotiation-frames.ts'
import type { NegotiationFrame } from './negotiation-frames.ts'
import { twoIdentities } from './testing/two-ends.ts'
import frozen from './vectors/handshake.json' with { type: 'json' }

const fill = (size: number, value: number): Uint8Array => new Uint8Array(size).fill(value)

const FRAMES: readonly (readonly [LinkFrame, string])[] = [
  [{ kind: 'resume', next: 0x01020304 }, '0301020304'],
  [{ kind: 'data', seq: 5, last: true, chunk: Uint8Array.of(0xaa, 0xbb) }, '040000000501aabb'],
  [{ kind: 'data', seq: 6, last: false, chunk: Uint8Array.of(0xcc) }, '040000000600cc'],
  [{ kind: 'ack', next: 7 }, '0500000007'],
  [{ kind: 'ping' }, '06'],
  [{ kind: 'bye', seq: 8 }, '0700000008'],
]

it.each(FRAMES.map(([frame, bytes]) => ({ kind: frame.kind, frame, bytes })))('writes and reads a $kind frame', ({ frame, bytes }) => {
  expect(bytesToHex(encodeFrame(frame))).toBe(bytes)
  expect(decodeFrame(hexToBytes(bytes))).toEqual(frame)
})

it.each<[NegotiationFrame['kind'], string, string]>([['link', '0201', '0506'], ['knock', '0202', ''], ['alarm', '0203', '']])('writes and reads a %s frame', (kind, head, payload) => {
  const frame: NegotiationFrame = { kind, instance: fill(16, 2), attempt: 3, counter: 4, payload: hexToBytes(payload) }
  const bytes = `${head}${'02'.repeat(16)}0000000300000004${payload}`
  expect(bytesToHex(encodeNegotiation(frame))).toBe(bytes)
  expect(decodeNegotiation(hexToBytes(bytes), 'Ben')).toEqual(frame)
})

it.each<[string, string, RegExp]>([
  ['of another version', `0101${'00'.repeat(24)}`, /Ben negotiates by version 1, this device by 2/],
  ['empty', '', /Ben negotiates by version 0/],
  ['of an unknown kind', `0204${'00'.repeat(24)}`, /negotiation: 26 bytes of kind 4/],
  ['cut short', `0201${'00'.repeat(23)}`, /negotiation: 25 bytes/],
  ['too long', `0201${'00'.repeat(24 + 16_385)}`, /negotiation: 16411 bytes/],
  ['a knock with a payload', `0202${'00'.repeat(25)}`, /negotiation: 27 bytes/],
])('refuses a negotiation frame that is %s', (_, bytes, message) => {
  expect(() => decodeNegotiation(hexToBytes(bytes), 'Ben')).toThrow(message)
})

it('writes the prologue in the initiator\'s order, and none of the fingerprints for a mailbox', () => {
  const context = fill(32, 1)
  const head = `7472697665742f6368616e6e656c2f763202${'01'.repeat(32)}`
  const at = { context, path: 'direct', local: fill(32, 2), remote: fill(32, 3) } as const
  expect(bytesToHex(prologue({ ...at, initiator: true }))).toBe(`${head}01${'02'.repeat(32)}${'03'.repeat(32)}`)
  expect(bytesToHex(prologue({ ...at, initiator: false }))).toBe(`${head}01${'03'.repeat(32)}${'02'.repeat(32)}`)
  expect(bytesToHex(prologue({ ...at, path: 'relay', initiator: true }))).toBe(`${head}01${'02'.repeat(32)}${'03'.repeat(32)}`)
  expect(bytesToHex(prologue({ ...at, path: 'memory', initiator: true }))).toBe(`${head}03${'02'.repeat(32)}${'03'.repeat(32)}`)
  expect(bytesToHex(prologue({ context, path: 'mailbox', local: fill(0, 0), remote: fill(0, 0), initiator: true }))).toBe(`${head}02`)
})

it('says the same handshake and records for the same keys', async () => {
  const [low, high] = await twoIdentities()
  const said: Uint8Array[] = []
  const ed25519 = { verify: async () => false }
  const end = (initiator: boolean): Handshake => new Handshake({
    initiator, path: 'direct', context: fill(32, 1), attempt: 3, ed25519,
    local: fill(32, initiator ? 2 : 3), remote: fill(32, initiator ? 3 : 2),
    me: initiator ? low : high, peer: (initiator ? high : low).card,
    instance: fill(16, initiator ? 4 : 5), rng: () => sha256(fill(1, initiator ? 6 : 7)),
    send: (message) => { said.push(message) },
  })
  const [initiator, responder] = [end(true), end(false)]
  initiator.start()
  await responder.accept(the(said[0]))
  const one: Accepted = the(await initiator.accept(the(said[1])))
  const two: Accepted = the(await responder.accept(the(said[2])))
  const resume = encodeFrame({ kind: 'resume', next: 0 })
  const records = [one.records.seal(resume), one.records.seal(encodeFrame({ kind: 'ping' })), two.records.seal(resume)]
  expect({ cards: [low, high].map(({ card }) => bytesToHex(card.bytes)), messages: said.map(bytesToHex), records: records.map(bytesToHex) }).toEqual(frozen)
  expect(two.records.open(the(records[0]))).toEqual(resume)
  expect([...one.instance, ...two.instance]).toEqual([...fill(16, 5), ...fill(16, 4)])
})

function the<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing there')
  return value
}
