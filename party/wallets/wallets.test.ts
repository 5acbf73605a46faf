/** What this device holds of a wallet while its devices change: before and after each write, and after a restart. */
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Pid } from '@trivet/protocol/core'
import { chooseEd25519 } from '../identity/ed25519.ts'
import type { Identity } from '../identity/identity.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { born, changed, identityOf, type LifeEpoch } from '../testing/lives.ts'
import { randomBytes, the, VAULT_KEY } from '../testing/people.ts'
import { createVault, type OpenVault } from '../vault/index.ts'
import { createMemoryStore, type MemoryStore } from '../vault/memory-store.ts'
import { decodeCover } from './cover.ts'
import { restoredChange } from './restored.ts'
import { walletOf, type Wallet } from './wallet.ts'
import { Wallets } from './wallets.ts'

const SOURCE = { kind: 'raw', key: VAULT_KEY } as const
const ed25519 = await chooseEd25519(crypto.subtle)
const clock = new FakeClock(Date.UTC(2026, 4, 17))

/** Epoch 1 of three, 2-of-3, with an ECDSA key; then 1 leaves and somebody comes; then a refresh. */
let first: LifeEpoch
let second: LifeEpoch
let third: LifeEpoch
let fresh: Identity
let id: string

beforeAll(async () => {
  const people = await Promise.all(['Anna', 'Ben', 'Cleo'].map(identityOf))
  fresh = await identityOf('Dora')
  first = await born(people, 2, [1, 3])
  second = await changed(first, { threshold: 2, stay: [2, 3], join: [fresh], quorum: [1, 2] })
  third = await changed(second, { threshold: 2, stay: [2, 3, 4], quorum: [2, 3, 4] })
  id = first.walletId
}, 60_000)

let store: MemoryStore
beforeEach(() => { store = createMemoryStore() })

const vaultOn = (on: MemoryStore) => createVault({ store: on, subtle: crypto.subtle, rng: randomBytes, clock })
const walletsIn = (vault: OpenVault): Promise<Wallets> => Wallets.open({ vault, deviceName: 'device', ed25519, clock })

async function deviceOf(who: Identity): Promise<Wallets> {
  return walletsIn(await vaultOn(store).create(who.card.partyId, { cover: new Uint8Array(0) }, SOURCE))
}

async function reopened(who: Identity, on = store): Promise<Wallets> {
  return walletsIn(await vaultOn(on).unlock(who.card.partyId, SOURCE))
}

async function take(wallets: Wallets, epoch: LifeEpoch, pid: Pid): Promise<void> {
  await wallets.prepare(...epoch.stored(pid))
}

/** A device of epoch 1 that has its share and its certificate. */
async function member(pid: Pid): Promise<Wallets> {
  const wallets = await deviceOf(the(first.people.get(pid)))
  await take(wallets, first, pid)
  await wallets.commit(id, first.certificate)
  return wallets
}

/** Everything that can be asked of it, in plain values. */
function stateOf(wallets: Wallets) {
  const standing = wallets.standing(id)
  const sharesOf = ({ epoch: { roster, keys } }: Wallet) => `${roster.epoch} ${keys.map(({ signingShare }) => bytesToHex(signingShare)).join()}`
  const share = (wallet = standing?.wallet) => wallet && sharesOf(wallet)
  return {
    shown: wallets.list().map(({ epoch, certificate }) => `${epoch.roster.epoch} ${certificate === undefined ? 'unfinished' : 'ready'}`),
    prepared: wallets.prepared(id).map(share), restored: wallets.restored.list().map(share), counting: standing?.counting,
    highest: standing?.highest, deals: share(),
    shareless: wallets.shareless().map(({ standing: how, roster, since }) => `${how} ${roster.epoch} ${since}`),
    pairs: [1, 2, 3].map((epoch) => [1, 2, 3, 4].map((peer) => wallets.pairs.state(id, epoch, peer).state).join()),
  }
}

const recordsIn = (on = store): readonly string[] => [...on.contents.keys()].flatMap((key) => /record\/((wallet|epoch-key|pair|pair-marks|restored|shareless|used-instances)\/.*)$/.exec(key)?.[1]?.replace(id, 'id') ?? []).toSorted()

describe('a change of devices', () => {
  test('leaves the old epoch in use until the certificate is here, and nothing of it afterwards', async () => {
    const wallets = await member(2)
    const moved = vi.fn()
    wallets.onMove(moved)
    const old = wallets.get(id)
    await wallets.used.spend(id, 1, randomBytes(32))
    await take(wallets, second, 2)
    expect(stateOf(wallets)).toMatchObject({ shown: ['1 ready'], counting: 1, highest: 2, pairs: ['ready,lost,ready,lost', 'lost,lost,ready,ready', 'lost,lost,lost,lost'] })
    expect(wallets.get(id)).toBe(old)
    expect(moved).not.toHaveBeenCalled()
    await wallets.commit(id, second.certificate)
    expect(moved).toHaveBeenCalledExactlyOnceWith(id)
    expect(stateOf(wallets)).toMatchObject({ shown: ['2 ready'], counting: 2, highest: 2, prepared: [], pairs: ['lost,lost,lost,lost', 'lost,lost,ready,ready', 'lost,lost,lost,lost'] })
    expect(recordsIn()).toEqual(['epoch-key/id/2', 'pair/id-3/2', 'pair/id-4/2', 'wallet/id/2'])
    for (const { signingShare } of old.epoch.keys) expect(signingShare).toEqual(new Uint8Array(32))
    expect(wallets.get(id).descent).toMatchObject({ origin: 'made', oldEpoch: 1, retired: [1] })
  })

  test('erases the old epoch by its key: what a disk keeps of its records cannot be read', async () => {
    const ben = the(first.people.get(2))
    const wallets = await member(2)
    const kept = [...store.contents].filter(([key]) => key.endsWith('/1') && !key.includes('/epoch-key/'))
    expect(kept.map(([key]) => key.split('/')[3]).toSorted()).toEqual(['pair', 'pair', 'wallet'])
    await take(wallets, second, 2)
    await wallets.commit(id, second.certificate)
    for (const [key, value] of kept) store.contents.set(key, value)
    expect(stateOf(await reopened(ben))).toEqual(stateOf(wallets))
  })

  test('may wait beside another one; the certificate of the higher ends both', async () => {
    const wallets = await member(2)
    const other = await changed(first, { threshold: 2, stay: [1, 2], quorum: [1, 2], name: 'other', epoch: 3 })
    await take(wallets, second, 2)
    await take(wallets, other, 2)
    expect(stateOf(wallets)).toMatchObject({ shown: ['1 ready'], highest: 3 })
    expect(wallets.prepared(id).map(({ epoch }) => epoch.roster.epoch)).toEqual([2, 3])
    expect(stateOf(await reopened(the(first.people.get(2))))).toEqual(stateOf(wallets))
    await wallets.commit(id, other.certificate)
    expect(stateOf(wallets)).toMatchObject({ shown: ['3 ready'], prepared: [], counting: 3 })
    await wallets.commit(id, second.certificate)
    expect(stateOf(wallets)).toMatchObject({ shown: ['3 ready'] })
    await expect(take(wallets, second, 2)).rejects.toMatchObject({ code: 'E_CONFIG' })
  })

  test('a power cut at any of its writes leaves what there was before, or after', async () => {
    const ben = the(first.people.get(2))
    const images: MemoryStore[] = []
    const states: ReturnType<typeof stateOf>[] = []
    const wallets = await member(2)
    const steps = [
      () => take(wallets, second, 2), () => wallets.commit(id, second.certificate), () => wallets.told(id, the(first.people.get(1)).card.partyId),
      () => take(wallets, third, 2), () => wallets.commit(id, third.certificate),
    ]
    for (const step of steps) {
      for (const how of ['refused', 'lost'] as const) {
        const before = stateOf(wallets)
        store.breakNextWrite(how)
        await expect(step()).rejects.toMatchObject({ code: 'E_STORAGE' })
        expect(stateOf(wallets)).toEqual(before)
      }
      await step()
      const image = createMemoryStore()
      for (const [key, value] of store.contents) image.contents.set(key, value.slice())
      images.push(image)
      states.push(stateOf(wallets))
    }
    for (const [i, image] of images.entries()) expect(stateOf(await reopened(ben, image))).toEqual(states[i])
    expect(states.map(({ shown }) => shown.join())).toEqual(['1 ready', '2 ready', '2 ready', '2 ready', '3 ready'])
  })

  test('a former member that knows of it is not to be told again, also after a restart', async () => {
    const wallets = await member(2)
    const anna = the(first.people.get(1)).card.partyId
    await take(wallets, second, 2)
    await wallets.commit(id, second.certificate)
    expect(wallets.get(id).descent.former.map(({ pid }) => pid)).toEqual([1])
    await wallets.told(id, fresh.card.partyId)
    expect(wallets.get(id).descent.former).toHaveLength(1)
    await wallets.told(id, anna)
    for (const each of [wallets, await reopened(the(first.people.get(2)))]) expect(each.get(id).descent.former).toEqual([])
  })

  test('gives who joins a wallet of its own', async () => {
    const wallets = await deviceOf(fresh)
    await take(wallets, second, 4)
    expect(stateOf(wallets)).toMatchObject({ shown: ['2 unfinished'], counting: 0, highest: 2, deals: undefined })
    await wallets.commit(id, second.certificate)
    expect(stateOf(wallets)).toMatchObject({ shown: ['2 ready'], counting: 2 })
  })
})

describe('a device without a share', () => {
  test('has left: shares, pairs and marks are erased in one write, and what is kept can be shown', async () => {
    const wallets = await member(1)
    await wallets.pairs.apply(id, 1, { kind: 'banned', sid: randomBytes(32), peers: [2] })
    const shares = wallets.get(id).epoch.keys.map(({ signingShare }) => signingShare)
    const writes = vi.spyOn(store, 'write')
    await wallets.commit(id, second.certificate)
    expect(writes).toHaveBeenCalledOnce()
    for (const share of shares) expect(share).toEqual(new Uint8Array(32))
    expect(recordsIn()).toEqual(['shareless/id/0'])
    for (const each of [wallets, await reopened(the(first.people.get(1)))]) {
      expect(stateOf(each)).toMatchObject({ shown: [], restored: [], shareless: [`left 2 ${clock.now()}`], counting: 2, highest: 2, deals: undefined })
      expect([each.has(id), each.certificate(id)]).toEqual([false, second.certificate])
      expect(each.shareless()[0]).toMatchObject({ name: 'Savings', wasRestored: false, oldEpoch: 1 })
      expect(each.shareless()[0]?.met.map(({ pid, card }) => [pid, card.partyId])).toEqual([...first.people].map(([pid, { card }]) => [pid, card.partyId]))
      expect(() => each.get(id)).toThrow('this device is no longer one of this wallet\'s devices: its share was erased when the devices changed on 2026-05-17')
    }
    const cover = decodeCover((await vaultOn(store).list())[0]?.cover)
    expect(cover?.wallets).toEqual([{ id, name: 'Savings', threshold: 2, total: 3, epoch: 2 }])
  })

  test('is cold where it should have one: it deals nothing, and a later change gives it a share again', async () => {
    const ben = the(first.people.get(2))
    const wallets = await member(2)
    await wallets.commit(id, second.certificate)
    for (const each of [wallets, await reopened(ben)]) {
      expect(stateOf(each)).toMatchObject({ shown: [], shareless: [`cold 2 ${clock.now()}`], counting: 2, deals: undefined })
      expect(() => each.get(id)).toThrow('its share is lost')
    }
    await take(wallets, third, 2)
    expect(stateOf(await reopened(ben))).toEqual(stateOf(wallets))
    await wallets.commit(id, third.certificate)
    expect(stateOf(wallets)).toMatchObject({ shown: ['3 ready'], shareless: [] })
    expect(recordsIn()).toEqual(['epoch-key/id/3', 'pair/id-3/3', 'pair/id-4/3', 'wallet/id/3'])
  })

  test('which left hears nothing of later changes, and may be let in again', async () => {
    const wallets = await member(1)
    await wallets.commit(id, second.certificate)
    await expect(wallets.commit(id, third.certificate)).rejects.toMatchObject({ code: 'E_CONFIG' })
    const anna = the(first.people.get(1))
    const back = await changed(third, { threshold: 2, stay: [2, 3, 4], join: [anna], quorum: [2, 3], name: 'back' })
    await take(wallets, back, 5)
    expect(stateOf(await reopened(anna))).toEqual(stateOf(wallets))
    await expect(wallets.forget(id, [])).rejects.toMatchObject({ fault: 'caller', message: expect.stringContaining('its devices are changing') as string })
    await wallets.commit(id, back.certificate)
    expect(stateOf(wallets)).toMatchObject({ shown: ['4 ready'], shareless: [] })
  })

  test('can be forgotten, and nothing else can', async () => {
    const wallets = await member(1)
    await expect(wallets.forget(id, [])).rejects.toMatchObject({ fault: 'caller', message: 'wallet: this device holds a working share of it' })
    await expect(wallets.forget('ff'.repeat(32), [])).rejects.toMatchObject({ fault: 'caller' })
    await wallets.commit(id, second.certificate)
    await wallets.forget(id, [])
    expect([recordsIn(), wallets.standing(id)]).toEqual([[], undefined])
    expect(decodeCover((await vaultOn(store).list())[0]?.cover)?.wallets).toEqual([])
  })
})

describe('a wallet out of a backup', () => {
  async function restoredDevice(on: Identity): Promise<Wallets> {
    const [record, cards] = first.stored(1)
    const wallet = walletOf({ ...record, certificate: first.certificate }, cards)
    const change = restoredChange({ wallet, from: the(first.people.get(1)).card.partyId, madeAt: 1, restoredAt: 2 })
    const vault = await vaultOn(store).create(on.card.partyId, { cover: new Uint8Array(0), records: [change] }, SOURCE)
    return walletsIn(vault)
  }

  test('deals under the place that it was of, and is this party\'s own after the change', async () => {
    const wallets = await restoredDevice(fresh)
    expect(stateOf(wallets)).toMatchObject({ shown: [], counting: 1, highest: 1 })
    expect(wallets.standing(id)).toMatchObject({ restoredPid: 1, wallet: wallets.restored.list()[0] })
    expect(() => wallets.get(id)).toThrow('ask the other devices of the wallet to let this one in')
    const [old] = wallets.restored.list()
    await take(wallets, second, 4)
    expect(stateOf(await reopened(fresh))).toEqual(stateOf(wallets))
    expect([wallets.list(), wallets.restored.has(id), wallets.prepared(id).length]).toEqual([[], true, 1])
    const writes = vi.spyOn(store, 'write')
    await wallets.commit(id, second.certificate)
    expect(writes).toHaveBeenCalledOnce()
    expect(stateOf(wallets)).toMatchObject({ shown: ['2 ready'], restored: [] })
    expect(recordsIn()).toEqual(['epoch-key/id/2', 'pair/id-2/2', 'pair/id-3/2', 'wallet/id/2'])
    for (const { signingShare } of the(old).epoch.keys) expect(signingShare).toEqual(new Uint8Array(32))
    expect(stateOf(await reopened(fresh))).toEqual(stateOf(wallets))
  })

  test('that is of an older state says so, once it hears of the change', async () => {
    const emil = await identityOf('Emil')
    const wallets = await restoredDevice(emil)
    await wallets.commit(id, second.certificate)
    for (const each of [wallets, await reopened(emil)]) {
      expect(each.restored.list()).toEqual([])
      expect(each.shareless()).toMatchObject([{ wasRestored: true }])
      expect(() => each.get(id)).toThrow('this wallet\'s devices have changed since this backup was made')
    }
    expect(recordsIn()).toEqual(['shareless/id/0'])
  })
})
