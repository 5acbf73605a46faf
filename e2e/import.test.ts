/** A key that somebody has already: a seed phrase, and the files of another shared wallet. */
import { join } from 'node:path'
import { recoverMessageAddress } from 'viem'
import { expect, test } from './support/fixtures.ts'
import type { Person } from './support/person.ts'

const PHRASE = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about'
/** Every wallet that knows BIP-44 shows it for that phrase. */
const ADDRESS = '0x9858EfFD232B4033E47d90003D41EC34EcaEda94'
const FILES = join(import.meta.dirname, '../protocol/import/vectors/tss-lib/eddsa')

async function beginsBringing(who: Person): Promise<void> {
  await who.open()
  await who.page.getByRole('button', { name: /^Bring a key you already have/ }).click()
}

/** Below what was read: a wallet of so many devices. */
async function invites(who: Person, name: string, devices: number): Promise<readonly string[]> {
  await who.field('Name of the wallet').fill(name)
  await who.field('Devices that hold it').fill(String(devices))
  await who.field('Devices that hold it').press('Tab')
  await who.introduce()
  await who.page.getByRole('checkbox', { name: 'I know this, and bring the key along all the same.' }).check()
  await who.button('Create and invite').click()
  return who.invitations(devices - 1)
}

async function seesSplitKey(who: Person): Promise<void> {
  await who.heading('The key is split').waitFor()
  await who.button('Later').click()
  await who.page.getByRole('region', { name: 'Devices' }).waitFor()
}

test('a seed phrase shows its known address, comes into a wallet of two tabs, and signs there', async ({ person, context: browser }) => {
  const [anna, ben] = [await person('Anna', { browser }), await person('Ben', { browser })]
  await beginsBringing(anna)
  const typed = anna.field('Seed phrase or private key')

  // One word is wrong: nothing happens, and nothing is lost.
  await typed.fill(PHRASE.replace('about', 'abbout'))
  await anna.button('Show its address').click()
  await anna.page.getByRole('alert').getByText('Not a word of seed phrases: number 12.').waitFor()
  await expect(typed).toHaveValue(PHRASE.replace('about', 'abbout'))

  await typed.fill(PHRASE)
  await anna.button('Show its address').click()
  const seen = anna.page.getByRole('region', { name: 'Is this your old wallet?' })
  await expect(seen.locator('.groups')).toHaveText(ADDRESS)

  const [link = ''] = await invites(anna, 'Old savings', 2)
  await ben.join(link)
  await ben.page.getByText('not made but brought along').waitFor()
  await anna.makeTogether()
  await ben.approve()
  // The parts are renewed once more before anybody makes a backup of them; nobody is asked again.
  for (const who of [anna, ben]) await seesSplitKey(who)
  for (const who of [anna, ben]) {
    expect(await who.account('Ethereum')).toBe(ADDRESS)
    await who.page.getByText('The key of this wallet was brought along from elsewhere.').waitFor()
  }

  const text = 'The same address as before.'
  await ben.startSigning('Ethereum message')
  await ben.field('Message').fill(text)
  await ben.page.getByRole('checkbox', { name: 'Anna' }).check()
  await ben.ask()
  await anna.review('Ben')
  await anna.approve()
  const signature = await ben.result('Signature')
  expect(await recoverMessageAddress({ message: text, signature: signature as `0x${string}` })).toBe(ADDRESS)
})

test('files of another shared wallet, one in each of three tabs, come into one wallet', async ({ person, context: browser }) => {
  // Three tabs read, deal and receive.
  test.slow()
  const people = [await person('Anna', { browser }), await person('Ben', { browser }), await person('Cleo', { browser })] as const
  const [anna, ben, cleo] = people
  await beginsBringing(anna)
  await anna.page.getByRole('radio', { name: /^Files of another shared wallet/ }).check()
  await anna.field('File of this device').setInputFiles(join(FILES, 'keygen_data_0.json'))
  await anna.button('Show its address').click()
  const address = await anna.page.getByRole('region', { name: 'Is this your old wallet?' }).locator('.groups').innerText()
  const links = await invites(anna, 'Treasury', 3)
  for (const [i, who] of [ben, cleo].entries()) {
    await who.join(links[i] ?? '')
    await who.field('File of this device').setInputFiles(join(FILES, `../ecdsa/keygen_data_${i}.json`))
    await who.button('Use this file').click()
    await who.page.getByRole('alert').getByText('This file belongs to another wallet').waitFor()
    await who.field('File of this device').setInputFiles(join(FILES, `keygen_data_${i + 1}.json`))
    await who.button('Use this file').click()
    await who.page.getByText('This device has opened its file.').waitFor()
  }
  await anna.page.getByText('3 of 3 files are there.').waitFor()
  await anna.makeTogether()
  for (const who of [ben, cleo]) await who.approve()
  for (const who of people) await seesSplitKey(who)
  for (const who of people) expect(await who.account('Solana')).toBe(address)
})
