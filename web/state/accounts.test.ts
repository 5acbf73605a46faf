import { accounts } from '@trivet/chains'
import { expect, test } from 'vitest'
import { KEYS } from '../dev/fixtures.ts'
import { grouped } from './accounts.ts'

test('accounts stand by chain, Taproot before SegWit, the bare key last', () => {
  const order = grouped(accounts(KEYS)).map(({ chain, accounts: of }) => [chain, of.map((a) => (a.chain === 'bitcoin' ? a.script : a.chain))])
  expect(order).toEqual([
    ['ethereum', ['ethereum']],
    ['bitcoin', ['taproot', 'segwit']],
    ['solana', ['solana', 'ed25519']],
  ])
})

test('a wallet made before ECDSA lacks what needs it', () => {
  const older = grouped(accounts(KEYS.filter(({ suite }) => suite !== 1)))
  expect(older.map(({ chain, accounts: of }) => [chain, of.length])).toEqual([
    ['bitcoin', 1],
    ['solana', 2],
  ])
})
