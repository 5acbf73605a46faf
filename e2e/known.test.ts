import { expect, test } from './support/fixtures.ts'

test('a second wallet with devices that were paired before needs neither links nor words', async ({ person }) => {
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  await anna.makeWalletWith([ben, cleo], 'Savings')

  await anna.button('Trivet: Wallets').click()
  await anna.page.getByRole('button', { name: /^Create a wallet/ }).click()
  await anna.field('Name of the wallet').fill('Holiday fund')
  await anna.place(2).getByRole('radio', { name: /^Ben/ }).check()
  // Each device can take one place.
  await expect(anna.place(3).getByRole('radio', { name: /^Ben/ })).toBeDisabled()
  await anna.place(3).getByRole('radio', { name: /^Cleo/ }).check()
  await anna.button('Create and invite').click()
  await expect(anna.page.getByText('Asked; no answer yet')).toHaveCount(2)
  await expect(anna.page.getByRole('textbox', { name: /^Link for device/ })).toHaveCount(0)

  for (const who of [ben, cleo]) {
    await expect(who.page.getByText('Anna invites this device')).toBeVisible()
    await expect(who.page).toHaveTitle('(1) Trivet')
    await who.button('Review').click()
    await expect(who.heading('Anna invites this device')).toBeVisible()
    await who.button('Join').click()
    await expect(who.page.getByText('Paired before').first()).toBeVisible()
  }
  await anna.start()
  await expect(anna.page.getByText('You approved.')).toBeVisible()
  for (const who of [ben, cleo]) {
    await expect(who.button('Approve')).toBeVisible()
    await expect(who.heading('The same words')).toBeHidden()
    await who.button('Approve').click()
  }
  for (const who of [anna, ben, cleo]) {
    await who.seesWallet()
    await expect(who.heading('Holiday fund')).toBeVisible()
  }
})

test('a known device that declines to come is shown with its reason, and nothing is made', async ({ person }) => {
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  await anna.makeWalletWith([ben, cleo], 'Savings')
  await anna.button('Trivet: Wallets').click()
  await anna.page.getByRole('button', { name: /^Create a wallet/ }).click()
  await anna.field('Name of the wallet').fill('Holiday fund')
  await anna.place(2).getByRole('radio', { name: /^Ben/ }).check()
  await anna.button('Create and invite').click()
  await ben.button('Review').click()
  await ben.heading('Anna invites this device').waitFor()
  await ben.button('Decline').click()
  await ben.page.getByRole('dialog', { name: 'Decline' }).getByLabel('In your own words').fill('Not this year.')
  await ben.page.getByRole('dialog', { name: 'Decline' }).getByRole('button', { name: 'Decline' }).click()
  await expect(anna.page.getByRole('main')).toContainText('Ben')
  await expect(anna.page.getByRole('main')).toContainText(/declined/i)
})
