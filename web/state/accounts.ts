import type { Account } from '@trivet/chains'

export type AccountChain = 'ethereum' | 'bitcoin' | 'solana'

export interface AccountGroup {
  readonly chain: AccountChain
  /** In the order they are shown. */
  readonly accounts: readonly Account[]
}

/** What belongs together on the screen: Ed25519 is the bare key of the Solana account. */
const CHAIN_OF: Readonly<Record<Account['chain'], AccountChain>> = { ethereum: 'ethereum', bitcoin: 'bitcoin', solana: 'solana', ed25519: 'solana' }
const ORDER: readonly AccountChain[] = ['ethereum', 'bitcoin', 'solana']

/** A wallet's accounts by chain, in the order of the screen; a chain without any is left out. */
export function grouped(accounts: readonly Account[]): readonly AccountGroup[] {
  return ORDER.map((chain) => ({ chain, accounts: accounts.filter((account) => CHAIN_OF[account.chain] === chain).toSorted(taprootFirst) }))
    .filter((group) => group.accounts.length > 0)
}

function taprootFirst(a: Account, b: Account): number {
  const rank = (account: Account): number => (account.chain === 'bitcoin' && account.script === 'segwit' ? 1 : 0)
  return rank(a) - rank(b)
}
