import { webcrypto } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { settle } from '../testing/fake-clock.ts'
import { anna, ben, codeOf, cover, raw, share, shareAt, testVault, vaultError, wallet } from './vault.fixture.ts'

let { store, vault, bytesAt, flip, withShare } = testVault()
beforeEach(() => {
  ({ store, vault, bytesAt, flip, withShare } = testVault())
})
afterEach(() => { vi.restoreAllMocks() })

describe('damage', () => {
  it('of any one bit of a record is found and the record is named', async () => {
    const open = await withShare()
    const length = bytesAt(shareAt).length
    for (let at = 0; at < length; at++) {
      const undo = flip(shareAt, at)
      const error = await vaultError(open.read('key-share', wallet, 1))
      expect([at, error.code]).toEqual([at, 'E_DAMAGED'])
      expect(error.message).toContain(`record "key-share" ${wallet} of epoch 1 is damaged`)
      undo()
    }
    expect(await open.read('key-share', wallet, 1)).toEqual(share)
  })

  it('by cutting a record at any byte is found, and so are bytes added', async () => {
    const open = await withShare()
    const whole = bytesAt(shareAt)
    for (let length = 0; length < whole.length; length++) {
      store.contents.set(shareAt, whole.slice(0, length))
      expect([length, await codeOf(open.read('key-share', wallet, 1))]).toEqual([length, 'E_DAMAGED'])
    }
    store.contents.set(shareAt, Uint8Array.of(...whole, 0))
    expect(await codeOf(open.readAll('key-share'))).toBe('E_DAMAGED')
  })

  it('by moving a record to another epoch, id, kind or party is found', async () => {
    const open = await withShare()
    const other = await vault.create(ben, { cover }, raw)
    // Each of these places has been written to, and has the key of its epoch.
    const counter = { kind: 'counter', id: wallet, epoch: 1, value: share }
    await open.write([{ ...counter, epoch: 2 }, { ...counter, id: 'c4'.repeat(32) }])
    await other.write([counter])
    const moved = bytesAt(shareAt)
    for (const key of [shareAt.replace(/1$/, '2'), shareAt.replaceAll('c3', 'c4'), shareAt.replace('key-share', 'old-share'), shareAt.replaceAll('a1', 'b2')]) {
      store.contents.set(key, moved)
    }
    expect(await codeOf(open.read('key-share', wallet, 2))).toBe('E_DAMAGED')
    expect(await codeOf(open.read('key-share', 'c4'.repeat(32), 1))).toBe('E_DAMAGED')
    expect(await codeOf(open.read('old-share', wallet, 1))).toBe('E_DAMAGED')
    expect(await codeOf(other.read('key-share', wallet, 1))).toBe('E_DAMAGED')
  })

  it('by rewriting the header for another place is found: the header is authenticated', async () => {
    const open = await withShare()
    const target = `vault/${anna}/record/key-share/${wallet}/2`
    await open.write([{ kind: 'key-share', id: wallet, epoch: 2, value: share }])
    const header = 4 + 1 + 9 + 1 + 64 + 32 + 4 + 2 + 4
    store.contents.set(target, Uint8Array.of(...bytesAt(target).slice(0, header), ...bytesAt(shareAt).slice(header)))
    const error = await vaultError(open.read('key-share', wallet, 2))
    expect(error.message).toBe(`record "key-share" ${wallet} of epoch 2 is damaged: it was altered after it was sealed`)
  })

  it('of the vault key is told from a wrong key, and a missing one from no vault', async () => {
    await vault.create(anna, { cover }, raw)
    const at = `vault/${anna}/key`
    for (let byte = 0; byte < bytesAt(at).length; byte++) {
      const undo = flip(at, byte)
      expect([byte, await codeOf(vault.unlock(anna, raw))]).toEqual([byte, 'E_DAMAGED'])
      undo()
    }
    store.contents.delete(at)
    expect((await vaultError(vault.unlock(anna, raw))).message).toBe('record "vault key" is missing')
  })

  it('by another party\'s vault key is found', async () => {
    await vault.create(anna, { cover }, raw)
    await vault.create(ben, { cover }, raw)
    store.contents.set(`vault/${anna}/key`, bytesAt(`vault/${ben}/key`))
    expect((await vaultError(vault.unlock(anna, raw))).message).toBe('record "vault key" is damaged: it belongs to another party')
  })
})

describe('a write', () => {
  it('that the store refuses is E_STORAGE and changes nothing', async () => {
    const open = await withShare()
    const before = new Map(store.contents)
    store.breakNextWrite('refused')
    const error = await vaultError(open.write([{ kind: 'key-share', id: wallet, epoch: 2, value: share }]))
    expect([error.code, error.message]).toEqual(['E_STORAGE', "could not write to the device's storage"])
    expect(error.cause).toBeInstanceOf(Error)
    expect(store.contents).toEqual(before)
  })

  it('that silently did nothing is caught by reading back, for a value and for an erasure', async () => {
    const open = await withShare()
    store.breakNextWrite('lost')
    expect(await codeOf(open.write([{ kind: 'key-share', id: wallet, epoch: 2, value: share }]))).toBe('E_STORAGE')
    store.breakNextWrite('lost')
    expect(await codeOf(open.write([{ kind: 'key-share', id: wallet, epoch: 1, value: undefined }]))).toBe('E_STORAGE')
    store.breakNextWrite('lost')
    expect(await codeOf(vault.create(ben, { cover }, raw))).toBe('E_STORAGE')
  })

  it('that was torn is caught by reading back', async () => {
    const open = await withShare()
    await open.write([{ kind: 'counter', id: wallet, epoch: 2, value: share }])
    store.breakNextWrite('torn')
    const work = open.write([{ kind: 'key-share', id: wallet, epoch: 2, value: share }, { kind: 'key-share', id: wallet, epoch: 1, value: undefined }])
    expect((await vaultError(work)).message).toBe(`the device's storage did not keep what was written at ${shareAt}`)
  })

  it('after a failed one works, and writes at once to one record do not trip each other\'s read-back', async () => {
    const open = await withShare()
    store.breakNextWrite('refused')
    const writes = [1, 2, 3].map((value) => open.write([{ kind: 'counter', value: Uint8Array.of(value) }]))
    expect((await Promise.allSettled(writes)).map((result) => result.status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect(await open.read('counter')).toEqual(Uint8Array.of(3))
  })

  it('at once with another to one record keeps the later one, also if that was sealed first', async () => {
    const open = await withShare()
    const encrypt = webcrypto.subtle.encrypt.bind(webcrypto.subtle)
    let goOn = (): void => undefined
    const later = new Promise<void>((resolve) => { goOn = resolve })
    const spy = vi.spyOn(webcrypto.subtle, 'encrypt').mockImplementationOnce(async (...sealing) => {
      await later
      return encrypt(...sealing)
    })
    const writes = [1, 2].map((value) => open.write([{ kind: 'counter', value: Uint8Array.of(value) }]))
    await settle()
    expect(spy).toHaveBeenCalledTimes(2)
    goOn()
    await Promise.all(writes)
    expect(await open.read('counter')).toEqual(Uint8Array.of(2))
  })
})
