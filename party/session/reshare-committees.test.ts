/** Who comes, who leaves, who says no. */
import { beforeAll, describe, expect, test } from 'vitest'
import { askPerson, type Decision, type Policy, type ReshareRequest } from '../policy.ts'
import { change, gatherChange, indexOf, owners, signAll, walletOf } from '../testing/changes.ts'
import { compare, failureOf, PAGE, person, reaches, sessionIn, the } from '../testing/people.ts'
import { failuresOf } from '../testing/trio.ts'

let fresh: Awaited<ReturnType<typeof owners>>
beforeAll(async () => { fresh = await owners() }, 60_000)

test('a wallet moves to other people altogether: two old ones deal and leave, and neither can do anything with it afterwards', { timeout: 60_000 }, async () => {
  const { anna, ben, cleo, clock, network, wallet } = await fresh()
  const [dora, emil] = await Promise.all(['Dora', 'Emil'].map((name) => person({ transport: network.transport(name), name, clock })))
  const { keys } = walletOf(anna, wallet)
  await cleo.party.close()
  // Anna begins it, and leaves.
  const session = await change({ wallet, leaving: [anna, ben], join: [the(dora), the(emil)], threshold: 2 })
  for (const who of [the(dora), the(emil)]) expect(walletOf(who, wallet)).toMatchObject({ state: 'ready', epoch: 2, keys })
  expect([indexOf(the(dora), wallet), indexOf(the(emil), wallet)].toSorted()).toEqual([4, 5])
  for (const who of [anna, ben]) {
    expect(walletOf(who, wallet).state).toBe('left')
    expect(the(sessionIn(who.view(), session)?.change).parties.find(({ me }) => me)?.what).toBe('leaves')
  }
  expect(await signAll([the(emil), the(dora)], wallet)).toEqual([1, 1, 1])
})

test('who left can be asked back, and gets a place that nobody had', { timeout: 60_000 }, async () => {
  const { anna, ben, cleo, wallet } = await fresh()
  await change({ wallet, stay: [anna, ben], leaving: [cleo], threshold: 2 })
  await change({ wallet, stay: [ben, anna], join: [cleo], threshold: 2 })
  expect(walletOf(cleo, wallet)).toMatchObject({ state: 'ready', epoch: 3, myIndex: 4 })
  expect(await signAll([cleo, anna], wallet)).toEqual([1, 1, 1])
})

test('one that declines ends it for everybody, with its reason, and nothing changes', async () => {
  const { anna, ben, cleo, clock, wallet } = await fresh()
  const { session } = await gatherChange({ wallet, stay: [anna, ben, cleo], threshold: 3 })
  await anna.party.verbs.startKeygen({ session })
  await reaches(ben, session, 'approving')
  await ben.party.verbs.decline({ session, reason: 'not today' })
  for (const error of await failuresOf(clock, [anna, cleo], session)) {
    expect(error).toMatchObject({ code: 'E_DECLINED', sentence: 'Ben declined: not today.', safe: 'Nothing was changed. The wallet works as before.' })
  }
  expect(await failureOf(ben, session)).toMatchObject({ code: 'E_DECLINED' })
  for (const who of [anna, ben, cleo]) expect(walletOf(who, wallet)).toMatchObject({ state: 'ready', epoch: 1, threshold: 2 })
})

test('an attempt that is stopped in the lobby leaves nothing behind, and the next one works', { timeout: 60_000 }, async () => {
  const { anna, ben, cleo, wallet } = await fresh()
  const { session } = await gatherChange({ wallet, stay: [anna, ben, cleo], threshold: 2 })
  await anna.party.verbs.close({ session })
  await change({ wallet, stay: [ben, anna, cleo], threshold: 2 })
  expect(walletOf(cleo, wallet).epoch).toBe(2)
})

describe('a company\'s server', () => {
  const asked: ReshareRequest[] = []
  const policy = (answer: (request: ReshareRequest) => Decision): Policy => ({
    ...askPerson, keygen: async () => ({ answer: 'approve' }),
    reshare: async (request) => {
      asked.push(request)
      return answer(request)
    },
  })

  test('takes the place that its invitation is for, if its rules allow it, and later comes by itself as a member', { timeout: 60_000 }, async () => {
    const { anna, ben, cleo, clock, network, wallet } = await fresh()
    const firm = await person({ transport: network.transport('Firm'), name: 'Firm', clock, role: 'enterprise', policy: policy(() => ({ answer: 'approve' })) })
    const { invitation } = await firm.party.verbs.createInvitation({ expiresInSeconds: 600 })
    const stay = [anna, ben]
    const { session } = await anna.party.verbs.changeWallet({
      wallet, threshold: 2, stay: stay.map((who) => indexOf(who, wallet)), leaving: [], places: [{ kind: 'company', invitation }], pageUrl: PAGE,
    })
    await anna.until((view) => {
      const state = sessionIn(view, session)?.state
      return state?.at === 'inviting' && state.ready ? true : undefined
    })
    await anna.party.verbs.startKeygen({ session })
    await compare(stay, session)
    await reaches(ben, session, 'approving')
    await ben.party.verbs.approve({ session })
    await Promise.all([...stay, firm].map((who) => reaches(who, session, 'done')))
    expect(asked.at(-1)).toMatchObject({ walletName: 'Savings', invitedBy: 'own-invitation', change: { to: { threshold: 2, total: 3 } } })
    expect(asked.at(-1)?.wallet).toBeUndefined()
    await cleo.until((view) => view.wallets.find(({ state }) => state === 'left'))

    const again = await gatherChange({ wallet, stay: [ben, anna, firm], threshold: 3 })
    await ben.party.verbs.startKeygen({ session: again.session })
    await reaches(anna, again.session, 'approving')
    await anna.party.verbs.approve({ session: again.session })
    await Promise.all(again.people.map((who) => reaches(who, again.session, 'done')))
    expect(asked.at(-1)).toMatchObject({ wallet, invitedBy: 'member', change: { isRefresh: false, to: { threshold: 3 } } })
  })

  test('whose rules do not allow it says which, and nothing changes', { timeout: 60_000 }, async () => {
    const { anna, ben, clock, network, wallet } = await fresh()
    const firm = await person({
      transport: network.transport('Firm'), name: 'Firm', clock, role: 'enterprise', policy: policy(() => ({ answer: 'decline', rule: 'members', reason: 'not with these' })),
    })
    const { session } = await gatherChange({ wallet, stay: [anna, ben], join: [firm], threshold: 2 })
    await anna.party.verbs.startKeygen({ session })
    for (const error of await failuresOf(clock, [anna, ben], session)) expect(error).toMatchObject({ code: 'E_DECLINED', sentence: 'Firm declined: not with these (rule members).' })
    expect(walletOf(anna, wallet).epoch).toBe(1)
  })
})

describe('refused before anybody is asked', () => {
  test.each([
    ['a share index that is nobody\'s', { stay: [1, 2, 9] }, 'stay'],
    ['somebody who both stays and leaves', { stay: [1, 2, 3], leaving: [3] }, 'leaving'],
    ['a threshold above the number of devices', { stay: [1, 2, 3], threshold: 4 }, 'threshold'],
    ['a threshold of one', { stay: [1, 2, 3], threshold: 1 }, 'threshold'],
    ['one device alone', { stay: [1], leaving: [2, 3] }, 'stay'],
    ['a wallet of nobody', { wallet: 'ff'.repeat(32), stay: [1, 2, 3] }, 'wallet'],
  ] as const)('%s', async (_, changes, field) => {
    const { anna, ben, wallet } = await fresh()
    const mine = indexOf(anna, wallet)
    const swap = (pids: readonly number[] = []): readonly number[] => pids.map((pid) => (pid === 1 ? mine : pid === mine ? 1 : pid))
    const { stay, ...rest } = { leaving: [], ...changes }
    const request = { wallet, threshold: 2, places: [], pageUrl: PAGE, ...rest, stay: swap(stay), leaving: swap(rest.leaving) }
    const alone = field === 'stay' && stay.length === 1
    await expect(anna.party.verbs.changeWallet(request)).rejects.toMatchObject({ fault: 'caller', field: alone ? 'places' : field })
    expect(ben.view().sessions).toEqual([])
  })

  test('a device that takes part only while a wallet is made', async () => {
    const { anna, ben, clock, network, wallet } = await fresh()
    const third = await person({ transport: network.transport('Third'), name: 'Third', clock, role: 'third-party' })
    const { session } = await anna.party.verbs.changeWallet({
      wallet, threshold: 2, stay: [anna, ben].map((who) => indexOf(who, wallet)), leaving: [], places: [{ kind: 'link' }], pageUrl: PAGE,
    })
    const link = await anna.until((view) => sessionIn(view, session)?.places.find((place) => place.link !== undefined)?.link)
    await third.party.verbs.joinWallet({ link })
    const place = await anna.until((view) => sessionIn(view, session)?.places.find(({ reason }) => reason !== undefined))
    expect(place).toMatchObject({ state: 'gone', name: 'Third', reason: expect.stringContaining('only while a wallet is made') as unknown })
    await expect(anna.party.verbs.startKeygen({ session })).rejects.toMatchObject({ fault: 'caller' })
  })
})
