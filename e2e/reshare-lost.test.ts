import { agree, changeTogether, decide, seesChange, signsTextWith, startChange } from './support/changing.ts'
import { bringBack, copyStorage } from './support/copied-storage.ts'
import { expect, test } from './support/fixtures.ts'

test('a device is lost for ever, two let a new one in and it signs; what was copied from the old one is worth nothing, and says why', async ({ person }) => {
  test.setTimeout(180_000)
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  await anna.makeWalletWith([ben, cleo], 'Savings')
  const [address, publicKey] = [await anna.account('Bitcoin Taproot'), await anna.account('Ed25519 public key')]
  const copy = await copyStorage(cleo.page)
  await cleo.leave()

  const dora = await person('Dora')
  await anna.page.getByRole('button', { name: /^Replace… ?: Cleo/ }).click()
  await decide(anna, 'Cleo', 'Is lost')
  await expect(anna.page.getByRole('region', { name: 'Before you start' })).toContainText('Out: Cleo')
  const [link = ''] = await startChange(anna, 1)
  await dora.join(link)
  await changeTogether(anna)
  await agree(ben)
  await dora.findsWords()
  const summary = dora.page.getByRole('region', { name: 'What changes' })
  await expect(summary).toContainText('is out; its part will be worth nothing')
  await dora.button('Approve').click()
  for (const who of [anna, ben, dora]) await seesChange(who)
  expect(await dora.account('Bitcoin Taproot')).toBe(address)
  await signsTextWith(dora, [ben], 'Savings', publicKey)

  const thief = await person('Cleo')
  await thief.open()
  await bringBack(thief.page, copy)
  await thief.unlock()
  await expect(thief.page.getByText('This device is no longer part of this wallet.')).toBeVisible()
  await expect(thief.page.getByText('it is worth nothing, and it was erased')).toBeVisible()
  await expect(thief.button('Sign')).toHaveCount(0)
  await thief.button('Forget this wallet…').click()
  await thief.page.getByRole('dialog').getByRole('button', { name: 'Forget it' }).click()
  await expect(thief.page.getByText('No wallet yet')).toBeVisible()
})
