import { hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { Blame, concat, decodeEnvelope, encodeEnvelope, encodeHeader, readEnvelope, signedBytes, toNumber, type Envelope } from '@trivet/protocol/core'
import type { Identity } from '../identity/identity.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { identitiesForTests } from '../testing/identities.ts'
import { randomBytes, the, VAULT_KEY } from '../testing/people.ts'
import { createVault } from '../vault/index.ts'
import { createMemoryStore } from '../vault/memory-store.ts'
import { EnvelopeDesk } from './envelopes.ts'
import { EvidenceBook } from './evidence.ts'

const INSTANCE = new Uint8Array(32).fill(3)

/** @param to 0: to everybody */
async function said(by: Identity, body: Uint8Array, to = 0, type = 0x11): Promise<Envelope> {
  const header = { suite: 2 as const, type, from: 2, to, epoch: 0, instance: INSTANCE, bodyLength: body.length }
  return { header, body, signature: await by.sign(signedBytes(encodeHeader(header), body)) }
}

async function desk() {
  const { identities: [anna, ben], deps: { ed25519 } } = await identitiesForTests(['Anna', 'Ben'])
  const members = [the(anna), the(ben)].map(({ card }, i) => ({ pid: i + 1, card }))
  const open = new EnvelopeDesk({ identity: the(anna), ed25519, me: 1, members, epoch: 0, knows: () => true })
  return { ben: the(ben), desk: open, hear: (envelope: Envelope) => open.open(encodeEnvelope(envelope), 2, () => true) }
}

describe('what a party said', () => {
  test('twice and differently to everybody is a contradiction, signed by it', async () => {
    const { ben, desk: kept, hear } = await desk()
    const [one, other] = [await said(ben, Uint8Array.of(1)), await said(ben, Uint8Array.of(2))]
    await hear(one)
    await hear(one)
    expect(kept.contradiction).toBeUndefined()
    await hear(other)
    await hear(await said(ben, Uint8Array.of(3)))
    expect(kept.contradiction).toEqual({ signer: ben.card, statements: [one, other] })
  })

  test('to one party alone never is, however often it changes: it may hold what is for that party only', async () => {
    const { ben, desk: kept, hear } = await desk()
    for (const byte of [1, 2, 3]) await hear(await said(ben, Uint8Array.of(byte), 1))
    expect(kept.contradiction).toBeUndefined()
  })

  test('in two places of a ceremony, or with a broken signature, is none', async () => {
    const { ben, desk: kept, hear } = await desk()
    await hear(await said(ben, Uint8Array.of(1)))
    await hear(await said(ben, Uint8Array.of(2), 0, 0x12))
    const forged = await said(ben, Uint8Array.of(2))
    await hear({ ...forged, signature: forged.signature.with(0, (forged.signature[0] ?? 0) ^ 1) })
    expect(kept.contradiction).toBeUndefined()
  })
})

describe('evidence', () => {
  async function book() {
    const { identities: [anna, ben] } = await identitiesForTests(['Anna', 'Ben'])
    const clock = new FakeClock()
    const vault = createVault({ store: createMemoryStore(), subtle: crypto.subtle, rng: randomBytes, clock })
    const open = await vault.create(the(anna).card.partyId, { cover: new Uint8Array(0) }, { kind: 'raw', key: VAULT_KEY })
    const waiting: (() => void)[] = []
    const problems: unknown[] = []
    const kept = new EvidenceBook({ vault: open, clock, changed: () => { waiting.shift()?.() }, failed: (error) => { problems.push(error) } })
    const keep = async (byte: number): Promise<Blame> => {
      const error = new Blame('E_EQUIVOCATE', 'two faces', { culprits: [2] })
      const done = new Promise<void>((resolve) => { waiting.push(resolve) })
      kept.keep(error, { signer: the(ben).card, statements: [await said(the(ben), Uint8Array.of(byte, 1)), await said(the(ben), Uint8Array.of(byte, 2))] })
      await done
      return error
    }
    return { ben: the(ben), clock, open, kept, keep, problems }
  }

  test('is stored with the card of who signed it, and shown once it is', async () => {
    const { ben, clock, open, kept, keep } = await book()
    const error = await keep(7)
    const bytes = hexToBytes(the(kept.of(error)))
    const { envelope: one, length } = readEnvelope(bytes)
    const other = decodeEnvelope(bytes.subarray(length))
    expect([one.body, other.body]).toEqual([Uint8Array.of(7, 1), Uint8Array.of(7, 2)])
    const [record] = await open.readAll('evidence')
    const { value } = the(record)
    expect(toNumber(value.subarray(1, 9))).toBe(clock.now())
    expect(value.slice(11, 11 + ben.card.bytes.length)).toEqual(ben.card.bytes)
    expect(value.slice(-encodeEnvelope(other).length)).toEqual(encodeEnvelope(other))
    expect(kept.of(new Blame('E_EQUIVOCATE', 'another'))).toBeUndefined()
  })

  test('is kept sixteen times, the newest; what is kept already takes no second place', async () => {
    const { clock, open, keep } = await book()
    for (let i = 0; i < 18; i++) {
      await keep(i)
      await clock.advance(1_000)
    }
    await keep(17)
    const records = await open.readAll('evidence')
    const bodies = records.map(({ value }) => the(value.at(-2))).toSorted((a, b) => a - b)
    expect(bodies).toEqual(Array.from({ length: 16 }, (_, i) => i + 2))
  })

  test('that cannot be stored is not shown', async () => {
    const { ben, open, kept, problems } = await book()
    open.lock()
    const error = new Blame('E_EQUIVOCATE', 'two faces')
    const one = await said(ben, concat(Uint8Array.of(1)))
    kept.keep(error, { signer: ben.card, statements: [one, one] })
    while (problems.length === 0) await Promise.resolve()
    expect(problems).toMatchObject([{ code: 'E_LOCKED' }])
    expect(kept.of(error)).toBeUndefined()
  })
})
