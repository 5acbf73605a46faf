import { beforeEach, describe, expect, it, vi } from 'vitest'
import { anna, ben, codeOf, cover, rng, testVault, vaultError } from './vault.fixture.ts'
import { storeKeys } from './store-keys.ts'

vi.mock('hash-wasm', async (original) => (await import('../testing/argon2-once.ts')).argon2Once(await original()))

// The first time it takes its time on purpose.
vi.setConfig({ testTimeout: 60_000 })

const right = { kind: 'passphrase', passphrase: 'correct horse battery staple' } as const
const wrong = { kind: 'passphrase', passphrase: 'wrong horse battery staple' } as const
const MINUTE = 60_000

let { store, clock, vault, reloaded } = testVault()
beforeEach(async () => {
  ({ store, clock, vault, reloaded } = testVault())
  await vault.create(anna, { cover }, right)
})

/** What lies there after so many wrong passphrases, the last one just now. */
async function afterWrong(count: number): Promise<void> {
  store.contents.set(storeKeys(anna).tries, Uint8Array.of(...new TextEncoder().encode('TVT1'), 0, 0, 0, count, ...big(clock.now())))
  expect(await waitUntil()).toBe(count < 5 ? undefined : clock.now() + Math.min(15 * MINUTE, 5_000 * 2 ** (count - 5)))
}

const big = (value: number): Uint8Array => {
  const bytes = new DataView(new ArrayBuffer(8))
  bytes.setBigUint64(0, BigInt(value))
  return new Uint8Array(bytes.buffer)
}
const waitUntil = async (): Promise<number | undefined> => (await reloaded().list()).find(({ partyId }) => partyId === anna)?.waitUntil

describe('wrong passphrases', () => {
  it('are free four times, make everybody wait after the fifth, and are forgotten after the right one', async () => {
    for (let i = 0; i < 5; i++) {
      expect(await waitUntil()).toBeUndefined()
      expect(await codeOf(vault.unlock(anna, wrong))).toBe('E_PASSPHRASE')
    }
    expect(await waitUntil()).toBe(clock.now() + 5_000)
    const error = await vaultError(vault.unlock(anna, right))
    expect([error.code, error.message]).toEqual(['E_THROTTLED', '5 wrong passphrases; the next one is looked at from 2023-11-14T22:13:25.000Z on'])
    await clock.advance(5_000)
    await vault.unlock(anna, right)
    expect([...store.contents.keys()].filter((key) => key.endsWith('/tries'))).toEqual([])
    expect(await codeOf(vault.unlock(anna, wrong))).toBe('E_PASSPHRASE')
    expect(await waitUntil()).toBeUndefined()
  })

  it('wait twice as long after each, up to a quarter of an hour, and are not looked at meanwhile', async () => {
    for (const count of [4, 5, 6, 7, 12, 13, 20, 200]) await afterWrong(count)
    await afterWrong(8)
    const before = new Map(store.contents)
    expect(await codeOf(vault.unlock(anna, wrong))).toBe('E_THROTTLED')
    expect(store.contents).toEqual(before)
    await clock.advance(39_999)
    expect(await codeOf(vault.unlock(anna, right))).toBe('E_THROTTLED')
    await clock.advance(1)
    expect(await codeOf(vault.unlock(anna, wrong))).toBe('E_PASSPHRASE')
    expect(await waitUntil()).toBe(clock.now() + 80_000)
  })

  it('are still counted after a reload', async () => {
    for (let i = 0; i < 5; i++) expect(await codeOf(reloaded().unlock(anna, wrong))).toBe('E_PASSPHRASE')
    expect(await codeOf(reloaded().unlock(anna, right))).toBe('E_THROTTLED')
  })

  it('are counted one by one when they come at once', async () => {
    await afterWrong(3)
    const codes = await Promise.all(Array.from({ length: 4 }, () => codeOf(vault.unlock(anna, wrong))))
    expect(codes).toEqual(['E_PASSPHRASE', 'E_PASSPHRASE', 'E_THROTTLED', 'E_THROTTLED'])
  })

  it('are counted where a passphrase is asked for to change it, and each vault counts its own', async () => {
    await vault.create(ben, { cover }, right)
    await afterWrong(4)
    expect(await codeOf(vault.changePassphrase(anna, wrong, 'another passphrase'))).toBe('E_PASSPHRASE')
    expect(await codeOf(vault.addPasskey(anna, right, { credential: rng(16), salt: rng(32), secret: rng(32), label: 'Phone' }))).toBe('E_THROTTLED')
    await vault.unlock(ben, right)
  })

  it('do not keep out a passkey, which cannot be guessed', async () => {
    const passkey = { credential: rng(16), salt: rng(32), secret: rng(32), label: 'Phone' }
    await vault.addPasskey(anna, right, passkey)
    await afterWrong(10)
    for (let i = 0; i < 10; i++) expect(await codeOf(vault.unlock(anna, { kind: 'passkey', credential: passkey.credential, secret: rng(32) }))).toBe('E_PASSPHRASE')
    await vault.unlock(anna, { kind: 'passkey', ...passkey })
    expect(await codeOf(vault.unlock(anna, right))).toBe('E_THROTTLED')
  })

  it('do not make anybody wait longer than told because the clock was put back', async () => {
    await afterWrong(6)
    store.contents.set(storeKeys(anna).tries, Uint8Array.of(...new TextEncoder().encode('TVT1'), 0, 0, 0, 6, ...big(clock.now() + 24 * 60 * MINUTE)))
    expect(await codeOf(vault.unlock(anna, right))).toBe('E_THROTTLED')
    await clock.advance(10_000)
    await vault.unlock(anna, right)
  })

  it('are counted while the store is full, and the right one opens all the same', async () => {
    await afterWrong(4)
    store.breakNextWrite('refused')
    expect(await codeOf(vault.unlock(anna, wrong))).toBe('E_PASSPHRASE')
    expect(await codeOf(vault.unlock(anna, right))).toBe('E_THROTTLED')
    await clock.advance(5_000)
    store.breakNextWrite('refused')
    await vault.unlock(anna, right)
  })
})
