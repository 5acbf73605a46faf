/** The day when no device can sign any more: backups, the recovery page on a disk, and no network. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from '@playwright/test'
import { FROZEN_BACKUPS } from '@trivet/party/testing'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { expect, test } from './support/fixtures.ts'
import type { Person } from './support/person.ts'
import { saveBackup } from './support/save-backup.ts'

const PASSPHRASES = { Anna: 'seven brisk otters play at dusk', Ben: 'nine quiet herons wait for rain' }

/** The page as it lies on a disk, in a browser without network. */
class RecoveryPage {
  readonly page: Page
  /** Whatever it asked for, itself not counted, and what went wrong in it. */
  readonly trouble: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('request', (request) => { if (!/^(file:\/\/\S*recovery\.html|blob:)/u.test(request.url())) this.trouble.push(request.url()) })
    page.on('pageerror', ({ message }) => { this.trouble.push(message) })
    page.on('console', (message) => { this.trouble.push(message.text()) })
  }

  static async open(browser: Browser, path: string): Promise<RecoveryPage> {
    const context = await browser.newContext({ offline: true, locale: 'en' })
    const opened = new RecoveryPage(await context.newPage())
    await opened.page.goto(pathToFileURL(path).href)
    await opened.page.getByRole('heading', { name: 'Recover the keys of a wallet' }).waitFor()
    return opened
  }

  /** The name a file has is the last part of its path. */
  async give(...paths: readonly string[]): Promise<void> {
    await this.page.getByLabel('Backup files', { exact: true }).setInputFiles([...paths])
  }

  file(name: string) {
    return this.page.getByRole('group', { name, exact: true })
  }

  async enter(name: string, passphrase: string): Promise<void> {
    await this.file(name).getByLabel(`Passphrase of ${name}`).fill(passphrase)
    await this.file(name).getByRole('button', { name: 'Open' }).click()
  }

  async remove(name: string): Promise<void> {
    await this.file(name).getByRole('button', { name: 'Remove' }).click()
  }

  /** What stands under a name in the part of one kind of key. */
  async value(kind: RegExp, name: string): Promise<string> {
    const row = this.page.getByRole('region', { name: kind }).locator('dl > div').filter({ has: this.page.locator('dt').getByText(name, { exact: true }) })
    return await row.locator('dd').innerText()
  }
}

/** Both screens offer it. @returns where it lies now */
async function saveRecoveryPage(person: Person, folder: string): Promise<string> {
  await person.button('Safety').click()
  const [download] = await Promise.all([person.page.waitForEvent('download'), person.page.getByRole('link', { name: 'Save the recovery page' }).click()])
  const path = join(folder, download.suggestedFilename())
  await download.saveAs(path)
  return path
}

test('two backups of a 2-of-3 wallet give its keys on the recovery page, from the disk and without network; what does not fit is told', async ({ browser, person, device, folder }) => {
  test.setTimeout(240_000)
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await device({ name: 'Cleo' })]
  await anna.createWallet({ name: 'Savings' })
  const [forBen = '', forCleo = ''] = await anna.invitations(2)
  await ben.join(forBen)
  await cleo.join(forCleo)
  await anna.makeTogether()
  await Promise.all([ben.approve(), cleo.approve()])
  await Promise.all([anna.seesWallet(), ben.seesWallet()])
  const addresses = { taproot: await anna.account('Bitcoin Taproot'), ethereum: await anna.account('Ethereum') }
  const recoveryPage = await saveRecoveryPage(anna, folder)
  await anna.button('Overview').click()
  const backups = [await saveBackup(anna, PASSPHRASES.Anna, folder), await saveBackup(ben, PASSPHRASES.Ben, folder)] as const
  await anna.leave()
  await ben.leave()

  const [ofAnna, ofBen] = ['trivet-savings-anna-epoch1.trivet-backup', 'trivet-savings-ben-epoch1.trivet-backup'] as const
  const [strange] = FROZEN_BACKUPS[0]?.files ?? []
  if (strange === undefined) throw new Error('no other wallet')
  const others = { damaged: join(folder, 'damaged'), photo: join(folder, 'photo'), copy: join(folder, 'copy'), strange: join(folder, 'strange') }
  const bytes = await readFile(backups[0])
  await writeFile(others.damaged, bytes.with(400, (bytes[400] ?? 0) ^ 1))
  await writeFile(others.photo, 'holiday photo')
  await writeFile(others.copy, bytes)
  await writeFile(others.strange, strange.bytes)

  const recovery = await RecoveryPage.open(browser, recoveryPage)
  const { page } = recovery
  await expect(page.getByRole('region', { name: 'Read this first' })).toContainText('Afterwards each key is in one place')
  await expect(page.getByText('This page was opened over the network')).toBeHidden()
  await recovery.give(backups[0], others.damaged, others.photo, others.copy, others.strange)
  for (const name of ['damaged', 'photo']) await expect(recovery.file(name).getByRole('alert')).toContainText('This file is damaged, or it is no backup of Trivet.')

  await recovery.enter(ofAnna, 'not the passphrase')
  await expect(recovery.file(ofAnna).getByRole('alert')).toContainText('Wrong passphrase.')
  await recovery.enter(ofAnna, PASSPHRASES.Anna)
  await expect(recovery.file(ofAnna)).toContainText('Opened: “Savings”, of Anna')
  await expect(page.getByText('Still missing: the backup of one more device of this wallet.')).toContainText(/These would do: (Ben, Cleo|Cleo, Ben)\./)
  await recovery.enter('copy', PASSPHRASES.Anna)
  await expect(recovery.file('copy').getByRole('alert')).toContainText('The backup of this device is opened already.')
  await recovery.enter('strange', strange.passphrase)
  await expect(recovery.file('strange').getByRole('alert')).toContainText('This is the backup of another wallet')
  await expect(page.getByRole('button', { name: 'Show the keys' })).toHaveCount(0)
  for (const name of ['damaged', 'photo', 'copy', 'strange']) await recovery.remove(name)

  await recovery.give(backups[1])
  await recovery.enter(ofBen, PASSPHRASES.Ben)
  await expect(page.getByText('That is enough.')).toBeVisible()
  await expect(page.getByText(/xprv9s21/)).toHaveCount(0)
  await page.getByRole('button', { name: 'Show the keys' }).click()
  expect(await recovery.value(/^ECDSA/, 'Ethereum')).toBe(addresses.ethereum)
  expect(await recovery.value(/^BIP-340/, 'Bitcoin (Taproot)')).toBe(addresses.taproot)
  for (const kind of [/^ECDSA/, /^BIP-340/]) {
    const secret = await recovery.value(kind, 'Private key, hex')
    expect(Buffer.from(secp256k1.getPublicKey(Buffer.from(secret, 'hex'))).toString('hex')).toBe(await recovery.value(kind, 'Public key'))
    expect(await recovery.value(kind, 'xprv (the key is the root: depth 0)')).toMatch(/^xprv9s21/)
    expect(await recovery.value(kind, 'WIF')).toMatch(/^[KL]/)
  }
  await page.getByLabel('Path of a key below').fill('m/0/1')
  await page.getByRole('button', { name: 'Add' }).click()
  expect(await recovery.value(/^Ed25519.* m\/0\/1$/, 'Scalar, hex, little-endian')).toMatch(/^[0-9a-f]{64}$/)
  await page.getByRole('button', { name: 'Hide the keys' }).click()
  await expect(page.getByText(/xprv9s21/)).toHaveCount(0)
  expect(recovery.trouble).toEqual([])
  await page.context().close()
})

test('the recovery page speaks Chinese, warns when it came over the network, and is then confined as it is on a disk', async ({ browser, server }) => {
  const context = await browser.newContext({ locale: 'zh-CN' })
  const page = await context.newPage()
  const answer = await page.goto(`${server.url}/recovery.html`)
  expect(answer?.headers()['content-security-policy']).toMatch(/^default-src 'none'; script-src 'sha256-[^']+' 'wasm-unsafe-eval'; style-src 'sha256-[^']+'; worker-src blob:;/)
  await expect(page.getByRole('heading', { name: '恢复钱包的密钥' })).toBeVisible()
  await expect(page.getByRole('alert')).toContainText('此页面是通过网络打开的')
  await page.getByLabel('语言').selectOption('en')
  await expect(page.getByRole('alert')).toContainText('Save it, disconnect, and open the saved file.')
  expect(await page.evaluate(() => fetch('/health').then(() => 'reached', () => 'refused'))).toBe('refused')
  await context.close()
})
