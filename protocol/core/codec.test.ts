/** Everything that is read from outside: messages, envelopes, rosters, invitations. */
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Vote } from '../epoch/messages.ts'
import { frostMessages } from '../frost/script.ts'
import { Join, R1, R2, R3, R4 } from '../keygen/messages.ts'
import { seededRng, testRoster } from '../testing/index.ts'
import { concat, equalBytes, toNumber, u16, u24, u32, u64, u8 } from './bytes.ts'
import { bodyLength, decodeBody, encodeBody, type Field, type Message, type Shape } from './codec.ts'
import { decodeEnvelope, decodeHeader, encodeEnvelope, encodeHeader, readEnvelope } from './envelope.ts'
import { Malformed } from './errors.ts'
import { groupOfSuite, randomScalar, type Group } from './group.ts'
import {
  decodeExportProposal, decodeInvitation, decodeKeygenProposal, decodeSignProposal,
  encodeExportProposal, encodeInvitation, encodeKeygenProposal, encodeSignProposal,
} from './invitation.ts'
import { decodeRoster, encodeCfg, encodeRoster, type Roster } from './roster.ts'

const shapes: readonly Shape[] = [{ group: groupOfSuite(2), threshold: 2 }, { group: groupOfSuite(3), threshold: 2 }, { group: groupOfSuite(3), threshold: 5 }]
const messages: readonly Message[] = [Join, R1, R2, R3, R4, Vote, ...frostMessages]

/** Bytes that a message could have: points and scalars in their places. */
function validBody(message: Message, shape: Shape, seed: string): Uint8Array {
  const rng = seededRng(seed)
  const fields: readonly Field<unknown>[] = Object.values(message.fields)
  return concat(...fields.map((field) => {
    const size = field.size(shape)
    const { pointBytes } = shape.group
    const points = (count: number): Uint8Array[] => Array.from({ length: count }, () => randomPoint(shape.group, rng))
    const random = rng(size)
    const scalar = shape.group.encodeScalar(randomScalar(shape.group, rng))
    const candidates = [random, concat(...points(Math.floor(size / pointBytes))), concat(randomPoint(shape.group, rng), scalar)]
    return candidates.find((bytes) => bytes.length === size && accepts(field, shape, bytes)) ?? scalar
  }))
}

function accepts(field: Field<unknown>, shape: Shape, bytes: Uint8Array): boolean {
  try {
    field.decode(shape, bytes)
    return true
  } catch {
    return false
  }
}

function randomPoint(group: Group, rng: (size: number) => Uint8Array): Uint8Array {
  return group.encodePoint(group.generator.multiply(randomScalar(group, rng)))
}

/** Reading these bytes gives a value or Malformed, never anything else. */
function expectOnlyMalformed(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    expect(error).toBeInstanceOf(Malformed)
  }
}

describe('a message', () => {
  test('has the size that the specification gives it', () => {
    const sizes = (shape: Shape): readonly number[] => messages.map((message) => bodyLength(message, shape))
    expect(sizes({ group: groupOfSuite(3), threshold: 3 })).toEqual([64, 64, 193 + 99, 96, 129, 68, 130, 64])
    expect(sizes({ group: groupOfSuite(2), threshold: 3 })).toEqual([64, 64, 192 + 96, 96, 128, 68, 128, 64])
  })

  for (const message of messages) {
    test(`${message.name} comes back from its bytes, and every other length is refused before a field is read`, () => {
      for (const [i, shape] of shapes.entries()) {
        const bytes = validBody(message, shape, `${message.name} ${i}`)
        expect(encodeBody(message, shape, decodeBody(message, shape, bytes))).toEqual(bytes)
        for (let size = 0; size < bytes.length; size++) expect(() => decodeBody(message, shape, bytes.subarray(0, size))).toThrow(Malformed)
        expect(() => decodeBody(message, shape, concat(bytes, Uint8Array.of(0)))).toThrow(/expected \d+ bytes, got \d+/)
      }
    })

    test(`${message.name}: random bytes of its length throw nothing but Malformed`, () => {
      const shape = shapes[1] ?? { group: groupOfSuite(3), threshold: 2 }
      const size = bodyLength(message, shape)
      const random = fc.uint8Array({ minLength: size, maxLength: size })
      fc.assert(fc.property(random, (raw) => { expectOnlyMalformed(() => decodeBody(message, shape, raw)) }), { numRuns: 50, seed: 1 })
    })
  }

  test('says of a vector of another length that it is one, and of anything else that it is no message', () => {
    const shape = { group: groupOfSuite(3), threshold: 3 }
    for (const size of [193 + 33, 193 + 66, 193 + 132]) expect(() => decodeBody(R2, shape, new Uint8Array(size))).toThrow(expect.objectContaining({ code: 'E_POLY_LEN' }))
    expect(() => decodeBody(R2, shape, new Uint8Array(193 + 99 + 1))).toThrow(expect.objectContaining({ code: 'E_LEN' }))
  })

  test('is a copy: what is done to the received bytes afterwards does not change it', () => {
    const shape = { group: groupOfSuite(3), threshold: 2 }
    const bytes = validBody(R1, shape, 'copy')
    const body = decodeBody(R1, shape, bytes)
    const before = encodeBody(R1, shape, body).slice()
    bytes.fill(0)
    expect(encodeBody(R1, shape, body)).toEqual(before)
  })
})

describe('bytes', () => {
  test('hold integers big-endian and refuse what does not fit', () => {
    expect(concat(u8(1), u16(0x0203), u24(0x040506), u32(0x0708090a))).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10))
    expect(u64(2 ** 40 + 1)).toEqual(Uint8Array.of(0, 0, 1, 0, 0, 0, 0, 1))
    for (const bad of [-1, 256, 1.5, NaN]) expect(() => u8(bad)).toThrow(RangeError)
    expect(() => u32(2 ** 32)).toThrow(RangeError)
    expect(() => u64(2 ** 53)).toThrow(RangeError)
    expect(toNumber(u64(Number.MAX_SAFE_INTEGER))).toBe(Number.MAX_SAFE_INTEGER)
  })

  test('are equal only when all of them are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 8 }), fc.uint8Array({ maxLength: 8 }), (a, b) => {
      expect(equalBytes(a, b)).toBe(a.join() === b.join())
    }), { seed: 1 })
  })
})

describe('an envelope', () => {
  const header = { suite: 3, type: 0x13, from: 2, to: 0, epoch: 7, instance: sha256(utf8ToBytes('instance')), bodyLength: 5 } as const
  const envelope = { header, signature: new Uint8Array(64).fill(9), body: Uint8Array.of(1, 2, 3, 4, 5) }
  const bytes = encodeEnvelope(envelope)

  test('comes back from its bytes', () => {
    expect(encodeHeader(header)).toHaveLength(46)
    expect(decodeHeader(encodeHeader(header))).toEqual(header)
    expect(decodeEnvelope(bytes)).toEqual(envelope)
    expect(readEnvelope(concat(bytes, bytes))).toEqual({ envelope, length: bytes.length })
  })

  test('is refused when cut short, extended, of another version or suite', () => {
    for (let size = 0; size < bytes.length; size++) expect(() => decodeEnvelope(bytes.subarray(0, size))).toThrow(Malformed)
    expect(() => decodeEnvelope(concat(bytes, Uint8Array.of(0)))).toThrow(Malformed)
    expect(() => decodeEnvelope(bytes.with(0, 2))).toThrow(/version/)
    expect(() => decodeEnvelope(bytes.with(1, 4))).toThrow(/suite/)
  })

  test('throws nothing but Malformed on random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (raw) => { expectOnlyMalformed(() => decodeEnvelope(raw)) }), { seed: 1 })
  })
})

describe('rosters and invitations', () => {
  const roster = testRoster(2, 3)
  const parts = [encodeRoster(roster), encodeCfg(roster, 2)] as const
  const invitation = { ceremony: 'keygen', room: new Uint8Array(16).fill(3), expires: 1_700_000_000_000, payload: encodeKeygenProposal(roster) } as const
  const proposal = { keyId: new Uint8Array(32).fill(4), signers: [1, 3], intent: utf8ToBytes('pay') }
  const leaving = { keyId: new Uint8Array(32).fill(4), signers: [1, 3], exporter: 3, announcement: new Uint8Array(32).fill(5), announcedAt: 1_700_000_000_000 }

  test('come back from their bytes', () => {
    for (const suites of [[2], [3], [2, 3], [1, 2, 3]] as const) {
      const each = { ...roster, suites }
      expect(decodeKeygenProposal(encodeKeygenProposal(each))).toEqual(each)
    }
    expect(decodeInvitation(encodeInvitation(invitation))).toEqual(invitation)
    expect(decodeInvitation(encodeInvitation({ ...invitation, ceremony: 'sign' })).ceremony).toBe('sign')
    expect(decodeSignProposal(encodeSignProposal(proposal))).toEqual(proposal)
    expect(decodeExportProposal(encodeExportProposal(leaving))).toEqual(leaving)
    for (const ceremony of ['announce', 'withdraw', 'export'] as const) expect(decodeInvitation(encodeInvitation({ ...invitation, ceremony })).ceremony).toBe(ceremony)
  })

  test.for([
    ['an invitation', encodeInvitation(invitation), decodeInvitation], ['a keygen proposal', encodeKeygenProposal(roster), decodeKeygenProposal],
    ['a sign proposal', encodeSignProposal(proposal), decodeSignProposal], ['an export proposal', encodeExportProposal(leaving), decodeExportProposal],
  ] as const)('%s is refused when cut short or extended, and random bytes throw nothing but Malformed', ([, bytes, decode]) => {
    for (let size = 0; size < bytes.length; size++) expect(() => decode(bytes.subarray(0, size))).toThrow(Malformed)
    expect(() => decode(concat(bytes, Uint8Array.of(0)))).toThrow(Malformed)
    fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (raw) => { expectOnlyMalformed(() => decode(raw)) }), { numRuns: 300, seed: 1 })
    fc.assert(fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
      expectOnlyMalformed(() => decode(bytes.with(at, (bytes[at] ?? 0) ^ change)))
    }), { numRuns: 300, seed: 1 })
  })

  test('an expiry above 2^53 is refused like any bytes', () => {
    expect(() => decodeInvitation(encodeInvitation(invitation).fill(0xff, 17, 25))).toThrow(Malformed)
  })

  test('a roster is refused when its two encodings do not belong together', () => {
    const other = testRoster(3, 3)
    expect(() => decodeRoster(parts[0], encodeCfg(other, 2))).toThrow(/do not match/)
    expect(() => decodeRoster(parts[0], encodeCfg(roster, 3))).toThrow(/do not match/)
  })

  test('a roster that may not run is refused', () => {
    const decode = (bad: Roster): unknown => decodeRoster(encodeRoster(bad), encodeCfg(bad, 2))
    const [first, second] = roster.members
    if (first === undefined || second === undefined) throw new Error('three members')
    expect(() => decode({ ...roster, threshold: 1 })).toThrow(Malformed)
    expect(() => decode({ ...roster, threshold: 4 })).toThrow(/threshold/)
    expect(() => decode({ ...roster, members: [first, first, second] })).toThrow(/ascending/)
    expect(() => decode({ ...roster, members: [first, { ...first, pid: 2 }] })).toThrow(/stands twice/)
    expect(() => decode({ ...roster, members: [{ ...first, pid: 0 }, second] })).toThrow(/ascending/)
  })

  test('signers are refused unless they ascend', () => {
    for (const signers of [[3, 1], [1, 1], [0, 1], [1]]) expect(() => decodeSignProposal(encodeSignProposal({ ...proposal, signers }))).toThrow(Malformed)
  })
})
