import { expect, test } from './support/fixtures.ts'

test('who declines to hold a part ends it for everybody, and the others read why', async ({ person }) => {
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  await anna.createWallet({ name: 'Savings' })
  const [toBen = '', toCleo = ''] = await anna.invitations(2)
  await ben.join(toBen)
  await cleo.join(toCleo)
  await anna.makeTogether()
  await ben.approve()
  await cleo.decline('I do not know Ben.')

  for (const who of [anna, ben]) {
    await expect(who.heading('The wallet was not made')).toBeVisible()
    await expect(who.page.getByRole('alert')).toContainText('Cleo declined: I do not know Ben.')
    await expect(who.page.getByRole('alert')).toContainText('No key was made.')
  }
  await expect(cleo.page.getByRole('alert')).toContainText('You declined: I do not know Ben.')
})

test('who declines to sign ends the request, the asker reads why, and the wallet can go on', async ({ person }) => {
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  await anna.makeWalletWith([ben, cleo], 'Savings')
  await anna.writeText('Pay the landlord twice', 'Ben')
  await anna.ask()
  await ben.review('Anna')
  await ben.decline('Once is enough.')
  await expect(anna.heading('Nothing was signed')).toBeVisible()
  await expect(anna.page.getByRole('alert')).toContainText('Ben declined: Once is enough.')
  await expect(anna.page.getByRole('alert')).toContainText('No signature was made.')

  await anna.button('Back to the wallet').click()
  await anna.writeText('Pay the landlord once', 'Cleo')
  await anna.ask()
  await cleo.review('Anna')
  await cleo.approve()
  await expect(anna.page.getByText('Signature checked')).toBeVisible()
})
