import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './support/fixtures.ts'
import type { Person } from './support/person.ts'
import { saveBackup } from './support/save-backup.ts'

const PASSPHRASE = 'seven brisk otters play at dusk'

/** Gives a file and a passphrase to be looked into. */
async function give(person: Person, path: string, passphrase: string, action: string): Promise<void> {
  await person.page.getByLabel('Backup file').setInputFiles(path)
  await person.field('Passphrase of the backup').fill(passphrase)
  await person.button(action).click()
}

test('a wallet is called ready once its backup was read back from the file; what is no such file is refused with its reason', async ({ person, device, folder }) => {
  const anna = await person('Anna')
  await anna.makeWalletWithDevice(await device({ name: 'Cleo' }), 'Savings')
  const bar = anna.page.getByText('This device has no proven backup.')
  await expect(bar).toBeVisible()

  const path = await saveBackup(anna, PASSPHRASE, folder)
  expect(path).toMatch(/trivet-savings-anna-epoch1\.trivet-backup$/)
  const alert = anna.page.getByRole('alert')
  await give(anna, path, anna.passphrase, 'Check the file')
  await expect(alert).toContainText('This passphrase does not open the file.')
  await expect(anna.field('Passphrase of the backup')).toHaveValue('')

  const file = await readFile(path)
  const damaged = join(folder, 'damaged')
  await writeFile(damaged, file.subarray(0, file.length - 1))
  await give(anna, damaged, PASSPHRASE, 'Check the file')
  await expect(alert).toContainText('This file is damaged, or it is no backup of Trivet.')
  await writeFile(damaged, 'holiday photo')
  await give(anna, damaged, PASSPHRASE, 'Check the file')
  await expect(alert).toContainText('The wallet on this device is unharmed.')
  await expect(anna.page.getByText('The wallet is ready')).toBeHidden()

  await give(anna, path, PASSPHRASE, 'Check the file')
  await expect(anna.heading('The wallet is ready')).toBeVisible()
  await anna.button('Go to the wallet').click()
  await expect(anna.heading('Savings')).toBeVisible()
  await expect(bar).toBeHidden()

  await anna.page.reload()
  await anna.unlock()
  await anna.button('Safety').click()
  await expect(anna.page.getByText('Last read back:')).toBeVisible()
})

test('a lost device’s wallet is restored on another one: it shows the same addresses, cannot sign, and says so', async ({ person, device, folder }) => {
  const anna = await person('Anna')
  await anna.makeWalletWithDevice(await device({ name: 'Cleo' }), 'Savings')
  const addresses = [await anna.account('Bitcoin Taproot'), await anna.account('Ethereum')]
  const path = await saveBackup(anna, PASSPHRASE, folder)
  await anna.leave()

  const dora = await person('Dora')
  await dora.open()
  await dora.page.getByRole('button', { name: /^Restore from a backup/ }).click()
  await give(dora, path, 'not the passphrase', 'See what is inside')
  await expect(dora.page.getByRole('alert')).toContainText('This passphrase does not open the file.')
  await give(dora, path, PASSPHRASE, 'See what is inside')
  const inside = dora.page.getByRole('region', { name: 'What is inside' })
  await expect(inside).toContainText('Savings')
  await expect(inside).toContainText('Anna')
  await expect(inside).toContainText('as first made')
  await dora.introduce()
  await dora.button('Restore on this device').click()

  for (const again of [false, true]) {
    if (again) {
      await dora.page.reload()
      await dora.unlock()
    }
    await expect(dora.heading('Savings')).toBeVisible()
    await expect(dora.page.getByText('this device shows the wallet and cannot sign')).toBeVisible()
    expect([await dora.account('Bitcoin Taproot'), await dora.account('Ethereum')]).toEqual(addresses)
    for (const name of ['Sign', 'Send', 'Sign a PSBT', 'Sign a text', 'Back up']) await expect(dora.button(name)).toHaveCount(0)
  }
})

test('a browser that has lost its vault says what is missing and offers to restore it, until its person says to forget it', async ({ person, device }) => {
  const anna = await person('Anna')
  await anna.makeWalletWithDevice(await device({ name: 'Cleo' }), 'Savings')
  await anna.page.evaluate(() => new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('trivet')
    request.onsuccess = resolve
    request.onerror = () => { reject(new Error('not deleted')) }
  }))
  await anna.page.reload()

  const missing = anna.page.getByRole('region', { name: 'Something is missing from this browser' })
  await expect(missing).toContainText('This browser held “Anna” with its part of “Savings”.')
  await missing.getByRole('button', { name: 'Restore from a backup' }).click()
  await expect(anna.heading('Restore from a backup')).toBeVisible()
  await anna.page.goBack()
  await missing.getByRole('button', { name: 'Forget it' }).click()
  await anna.page.getByRole('dialog').getByRole('button', { name: 'Forget it' }).click()
  await expect(missing).toBeHidden()
  await anna.page.reload()
  await expect(anna.page.getByRole('button', { name: /^Create a wallet/ })).toBeVisible()
  await expect(missing).toBeHidden()
})

test('a device that nobody uses locks by itself and says why', async ({ person, device }) => {
  const anna = await person('Anna')
  await anna.makeWalletWithDevice(await device({ name: 'Cleo' }), 'Savings')
  await anna.page.clock.install()
  await anna.page.reload()
  await anna.unlock()
  await expect(anna.heading('Savings')).toBeVisible()
  await anna.page.clock.fastForward('04:50')
  await anna.button('Safety').click()
  await anna.page.clock.fastForward('04:50')
  await expect(anna.heading('Savings')).toBeVisible()
  await anna.page.clock.fastForward('00:10')
  await expect(anna.page.getByText('This device was locked: nobody used it for 5 minutes.')).toBeVisible()
  await expect(anna.page.getByText('Locked', { exact: true })).toBeVisible()
})
