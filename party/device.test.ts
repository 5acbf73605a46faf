/** The one write that makes a party, and the one that brings its vault up: what a crash there leaves. */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { deskOf, ed25519, savings, shop } from './backup/backup.fixture.ts'
import { makeDevice, openDevice } from './device.ts'
import { Tenancy } from './one-writer.ts'
import { FROZEN, frozenStore } from './testing/frozen-vaults.ts'
import { FakeClock } from './testing/fake-clock.ts'
import { randomBytes, VAULT_KEY } from './testing/people.ts'
import { createMemoryStore, type MemoryStore } from './vault/memory-store.ts'
import { createVault } from './vault/index.ts'

const SOURCE = { kind: 'raw', key: VAULT_KEY } as const

let store: MemoryStore
beforeEach(() => { store = createMemoryStore() })

/** As after switching it on: nothing but the store is left. */
function tools() {
  const vault = createVault({ store, subtle: crypto.subtle, rng: randomBytes, clock: new FakeClock() })
  return { vault, ed25519, rng: randomBytes, role: 'mobile-app', build: new Uint8Array(32), tenancy: new Tenancy(undefined, false, () => undefined), clock: new FakeClock() } as const
}

describe('making a party', () => {
  test('is one write: before it there is nothing, after it there is everything', async () => {
    const writes = vi.spyOn(store, 'write')
    const { identity } = await makeDevice('Anna', SOURCE, tools())
    expect(writes).toHaveBeenCalledOnce()
    const again = await openDevice(identity.card.partyId, SOURCE, tools())
    expect([again.identity.card.bytes, again.wallets.list(), again.wallets.restored.list()]).toEqual([identity.card.bytes, [], []])
  })

  test.each(['refused', 'lost', 'torn'] as const)('that goes wrong (%s) says so, and keeps nobody from another try', async (how) => {
    store.breakNextWrite(how)
    await expect(makeDevice('Anna', SOURCE, tools())).rejects.toMatchObject({ code: 'E_STORAGE' })
    const left = (await tools().vault.list()).map(({ partyId }) => partyId)
    expect(left).toHaveLength(how === 'torn' ? 1 : 0)
    const { identity: { card } } = await makeDevice('Anna', SOURCE, tools())
    expect((await openDevice(card.partyId, SOURCE, tools())).identity.card.name).toBe('Anna')
    for (const partyId of left) await expect(openDevice(partyId, SOURCE, tools())).rejects.toMatchObject({ code: 'E_DAMAGED' })
  })
})

describe('opening a party whose vault is of version 1', () => {
  test('is one write for each version, before and after each of which it has its identity, wallets and pairs', async () => {
    store = frozenStore('Anna')
    const images = [new Map(store.contents)]
    const write = store.write.bind(store)
    vi.spyOn(store, 'write').mockImplementation(async (changes) => {
      await write(changes)
      images.push(new Map(store.contents))
    })
    await deskOf('Anna', { store })
    expect(images).toHaveLength(3)
    for (const contents of images) {
      const image = createMemoryStore()
      for (const [key, value] of contents) image.contents.set(key, value.slice())
      const { identity, wallets } = (await deskOf('Anna', { store: image })).device()
      expect(identity.card.name).toBe('Anna')
      const pairs = wallets.list().map(({ id, members }) => [id, members.map(({ pid }) => wallets.pairs.state(id, 1, pid).state).filter((state) => state === 'ready').length])
      expect(pairs).toEqual([[savings, 1], [shop, 2]])
      expect(wallets.list().map(({ name }) => name)).toEqual(FROZEN.wallets.map(({ name }) => name))
    }
  })

  test('that is open elsewhere changes nothing', async () => {
    store = frozenStore('Anna')
    const before = new Map(store.contents)
    const taken = new Tenancy({ acquire: () => Promise.resolve(undefined) }, false, () => undefined)
    const [vault] = await tools().vault.list()
    if (vault === undefined) throw new Error('no vault')
    await expect(openDevice(vault.partyId, SOURCE, { ...tools(), tenancy: taken })).rejects.toMatchObject({ code: 'E_BUSY' })
    expect(store.contents).toEqual(before)
  })
})
