import { expect, test } from './support/fixtures.ts'

test.use({
  launchOptions: [async ({ launchOptions }, use) => {
    await use({ ...launchOptions, args: [...launchOptions.args ?? [], '--host-resolver-rules=MAP wallet.test 127.0.0.1'] })
  }, { scope: 'worker' }],
})

test('a page that came over plain http by another name than localhost explains why it cannot work', async ({ page, server }) => {
  await page.goto(`http://wallet.test:${server.address.port}/`)
  await expect(page.getByRole('heading', { name: 'This page cannot work here yet' })).toBeVisible()
  await expect(page.getByRole('alert')).toContainText('This address is not secure, so the browser withholds encryption from it.')
  await expect(page.getByRole('alert')).toContainText('Open the page with https://, or at http://localhost on this machine.')
  await expect(page.getByRole('button', { name: /^Create a wallet/ })).toBeHidden()
})
