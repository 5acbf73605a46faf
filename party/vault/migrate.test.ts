import { webcrypto } from 'node:crypto'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, it, vi } from 'vitest'
import { systemClock } from '../clock.ts'
import { chooseEd25519 } from '../identity/ed25519.ts'
import { decodeKnownParty } from '../known/known-record.ts'
import { FROZEN, frozenStore } from '../testing/frozen-vaults.ts'
import { decodeCover } from '../wallets/cover.ts'
import { Wallets } from '../wallets/wallets.ts'
import { createMemoryStore, type MemoryStore } from './memory-store.ts'
import { SCHEMA_VERSION } from './migrations/index.ts'
import type { OpenVault } from './open-vault.ts'
import { peekRecord, sealRecord } from './sealed-record.ts'
import { importAndWipe } from './sealing.ts'
import { coverPlace, storeKeys } from './store-keys.ts'
import { codeOf, rng, vaultError } from './vault.fixture.ts'
import { createVault } from './vault.ts'

vi.mock('hash-wasm', async (original) => (await import('../testing/argon2-once.ts')).argon2Once(await original()))

const raw = { kind: 'raw', key: hexToBytes(FROZEN.opensWith.Anna.raw) } as const
const vaultOn = (store: MemoryStore) => createVault({ store, subtle: webcrypto.subtle, rng, clock: systemClock })
const everybody = FROZEN.wallets[1]?.parties ?? []
const partyOf = (name: string) => {
  const found = [...vaultIds.values()].find((id) => everybody.some((party) => party.partyId === id && party.name === name))
  if (found === undefined) throw new Error('nobody')
  return found
}
const vaultIds = new Set((await vaultOn(frozenStore('Anna', 'Ben')).list()).map(({ partyId }) => partyId))
const anna = partyOf('Anna')
const ben = partyOf('device 2')

/** What a vault holds, whatever it is sealed with. */
async function contentsOf(open: OpenVault): Promise<Record<string, string[]>> {
  const kinds = ['identity', 'wallet', 'pair', 'pair-marks', 'used-instances', 'invitation']
  return Object.fromEntries(await Promise.all(kinds.map(async (kind) =>
    [kind, (await open.readAll(kind)).map(({ id, epoch, value }) => `${id} ${epoch} ${bytesToHex(value)}`)] as const)))
}

function copyOf(store: MemoryStore): MemoryStore {
  const copy = createMemoryStore()
  for (const [key, value] of store.contents) copy.contents.set(key, value.slice())
  return copy
}

const schemaOf = (store: MemoryStore): number => peekRecord(coverPlace(anna), store.contents.get(storeKeys(anna).cover) ?? new Uint8Array(0)).schema

describe('a vault of version 1', () => {
  it.each([['under a raw key', anna, raw], ['under a passphrase', ben, { kind: 'passphrase', passphrase: FROZEN.opensWith.Ben.passphrase }]] as const)(
    '%s opens with its wallets, and again after it was brought up', async (_, partyId, source) => {
      const store = frozenStore('Anna', 'Ben')
      const first = await contentsOf(await vaultOn(store).unlock(partyId, source))
      expect(first['identity']).toHaveLength(1)
      expect(first['pair']).toHaveLength(3)
      const open = await vaultOn(store).unlock(partyId, source)
      expect(await contentsOf(open)).toEqual(first)
      const wallets = (await Wallets.open({ vault: open, deviceName: 'device', ed25519: await chooseEd25519(webcrypto.subtle), clock: systemClock })).list()
      expect(wallets.map(({ id, name, epoch: { keys } }) => ({
        id, name, keys: keys.map(({ suite, groupKey }) => [suite, Buffer.from(groupKey).toString('base64')]),
      }))).toEqual(FROZEN.wallets.map(({ id, name, keys }) => ({ id, name, keys: keys.map(({ suite, groupKey }) => [suite, groupKey]) })))
    }, 30_000)

  it('knows the members of its wallets from then on, but not itself, since it first met them', async () => {
    const open = await vaultOn(frozenStore('Anna')).unlock(anna, raw)
    const ed25519 = await chooseEd25519(webcrypto.subtle)
    const known = await Promise.all((await open.readAll('known')).map(({ value }) => decodeKnownParty(value, ed25519)))
    const firstMet = (partyId: string) => FROZEN.wallets.find(({ parties }) => parties.some((party) => party.partyId === partyId))?.createdAt
    const others = everybody.filter(({ partyId }) => partyId !== anna)
    expect(others).toHaveLength(2)
    expect(known.map(({ card: { partyId, name }, since, how }) => ({ partyId, name, since, how })).toSorted((a, b) => a.name.localeCompare(b.name))).toEqual(
      others.map(({ partyId, name }) => ({ partyId, name, since: firstMet(partyId), how: 'earlier' })).toSorted((a, b) => a.name.localeCompare(b.name)),
    )
  })

  it('tells the epochs of its wallets while it is locked', async () => {
    const store = frozenStore('Anna')
    await vaultOn(store).unlock(anna, raw)
    const [entry] = await vaultOn(store).list()
    expect(decodeCover(entry?.cover)?.wallets.map(({ name, epoch }) => [name, epoch])).toEqual([['Savings', 1], ['Shop', 1]])
  })

  it('keeps a record that is damaged as it is, and opens', async () => {
    const store = frozenStore('Anna')
    const [at] = [...store.contents.keys()].filter((key) => key.includes('/record/pair/'))
    const damaged = store.contents.get(at ?? '')
    if (at === undefined || damaged === undefined) throw new Error('no pair')
    damaged[200] = (damaged[200] ?? 0) ^ 1
    const open = await vaultOn(store).unlock(anna, raw)
    expect(store.contents.get(at)).toEqual(damaged)
    expect(await open.readAll('wallet')).toHaveLength(2)
    expect(await codeOf(open.readAll('pair'))).toBe('E_DAMAGED')
  })

  it('is not touched by a wrong key, nor where the party is open elsewhere', async () => {
    const store = frozenStore('Anna')
    const before = new Map(store.contents)
    expect(await codeOf(vaultOn(store).unlock(anna, { kind: 'raw', key: rng(32) }))).toBe('E_PASSPHRASE')
    await expect(vaultOn(store).unlock(anna, raw, () => Promise.reject(new Error('open elsewhere')))).rejects.toThrow('open elsewhere')
    expect(store.contents).toEqual(before)
  })
})

describe('a migration whose write goes wrong', () => {
  it.each(['refused', 'lost', 'torn'] as const)('(%s) says so, and the next opening has everything', async (how) => {
    const store = frozenStore('Anna')
    const whole = await contentsOf(await vaultOn(frozenStore('Anna')).unlock(anna, raw))
    store.breakNextWrite(how)
    expect(await codeOf(vaultOn(store).unlock(anna, raw))).toBe('E_STORAGE')
    expect(schemaOf(store)).toBe(1)
    const open = await vaultOn(store).unlock(anna, raw)
    expect(await contentsOf(open)).toEqual(whole)
    expect(await open.readAll('known')).toHaveLength(2)
  })

  it('by a power cut after any number of its changes, on a disk that keeps no transaction whole, still opens with everything', async () => {
    const whole = await contentsOf(await vaultOn(frozenStore('Anna')).unlock(anna, raw))
    const images: MemoryStore[] = []
    const store = frozenStore('Anna')
    vi.spyOn(store, 'write').mockImplementation((changes) => {
      for (const { key, value } of changes) {
        images.push(copyOf(store))
        if (value === undefined) store.contents.delete(key)
        else store.contents.set(key, value.slice())
      }
      return Promise.resolve()
    })
    await vaultOn(store).unlock(anna, raw)
    expect(images.length).toBeGreaterThan(10)
    for (const image of [...images, store]) {
      const open = await vaultOn(copyOf(image)).unlock(anna, raw)
      expect(await contentsOf(open)).toEqual(whole)
      expect(await open.readAll('known')).toHaveLength(2)
    }
  })
})

describe('a vault of a later version', () => {
  it('is refused with the advice to update, and left as it is', async () => {
    const store = createMemoryStore()
    // The first 32 bytes that are drawn are the data key.
    const sevens = (size: number): Uint8Array => new Uint8Array(size).fill(7)
    const tools = { subtle: webcrypto.subtle, rng: sevens }
    await createVault({ store, ...tools, clock: systemClock }).create(anna, { cover: new Uint8Array(0) }, raw)
    const dataKey = await importAndWipe(webcrypto.subtle, sevens(32))
    store.contents.set(storeKeys(anna).cover, await sealRecord(tools, dataKey, { ...coverPlace(anna), schema: SCHEMA_VERSION + 1 }, new Uint8Array(0)))
    const before = new Map(store.contents)
    const error = await vaultError(vaultOn(store).unlock(anna, raw))
    expect(error.code).toBe('E_VERSION')
    expect(error.message).toContain('written by a newer version of Trivet')
    expect(store.contents).toEqual(before)
    expect((await vaultOn(store).list())[0]?.cover).toEqual(new Uint8Array(0))
  })

  it('is told from a damaged one: a version that was altered is damage', async () => {
    const store = createMemoryStore()
    await vaultOn(store).create(anna, { cover: new Uint8Array(0) }, raw)
    const cover = store.contents.get(storeKeys(anna).cover)
    if (cover === undefined) throw new Error('no cover')
    const versionAt = 4 + 1 + 6 + 1 + 32 + 4 + 1
    for (const version of [0, 1, 2, 4, 255]) {
      store.contents.set(storeKeys(anna).cover, cover.with(versionAt, version))
      expect([version, await codeOf(vaultOn(store).unlock(anna, raw))]).toEqual([version, 'E_DAMAGED'])
    }
  })
})
