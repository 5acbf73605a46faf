import { expect, test } from './support/fixtures.ts'
import { isSignedText } from './support/verify.ts'

test('after a reload the wallet is locked, a wrong passphrase changes nothing, and the right one signs', async ({ person }) => {
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  await anna.makeWalletWith([ben, cleo], 'Savings')
  const publicKey = await anna.account('Ed25519 public key')

  for (const who of [anna, ben]) {
    await who.page.reload()
    await expect(who.page.getByText('Locked', { exact: true })).toBeVisible()
    await expect(who.page.getByRole('heading', { name: 'Savings' })).toBeVisible()
  }
  await anna.unlock('not the passphrase of Anna')
  await expect(anna.page.getByRole('alert')).toContainText('Wrong passphrase. Nothing changed.', { useInnerText: true })
  await anna.enterPassphrase(anna.passphrase)
  await expect(anna.heading('Savings')).toBeVisible()
  expect(await anna.account('Ed25519 public key')).toBe(publicKey)
  await ben.unlock()
  await expect(ben.heading('Savings')).toBeVisible()

  await anna.writeText('After the reload', 'Ben')
  await anna.ask()
  await ben.review('Anna')
  await ben.approve()
  expect(isSignedText('After the reload', await anna.result('Signature (hex)'), publicKey)).toBe(true)
})
