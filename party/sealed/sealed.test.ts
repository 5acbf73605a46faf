import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SessionId } from '@trivet/signalling/wire'
import { chooseEd25519 } from '../identity/ed25519.ts'
import { openIdentity, type Identity } from '../identity/identity.ts'
import { flipped } from '../testing/bent-line.ts'
import { randomBytes } from '../testing/people.ts'
import { BUCKETS, type Bucket } from './buckets.ts'
import { isPairing, open, openPairing, seal, sealPairing, type PairingWay } from './index.ts'

const ROOM = '0f8fad5b-d9cb-469f-a165-70867728950e' as SessionId
const OTHER_ROOM = '0f8fad5b-d9cb-469f-a165-70867728950f' as SessionId
/** What a frame of the largest size leaves for the rest. */
const CARD_OVERHEAD = 116
const PAIRING_OVERHEAD = 44

const ed25519 = await chooseEd25519(crypto.subtle)
const identityOf = (name: string): Promise<Identity> => openIdentity(randomBytes(32), { name, role: 'mobile-app', build: new Uint8Array(32) }, ed25519)
const [anna, ben, cleo] = [await identityOf('Anna'), await identityOf('Ben'), await identityOf('Cleo')]
const there = { from: anna, to: ben.card, room: ROOM }
const here = { from: anna.card, to: ben, room: ROOM, ed25519 }
const sealed = await seal(randomBytes(300), { ...there, least: 1_024 })
const refused = { fault: 'refusal', code: 'E_INTERCEPTED', message: 'the introduction server altered, or made up, what Anna said' }

const way: PairingWay = { room: ROOM, place: 2, secret: randomBytes(16), side: 'inviter' }
const rng = randomBytes

/** Frames on both sides of each step between sizes. */
function edges(overhead: number): readonly { readonly size: number; readonly bucket: Bucket }[] {
  return BUCKETS.flatMap((bucket, i) => {
    const next = BUCKETS[i + 1]
    return [{ size: bucket - overhead, bucket }, ...(next === undefined ? [] : [{ size: bucket - overhead + 1, bucket: next }])]
  })
}

describe('a frame sealed to a card', () => {
  test.each([{ size: 1, bucket: 256 }, ...edges(CARD_OVERHEAD)])('of $size bytes becomes exactly $bucket, and comes back', async ({ size, bucket }) => {
    const frame = randomBytes(size)
    const bytes = await seal(frame, there)
    expect(bytes).toHaveLength(bucket)
    expect(await open(bytes, here)).toEqual(frame)
    expect(isPairing(bytes)).toBe(false)
  })

  test('is no smaller than it was asked to be', async () => {
    for (const least of BUCKETS) expect(await seal(randomBytes(10), { ...there, least })).toHaveLength(least)
    expect(await seal(randomBytes(4_000), { ...there, least: 1_024 })).toHaveLength(16_384)
  })

  test('is not made of nothing, or of more than fits', async () => {
    for (const size of [0, 45_056 - CARD_OVERHEAD + 1]) {
      await expect(seal(new Uint8Array(size), there)).rejects.toMatchObject({ fault: 'caller', field: 'frame', message: expect.stringContaining('1 to 44940') as unknown })
    }
  })

  test('is other bytes each time, and shows nothing of what is in it', async () => {
    const frame = new TextEncoder().encode('a line that anybody would know again')
    const [one, two] = [await seal(frame, there), await seal(frame, there)]
    expect(one.subarray(2, 34)).not.toEqual(two.subarray(2, 34))
    const hex = Buffer.from(one).toString('hex')
    for (const known of [frame, anna.card.identityKey, ben.card.sealingKey, Buffer.from(anna.card.partyId, 'hex')]) {
      expect(hex).not.toContain(Buffer.from(known).subarray(0, 8).toString('hex'))
    }
  })

  test('with any one bit changed is refused', async () => {
    // Every byte of what is not filling, and some of that; every bit of the first 34.
    for (let at = 0; at < sealed.length; at += at < 420 ? 1 : 60) {
      for (const bit of at < 34 ? [1, 2, 4, 8, 16, 32, 64, 128] : [1 << (at % 8)]) {
        const bad = sealed.slice()
        bad[at] = (bad[at] ?? 0) ^ bit
        await expect(open(bad, here), `bit ${bit} of byte ${at}`).rejects.toMatchObject(refused)
      }
    }
  }, 60_000)

  test('is refused in another room, from another sender, by another receiver', async () => {
    expect(await open(sealed, here)).toHaveLength(300)
    await expect(open(sealed, { ...here, room: OTHER_ROOM })).rejects.toMatchObject(refused)
    await expect(open(sealed, { ...here, from: cleo.card })).rejects.toMatchObject({ ...refused, message: expect.stringContaining('what Cleo said') as unknown })
    await expect(open(sealed, { ...here, to: cleo })).rejects.toMatchObject(refused)
    await expect(open(await seal(randomBytes(5), { from: ben, to: anna.card, room: ROOM }), here)).rejects.toMatchObject(refused)
  })

  test('of somebody who has another\'s card but not its key is refused', async () => {
    const liar = { ...cleo, card: anna.card }
    await expect(open(await seal(randomBytes(5), { ...there, from: liar }), here)).rejects.toMatchObject(refused)
  })

  test('cannot be passed on by its receiver as if it had been for a third one', async () => {
    // Ben knows what Anna signed for him; he seals it with that signature to Cleo, in Anna's name.
    const frame = randomBytes(5)
    let signature = new Uint8Array()
    const overheard = { ...anna, sign: async (message: Uint8Array) => (signature = new Uint8Array(await anna.sign(message))) }
    await seal(frame, { ...there, from: overheard })
    const repeating = { ...anna, sign: async () => signature }
    await expect(open(await seal(frame, { ...there, to: cleo.card, from: repeating }), { ...here, to: cleo })).rejects.toMatchObject(refused)
  })

  test('is neither made nor opened once the identity is locked', async () => {
    const gone = await identityOf('Dora')
    gone.forget()
    await expect(seal(randomBytes(5), { ...there, from: gone })).rejects.toMatchObject({ fault: 'vault', code: 'E_LOCKED' })
    await expect(open(sealed, { ...here, to: gone })).rejects.toMatchObject({ fault: 'vault', code: 'E_LOCKED' })
  })

  test('whatever it holds comes back, and hostile bytes are refused and nothing else', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), fc.constantFrom(...BUCKETS), async (frame, least) => {
      const bytes = await seal(frame, { ...there, least })
      expect(BUCKETS).toContain(bytes.length)
      expect(await open(bytes, here)).toEqual(frame)
    }), { numRuns: 30 })
    const aBucket = fc.constantFrom(...BUCKETS).chain((size) => fc.uint8Array({ minLength: size, maxLength: size }))
    const anySize = fc.oneof(fc.uint8Array({ maxLength: 400 }), aBucket)
    const cut = fc.nat(sealed.length - 1).map((end) => sealed.slice(0, end))
    const headed = anySize.map((bytes) => bytes.map((byte, i) => (i < 2 ? 1 : byte)))
    await fc.assert(fc.asyncProperty(fc.oneof(anySize, headed, cut), async (bytes) => {
      await expect(open(bytes, here)).rejects.toMatchObject(refused)
    }), { numRuns: 200 })
  }, 60_000)
})

describe('a frame sealed with a secret', () => {
  test.each([{ size: 1, bucket: 256 }, ...edges(PAIRING_OVERHEAD)])('of $size bytes becomes exactly $bucket, and comes back', ({ size, bucket }) => {
    const frame = randomBytes(size)
    const bytes = sealPairing(frame, way, { rng })
    expect(bytes).toHaveLength(bucket)
    expect(isPairing(bytes)).toBe(true)
    expect(openPairing(bytes, way)).toEqual(frame)
  })

  test('is opened with the same secret, room, place and side alone', () => {
    const bytes = sealPairing(randomBytes(200), way, { rng, least: 1_024 })
    expect(bytes).toHaveLength(1_024)
    for (const other of [{ secret: randomBytes(16) }, { room: OTHER_ROOM }, { place: 3 }, { side: 'guest' as const }]) {
      expect(openPairing(bytes, { ...way, ...other })).toBeUndefined()
    }
    for (let at = 0; at < bytes.length; at++) expect(openPairing(flipped(bytes, at), way)).toBeUndefined()
  })

  test('is not opened where it is cut, hostile, or sealed to a card', () => {
    const bytes = sealPairing(randomBytes(200), way, { rng })
    for (let end = 0; end < bytes.length; end++) expect(openPairing(bytes.subarray(0, end), way)).toBeUndefined()
    expect(openPairing(sealed, way)).toBeUndefined()
    fc.assert(fc.property(fc.uint8Array({ minLength: 256, maxLength: 256 }), (hostile) => { expect(openPairing(hostile, way)).toBeUndefined() }))
  })

  test('is not made of nothing, or of more than fits', () => {
    for (const size of [0, 45_056 - PAIRING_OVERHEAD + 1]) expect(() => sealPairing(new Uint8Array(size), way, { rng })).toThrow(/1 to 45012/)
  })
})
