/** ECDSA signing by whole parties: what its pairs are for, and what ends them. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { concat, type SuiteId } from '@trivet/protocol/core'
import { deriveKey } from '@trivet/protocol/derive'
import type { PartyInWallet } from '../views.ts'
import { BentLine, flipped, type Said } from '../testing/bent-line.ts'
import { turnUntil } from '../testing/fake-clock.ts'
import { ask, failureOf, makeWallet, reaches, sessionIn, signTogether, the, type Person } from '../testing/people.ts'
import { failuresOf, makeTrio, type Trio } from '../testing/trio.ts'
import oldVaults from '../testing/vaults-without-ecdsa.json' with { type: 'json' }
import { createMemoryStore, type MemoryStore } from '../vault/memory-store.ts'

const digest = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
const MESSAGE = concat(Uint8Array.of(1), digest(5))

function keyOf(who: Person): { readonly suite: SuiteId; readonly groupKey: Uint8Array; readonly chainCode: Uint8Array } {
  return the(who.view().wallets[0]?.keys.find(({ suite }) => suite === 1))
}

function verifies(signature: Uint8Array | undefined, message: Uint8Array, publicKey: Uint8Array): void {
  const [rs, recovery] = [the(signature).subarray(0, 64), the(the(signature)[64])]
  expect(secp256k1.verify(rs, message, publicKey, { prehash: false })).toBe(true)
  expect(secp256k1.Signature.fromBytes(rs).addRecoveryBit(recovery).recoverPublicKey(message).toBytes()).toEqual(publicKey)
}

function pairing(who: Person, other: Person): NonNullable<PartyInWallet['pairing']> {
  const partyId = the(other.view().me).partyId
  return the(the(who.view().wallets[0]).parties.find((party) => party.partyId === partyId)?.pairing)
}

function recordsOf(who: Person, kind: string): readonly string[] {
  return [...who.store.contents.keys()].filter((key) => key.includes(`/${kind}/`)).toSorted()
}

async function approve(who: Person, session: Awaited<ReturnType<typeof ask>>): Promise<void> {
  await reaches(who, session, 'approving')
  await who.party.verbs.approve({ session })
}

/** Spoils the check at the end of a message of this type. */
function spoiled(type: number): (said: Said) => Uint8Array | undefined {
  return (said) => (said.type === type ? flipped(said.body, said.body.length - 1) : undefined)
}

function storeOf(contents: Iterable<readonly [string, Uint8Array]>): MemoryStore {
  const store = createMemoryStore()
  for (const [key, value] of contents) store.contents.set(key, value.slice())
  return store
}

/** A trio with a wallet, as it was after its making: each test has copies of the stores. */
let stores: readonly (readonly (readonly [string, Uint8Array])[])[] = []
let wallet = ''

beforeAll(async () => {
  const { all } = await makeTrio()
  wallet = await makeWallet(all)
  stores = all.map(({ store }) => [...store.contents])
  await Promise.all(all.map((who) => who.party.close()))
})

async function trio(): Promise<Trio> {
  return makeTrio({ stores: stores.map(storeOf) })
}

describe('ECDSA', () => {
  test('is signed by each two of three, at the group key and below it', async () => {
    const { anna, ben, cleo } = await trio()
    for (const pair of [[anna, ben], [ben, cleo], [cleo, anna]]) {
      const [signature] = await signTogether(pair, wallet, MESSAGE)
      verifies(signature, digest(5), keyOf(anna).groupKey)
    }
    const [child] = await signTogether([anna, cleo], wallet, concat(Uint8Array.of(0x11), digest(6)))
    verifies(child, digest(6), deriveKey(keyOf(anna), [0, 7]).publicKey)
    expect(the(anna.view().sessions[0]).steps.map(({ name, state }) => [name, state])).toEqual(
      ['hello', 'commit', 'exchange', 'shares'].map((name) => [name, 'done']),
    )
    expect(pairing(anna, ben)).toEqual({ state: 'ready', bans: 0 })
  })

  test('signs twenty messages under one approval, never more than eight at once', async () => {
    const { anna, ben, line, cleo } = await trio()
    let most = 0
    const running = new Set<string>()
    line.silentAfter = ({ type, body }) => {
      if (type === 0x21) running.add(body.subarray(0, 32).join())
      if (type === 0x23) running.delete(body.subarray(0, 32).join())
      most = Math.max(most, running.size)
      return false
    }
    const digests = Array.from({ length: 20 }, (_, i) => digest(i))
    const signatures = await signTogether([anna, cleo], wallet, concat(Uint8Array.of(0x12, 20), ...digests))
    expect(signatures).toHaveLength(20)
    for (const [i, signature] of signatures.entries()) verifies(signature, digest(i), keyOf(anna).groupKey)
    expect(most).toBe(8)
    expect(pairing(cleo, ben).state).toBe('ready')
  })
})

describe('a failed safety check', () => {
  test.each([
    { round: 'R1', type: 0x21, code: 'E_OT_CHECK' },
    { round: 'R2', type: 0x22, code: 'E_RVOLE_CHECK' },
  ])('in $round names the cheat and ends its pair for good, and no other', async ({ type, code }) => {
    const { anna, ben, cleo, line, clock, restarted } = await trio()
    line.lie = spoiled(type)
    const session = await ask([anna, cleo], wallet, MESSAGE)
    await approve(cleo, session)
    const [error] = await failuresOf(clock, [anna], session)
    expect(error).toMatchObject({ code, culprits: [{ name: 'Cleo' }], safe: 'No signature was made.' })
    expect(the(error).sentence).toContain('Cleo failed a safety check')
    expect(pairing(anna, cleo)).toEqual({ state: 'banned', bans: 1 })
    expect(pairing(anna, ben)).toEqual({ state: 'ready', bans: 0 })
    expect(recordsOf(anna, 'pair')).toHaveLength(1)

    // It survives a restart, is found before anybody is asked, and hurts nobody else.
    await anna.party.close()
    const again = await restarted(anna, 'Anna')
    expect(pairing(again, cleo)).toEqual({ state: 'banned', bans: 1 })
    await expect(ask([again, cleo], wallet, MESSAGE)).rejects.toMatchObject({ code: 'E_BANNED', message: expect.stringContaining('Cleo') as unknown })
    expect(again.view().sessions).toEqual([])
    line.lie = () => undefined
    const other = await ask([cleo, again], wallet, MESSAGE)
    expect(await failureOf(cleo, other)).toMatchObject({ code: 'E_DECLINED', sentence: expect.stringContaining('signing with Cleo is blocked') as unknown })
    for (const pair of [[again, ben], [cleo, ben]]) expect(await signTogether(pair, wallet, MESSAGE)).toHaveLength(1)
    // Other keys of the wallet have no pairs.
    expect(await signTogether([again, cleo], wallet, concat(Uint8Array.of(2), digest(1)))).toHaveLength(1)
  })

  test('that the disk cannot keep still ends the pair, here and after a restart', async () => {
    const { anna, cleo, line, clock, restarted } = await trio()
    line.lie = (said) => {
      if (said.type === 0x22) anna.store.breakNextWrite('refused')
      return spoiled(0x22)(said)
    }
    const session = await ask([anna, cleo], wallet, MESSAGE)
    await approve(cleo, session)
    await failuresOf(clock, [anna], session)
    expect(pairing(anna, cleo).state).toBe('banned')
    await turnUntil(clock, () => recordsOf(anna, 'pair').length === 1)
    expect(pairing(await restarted(anna, 'Anna again'), cleo)).toEqual({ state: 'banned', bans: 1 })
  })

  test('ends every other session with the cheat at once, and nothing more of them leaves', async () => {
    const { anna: first, cleo, line, clock, restarted } = await trio()
    await first.party.close()
    const annas = new BentLine()
    const anna = await restarted(first, 'Anna', { line: annas })
    // One waits for Cleo's second message, one for her approval.
    line.breaks = (said) => said.type === 0x21
    const running = await ask([anna, cleo], wallet, concat(Uint8Array.of(1), digest(1)))
    await approve(cleo, running)
    await turnUntil(clock, () => annas.said.includes(0x21))
    const waiting = await ask([anna, cleo], wallet, concat(Uint8Array.of(1), digest(2)))
    await reaches(cleo, waiting, 'approving')
    const untouched = await ask([anna, cleo], wallet, concat(Uint8Array.of(2), digest(2)))
    await reaches(cleo, untouched, 'approving')
    const before = annas.said.length

    line.breaks = () => false
    line.lie = spoiled(0x21)
    const cheated = await ask([anna, cleo], wallet, concat(Uint8Array.of(1), digest(3)))
    await approve(cleo, cheated)
    expect(await failuresOf(clock, [anna], cheated)).toMatchObject([{ code: 'E_OT_CHECK', culprits: [{ name: 'Cleo' }] }])
    expect([running, waiting].map((session) => sessionIn(anna.view(), session)?.state)).toMatchObject([
      { at: 'failed', error: { code: 'E_BANNED', culprits: [{ name: 'Cleo' }] } }, { at: 'failed', error: { code: 'E_BANNED' } },
    ])
    await failuresOf(clock, [cleo], running)
    // After the cheating began: invitations, answers, one JOIN, one first message, and the word that it stopped.
    const after = annas.said.slice(before)
    expect(after.filter((type) => type === 0x22 || type === 0x23)).toEqual([])
    expect(after.filter((type) => type === 0x21)).toHaveLength(1)
    await approve(cleo, untouched)
    await reaches(anna, untouched, 'done')
  })

  test('that only one of three saw is believed by nobody else, and accuses nobody honest', async () => {
    const { all, anna, ben, cleo, line, clock } = await trio()
    const three = await makeWallet(all, 3)
    let told = 0
    line.lie = (said) => (said.type === 0x21 && ++told === 1 ? spoiled(0x21)(said) : undefined)
    const session = await ask([anna, ben, cleo], three, MESSAGE)
    for (const who of [ben, cleo]) await approve(who, session)
    const errors = await failuresOf(clock, [anna, ben], session)
    const states = [anna, ben].map((who) => the(the(who.view().wallets.find(({ id }) => id === three)).parties.find(({ name }) => name === 'Cleo')?.pairing).state)
    expect(states.toSorted()).toEqual(['banned', 'ready'])
    expect(errors.map(({ culprits }) => culprits.map(({ name }) => name).join()).toSorted()).toEqual(['', 'Cleo'])
    for (const { code } of errors) expect(code).toBe('E_OT_CHECK')
  })
})

describe('a device that loses its power', () => {
  test('at any write of a signature has the pair, or has lost it without blame where a test was under way', async () => {
    const { anna, cleo, restarted } = await trio()
    const images: MemoryStore[] = []
    const write = anna.store.write.bind(anna.store)
    vi.spyOn(anna.store, 'write').mockImplementation(async (changes) => {
      await write(changes)
      images.push(storeOf(anna.store.contents))
    })
    await signTogether([anna, cleo], wallet, MESSAGE)
    await anna.party.close()
    const found: string[] = []
    for (const store of images) {
      const again = await restarted(anna, 'Anna', { store })
      const { state, bans } = pairing(again, cleo)
      found.push(`${state} ${bans}`)
      const repeated = await restarted(anna, 'Anna', { store })
      expect(pairing(repeated, cleo)).toEqual({ state, bans })
      if (state === 'lost') {
        await expect(ask([again, cleo], wallet, MESSAGE)).rejects.toMatchObject({ code: 'E_PAIR_STATE', message: expect.stringContaining('Cleo') as unknown })
        expect(recordsOf(again, 'pair')).toHaveLength(1)
      }
      await Promise.all([again, repeated].map((who) => who.party.close()))
    }
    // The answered request, the mark before the test, the mark taken away.
    expect(found).toEqual(['ready 0', 'lost 0', 'ready 0'])
  })

  test('between two sessions has its pairs, and a session that ends before its test costs none', async () => {
    const { anna, ben, cleo, line, clock, restarted } = await trio()
    line.silentBefore = (said) => said.type === 0x22
    const session = await ask([anna, cleo], wallet, MESSAGE)
    await approve(cleo, session)
    expect((await failuresOf(clock, [anna], session))[0]).toMatchObject({ code: 'E_TIMEOUT', culprits: [{ name: 'Cleo' }] })
    await anna.party.close()
    const again = await restarted(anna, 'Anna')
    expect([ben, cleo].map((other) => pairing(again, other).state)).toEqual(['ready', 'ready'])
  })
})

describe('signatures that do not verify', () => {
  test('are counted for the set: a warning after two, none after five; the payment may have been made', async () => {
    const { anna, ben, cleo, line, clock } = await trio()
    const spoil = async (): Promise<void> => {
      line.lie = (said) => (said.type === 0x23 ? flipped(said.body, 60) : undefined)
      const session = await ask([anna, cleo], wallet, MESSAGE)
      await approve(cleo, session)
      const [error] = await failuresOf(clock, [anna], session)
      expect(error).toMatchObject({ code: 'E_SIG_INVALID', safe: expect.stringContaining('possibly sent') as unknown, next: expect.stringContaining('chain') as unknown })
    }
    const warnings = (): readonly string[] => anna.view().sessions.at(-1)?.request?.preview.warnings.map(({ level }) => level) ?? []
    await spoil()
    await spoil()
    expect(warnings()).toEqual([])
    await spoil()
    expect(warnings()).toEqual(['danger'])
    expect(await signTogether([anna, ben], wallet, MESSAGE)).toHaveLength(1)
    expect(warnings()).toEqual([])
    line.lie = () => undefined
    expect(await signTogether([anna, cleo], wallet, MESSAGE)).toHaveLength(1)
    for (let i = 0; i < 5; i++) await spoil()
    await expect(ask([anna, cleo], wallet, MESSAGE)).rejects.toMatchObject({ code: 'E_SIG_INVALID' })
    expect(await signTogether([anna, ben], wallet, MESSAGE)).toHaveLength(1)
  })
})

test('a vault from before there was ECDSA opens and signs with the keys that it has', async () => {
  const [first, second] = oldVaults.stores.map((store) => storeOf(Object.entries(store).map(([key, text]) => [key, Uint8Array.from(Buffer.from(text, 'base64'))])))
  const { anna, ben } = await makeTrio({ stores: [the(first), the(second)] })
  expect(anna.view().wallets[0]?.keys.map(({ suite, groupKey }) => ({ suite, groupKey: Buffer.from(groupKey).toString('base64') }))).toEqual(oldVaults.keys)
  expect(anna.view().wallets[0]?.parties.map((party) => party.pairing)).toEqual([undefined, undefined])
  for (const kind of [2, 3]) expect(await signTogether([anna, ben], oldVaults.wallet, concat(Uint8Array.of(kind), digest(4)))).toHaveLength(1)
  await expect(ask([anna, ben], oldVaults.wallet, MESSAGE)).rejects.toMatchObject({ fault: 'caller', message: expect.stringContaining('no key') as unknown })
})
