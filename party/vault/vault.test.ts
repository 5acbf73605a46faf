import { InputError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { beforeEach, describe, expect, it } from 'vitest'
import { anna, ben, codeOf, cover, raw, rng, share, shareAt, shareKey, testVault, vaultError, wallet } from './vault.fixture.ts'

let { store, vault, bytesAt, flip, withShare } = testVault()
beforeEach(() => {
  ({ store, vault, bytesAt, flip, withShare } = testVault())
})

describe('a vault', () => {
  it('gives back after lock and unlock what was written', async () => {
    const first = await withShare()
    await first.write([{ kind: 'settings', value: utf8ToBytes('one') }, { kind: 'key-share', id: wallet, epoch: 2, value: utf8ToBytes('two') }])
    first.lock()
    const open = await vault.unlock(anna, raw)
    expect(await open.read('key-share', wallet, 1)).toEqual(share)
    expect(await open.read('settings')).toEqual(utf8ToBytes('one'))
    expect(await open.read('key-share', wallet, 3)).toBeUndefined()
    expect(await open.readAll('key-share')).toEqual([{ id: wallet, epoch: 1, value: share }, { id: wallet, epoch: 2, value: utf8ToBytes('two') }])
  })

  it('erases one record and writes another in the same transaction', async () => {
    const open = await withShare()
    await open.write([{ kind: 'key-share', id: wallet, epoch: 1, value: undefined }, { kind: 'key-share', id: wallet, epoch: 2, value: share }])
    expect((await open.readAll('key-share')).map((record) => record.epoch)).toEqual([2])
    expect(store.contents.has(shareAt)).toBe(false)
  })

  it('opens with its passphrase, however its letters are composed, and with no other', async () => {
    await vault.create(anna, { cover }, { kind: 'passphrase', passphrase: 'caf\u00e9 au lait' })
    await vault.unlock(anna, { kind: 'passphrase', passphrase: 'cafe\u0301 au lait' })
    const error = await vaultError(vault.unlock(anna, { kind: 'passphrase', passphrase: 'cafe au lait' }))
    expect([error.code, error.message]).toEqual(['E_PASSPHRASE', 'wrong passphrase'])
  }, 30_000)

  it('opens with its raw key and with no other key or kind of key', async () => {
    await vault.create(anna, { cover }, raw)
    expect(await codeOf(vault.unlock(anna, { kind: 'raw', key: rng(32) }))).toBe('E_PASSPHRASE')
    expect(await codeOf(vault.unlock(anna, { kind: 'passphrase', passphrase: bytesToHex(shareKey) }))).toBe('E_PASSPHRASE')
  })

  it('refuses an empty passphrase, a key of another length, and a party id that is none', async () => {
    await expect(vault.create(anna, { cover }, { kind: 'passphrase', passphrase: '' })).rejects.toThrow('passphrase: expected at least one character')
    await expect(vault.create(anna, { cover }, { kind: 'raw', key: rng(31) })).rejects.toThrow('key: expected 32 bytes, got 31')
    await expect(vault.create('../b' as PartyId, { cover }, raw)).rejects.toThrow(InputError)
    expect(store.contents.size).toBe(0)
  })

  it('does not replace a vault that is there, nor make one that is not', async () => {
    await vault.create(anna, { cover }, raw)
    await expect(vault.create(anna, { cover }, raw)).rejects.toThrow(InputError)
    await expect(vault.unlock(ben, raw)).rejects.toThrow(InputError)
  })

  it('refuses names that cannot be and names that occur twice', async () => {
    const open = await withShare()
    const before = new Map(store.contents)
    for (const name of [{ kind: 'Key' }, { kind: '.cover' }, { kind: 'a/b' }, { kind: 'a', id: '../x' }, { kind: 'a', id: 'x'.repeat(129) }, { kind: 'a', epoch: -1 }, { kind: 'a', epoch: 2 ** 32 }]) {
      await expect(open.write([{ ...name, value: share }])).rejects.toThrow(InputError)
    }
    await expect(open.write([{ kind: 'a', value: share }, { kind: 'a', value: undefined }])).rejects.toThrow('occurs twice')
    expect(store.contents).toEqual(before)
  })
})

describe('a locked vault', () => {
  it('answers nothing but E_LOCKED', async () => {
    const open = await withShare()
    open.lock()
    for (const use of [() => open.read('key-share', wallet, 1), () => open.readAll('key-share'), () => open.write([]), () => open.setCover(cover)]) {
      expect(await codeOf(use())).toBe('E_LOCKED')
    }
  })

  it('gives no secret to a read, and nothing to the store, that was under way', async () => {
    const open = await withShare()
    const before = new Map(store.contents)
    const reading = codeOf(open.read('key-share', wallet, 1))
    const writing = codeOf(open.write([{ kind: 'key-share', id: wallet, epoch: 2, value: share }]))
    open.lock()
    expect(await Promise.all([reading, writing])).toEqual(['E_LOCKED', 'E_LOCKED'])
    expect(store.contents).toEqual(before)
  })
})

describe('the cover', () => {
  it('is listed while locked, for every party, and follows setCover and write', async () => {
    const open = await withShare()
    await vault.create(ben, { cover: utf8ToBytes('Ben') }, raw)
    await open.setCover(utf8ToBytes('second'))
    expect(await vault.list()).toMatchObject([{ partyId: anna, cover: utf8ToBytes('second') }, { partyId: ben, cover: utf8ToBytes('Ben') }])
    await open.write([{ kind: 'wallet', value: share }], utf8ToBytes('third'))
    expect((await vault.list())[0]).toMatchObject({ partyId: anna, cover: utf8ToBytes('third') })
    await vault.unlock(anna, raw)
  })

  it('is found out at unlock when a byte of it was altered, or when it is missing or another party\'s', async () => {
    await vault.create(ben, { cover }, raw)
    await vault.create(anna, { cover }, raw)
    const at = `vault/${anna}/cover`
    const inCover = bytesAt(at).length - 12 - 16 - cover.length
    const undo = flip(at, inCover)
    expect((await vault.list())[0]?.cover).not.toEqual(cover)
    const error = await vaultError(vault.unlock(anna, raw))
    expect([error.code, error.message]).toEqual(['E_DAMAGED', 'record ".cover" is damaged: it was altered after it was sealed'])
    undo()
    store.contents.set(at, bytesAt(`vault/${ben}/cover`))
    expect(await codeOf(vault.unlock(anna, raw))).toBe('E_DAMAGED')
    store.contents.delete(at)
    expect(await codeOf(vault.unlock(anna, raw))).toBe('E_DAMAGED')
    expect(await vault.list()).toMatchObject([{ partyId: anna, cover: undefined }, { partyId: ben, cover }])
  })
})

describe('what lies in the store', () => {
  it('holds no secret as bytes, hex or base64', async () => {
    const passphrase = 'canary: correct horse battery staple'
    const open = await vault.create(anna, { cover }, { kind: 'passphrase', passphrase })
    await open.write([{ kind: 'key-share', id: wallet, epoch: 1, value: share }])
    await (await vault.create(ben, { cover }, raw)).write([{ kind: 'key-share', id: wallet, epoch: 1, value: share }])
    const dump = Buffer.concat([...store.contents].flatMap(([key, value]) => [Buffer.from(key), Buffer.from(value)]))
    expect(dump.includes(Buffer.from(cover))).toBe(true)
    for (const secret of [share, share.slice(0, 16), utf8ToBytes(passphrase), shareKey, shareKey.slice(0, 16)]) {
      const bytes = Buffer.from(secret)
      for (const form of [bytes, bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')]) expect(dump.includes(form)).toBe(false)
    }
  }, 30_000)

  it('never repeats an IV, also for the same value', async () => {
    const open = await withShare()
    const seen = new Set<string>()
    for (let i = 0; i < 50; i++) {
      await open.write([{ kind: 'key-share', id: wallet, epoch: 1, value: share }])
      seen.add(bytesToHex(bytesAt(shareAt).slice(121, 133)))
    }
    expect(seen.size).toBe(50)
  })
})
