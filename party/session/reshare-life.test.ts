import { beforeAll, describe, expect, test } from 'vitest'
import { change, indexOf, INTENTS, owners, signAll, walletOf } from '../testing/changes.ts'
import { ask, person, reaches, sessionIn, the } from '../testing/people.ts'

let fresh: Awaited<ReturnType<typeof owners>>
beforeAll(async () => { fresh = await owners() }, 60_000)

describe('a refresh', () => {
  test('by all gives everybody new shares of the same keys, and whoever signs together signs as before', { timeout: 60_000 }, async () => {
    const { all: people, wallet, clock } = await fresh()
    const before = people.map((who) => walletOf(who, wallet))
    await clock.advance(86_400_000)
    const session = await change({ wallet, stay: people, threshold: 2 })
    for (const [i, who] of people.entries()) {
      const after = walletOf(who, wallet)
      expect(after).toMatchObject({ state: 'ready', epoch: 2, myIndex: before[i]?.myIndex, threshold: 2, createdAt: before[i]?.createdAt, sharesMadeAt: clock.now() })
      expect(after.keys).toEqual(before[i]?.keys)
      expect(sessionIn(who.view(), session)).toMatchObject({ kind: 'reshare', wallet: { id: wallet }, change: { isRefresh: true } })
    }
    expect(await signAll([people[1], people[2]], wallet)).toEqual([1, 1, 1])
  })
})

describe('a wallet whose devices change', () => {
  test('goes from 2-of-3 to 3-of-4 with a new device, then to 2-of-2, and signs each time with whoever has it then', { timeout: 90_000 }, async () => {
    const { anna, ben, cleo, clock, network, wallet } = await fresh()
    const dora = await person({ transport: network.transport('Dora'), name: 'Dora', clock })
    const { keys } = walletOf(anna, wallet)

    const session = await change({ wallet, stay: [anna, ben, cleo], join: [dora], threshold: 3 })
    expect(walletOf(dora, wallet)).toMatchObject({ state: 'ready', epoch: 2, myIndex: 4, threshold: 3, origin: 'made' })
    expect(walletOf(dora, wallet).keys).toEqual(keys)
    expect(walletOf(dora, wallet).createdAt).toBe(walletOf(anna, wallet).createdAt)
    const { change: seen, words } = the(sessionIn(ben.view(), session))
    expect(seen).toMatchObject({ from: { threshold: 2, total: 3 }, to: { threshold: 3, total: 4 }, isRefresh: false })
    expect(the(seen).parties.map(({ name, what }) => `${name} ${what}`).toSorted()).toEqual(['Anna stays', 'Ben stays', 'Cleo stays', 'Dora joins'])
    expect(words).toHaveLength(4)
    expect(await signAll([dora, ben, cleo], wallet)).toEqual([1, 1, 1])

    await change({ wallet, stay: [ben, dora], leaving: [cleo], threshold: 2 })
    expect(walletOf(ben, wallet)).toMatchObject({ state: 'ready', epoch: 3, threshold: 2 })
    expect(walletOf(ben, wallet).parties.map(({ name }) => name).toSorted()).toEqual(['Ben', 'Dora'])
    expect(await signAll([ben, dora], wallet)).toEqual([1, 1, 1])
    // Who left learned it there and then; who was left out hears it from the others.
    expect(walletOf(cleo, wallet).state).toBe('left')
    await expect(cleo.party.verbs.requestSignature({ wallet, intent: the(INTENTS[1]), signers: [1, 3] })).rejects.toMatchObject({ fault: 'refusal' })
    await anna.until((view) => view.wallets.find(({ id, state }) => id === wallet && state === 'left'))
  })

  test('of who stays nobody may compare words again: they know each other from the wallet', { timeout: 60_000 }, async () => {
    const { anna, ben, cleo, wallet } = await fresh()
    for (const who of [anna, ben, cleo]) for (const { partyId } of who.view().known) await who.party.verbs.forgetKnown({ partyId })
    const session = await change({ wallet, stay: [anna, ben], threshold: 2 })
    expect(sessionIn(ben.view(), session)?.state.at).toBe('done')
    expect(ben.view().known).toEqual([])
    // And Cleo, who was not asked, finds nobody to sign with.
    await cleo.until((view) => view.wallets.find(({ state }) => state === 'left'))
    await expect(ask([cleo, anna], wallet, the(INTENTS[1]))).rejects.toMatchObject({ fault: 'refusal' })
    expect(indexOf(anna, wallet)).toBeGreaterThan(0)
    await expect(reaches(anna, session, 'done')).resolves.toMatchObject({ kind: 'reshare' })
  })
})
