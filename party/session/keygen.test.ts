import { describe, expect, test } from 'vitest'
import { hexToBytes } from '@noble/hashes/utils.js'
import { decodeEnvelope, encodeEnvelope, readEnvelope, type Envelope, type Rng } from '@trivet/protocol/core'
import type { SessionId } from '@trivet/signalling/wire'
import { flipped } from '../testing/bent-line.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { identitiesForTests } from '../testing/identities.ts'
import { compare, failureOf, meet, meetAndApprove, person, randomBytes, reaches, sessionIn, the, type Person } from '../testing/people.ts'
import { altering, failuresOf, makeTrio } from '../testing/trio.ts'
import { TwoFacedLine } from '../testing/two-faced-line.ts'
import { createMemoryNetwork } from '../transport/memory.ts'
import { proposeKeygen, readKeygenProposal } from './keygen-proposal.ts'

/** Of the one pair of three in which a party offers them: two for each of 128. */
const BASE_OT_SCALARS = 256
const NAMES = ['Anna', 'Ben', 'Cleo'] as const

function nothingIsKept(...people: readonly Person[]): void {
  for (const who of people) {
    expect(who.view().wallets).toEqual([])
    expect(who.view().vaults.flatMap(({ wallets }) => wallets)).toEqual([])
  }
}

describe('the roster', () => {
  test('that the server altered is not believed', async () => {
    const { all: people, clock } = await makeTrio({ network: altering('invitation', (bytes) => bytes.map((byte, i) => (i === 150 ? byte ^ 1 : byte))) })
    const session = await meet(people, { threshold: 2 })
    await people[0].party.verbs.startKeygen({ session })
    // Whoever reads it first refuses it, and stops the others.
    const codes = (await failuresOf(clock, people, session)).map(({ code }) => code)
    expect(codes).toContain('E_INTERCEPTED')
    nothingIsKept(...people)
  })

  test('with another threshold, number, time or name than the lobby was told is refused', async () => {
    const { identities: [inviter, guest, other], deps } = await identitiesForTests(['Anna', 'Ben', 'Cleo'])
    const room = '0f8fad5b-d9cb-469f-a165-70867728950e' as SessionId
    const draft = { room, walletName: 'Savings', threshold: 2, expiresAt: deps.clock.now() + 1000, cards: [the(guest).card, the(other).card] }
    const { bytes } = await proposeKeygen(draft, { ...deps, identity: the(inviter) })
    const lobbyOf = { room, inviter: the(inviter).card, threshold: 2, total: 3 }
    const read = ({ threshold, total, ...told }: Partial<typeof lobbyOf>, tools: Partial<Parameters<typeof readKeygenProposal>[2]> = {}) =>
      readKeygenProposal(bytes, {
        ...lobbyOf, ...told, welcome: { walletName: 'Savings', threshold: threshold ?? 2, total: total ?? 3, purpose: { kind: 'keygen' } },
      }, { ...deps, identity: the(guest), ...tools })
    await expect(read({})).resolves.toMatchObject({ walletName: 'Savings', roster: { threshold: 2 } })
    await expect(read({ threshold: 3 })).rejects.toMatchObject({ code: 'E_CONFIG' })
    await expect(read({ total: 4 })).rejects.toMatchObject({ code: 'E_CONFIG' })
    await expect(read({ inviter: the(other).card })).rejects.toMatchObject({ code: 'E_INTERCEPTED' })
    await expect(read({ room: '0f8fad5b-d9cb-469f-a165-70867728950f' as SessionId })).rejects.toMatchObject({ code: 'E_CONFIG' })
    const [stranger] = (await identitiesForTests(['Dora'])).identities
    await expect(read({}, { identity: the(stranger) })).rejects.toMatchObject({ code: 'E_CONFIG' })
    await expect(read({}, { wallets: { has: () => true } })).rejects.toMatchObject({ code: 'E_CONFIG', message: expect.stringContaining('before') as unknown })
    await deps.clock.advance(1001)
    await expect(read({})).rejects.toMatchObject({ code: 'E_CONFIG' })
  })

  test.each([
    ['under the same name', (envelope: Envelope) => ({ ...envelope, body: flipped(envelope.body, 24) })],
    ['under another name', (envelope: Envelope) => ({ ...envelope, header: { ...envelope.header, instance: new Uint8Array(32) } })],
  ])('that was signed differently for two guests %s names the inviter', async (_, change) => {
    const clock = new FakeClock()
    const line = new TwoFacedLine()
    const network = createMemoryNetwork({ now: () => clock.now() })
    let invited = 0
    line.invites = ({ envelope, cards }) => (++invited === 2 ? { envelope: encodeEnvelope(line.signed(change(decodeEnvelope(envelope)))), cards } : undefined)
    const people: Person[] = []
    for (const name of NAMES) people.push(await person({ transport: network.transport(name), name, clock, ...(name === 'Anna' ? { line } : {}) }))
    const session = await meet(people, { threshold: 2 })
    await the(people[0]).party.verbs.startKeygen({ session })
    const errors = await Promise.all(people.slice(1).map((who) => failureOf(who, session)))
    for (const { culprits } of errors) expect(culprits).toMatchObject([{ name: 'Anna' }])
    // Whoever compares first stops, and so does Anna; the other guest may have no channel to the first one yet, and only sees her leave.
    expect(errors.map(({ code }) => code)).toContain('E_EQUIVOCATE')
    nothingIsKept(...people)
    // Both of what she signed are kept by whoever saw both, and shown.
    const [shown] = (await Promise.all(people.slice(1).map(async (who) => evidenceOf(who, session)))).filter((evidence) => evidence !== undefined)
    const [one, other] = twoEnvelopes(the(shown))
    expect([one.header.from, one.header.type]).toEqual([other.header.from, other.header.type])
    expect(encodeEnvelope(one)).not.toEqual(encodeEnvelope(other))
  })
})

/** Where an error has evidence, it is shown once it is stored. */
async function evidenceOf(who: Person, session: SessionId): Promise<string | undefined> {
  const { code } = await failureOf(who, session)
  if (code !== 'E_EQUIVOCATE') return undefined
  return who.until((view) => {
    const state = sessionIn(view, session)?.state
    return state?.at === 'failed' ? state.error.evidence : undefined
  })
}

function twoEnvelopes(hex: string): readonly [Envelope, Envelope] {
  const bytes = hexToBytes(hex)
  const { envelope: one, length } = readEnvelope(bytes)
  return [one, decodeEnvelope(bytes.subarray(length))]
}

describe('before the ceremony', () => {
  test.each([1, 2] as const)('guest %i declines, and nothing is made', async (decliner) => {
    const { all: people } = await makeTrio()
    const session = await meet(people, { threshold: 2 })
    await people[0].party.verbs.startKeygen({ session })
    await compare(people, session)
    const who = people[decliner]
    await reaches(who, session, 'approving')
    await who.party.verbs.decline({ session, reason: 'not \u202etoday' })
    for (const other of people.filter((each) => each !== who)) {
      expect(await failureOf(other, session)).toMatchObject({ code: 'E_DECLINED', sentence: `${NAMES[decliner]} declined: not today.` })
    }
    await expect(who.party.verbs.approve({ session })).rejects.toMatchObject({ fault: 'caller' })
    nothingIsKept(...people)
  })

  test('the base OTs are made once, and not before the roster is on the screen', async () => {
    let scalars = 0
    const rng: Rng = (size) => {
      if (size === 48) scalars += 1
      return randomBytes(size)
    }
    const { all: people, ben, restarted, clock } = await makeTrio()
    await ben.party.close()
    const counted = await restarted(ben, 'Ben', { rng })
    const session = await meet([people[0], counted, people[2]], { threshold: 2 })
    const trio = [people[0], counted, people[2]]
    await people[0].party.verbs.startKeygen({ session })
    await compare(trio, session)
    await reaches(counted, session, 'approving')
    expect(scalars).toBe(0)
    await clock.advance(0)
    expect(scalars).toBe(BASE_OT_SCALARS)
    await Promise.all([counted, people[2]].map(async (who) => {
      await reaches(who, session, 'approving')
      await who.party.verbs.approve({ session })
    }))
    await reaches(counted, session, 'done')
    expect(scalars - BASE_OT_SCALARS).toBeLessThan(BASE_OT_SCALARS)
    await Promise.all([people[0], counted, people[2]].map((who) => who.party.close()))
    expect(clock.waiting).toBe(0)
  })

  test('the coordinator leaves, and everybody is told', async () => {
    const { all: people, clock } = await makeTrio()
    const session = await meet(people, { threshold: 2 })
    await people[0].party.verbs.startKeygen({ session })
    await compare(people, session)
    await reaches(people[1], session, 'approving')
    await people[0].party.verbs.close({ session })
    await clock.advance(2_000)
    for (const who of people.slice(1)) await failureOf(who, session)
    nothingIsKept(...people)
  })

  test('approving twice is approving once, and a second start is none', async () => {
    const { all: people } = await makeTrio()
    const session = await meet(people, { threshold: 2 })
    await Promise.all([people[0].party.verbs.startKeygen({ session }), people[0].party.verbs.startKeygen({ session })])
    await compare(people, session)
    await Promise.all(people.slice(1).map(async (who) => {
      await reaches(who, session, 'approving')
      await Promise.all([who.party.verbs.approve({ session }), who.party.verbs.approve({ session })])
    }))
    await Promise.all(people.map((who) => reaches(who, session, 'done')))
    await expect(people[1].party.verbs.approve({ session })).rejects.toMatchObject({ fault: 'caller' })
    await expect(people[1].party.verbs.decline({ session, reason: '' })).rejects.toMatchObject({ fault: 'caller' })
  })

  test('who never answers is named', async () => {
    const { all: people, clock } = await makeTrio()
    const session = await meet(people, { threshold: 2 })
    await people[0].party.verbs.startKeygen({ session })
    await compare(people, session)
    await reaches(people[1], session, 'approving')
    await people[1].party.verbs.approve({ session })
    await reaches(people[2], session, 'approving')
    await clock.advance(601_000)
    expect((await failureOf(people[0], session)).culprits.map(({ name }) => name)).toContain('Cleo')
    nothingIsKept(...people)
    await Promise.all(people.map((who) => who.party.close()))
    expect(clock.waiting).toBe(0)
  })
})

test('two wallets are made at once by the same people, and are two', async () => {
  const { all: people } = await makeTrio()
  const sessions = await Promise.all([0, 1].map(() => meetAndApprove(people, { threshold: 2 })))
  for (const session of sessions) await Promise.all(people.map((who) => reaches(who, session, 'done')))
  for (const who of people) expect(new Set(who.view().wallets.map(({ id }) => id)).size).toBe(2)
  const groupKeys = people[0].view().wallets.map(({ keys }) => the(keys[0]).groupKey)
  expect(groupKeys[0]).not.toEqual(groupKeys[1])
})
