import type { Locator } from '@playwright/test'
import { expect, test } from './support/fixtures.ts'
import type { Person } from './support/person.ts'

const TITLE = 'A whole key is to be taken out: Solana and signed texts'

function pending(who: Person): Locator {
  return who.page.getByRole('region', { name: TITLE })
}

/** From the wallet, by its Safety page, to the request that goes to the other one. */
async function announce(who: Person, other: string): Promise<void> {
  await who.button('Safety').click()
  await who.button('Take a key out…').click()
  await who.page.getByRole('radio', { name: 'Solana and signed texts' }).check()
  await expect(who.page.getByRole('checkbox', { name: other })).toBeChecked()
  const go = who.button('Announce it')
  await expect(go).toBeDisabled()
  await who.field('To go on, type “export”').fill('export')
  await go.click()
}

test('a key that is to be taken out is announced, shown on both devices, not given before its time, and cancelled by either', async ({ person }) => {
  const [anna, ben] = [await person('Anna'), await person('Ben')]
  await anna.createWallet({ name: 'Savings', devices: 2 })
  const [link = ''] = await anna.invitations(1)
  await ben.join(link)
  await anna.makeTogether()
  await ben.approve()
  for (const who of [anna, ben]) await who.seesWallet()
  await announce(anna, 'Ben')

  await ben.page.getByText('Anna wants to take a whole key out').first().waitFor()
  await ben.button('Review').click()
  await expect(ben.heading('Anna wants to take a whole key out')).toBeVisible()
  await expect(ben.page.getByText('24 hours', { exact: true })).toBeVisible()
  await expect(ben.button('Agree, for now')).toBeDisabled()
  await ben.field('To go on, type “export”').fill('export')
  await ben.button('Agree, for now').click()

  for (const who of [anna, ben]) {
    await expect(pending(who)).toContainText(/Not before (24 h|23 h \d+ min) from now\./)
    await expect(who.page.getByText('It is announced.')).toBeVisible()
  }
  await expect(pending(anna)).toContainText('This device announced it and gets the key.')
  await expect(pending(ben)).toContainText('Anna announced it and gets the key.')
  await expect(pending(ben).getByRole('button', { name: 'Take the key' })).toBeHidden()

  await pending(anna).getByRole('button', { name: 'Take the key' }).click()
  await expect(pending(anna).getByRole('alert')).toContainText(/It is too early: (24 h|23 h \d+ min) are left\./)
  await expect(ben.page.getByText('Anna wants the whole key now')).toBeHidden()

  await pending(ben).getByRole('button', { name: 'Cancel it' }).click()
  await ben.page.getByRole('dialog', { name: 'Cancel taking the key out?' }).getByRole('button', { name: 'Cancel it' }).click()
  for (const who of [ben, anna]) await expect(pending(who)).toBeHidden()
  // Nothing was flagged, and the wallet is what it was.
  for (const who of [ben, anna]) await expect(who.page.getByText('Exported: treat this wallet as a single key.')).toBeHidden()
})
