import type { VaultView } from '@trivet/party'
import { expect, test } from 'vitest'
import { WALLET } from '../dev/fixtures.ts'
import { backupNeed, withoutBackup } from './backup-state.ts'
import { ExpectedVaults } from './expected-vaults.svelte.ts'
import { Keeping } from './keeping.svelte.ts'

function store(kept: Record<string, string> = {}) {
  const map = new Map(Object.entries(kept))
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => {
      map.set(key, value)
    },
  }
}
const vault = (digit: string, ...wallets: string[]): VaultView => ({
  partyId: digit.repeat(64) as VaultView['partyId'],
  deviceName: `Device ${digit}`,
  wallets: wallets.map((name) => ({ id: name.repeat(8), name, threshold: 2, total: 3 })),
  unlocked: false,
  passkeys: [],
})
const names = (vaults: ReturnType<ExpectedVaults['missing']>) => vaults.map(({ deviceName, wallets }) => [deviceName, ...wallets.map(({ name }) => name)])

test('a vault that was seen and is gone after a reload is missed by name, until its person knows', () => {
  const kept = store()
  new ExpectedVaults(kept).note([vault('a', 'Savings', 'Fees'), vault('b', 'Board')])
  const later = new ExpectedVaults(kept)
  expect(names(later.missing([vault('b', 'Board')]))).toEqual([['Device a', 'Savings', 'Fees']])
  later.note([vault('b', 'Board')])
  const [gone] = later.missing([])
  if (gone !== undefined) later.forget(gone)
  expect(names(later.missing([]))).toEqual([['Device b', 'Board']])
  expect(names(new ExpectedVaults(kept).missing([]))).toEqual([['Device b', 'Board']])
})

test('a wallet that was restored is not missed any more; others of the same device are', () => {
  const kept = store()
  const expected = new ExpectedVaults(kept)
  expected.note([vault('a', 'Savings', 'Fees'), vault('b', 'Savings')])
  expected.restored('a'.repeat(64), 'Savings'.repeat(8))
  expect(names(expected.missing([]))).toEqual([['Device a', 'Fees'], ['Device b', 'Savings']])
  expected.restored('a'.repeat(64), 'Fees'.repeat(8))
  expect(names(new ExpectedVaults(kept).missing([]))).toEqual([['Device b', 'Savings']])
})

test('a vault without a wallet is not missed, and one whose cover cannot be read keeps its names', () => {
  const kept = store()
  const expected = new ExpectedVaults(kept)
  expected.note([vault('a'), vault('b', 'Board')])
  expected.note([{ ...vault('b'), deviceName: 'damaged' }])
  expect(names(new ExpectedVaults(kept).missing([]))).toEqual([['Device b', 'Board']])
})

test('two tabs do not forget each other’s vaults', () => {
  const kept = store()
  const [one, two] = [new ExpectedVaults(kept), new ExpectedVaults(kept)]
  one.note([vault('a', 'Savings')])
  two.note([vault('b', 'Board')])
  expect(new ExpectedVaults(kept).missing([])).toHaveLength(2)
})

test.each(['', '{', '{}', '[1]', '[{"partyId":"a"}]', '[{"partyId":"a","deviceName":"b","wallets":[{}]}]', `["${'x'.repeat(70_000)}"]`])(
  'a mark that cannot be read is no mark: %.20s', (text) => {
    expect(new ExpectedVaults(store({ vaults: text })).missing([])).toEqual([])
  })

test('a browser that refuses to keep the mark does not break the page', () => {
  const full = { getItem: () => null, setItem: () => { throw new DOMException('full', 'QuotaExceededError') } }
  const expected = new ExpectedVaults(full)
  expected.note([vault('a', 'Savings')])
  expect(expected.missing([])).toHaveLength(1)
  expect(new ExpectedVaults(undefined).missing([])).toEqual([])
})

test('the browser is asked once to keep what is stored, and again only by a person', async () => {
  let asked = 0
  const storage = { persisted: () => Promise.resolve(false), persist: () => Promise.resolve(++asked > 1) }
  const kept = store()
  const first = new Keeping(storage, kept)
  await first.askOnce()
  expect([asked, first.state]).toEqual([1, 'not-promised'])
  const later = new Keeping(storage, kept)
  await later.askOnce()
  expect([asked, later.state]).toEqual([1, 'not-promised'])
  await later.ask()
  expect([asked, later.state]).toEqual([2, 'promised'])
})

test('a browser that has promised is not asked, and one that cannot say is said not to', async () => {
  const promised = new Keeping({ persisted: () => Promise.resolve(true), persist: () => Promise.reject(new Error('asked')) }, store())
  await promised.askOnce()
  expect(promised.state).toBe('promised')
  for (const storage of [undefined, {}, { persisted: () => Promise.reject(new Error('no')) }]) {
    const unknown = new Keeping(storage, store())
    await unknown.askOnce()
    expect(unknown.state).toBe('unknown')
  }
})

test('a backup is needed once the key is made, and looked at again after 90 days', () => {
  const day = 86_400_000
  expect(backupNeed({ state: 'ready' }, 0)).toEqual({ at: 'missing' })
  expect(backupNeed({ state: 'ready', backupProvedAt: 0 }, 90 * day - 1)).toEqual({ at: 'none' })
  expect(backupNeed({ state: 'ready', backupProvedAt: 0 }, 90 * day)).toEqual({ at: 'due', days: 90 })
  expect(backupNeed({ state: 'restored' }, 0)).toEqual({ at: 'none' })
  expect(backupNeed({ state: 'unfinished' }, 0)).toEqual({ at: 'none' })
})

test('of the other devices those are named that say of no checked backup; a guest of the making needs none', () => {
  const told = WALLET.parties.map((p) => (p.index === 2 ? { ...p, backupProvedAt: 1 } : p))
  expect(withoutBackup({ state: 'ready', parties: WALLET.parties }).map((p) => p.index)).toEqual([2, 3])
  expect(withoutBackup({ state: 'ready', parties: told }).map((p) => p.index)).toEqual([3])
  expect(withoutBackup({ state: 'ready', parties: told.map((p) => (p.index === 3 ? { ...p, role: 'third-party' } : p)) })).toEqual([])
  expect(withoutBackup({ state: 'restored', parties: WALLET.parties })).toEqual([])
})
