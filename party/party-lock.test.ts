import { expect, test } from 'vitest'
import { concat } from '@trivet/protocol/core'
import { ask, failureOf, linksOf, makeWallet, meetAndApprove, PAGE, person, reaches, sessionIn, signTogether, the, VAULT_KEY } from './testing/people.ts'
import { failuresOf, makeTrio } from './testing/trio.ts'
import { createMemoryNetwork } from './transport/memory.ts'

const MESSAGE = concat(Uint8Array.of(2), new TextEncoder().encode('a message'))

test('locking shows nothing but the cover, and unlocking brings everything back', async () => {
  const { all, anna, ben } = await makeTrio()
  const wallet = await makeWallet(all)
  await anna.party.verbs.lock()
  expect(anna.view()).toMatchObject({ wallets: [], sessions: [], vaults: [{ deviceName: 'Anna', unlocked: false }] })
  expect(anna.view().me).toBeUndefined()
  await expect(anna.party.verbs.requestSignature({ wallet, intent: MESSAGE, signers: [1, 2] })).rejects.toMatchObject({ fault: 'caller' })
  await anna.party.openHeadless({ name: 'Anna', source: { kind: 'raw', key: VAULT_KEY } })
  expect(await signTogether([anna, ben], wallet, MESSAGE)).toHaveLength(1)
  expect(await signTogether([ben, anna], wallet, MESSAGE)).toHaveLength(1)
})

test('locking in the middle of a ceremony ends it for everybody, and keeps nothing half-made', async () => {
  const { all, anna, ben, cleo, clock } = await makeTrio()
  const session = await meetAndApprove(all, { threshold: 2 })
  await reaches(cleo, session, 'running')
  await cleo.party.verbs.lock()
  for (const error of await failuresOf(clock, [anna, ben], session)) expect(error.code).toMatch(/E_TIMEOUT|E_CANCELLED/)
  for (const who of [anna, ben]) expect(who.view().wallets.every(({ keys }) => keys.length === 0)).toBe(true)
  expect(cleo.view().wallets).toEqual([])
  await Promise.all(all.map((who) => who.party.close()))
  await clock.advance(30_000)
  expect(clock.waiting).toBe(0)
})

test('locking while a request waits withdraws it', async () => {
  const { all, anna, ben, clock } = await makeTrio()
  const wallet = await makeWallet(all)
  const session = await ask([anna, ben], wallet, MESSAGE)
  await reaches(ben, session, 'approving')
  await anna.party.verbs.lock()
  await failuresOf(clock, [ben], session)
})

test('a wrong passphrase for one party leaves the other one at home', async () => {
  const network = createMemoryNetwork()
  const device = await person({ transport: network.transport('device') })
  await device.party.verbs.createWallet({ name: 'One', threshold: 2, places: [{ kind: 'link' }], device: { name: 'First', passphrase: 'first passphrase' }, pageUrl: PAGE })
  const first = the(device.view().me)
  await device.party.verbs.createWallet({ name: 'Two', threshold: 2, places: [{ kind: 'link' }], device: { name: 'Second', passphrase: 'second passphrase' }, pageUrl: PAGE })
  const second = the(device.view().me)
  expect(second.partyId).not.toBe(first.partyId)
  await expect(device.party.verbs.unlock({ partyId: first.partyId, passphrase: 'wrong passphrase' })).rejects.toMatchObject({ code: 'E_PASSPHRASE' })
  expect(device.view().me).toEqual(second)
  expect(device.view().vaults.map(({ unlocked }) => unlocked).toSorted()).toEqual([false, true])
  await device.party.close()
})

test('a finished session is forgotten when it is closed; a running one is left', async () => {
  const { all, anna, ben, clock } = await makeTrio()
  const wallet = await makeWallet(all)
  for (const { id } of anna.view().sessions) await anna.party.verbs.close({ session: id })
  expect(anna.view().sessions).toEqual([])
  const session = await ask([anna, ben], wallet, MESSAGE)
  await reaches(ben, session, 'approving')
  await ben.party.verbs.close({ session })
  await failuresOf(clock, [anna], session)
  expect(sessionIn(ben.view(), session)?.state.at).toBe('failed')
  await ben.party.verbs.close({ session })
  expect(sessionIn(ben.view(), session)).toBeUndefined()
  await expect(ben.party.verbs.close({ session })).rejects.toMatchObject({ fault: 'caller' })
})

test('names that people give are plain when they are shown', async () => {
  const { anna, ben } = await makeTrio()
  const create = (name: string) => anna.party.verbs.createWallet({ name, threshold: 2, places: [{ kind: 'link' }], pageUrl: PAGE })
  const { session } = await create('Rainy\u202e day\u0007')
  const [link] = await linksOf(anna, session)
  await ben.party.verbs.joinWallet({ link: the(link) })
  const seen = await ben.until((view) => (sessionIn(view, session)?.wallet.name === '' ? undefined : sessionIn(view, session)?.wallet.name))
  expect(seen).toBe('Rainy day')
  for (const bad of ['', ' \u200b ', 'x'.repeat(65)]) await expect(create(bad)).rejects.toMatchObject({ fault: 'caller' })
  await ben.party.verbs.decline({ session, reason: '' })
  expect(await failureOf(ben, session)).toMatchObject({ code: 'E_DECLINED' })
})
