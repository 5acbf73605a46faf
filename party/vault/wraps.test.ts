/** Several ways into one vault: what opens it, what changes them, and what a crash in between leaves. */
import { bytesToHex } from '@noble/hashes/utils.js'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { AddedPasskey, KeySource } from './key-wrap.ts'
import { anna, ben, codeOf, cover, raw, rng, share, testVault, vaultError, wallet } from './vault.fixture.ts'
import { storeKeys } from './store-keys.ts'
import type { Vault } from './vault.ts'

vi.mock('hash-wasm', async (original) => (await import('../testing/argon2-once.ts')).argon2Once(await original()))

// The first time it takes its time on purpose.
vi.setConfig({ testTimeout: 60_000 })

const old = { kind: 'passphrase', passphrase: 'correct horse battery staple' } as const
const fresh = { kind: 'passphrase', passphrase: 'another horse battery staple' } as const
const passkey = (label = 'Anna\'s phone'): AddedPasskey => ({ credential: rng(20), salt: rng(32), secret: rng(32), label })
const with_ = ({ credential, secret }: AddedPasskey): KeySource => ({ kind: 'passkey', credential, secret })

let { store, vault, bytesAt, flip, reloaded } = testVault()
beforeEach(() => {
  ({ store, vault, bytesAt, flip, reloaded } = testVault())
})

const keyAt = storeKeys(anna).dataKey
async function opens(source: KeySource, at: Vault = reloaded()): Promise<boolean> {
  const open = await at.unlock(anna, source).catch(() => undefined)
  if (open === undefined) return false
  expect(await open.read('key-share', wallet, 1)).toEqual(share)
  return true
}

async function makeVault(source: typeof old | typeof raw = raw): Promise<void> {
  const open = await vault.create(anna, { cover, records: [{ kind: 'key-share', id: wallet, epoch: 1, value: share }] }, source)
  open.lock()
}

/** All but what wraps the data key. */
const recordsOf = (): readonly string[] => [...store.contents].filter(([key]) => key !== keyAt).map(([key, value]) => `${key} ${bytesToHex(value)}`)

describe('a passphrase', () => {
  it('that is changed opens from then on, the one before no more, and no record was touched', async () => {
    await makeVault(old)
    const phone = passkey()
    await vault.addPasskey(anna, old, phone)
    const before = recordsOf()
    await vault.changePassphrase(anna, old, fresh.passphrase)
    expect(recordsOf()).toEqual(before)
    expect([await opens(fresh), await opens(with_(phone)), await opens(old)]).toEqual([true, true, false])
  })

  it('can be changed by a passkey, when it was forgotten', async () => {
    await makeVault(old)
    const phone = passkey()
    await vault.addPasskey(anna, old, phone)
    await vault.changePassphrase(anna, with_(phone), fresh.passphrase)
    expect([await opens(fresh), await opens(with_(phone))]).toEqual([true, true])
  })

  it('is not changed by a wrong one, nor to an empty one', async () => {
    await makeVault(old)
    const before = bytesAt(keyAt)
    expect(await codeOf(vault.changePassphrase(anna, fresh, 'something else'))).toBe('E_PASSPHRASE')
    await expect(vault.changePassphrase(anna, old, '')).rejects.toThrow('passphrase: expected at least one character')
    await expect(vault.changePassphrase(ben, old, fresh.passphrase)).rejects.toThrow('partyId: this party has no vault on this device')
    expect(bytesAt(keyAt)).toEqual(before)
  })
})

describe('a passkey', () => {
  it('opens the vault beside what opened it before, and is listed with what is public of it', async () => {
    await makeVault()
    const [phone, tablet] = [passkey('Phone'), passkey('Tablet')]
    await vault.addPasskey(anna, raw, phone)
    await vault.addPasskey(anna, with_(phone), tablet)
    expect([await opens(raw), await opens(with_(phone)), await opens(with_(tablet))]).toEqual([true, true, true])
    const [entry] = await reloaded().list()
    expect(entry?.passkeys).toEqual([phone, tablet].map(({ credential, salt, label }) => ({ credential, salt, label })))
  })

  it('that was removed opens nothing, and the others do', async () => {
    await makeVault()
    const [phone, tablet] = [passkey('Phone'), passkey('Tablet')]
    await vault.addPasskey(anna, raw, phone)
    await vault.addPasskey(anna, raw, tablet)
    await vault.removePasskey(anna, phone.credential)
    expect([await opens(raw), await opens(with_(phone)), await opens(with_(tablet))]).toEqual([true, false, true])
    await expect(vault.removePasskey(anna, phone.credential)).rejects.toThrow('credential: no such passkey opens this vault')
    expect((await vaultError(vault.unlock(anna, with_(phone)))).message).toBe('this passkey does not open this vault; use the passphrase')
  })

  it('opens with its own secret alone, as a passkey of this vault and of no other', async () => {
    await makeVault()
    await vault.create(ben, { cover }, raw)
    const phone = passkey()
    await vault.addPasskey(anna, raw, phone)
    expect((await vaultError(vault.unlock(anna, with_({ ...phone, secret: rng(32) })))).message).toBe('wrong passkey')
    // The same passkey gives every vault another key: of one, nothing follows for the other.
    await vault.addPasskey(ben, raw, phone)
    const [of, another] = [anna, ben].map((party) => bytesToHex(bytesAt(storeKeys(party).dataKey).slice(-80, -32)))
    expect(of).not.toBe(another)
  })

  it.each([
    ['no credential', { credential: new Uint8Array(0) }, 'credential: expected 1 to 1023 bytes, got 0'],
    ['a credential too long', { credential: new Uint8Array(1024) }, 'credential: expected 1 to 1023 bytes, got 1024'],
    ['a short salt', { salt: new Uint8Array(31) }, 'salt: expected 32 bytes, got 31'],
    ['a short secret', { secret: new Uint8Array(16) }, 'secret: expected 32 bytes, got 16'],
    ['no label', { label: '' }, 'label: expected 1 to 64 bytes of text, got 0'],
    ['a label too long', { label: 'x'.repeat(65) }, 'label: expected 1 to 64 bytes of text, got 65'],
  ])('with %s is refused and changes nothing', async (_, wrong, message) => {
    await makeVault()
    const before = bytesAt(keyAt)
    await expect(vault.addPasskey(anna, raw, { ...passkey(), ...wrong })).rejects.toThrow(message)
    expect(bytesAt(keyAt)).toEqual(before)
  })

  it('is refused a second time, and as the ninth', async () => {
    await makeVault()
    const all = Array.from({ length: 8 }, (_, i) => passkey(`Key ${i}`))
    for (const each of all) await vault.addPasskey(anna, raw, each)
    const before = bytesAt(keyAt)
    const [first] = all
    if (first === undefined) throw new Error('none')
    await expect(vault.addPasskey(anna, raw, { ...passkey(), credential: first.credential })).rejects.toThrow('it opens this vault already')
    await expect(vault.addPasskey(anna, raw, passkey())).rejects.toThrow('8 passkeys open this vault already')
    expect(bytesAt(keyAt)).toEqual(before)
    for (const each of all) expect(await opens(with_(each))).toBe(true)
  })

  it('of which any bit was altered in the store is damage, which is told before anything is tried', async () => {
    await makeVault()
    const phone = passkey()
    await vault.addPasskey(anna, raw, phone)
    for (let at = 0; at < bytesAt(keyAt).length; at++) {
      const undo = flip(keyAt, at)
      expect([at, await codeOf(vault.unlock(anna, with_(phone)))]).toEqual([at, 'E_DAMAGED'])
      undo()
    }
    expect(await opens(with_(phone))).toBe(true)
  })
})

describe('a change of what opens a vault', () => {
  const phone = passkey()
  const changes = [
    ['another passphrase', () => vault.changePassphrase(anna, old, fresh.passphrase), [old], [fresh]],
    ['one more passkey', () => vault.addPasskey(anna, old, passkey('Tablet')), [old, with_(phone)], [old, with_(phone)]],
    ['one passkey less', () => vault.removePasskey(anna, phone.credential), [old, with_(phone)], [old]],
  ] as const

  it.each(changes)('(%s) is one write, before which the old ways open and after which the new ones do', async (_, change, before, after) => {
    await makeVault(old)
    await vault.addPasskey(anna, old, phone)
    for (const how of ['refused', 'lost'] as const) {
      store.breakNextWrite(how)
      expect(await codeOf(change())).toBe('E_STORAGE')
      for (const source of before) expect(await opens(source)).toBe(true)
    }
    const writes = vi.spyOn(store, 'write')
    await change()
    expect(writes.mock.calls.map(([all]) => all.map(({ key }) => key))).toEqual([[keyAt]])
    for (const source of after) expect(await opens(source)).toBe(true)
  })

  it('takes turns with others, so that none is lost', async () => {
    await makeVault()
    const all = [passkey('A'), passkey('B'), passkey('C')]
    await Promise.all(all.map((each) => vault.addPasskey(anna, raw, each)))
    for (const each of all) expect(await opens(with_(each))).toBe(true)
  })
})
