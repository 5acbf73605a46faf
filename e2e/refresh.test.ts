import { agree, changeTogether, seesChange, signsTextWith } from './support/changing.ts'
import { expect, test } from './support/fixtures.ts'
import type { Person } from './support/person.ts'
import { saveBackup } from './support/save-backup.ts'

const PASSPHRASE = 'seven brisk otters play at dusk'

async function check(who: Person, path: string): Promise<void> {
  await who.page.getByLabel('Backup file').setInputFiles(path)
  await who.field('Passphrase of the backup').fill(PASSPHRASE)
  await who.button('Check the file').click()
}

test('after new parts the old backup is refused as out of date, and a new one is asked for until it was read back', async ({ person, folder }) => {
  test.setTimeout(180_000)
  const [anna, ben] = [await person('Anna'), await person('Ben')]
  await anna.createWallet({ name: 'Savings', devices: 2 })
  const [toBen = ''] = await anna.invitations(1)
  await ben.join(toBen)
  await anna.makeTogether()
  await ben.approve()
  for (const who of [anna, ben]) await who.seesWallet()
  const publicKey = await anna.account('Ed25519 public key')
  const old = await saveBackup(anna, PASSPHRASE, folder)
  await check(anna, old)
  await anna.button('Go to the wallet').click()
  const bar = anna.page.getByText('This device has no proven backup.')
  await expect(bar).toBeHidden()

  await anna.button('Renew the parts…').click()
  await expect(anna.page.getByRole('region', { name: 'Before you start' })).toContainText('Old backups stop working')
  await anna.button('Renew the parts').click()
  await changeTogether(anna, 'Renew the parts together')
  await agree(ben)
  for (const who of [anna, ben]) await seesChange(who, 'The parts are renewed')

  await expect(bar).toBeVisible()
  await anna.button('Safety').click()
  await anna.button('Check one').click()
  await check(anna, old)
  await expect(anna.page.getByRole('alert')).toContainText('This backup is from before the last change of the wallet.')
  await anna.button('Savings').click()
  await anna.button('Overview').click()
  await check(anna, await saveBackup(anna, PASSPHRASE, folder))
  await expect(anna.heading('The wallet is ready')).toBeVisible()
  await anna.button('Go to the wallet').click()
  await expect(bar).toBeHidden()

  // What the other one says of itself, each time the two meet.
  const waiting = anna.page.getByText('no checked backup yet: Ben.')
  await expect(waiting).toBeVisible()
  await check(ben, await saveBackup(ben, PASSPHRASE, folder))
  await ben.button('Go to the wallet').click()
  await signsTextWith(anna, [ben], 'Savings', publicKey)
  await expect(waiting).toBeHidden()
})
