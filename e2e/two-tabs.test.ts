import { expect, test } from './support/fixtures.ts'
import { isSignedText } from './support/verify.ts'

test('a device is open in one tab at a time: a second one may take over, and the first one says so', async ({ person, device }) => {
  const [anna, cleo] = [await person('Anna'), await device({ name: 'Cleo' })]
  await anna.makeWalletWithDevice(cleo, 'Savings')
  const publicKey = await anna.account('Ed25519 public key')

  const again = await person('Anna', { browser: anna.page.context() })
  await again.open()
  await again.unlock('not the passphrase of Anna')
  await expect(again.page.getByRole('alert')).toContainText('Wrong passphrase. Nothing changed.', { useInnerText: true })
  await expect(anna.heading('Savings')).toBeVisible()
  await again.enterPassphrase(again.passphrase)
  await expect(again.page.getByRole('alert')).toContainText('This device is open in another tab.')
  await expect(anna.heading('Savings')).toBeVisible()

  // The passphrase was right, and is not asked for again.
  await again.button('Use it here').click()
  await expect(again.heading('Savings')).toBeVisible()
  await expect(anna.page.getByText('You are using this device in another tab.')).toBeVisible()
  await expect(anna.heading('Savings')).toBeHidden()

  await again.writeText('From the second tab', 'Cleo')
  await again.ask()
  await cleo.approve()
  expect(isSignedText('From the second tab', await again.result('Signature (hex)'), publicKey)).toBe(true)
})
