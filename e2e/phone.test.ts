import { expect, test } from './support/fixtures.ts'
import type { Person } from './support/person.ts'

test('on a phone every screen from the start to a signature fits the width', async ({ browser, person }) => {
  const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
  const anna = await person('Anna’s old telephone with a long name', { browser: phone })
  const [ben, cleo] = [await person('Ben'), await person('Cleo')]
  await anna.open()
  await expect(anna.page.getByRole('button', { name: /^Create a wallet/ })).toBeVisible()
  await fits(anna, 'start')
  await anna.prepareWallet({ name: 'Savings for the house by the lake' })
  await fits(anna, 'create')
  await anna.button('Create and invite').click()
  const [toBen = '', toCleo = ''] = await anna.invitations(2)
  await fits(anna, 'lobby, empty')
  await anna.page.getByRole('button', { name: /^Show QR code/ }).first().click()
  await fits(anna, 'lobby, QR code')
  await ben.join(toBen)
  await cleo.join(toCleo)
  await expect(anna.button('Make the wallet together')).toBeVisible()
  await fits(anna, 'lobby, full')
  await anna.makeTogether()
  await expect(anna.page.getByText('You approved. Waiting for the others.')).toBeVisible()
  await fits(anna, 'lobby, approved')
  await ben.approve()
  await cleo.approve()
  await anna.seesWallet()
  await fits(anna, 'wallet')
  await anna.writeText('A text with averyveryveryveryveryveryveryveryveryveryveryveryverylongword', 'Ben')
  await fits(anna, 'sign')
  await anna.ask()
  await ben.review(anna.name)
  await fits(anna, 'request')
  await ben.approve()
  await anna.result('Signature (hex)')
  await fits(anna, 'signed')
  await phone.close()
})

async function fits({ page }: Person, screen: string): Promise<void> {
  const { wide, room } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, room: innerWidth }))
  expect(wide, `width of the screen: ${screen}`).toBeLessThanOrEqual(room)
  expect(room, `width of the screen: ${screen}`).toBe(390)
}
