import type { Page } from '@playwright/test'

/** Where an account's address or key stands on the wallet's screen, and what it looks like. */
const ACCOUNTS = {
  'Ethereum': { card: 'Ethereum', value: /^0x[0-9a-fA-F]{40}$/ },
  'Bitcoin Taproot': { card: 'Bitcoin', value: /^bc1p[a-z0-9]{58}$/ },
  'Bitcoin SegWit': { card: 'Bitcoin', value: /^bc1q[a-z0-9]{38}$/ },
  'Ed25519 public key': { card: 'Solana', value: /^[0-9a-f]{64}$/, behind: 'Ed25519 public key' },
} as const
export type AccountName = keyof typeof ACCOUNTS

/** What an account's card shows to be copied. */
export async function accountOn(page: Page, name: AccountName): Promise<string> {
  const { card, value: form, ...more } = ACCOUNTS[name]
  const article = page.getByRole('article', { name: card, exact: true }).and(page.locator('[aria-busy=false]'))
  await article.waitFor()
  if ('behind' in more && await article.locator('details:not([open])', { hasText: more.behind }).count() > 0) await article.getByText(more.behind).first().click()
  const shown = await article.innerText()
  const value = shown.split('\n').map((line) => line.trim()).find((line) => form.test(line))
  if (value === undefined) throw new Error(`no address in: ${shown}`)
  return value
}
