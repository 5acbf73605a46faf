/** Whom a device keeps that deals and leaves: those who can tell it what became of the change. */
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Pid } from '@trivet/protocol/core'
import { chooseEd25519 } from '../identity/ed25519.ts'
import type { Identity } from '../identity/identity.ts'
import type { SessionMember } from '../session/member.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { born, changed, identityOf, type LifeEpoch } from '../testing/lives.ts'
import { randomBytes, the, VAULT_KEY } from '../testing/people.ts'
import { createVault, type OpenVault } from '../vault/index.ts'
import { createMemoryStore, type MemoryStore } from '../vault/memory-store.ts'
import { Wallets } from './wallets.ts'

const SOURCE = { kind: 'raw', key: VAULT_KEY } as const
const ed25519 = await chooseEd25519(crypto.subtle)
const clock = new FakeClock(1)

/** Epoch 1 of three; in epoch 2 the first of them is no more, and somebody has come. */
let first: LifeEpoch
let second: LifeEpoch
let id: string
let store: MemoryStore

beforeAll(async () => {
  first = await born(await Promise.all(['Anna', 'Ben', 'Cleo'].map(identityOf)), 2)
  second = await changed(first, { threshold: 2, stay: [2, 3], join: [await identityOf('Dora')], quorum: [1, 2] })
  id = first.walletId
})
beforeEach(() => { store = createMemoryStore() })

const vaults = () => createVault({ store, subtle: crypto.subtle, rng: randomBytes, clock })
const walletsIn = (vault: OpenVault): Promise<Wallets> => Wallets.open({ vault, deviceName: 'device', ed25519, clock })
const partyOf = (pid: Pid): Identity['card']['partyId'] => the(first.people.get(pid)).card.partyId
const vaultOf = (pid: Pid): Promise<OpenVault> => vaults().unlock(partyOf(pid), SOURCE)
const membersOf = (epoch: LifeEpoch): readonly SessionMember[] => [...epoch.people].map(([pid, { card }]) => ({ pid, card }))
const pidsIn = (wallets: Wallets): readonly Pid[] => wallets.met(id).map(({ pid }) => pid)
const isStored = (): boolean => [...store.contents.keys()].some((key) => key.includes('/record/met/'))

/** A device of epoch 1. */
async function member(pid: Pid): Promise<Wallets> {
  const wallets = await walletsIn(await vaults().create(partyOf(pid), { cover: new Uint8Array(0) }, SOURCE))
  await wallets.prepare(...first.stored(pid))
  await wallets.commit(id, first.certificate)
  return wallets
}

test('each once, as met last, until it is known that this device has left; then among those it knows', async () => {
  const wallets = await member(1)
  await wallets.meet(id, membersOf(second))
  await wallets.meet(id, membersOf(second).slice(0, 1))
  for (const each of [wallets, await walletsIn(await vaultOf(1))]) expect([pidsIn(each), each.get(id).epoch.roster.epoch]).toEqual([[3, 4, 2], 1])
  await wallets.commit(id, second.certificate)
  for (const each of [wallets, await walletsIn(await vaultOf(1))]) {
    expect(pidsIn(each)).toEqual([])
    const names = new Map(each.shareless()[0]?.met.map(({ pid, card }) => [pid, card.name]))
    expect(names).toEqual(new Map([...membersOf(first), ...membersOf(second)].map(({ pid, card }) => [pid, card.name])))
  }
  expect(isStored()).toBe(false)
})

test('until another change counts of which it is', async () => {
  const wallets = await member(2)
  await wallets.meet(id, membersOf(second))
  await wallets.prepare(...second.stored(2))
  expect([wallets.met(id).length, isStored()]).toEqual([3, true])
  await wallets.commit(id, second.certificate)
  for (const each of [wallets, await walletsIn(await vaultOf(2))]) expect([pidsIn(each), each.get(id).epoch.roster.epoch]).toEqual([[], 2])
  expect(isStored()).toBe(false)
})

test('the latest 64', async () => {
  const wallets = await member(1)
  const guests = await Promise.all(Array.from({ length: 70 }, async (_, i) => ({ pid: i + 4, card: (await identityOf(`Guest ${i}`)).card })))
  for (let i = 0; i < guests.length; i += 10) await wallets.meet(id, guests.slice(i, i + 10))
  for (const each of [wallets, await walletsIn(await vaultOf(1))]) expect(pidsIn(each)).toEqual(guests.slice(6).map(({ pid }) => pid))
})

test('and nothing of it before it is on the disk', async () => {
  const wallets = await member(1)
  store.breakNextWrite('refused')
  await expect(wallets.meet(id, membersOf(second))).rejects.toMatchObject({ code: 'E_STORAGE' })
  expect([pidsIn(wallets), isStored()]).toEqual([[], false])
})

test.each([['of another version', [2, 0]], ['cut off', [1, 1, 0, 4, 0, 9, 9]], ['with a card that is none', [1, 1, 0, 4, 0, 1, 9]], ['with more behind it', [1, 0, 0]]])(
  'a record %s is refused', async (_, bytes) => {
    await member(1)
    const vault = await vaultOf(1)
    await vault.write([{ kind: 'met', id, value: Uint8Array.from(bytes) }])
    await expect(walletsIn(vault)).rejects.toMatchObject({ code: 'E_DAMAGED' })
  },
)
