import type { Account, BitcoinNetwork } from '@trivet/chains'
import type { WalletView } from '@trivet/party'
import type { SuiteId } from '@trivet/protocol/core'
import { plainText } from '../parts/plain-text.ts'
import type { Text } from '../text/en.ts'

export type AccountChain = 'ethereum' | 'bitcoin' | 'solana'
export type AccountKind = 'ethereum' | 'taproot' | 'segwit' | 'solana'

/** An account as the screen keeps a place for it, before its address is there. */
export interface AccountRow {
  readonly kind: AccountKind
  readonly suite: SuiteId
  /** Characters of its address, as nearly as they are the same for all. */
  readonly length: number
}
export interface AccountGroup {
  readonly chain: AccountChain
  readonly rows: readonly AccountRow[]
}

/** What belongs together on the screen, in its order. */
const GROUPS: readonly AccountGroup[] = [
  { chain: 'ethereum', rows: [{ kind: 'ethereum', suite: 1, length: 42 }] },
  { chain: 'bitcoin', rows: [{ kind: 'taproot', suite: 3, length: 62 }, { kind: 'segwit', suite: 1, length: 42 }] },
  { chain: 'solana', rows: [{ kind: 'solana', suite: 2, length: 44 }] },
]

/** The accounts that a wallet has with the keys it has; a chain without any is left out. */
export function accountGroups(wallet: WalletView): readonly AccountGroup[] {
  const has = (suite: SuiteId): boolean => wallet.keys.some((key) => key.suite === suite)
  return GROUPS.map(({ chain, rows }) => ({ chain, rows: rows.filter(({ suite }) => has(suite)) })).filter(({ rows }) => rows.length > 0)
}

/** What this device calls the accounts of a chain, from the first: as many as there are, '' for one without a name. */
export function accountLabels({ accounts }: WalletView, chain: AccountChain): readonly string[] {
  return accounts.find((list) => list.chain === chain)?.labels ?? ['']
}

/** What an account is called on the screen. @param index from 0 */
export function accountTitle(label: string, index: number, text: Text): string {
  return label === '' ? text.wallet.account(index + 1) : plainText(label)
}

/** @returns undefined if it is not among the accounts */
export function addressOf(kind: AccountKind, accounts: readonly Account[], network: BitcoinNetwork): string | undefined {
  for (const account of accounts) {
    if (account.chain === 'bitcoin') {
      if (account.script === kind) return account.addresses[network]
    } else if (account.chain !== 'ed25519' && account.chain === kind) return account.address
  }
  return undefined
}

/** The bare key of the Solana account, hex. */
export function bareKey(accounts: readonly Account[]): string | undefined {
  return accounts.find((account) => account.chain === 'ed25519')?.publicKey
}
