import { agree, changeTogether, decide, seesChange, signsTextWith, startChange } from './support/changing.ts'
import { expect, test } from './support/fixtures.ts'

test('a wallet of 2 of 3 becomes one of 3 of 4 and then one of 2 of 2; each signs, and nobody’s address changes', async ({ person }) => {
  test.setTimeout(180_000)
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  await anna.makeWalletWith([ben, cleo], 'Savings')
  const [address, ethereum, publicKey] = [await anna.account('Bitcoin Taproot'), await anna.account('Ethereum'), await anna.account('Ed25519 public key')]

  const dora = await person('Dora')
  await anna.button('Add a device…').click()
  await anna.page.getByRole('button', { name: 'Devices that must approve: one more' }).click()
  await expect(anna.page.getByText('Any 3 of 4 devices can sign. You can lose one.').first()).toBeVisible()
  const [link = ''] = await startChange(anna, 1)
  await dora.join(link)
  await changeTogether(anna)
  for (const who of [ben, cleo]) await agree(who)
  await dora.approve()
  for (const who of [anna, ben, cleo, dora]) await seesChange(who)
  await expect(dora.page.getByText('3 of 4', { exact: true })).toBeVisible()
  expect(await dora.account('Ethereum')).toBe(ethereum)
  await signsTextWith(dora, [anna, ben], 'Savings', publicKey)

  await dora.page.getByRole('button', { name: /^Remove… ?: Ben/ }).click()
  await decide(dora, 'Cleo', 'Goes')
  // Three old parts are needed, and two stay: one of those who go helps.
  const once = dora.page.getByRole('listitem').filter({ hasText: 'Takes part once more, then its part is erased.' })
  await expect(once).toHaveCount(1)
  const helper = (await once.innerText()).includes('Ben') ? ben : cleo
  await expect(dora.page.getByText('Both devices must sign together.').first()).toBeVisible()
  await startChange(dora)
  await changeTogether(dora)
  for (const who of [anna, helper]) await agree(who)
  for (const who of [dora, anna]) await seesChange(who)
  await expect(dora.page.getByText('2 of 2', { exact: true })).toBeVisible()
  expect(await dora.account('Bitcoin Taproot')).toBe(address)
  await signsTextWith(anna, [dora], 'Savings', publicKey)
  // Who helped knows it at once; who was not asked learns it by itself.
  for (const who of [ben, cleo]) await expect(who.page.getByText('This device is no longer part of this wallet.')).toBeVisible()
})
