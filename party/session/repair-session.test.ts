/** Pairs set up anew by whole parties: after a ban, after a crash, and where the two differ. */
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { concat, INVITE, u16 } from '@trivet/protocol/core'
import { ask, failureOf, makeWallet, reaches, sessionIn, signTogether, the, type Person } from '../testing/people.ts'
import { approve, askRepair, ban, ecdsaIntent, indexOf, pairing, repair, spoiled } from '../testing/pairs.ts'
import { failuresOf, makeTrio, storesOf, type SavedStore, type Trio } from '../testing/trio.ts'
import type { MemoryStore } from '../vault/memory-store.ts'

const CONFIRM = 0x19

/** A trio with a wallet, as it was after its making: each test has copies of the stores. */
let saved: readonly SavedStore[] = []
let wallet = ''

beforeAll(async () => {
  const { all } = await makeTrio()
  wallet = await makeWallet(all)
  saved = all.map(({ store }) => [...store.contents])
  await Promise.all(all.map((who) => who.party.close()))
})

async function trio(): Promise<Trio> {
  return makeTrio({ stores: storesOf(saved) })
}

/** What is stored of pairs. */
function pairsOn({ store }: Person): readonly (readonly [string, Uint8Array])[] {
  return [...store.contents].filter(([key]) => key.includes('/pair'))
}

describe('a banned pair', () => {
  test.each(['who banned', 'who was banned'])('signs again once both people said yes, whoever asks (%s); the number of bans stays, also after a restart', async (asker) => {
    const three = await trio()
    const { anna, ben, cleo, restarted } = three
    await ban(three)
    const [one, other] = asker === 'who banned' ? [anna, cleo] : [cleo, anna]
    const session = await askRepair(one, other)
    const shown = await reaches(other, session, 'approving')
    const name = (who: Person) => ({ index: indexOf(who), name: the(who.view().me).name })
    expect(shown).toMatchObject({ kind: 'repair', coordinator: false, wallet: { id: wallet, name: 'Savings', threshold: 2, total: 3 } })
    expect(shown.repair).toEqual({ from: name(one), peer: name(one), pairing: pairing(other, one) })
    expect(sessionIn(one.view(), session)?.repair).toEqual({ from: name(one), peer: name(other), pairing: pairing(one, other) })
    expect(ben.view().sessions).toEqual([])
    // Nothing is lifted before the other one's yes.
    await expect(ask([anna, cleo], wallet, ecdsaIntent(5))).rejects.toMatchObject({ code: 'E_BANNED' })
    await approve(other, session)
    for (const who of [anna, cleo]) {
      const { steps } = await reaches(who, session, 'done')
      expect(steps.map(({ name: step, state }) => [step, state])).toEqual(['hello', 'commit', 'exchange', 'check'].map((step) => [step, 'done']))
    }
    expect([pairing(anna, cleo), pairing(cleo, anna)]).toEqual([{ state: 'ready', bans: 1 }, { state: 'ready', bans: 0 }])
    expect(await signTogether([anna, cleo], wallet, ecdsaIntent(5))).toHaveLength(1)
    await anna.party.close()
    const again = await restarted(anna, 'Anna')
    expect(pairing(again, cleo)).toEqual({ state: 'ready', bans: 1 })
    for (const pair of [[cleo, again], [ben, again]]) expect(await signTogether(pair, wallet, ecdsaIntent(6))).toHaveLength(1)
  })

  test('stays as it is when the other one declines, or does not come', async () => {
    const three = await trio()
    const { anna, cleo, clock } = three
    await ban(three)
    const before = [anna, cleo].map(pairsOn)
    const declined = await askRepair(anna, cleo)
    await reaches(cleo, declined, 'approving')
    await cleo.party.verbs.decline({ session: declined, reason: 'not now' })
    expect(await failureOf(anna, declined)).toMatchObject({ code: 'E_DECLINED', sentence: 'Cleo declined: not now.', safe: 'Nothing was changed on this device. Your share is safe.' })
    const ignored = await askRepair(anna, cleo)
    await reaches(cleo, ignored, 'approving')
    await clock.advance(3_600_000)
    expect([anna, cleo].map((who) => sessionIn(who.view(), ignored)?.state.at)).toEqual(['failed', 'failed'])
    expect([anna, cleo].map(pairsOn)).toEqual(before)
    expect(pairing(anna, cleo)).toEqual({ state: 'banned', bans: 1 })
  })

  test('stays as it is when the set-up fails, and the next one works', async () => {
    const three = await trio()
    const { anna, cleo, line, clock } = three
    await ban(three)
    const before = pairsOn(anna)
    line.lie = spoiled(CONFIRM)
    const session = await askRepair(anna, cleo)
    await approve(cleo, session)
    expect(await failuresOf(clock, [anna], session)).toMatchObject([{ code: 'E_PAIR_STATE', culprits: [] }])
    expect(pairsOn(anna)).toEqual(before)
    line.lie = () => undefined
    await repair(anna, cleo)
    expect(await signTogether([anna, cleo], wallet, ecdsaIntent(5))).toHaveLength(1)
  })
})

describe('a lost pair', () => {
  test('that a crash took in the middle of a test signs again after a repair', async () => {
    const { anna, cleo, restarted } = await trio()
    const images: MemoryStore[] = []
    const write = anna.store.write.bind(anna.store)
    vi.spyOn(anna.store, 'write').mockImplementation(async (changes) => {
      await write(changes)
      images.push(...storesOf([[...anna.store.contents]]))
    })
    await signTogether([anna, cleo], wallet, ecdsaIntent(5))
    await anna.party.close()
    const again = await restarted(anna, 'Anna', { store: the(images[1]) })
    expect([pairing(again, cleo), pairing(cleo, again)]).toEqual([{ state: 'lost', bans: 0 }, { state: 'ready', bans: 0 }])
    await repair(again, cleo)
    expect(pairing(again, cleo)).toEqual({ state: 'ready', bans: 0 })
    expect(await signTogether([cleo, again], wallet, ecdsaIntent(5))).toHaveLength(1)
  })

  test.each(['', ', also after a restart'])('where only one side stored the new one is seen by both at the next signature%s, and repaired', async (restart) => {
    const { anna: first, ben, cleo, line, clock, restarted } = await trio()
    line.lie = ({ type }) => {
      if (type === CONFIRM) first.store.breakNextWrite('refused')
      return undefined
    }
    const half = await askRepair(first, cleo)
    await approve(cleo, half)
    await reaches(cleo, half, 'done')
    expect(await failuresOf(clock, [first], half)).toMatchObject([{ code: 'E_STORAGE' }])
    line.lie = () => undefined
    // Nothing tells it yet: what Anna holds was not harmed.
    expect(pairing(first, cleo).state).toBe('ready')
    let anna = first
    if (restart !== '') {
      await first.party.close()
      anna = await restarted(first, 'Anna')
    }
    const session = await ask([anna, cleo], wallet, ecdsaIntent(5))
    await approve(cleo, session)
    for (const { code } of await failuresOf(clock, [anna, cleo], session)) expect(code).toBe('E_PAIR_STATE')
    expect([pairing(anna, cleo), pairing(cleo, anna)]).toEqual([{ state: 'lost', bans: 0 }, { state: 'lost', bans: 0 }])
    expect([pairing(anna, ben).state, pairing(cleo, ben).state]).toEqual(['ready', 'ready'])
    await expect(ask([cleo, anna], wallet, ecdsaIntent(5))).rejects.toMatchObject({ code: 'E_PAIR_STATE' })
    await repair(cleo, anna)
    expect(pairing(cleo, anna)).toEqual({ state: 'ready', bans: 0 })
    expect(await signTogether([anna, cleo], wallet, ecdsaIntent(5))).toHaveLength(1)
  })
})

describe('a repair', () => {
  test('is asked of another member only', async () => {
    const { anna } = await trio()
    for (const peer of [0, indexOf(anna), 4, 1.5]) {
      await expect(anna.party.verbs.repairPair({ wallet, peer })).rejects.toMatchObject({ fault: 'caller', field: 'peer' })
    }
    await expect(anna.party.verbs.repairPair({ wallet: 'ff'.repeat(32), peer: 2 })).rejects.toMatchObject({ fault: 'caller', field: 'wallet' })
    expect(anna.view().sessions).toEqual([])
  })

  test('whose request is about others than the two that meet asks nobody', async () => {
    const { anna, ben, cleo, line, clock } = await trio()
    const others = concat(...[ben, cleo].map(indexOf).toSorted((a, b) => a - b).map(u16))
    line.lie = ({ type, body }) => (type === INVITE ? concat(body.subarray(0, body.length - others.length), others) : undefined)
    const session = await askRepair(cleo, anna)
    expect(await failuresOf(clock, [anna], session)).toMatchObject([{ code: 'E_CONFIG' }])
    expect(sessionIn(anna.view(), session)?.repair).toBeUndefined()
  })
})
