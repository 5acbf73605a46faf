import { changeTogether, openLink, seesChange, signsTextWith, startChange } from './support/changing.ts'
import { expect, test } from './support/fixtures.ts'
import type { Person } from './support/person.ts'
import { saveBackup } from './support/save-backup.ts'

const PASSPHRASE = 'seven brisk otters play at dusk'

async function restores(who: Person, path: string): Promise<void> {
  await who.open()
  await who.page.getByRole('button', { name: /^Restore from a backup/ }).click()
  await who.page.getByLabel('Backup file').setInputFiles(path)
  await who.field('Passphrase of the backup').fill(PASSPHRASE)
  await who.button('See what is inside').click()
  await who.page.getByRole('region', { name: 'What is inside' }).waitFor()
  await who.introduce()
  await who.button('Restore on this device').click()
  await expect(who.page.getByText('this device shows the wallet and cannot sign')).toBeVisible()
}

test('of three devices all are gone: two restored from backups let each other in, and sign for the same address', async ({ person, folder }) => {
  test.setTimeout(180_000)
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  await anna.makeWalletWith([ben, cleo], 'Savings')
  const [address, publicKey] = [await anna.account('Bitcoin Taproot'), await anna.account('Ed25519 public key')]
  const paths = [await saveBackup(anna, PASSPHRASE, folder), await saveBackup(ben, PASSPHRASE, folder)] as const
  for (const who of [anna, ben, cleo]) await who.leave()

  const [dora, emil] = [await person('Dora'), await person('Emil')]
  await restores(dora, paths[0])
  await restores(emil, paths[1])

  await dora.button('Start from here').click()
  await expect(dora.page.getByText('1 of those who come must be restored from a backup of this wallet')).toBeVisible()
  await expect(dora.page.getByRole('region', { name: 'Before you start' })).toContainText('Old backups stop working')
  const [link = ''] = await startChange(dora, 1)
  await emil.button('Open the link').click()
  await openLink(emil, link)
  await changeTogether(dora)
  await emil.findsWords()
  const summary = emil.page.getByRole('region', { name: 'What changes' })
  await expect(summary).toContainText('2 of 2')
  await expect(summary).toContainText(/comes back from a backup/)
  await emil.button('Approve').click()
  for (const who of [dora, emil]) await seesChange(who)

  expect(await emil.account('Bitcoin Taproot')).toBe(address)
  await signsTextWith(dora, [emil], 'Savings', publicKey)
})
