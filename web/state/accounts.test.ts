import { accounts } from '@trivet/chains'
import { expect, test } from 'vitest'
import { ACCOUNTS, KEYS, WALLET } from '../dev/fixtures.ts'
import { en } from '../text/en.ts'
import { accountGroups, accountLabels, accountTitle, addressOf, bareKey } from './accounts.ts'

const ALL = accounts(KEYS)

test('accounts stand by chain, Taproot before SegWit', () => {
  expect(accountGroups(WALLET).map(({ chain, rows }) => [chain, rows.map(({ kind }) => kind)])).toEqual([
    ['ethereum', ['ethereum']],
    ['bitcoin', ['taproot', 'segwit']],
    ['solana', ['solana']],
  ])
})

test('a wallet made before ECDSA lacks what needs it', () => {
  const older = accountGroups({ ...WALLET, keys: WALLET.keys.filter(({ suite }) => suite !== 1) })
  expect(older.map(({ chain, rows }) => [chain, rows.map(({ kind }) => kind)])).toEqual([
    ['bitcoin', ['taproot']],
    ['solana', ['solana']],
  ])
})

test('every account has an address of the length that was kept free for it, made of the key it names', () => {
  for (const { rows } of accountGroups(WALLET)) {
    for (const { kind, suite, length } of rows) {
      const own = accounts(KEYS.filter((key) => key.suite === suite))
      expect(addressOf(kind, own, 'mainnet')).toBe(addressOf(kind, ALL, 'mainnet'))
      // Base58 leaves out leading zero bits.
      expect(Math.abs((addressOf(kind, own, 'mainnet')?.length ?? 0) - length), kind).toBeLessThanOrEqual(1)
    }
  }
  expect(bareKey(ALL)).toMatch(/^[0-9a-f]{64}$/u)
})

test('an address is of the chosen network', () => {
  expect([addressOf('taproot', ALL, 'mainnet'), addressOf('taproot', ALL, 'signet')]).toEqual([
    expect.stringMatching(/^bc1p/u),
    expect.stringMatching(/^tb1p/u),
  ])
  expect(addressOf('segwit', ALL, 'regtest')).toMatch(/^bcrt1q/u)
  expect(addressOf('taproot', [], 'mainnet')).toBeUndefined()
})

test('a chain has one account without a name until more are added or it is named', () => {
  expect(accountLabels(WALLET, 'solana')).toEqual([''])
  const several = { ...WALLET, accounts: ACCOUNTS }
  expect(accountLabels(several, 'bitcoin').map((label, index) => accountTitle(label, index, en))).toEqual(['Savings', 'Donations', 'Account 3'])
  expect(accountLabels(several, 'solana')).toEqual([''])
  expect(accountTitle('\u202eSavings', 0, en)).toBe('Savings')
})
