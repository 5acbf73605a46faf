/** Lost devices: the others go on without them, or a backup comes back in their place. */
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { change, gatherChange, indexOf, INTENTS, owners, restoredFrom, signAll, walletOf } from '../testing/changes.ts'
import { PAGE, person, the } from '../testing/people.ts'

vi.mock('hash-wasm', async (original) => (await import('../testing/argon2-once.ts')).argon2Once(await original()))

let fresh: Awaited<ReturnType<typeof owners>>
beforeAll(async () => { fresh = await owners() }, 60_000)

describe('a lost device', () => {
  test('is left out by the others, and when it comes back it learns that its share is worth nothing', { timeout: 60_000 }, async () => {
    const trio = await fresh()
    const { anna, ben, cleo, wallet } = trio
    await cleo.party.close()
    await change({ wallet, stay: [anna, ben], threshold: 2 })
    expect(await signAll([ben, anna], wallet)).toEqual([1, 1, 1])
    const back = await trio.restarted(cleo, 'Cleo')
    await back.until((view) => view.wallets.find(({ state }) => state === 'left'))
    await expect(back.party.verbs.requestSignature({ wallet, intent: the(INTENTS[0]), signers: [1, 2] })).rejects.toMatchObject({ fault: 'refusal' })
  })

  test('that was restored from its backup joins the two others in a new place, and the old one is dead', { timeout: 60_000 }, async () => {
    const trio = await fresh()
    const { anna, ben, cleo, wallet } = trio
    const copy = [...cleo.store.contents].map(([key, value]) => [key, value.slice()] as const)
    const again = await restoredFrom(trio, cleo, 'Cleo again')
    await change({ wallet, stay: [anna, ben], join: [again], threshold: 2 })
    expect(walletOf(again, wallet)).toMatchObject({ state: 'ready', epoch: 2, myIndex: 4 })
    expect(await signAll([again, ben], wallet)).toEqual([1, 1, 1])
    for (const [key, value] of copy) cleo.store.contents.set(key, value)
    const old = await trio.restarted(cleo, 'Cleo')
    await old.until((view) => view.wallets.find(({ state }) => state === 'left'))
  })
})

describe('one device left, and a backup of another', () => {
  test('go on together: what was restored deals under its old place, and gets a new one', { timeout: 90_000 }, async () => {
    const trio = await fresh()
    const { anna, ben, cleo, wallet } = trio
    await ben.party.close()
    const again = await restoredFrom(trio, cleo, 'Cleo again')
    await change({ wallet, stay: [anna], join: [again], threshold: 2 })
    expect(walletOf(anna, wallet)).toMatchObject({ state: 'ready', epoch: 2 })
    expect(await signAll([again, anna], wallet)).toEqual([1, 1, 1])
  })

  test('begin on the device that the others know: the restored one cannot call them by name', async () => {
    const trio = await fresh()
    const { anna, ben, cleo, wallet } = trio
    const again = await restoredFrom(trio, cleo, 'Cleo again')
    const stay = [anna, ben].map((who) => indexOf(who, wallet))
    const changing = again.party.verbs.changeWallet({ wallet, threshold: 2, stay, leaving: [], places: [], pageUrl: PAGE })
    await expect(changing).rejects.toMatchObject({ field: 'stay' })
  })

  test('are needed both: with a stranger instead too few hold a share, and nothing changes', async () => {
    const { anna, ben, cleo, wallet, clock, network } = await fresh()
    await Promise.all([ben, cleo].map((who) => who.party.close()))
    const dora = await person({ transport: network.transport('Dora'), name: 'Dora', clock })
    const { session } = await gatherChange({ wallet, stay: [anna], join: [dora], threshold: 2 })
    await expect(anna.party.verbs.startKeygen({ session })).rejects.toMatchObject({ fault: 'caller', code: 'E_QUORUM' })
    expect(walletOf(anna, wallet)).toMatchObject({ state: 'ready', epoch: 1 })
  })
})
