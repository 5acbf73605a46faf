/**
 * What people wait for, in three tabs of one browser: from *Create and invite* to the address, from *Ask for approval* to a signature,
 * and from a passphrase to the wallet.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser } from '@playwright/test'
import { Person } from '@trivet/e2e/person'
import { Table } from '@trivet/e2e/table'
import { startSignalling } from '@trivet/signalling'
import type { Measured } from './report.ts'
import { rowOf } from './row.ts'

const ROUNDS = 10

/** Milliseconds of one round. */
interface Round {
  readonly createToAddress: number
  readonly approvedToAddress: number
  readonly signToSignature: number
  readonly approvedToSignature: number
  readonly unlock: number
}

export async function tabs(note: (sentence: string) => void): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'trivet-bench-'))
  const server = startSignalling({ host: '127.0.0.1', port: 0, dataDir: folder, pageDir: join(import.meta.dirname, '../web/dist') })
  const executablePath = process.env['CHROMIUM_PATH']
  const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath })
  try {
    await server.ready
    const rounds: Round[] = []
    for (let i = 1; i <= ROUNDS; i++) {
      note(`Round ${i} of ${ROUNDS} …`)
      rounds.push(await round(browser, server.url))
    }
    const row = (name: string, of: keyof Round) => rowOf(name, rounds.map((each) => each[of]))
    return {
      runtime: `Chromium ${browser.version()}`,
      rows: [
        row('create to address', 'createToAddress'),
        row('ceremony: everybody approved to address', 'approvedToAddress'),
        row('sign to verified signature', 'signToSignature'),
        row('signing: everybody approved to verified signature', 'approvedToSignature'),
        row('passphrase to wallet', 'unlock'),
      ],
    }
  } finally {
    await browser.close()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * New people each time: a browser that holds no wallet yet. What they type and click is part of the time, as it is for people; like
 * them they turn to a tab first, since Chromium draws tabs that nobody looks at once a second.
 */
async function round(browser: Browser, url: string): Promise<Round> {
  const context = await browser.newContext()
  const table = new Table()
  const person = async (name: string): Promise<Person> => new Person(name, await context.newPage(), url, table)
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]

  await anna.page.bringToFront()
  await anna.prepareWallet({ name: 'Savings' })
  const created = performance.now()
  await anna.button('Create and invite').click()
  const links = await anna.invitations(2)
  for (const [i, other] of [ben, cleo].entries()) {
    await other.page.bringToFront()
    await other.join(links[i] ?? '')
  }
  await anna.page.bringToFront()
  await anna.makeTogether()
  for (const other of [ben, cleo]) {
    await other.page.bringToFront()
    await other.approve()
  }
  const allApproved = performance.now()
  await anna.seesWallet()
  await anna.account('Bitcoin Taproot')
  const made = performance.now()

  await ben.page.bringToFront()
  await ben.seesWallet()
  await anna.page.bringToFront()
  await anna.writeText('Paid in full', 'Ben')
  const asked = performance.now()
  await anna.ask()
  await ben.page.bringToFront()
  await ben.review('Anna')
  await ben.approve()
  const bothApproved = performance.now()
  await anna.page.getByText('Signature checked').waitFor()
  const signed = performance.now()
  const unlock = await unlocking(anna)
  await context.close()
  return {
    createToAddress: made - created, approvedToAddress: made - allApproved, signToSignature: signed - asked, approvedToSignature: signed - bothApproved,
    unlock,
  }
}

/** A page that was opened anew: from Enter to the wallet. */
async function unlocking(who: Person): Promise<number> {
  await who.page.bringToFront()
  await who.page.reload()
  await who.button(`Unlock ${who.name}`).click()
  await who.page.getByRole('dialog').getByLabel('Passphrase', { exact: true }).fill(who.passphrase)
  const asked = performance.now()
  await who.page.keyboard.press('Enter')
  await who.heading('Savings').waitFor()
  return performance.now() - asked
}
