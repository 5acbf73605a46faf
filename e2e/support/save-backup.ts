import { join } from 'node:path'
import type { Person } from './person.ts'

/** From the wallet to a backup file on the disk, not read back yet. @returns its path */
export async function saveBackup(person: Person, passphrase: string, folder: string): Promise<string> {
  await person.button('Back up').click()
  await person.field('Passphrase for the backup').fill(passphrase)
  await person.button('Make the backup file').click()
  const save = person.button('Save the file')
  await save.waitFor()
  const [download] = await Promise.all([person.page.waitForEvent('download'), save.click()])
  const path = join(folder, download.suggestedFilename())
  await download.saveAs(path)
  return path
}
