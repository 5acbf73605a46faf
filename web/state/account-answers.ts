import { accountPath, type Account } from '@trivet/chains'
import type { WalletView } from '@trivet/party'
import { accountLabels, type AccountGroup } from './accounts.ts'
import type { ChainAnswers } from './chain-answers.ts'
import type { Lazy } from './lazy.svelte.ts'

/** What the worker says of each account of a chain, from the first. */
export function accountsOf(chains: ChainAnswers, wallet: WalletView, { chain, rows }: AccountGroup): readonly Lazy<readonly Account[]>[] {
  const suites = rows.map(({ suite }) => suite)
  return accountLabels(wallet, chain).map((_, index) => chains.accounts(wallet, suites, accountPath(index, wallet.firstPath)))
}
