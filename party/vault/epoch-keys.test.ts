/** Erasing one small record erases an epoch, also where a disk keeps the rest. */
import { describe, expect, it } from 'vitest'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { systemClock } from '../clock.ts'
import { FROZEN, secondFrozenStore } from '../testing/frozen-vaults.ts'
import { EPOCH_KEY } from './epoch-keys.ts'
import { anna, codeOf, raw, rng, share, shareAt, testVault, wallet } from './vault.fixture.ts'
import { createVault } from './vault.ts'

const keyAt = `vault/${anna}/record/${EPOCH_KEY}/${wallet}/1`
const { store, bytesAt, withShare, reloaded, flip } = testVault()

describe('an epoch', () => {
  it('cannot be read any more once its key is erased, on a copy of all that was stored of it either', async () => {
    store.contents.clear()
    const open = await withShare()
    const [sealed, oldKey] = [bytesAt(shareAt), bytesAt(keyAt)]
    await open.write([{ kind: EPOCH_KEY, id: wallet, epoch: 1, value: undefined }, { kind: 'key-share', id: wallet, epoch: 1, value: undefined }])
    // The record is put back; the key is not.
    store.contents.set(shareAt, sealed)
    for (const vault of [open, await reloaded().unlock(anna, raw)]) {
      expect([await vault.read('key-share', wallet, 1), await vault.readAll('key-share')]).toEqual([undefined, []])
    }
    // A new epoch of that number has another key, under which the old record does not open.
    await open.write([{ kind: 'counter', id: wallet, epoch: 1, value: share }])
    expect(bytesAt(keyAt)).not.toEqual(oldKey)
    expect(await codeOf(open.read('key-share', wallet, 1))).toBe('E_DAMAGED')
    // The old key, put back too, opens it: it is the key alone that was in the way.
    store.contents.set(keyAt, oldKey)
    expect(await (await reloaded().unlock(anna, raw)).read('key-share', wallet, 1)).toEqual(share)
  })

  it('has one key, however many begin to write in it at once, also after a write that failed', async () => {
    store.contents.clear()
    const open = await withShare()
    const at = `vault/${anna}/record/${EPOCH_KEY}/${wallet}/2`
    store.breakNextWrite('refused')
    const writes = ['one', 'two', 'three'].map((kind) => open.write([{ kind, id: `${wallet}-1`, epoch: 2, value: share }]))
    expect((await Promise.allSettled(writes)).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    const key = bytesAt(at)
    await open.write([{ kind: 'four', id: wallet, epoch: 2, value: share }])
    expect(bytesAt(at)).toBe(key)
    const again = await reloaded().unlock(anna, raw)
    for (const kind of ['two', 'three']) expect(await again.read(kind, `${wallet}-1`, 2)).toEqual(share)
    expect(await again.read('four', wallet, 2)).toEqual(share)
  })

  it('whose key was damaged is damaged, and is not taken for an erased one', async () => {
    store.contents.clear()
    await withShare()
    flip(keyAt, bytesAt(keyAt).length - 1)
    expect(await codeOf((await reloaded().unlock(anna, raw)).read('key-share', wallet, 1))).toBe('E_DAMAGED')
  })
})

it('a vault of version 2 is read, and has keys for its epochs from then on', async () => {
  const old = secondFrozenStore()
  const vault = createVault({ store: old, subtle: crypto.subtle, rng, clock: systemClock })
  const [entry] = await vault.list()
  const open = await vault.unlock(entry?.partyId ?? anna, { kind: 'raw', key: hexToBytes(FROZEN.opensWith.Anna.raw) })
  const wallets = await open.readAll('wallet')
  expect(wallets.map(({ id, epoch, value }) => [id, epoch, bytesToHex(value).length > 1_000])).toEqual(FROZEN.wallets.map(({ id }) => [id, 1, true]))
  expect((await open.readAll('pair')).length).toBe(3)
  expect((await open.readAll(EPOCH_KEY)).map(({ id, epoch, value }) => [id, epoch, value.length])).toEqual(FROZEN.wallets.map(({ id }) => [id, 1, 32]))
  for (const { id } of wallets) await open.write([{ kind: EPOCH_KEY, id, epoch: 1, value: undefined }])
  expect([await open.readAll('wallet'), await open.readAll('pair')]).toEqual([[], []])
})
