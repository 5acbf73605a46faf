import type { Page } from '@playwright/test'

/** Where an account's address or key stands on the wallet's screen, and what it looks like. */
const ACCOUNTS = {
  'Ethereum': { card: 'Ethereum', value: /^0x[0-9a-fA-F]{40}$/ },
  'Bitcoin Taproot': { card: 'Bitcoin', value: /^bc1p[a-z0-9]{58}$/ },
  'Bitcoin SegWit': { card: 'Bitcoin', value: /^bc1q[a-z0-9]{38}$/ },
  'Solana': { card: 'Solana', value: /^[1-9A-HJ-NP-Za-km-z]{43,44}$/ },
  'Ed25519 public key': { card: 'Solana', value: /^[0-9a-f]{64}$/, behind: 'Details' },
} as const
export type AccountName = keyof typeof ACCOUNTS

/** What an account's card shows to be copied. @param which where the card has several: what it is called */
export async function accountOn(page: Page, name: AccountName, which?: string): Promise<string> {
  const { card, value: form, ...more } = ACCOUNTS[name]
  const article = page.getByRole('article', { name: card, exact: true }).and(page.locator('[aria-busy=false]'))
  await article.waitFor()
  if ('behind' in more && await article.locator('details:not([open])', { hasText: more.behind }).count() > 0) await article.getByText(more.behind).first().click()
  const account = which === undefined ? article : article.getByRole('group', { name: `${card} ${which}`, exact: true })
  const shown = await account.innerText()
  const value = shown.split('\n').map((line) => line.trim()).find((line) => form.test(line))
  if (value === undefined) throw new Error(`no address in: ${shown}`)
  return value
}

/** Adds an account to a chain, from the wallet. @param number that it is expected to have, from 1 */
export async function addAccountOn(page: Page, chain: 'Ethereum' | 'Bitcoin' | 'Solana', number: number): Promise<void> {
  const card = page.getByRole('article', { name: chain, exact: true })
  await card.getByRole('button', { name: /^Add an account/ }).click()
  await card.getByRole('group', { name: `${chain} Account ${number}`, exact: true }).waitFor()
}
