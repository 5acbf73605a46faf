import type { Page } from '@playwright/test'
import { expect, test } from './support/fixtures.ts'
import type { Person } from './support/person.ts'

/** An authenticator that says yes by itself, as its person would. */
async function plugIn(page: Page, { hasPrf }: { readonly hasPrf: boolean }): Promise<{ forgetAll(): Promise<void>; unplug(): Promise<void> }> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
      automaticPresenceSimulation: true, hasPrf,
    },
  })
  return {
    forgetAll: async () => { await cdp.send('WebAuthn.clearCredentials', { authenticatorId }) },
    unplug: async () => { await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId }) },
  }
}

/** In the wallet's part *Safety*. */
async function addPasskey(person: Person): Promise<void> {
  const card = person.page.getByRole('region', { name: 'Passkeys' })
  if (await card.getByLabel('Name of the passkey').count() === 0) await card.getByRole('button', { name: 'Add a passkey' }).click()
  await card.getByLabel('Name of the passkey').fill('Fingerprint')
  await card.getByLabel('Your passphrase').fill(person.passphrase)
  await card.getByRole('button', { name: 'Add', exact: true }).click()
}

/** A passkey belongs to a domain, and an address of numbers is none. */
const byName = (url: string): string => url.replace('127.0.0.1', 'localhost')

test('a passkey opens the vault; once it is deleted, the passphrase still does', async ({ person, device, server }) => {
  const anna = await person('Anna', { url: byName(server.url) })
  const authenticator = await plugIn(anna.page, { hasPrf: true })
  await anna.makeWalletWithDevice(await device({ name: 'Cleo' }), 'Savings')
  await anna.button('Safety').click()
  await addPasskey(anna)
  await expect(anna.page.getByText('The passkey is added and opens this device.')).toBeVisible()

  await anna.page.reload()
  await anna.button('Unlock Anna').click()
  await anna.button('Open with a passkey').click()
  await expect(anna.heading('Savings')).toBeVisible()

  await authenticator.forgetAll()
  await anna.button('Lock').click()
  await anna.button('Unlock Anna').click()
  await anna.button('Open with a passkey').click()
  await expect(anna.page.getByRole('alert')).toContainText('No passkey answered')
  await expect(anna.page.getByRole('alert')).toContainText('or use the passphrase')
  await anna.enterPassphrase(anna.passphrase)
  await expect(anna.heading('Savings')).toBeVisible()

  await anna.button('Safety').click()
  await anna.page.getByRole('button', { name: /^Remove.*Fingerprint$/ }).click()
  await anna.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await expect(anna.page.getByText('No passkey yet.')).toBeVisible()
  await anna.button('Lock').click()
  await anna.button('Unlock Anna').click()
  await expect(anna.page.getByRole('dialog').getByLabel('Passphrase', { exact: true })).toBeVisible()
  await expect(anna.button('Open with a passkey')).toHaveCount(0)
})

test('an authenticator that computes no secret is refused, and a wrong passphrase adds nothing', async ({ person, device, server }) => {
  const anna = await person('Anna', { url: byName(server.url) })
  const plain = await plugIn(anna.page, { hasPrf: false })
  await anna.makeWalletWithDevice(await device({ name: 'Cleo' }), 'Savings')
  await anna.button('Safety').click()
  await addPasskey(anna)
  await expect(anna.page.getByRole('alert')).toContainText('This passkey cannot open a vault: it computes no secret. Nothing was stored.', { useInnerText: true })
  await plain.unplug()
  await plugIn(anna.page, { hasPrf: true })
  const card = anna.page.getByRole('region', { name: 'Passkeys' })
  await card.getByLabel('Your passphrase').fill('not the passphrase of Anna')
  await card.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(anna.page.getByRole('alert')).toContainText('Wrong passphrase.')
  await expect(card.getByText('No passkey yet.')).toBeVisible()
})

test('the passphrase is changed: the old one no longer opens, and one that is forgotten is replaced by means of a passkey', async ({ person, device, server }) => {
  const anna = await person('Anna', { url: byName(server.url) })
  await plugIn(anna.page, { hasPrf: true })
  await anna.makeWalletWithDevice(await device({ name: 'Cleo' }), 'Savings')
  await anna.button('Safety').click()
  await addPasskey(anna)
  await expect(anna.page.getByText('The passkey is added')).toBeVisible()

  const change = async (passphrase: string, old?: string): Promise<void> => {
    await anna.button('Change the passphrase').click()
    const card = anna.page.getByRole('region', { name: 'Passphrase of this device' })
    if (old === undefined) await card.getByRole('button', { name: 'I forgot it: use a passkey' }).click()
    else await card.getByLabel('Passphrase until now').fill(old)
    await card.getByLabel('New passphrase').fill(passphrase)
    await card.getByRole('button', { name: 'Change', exact: true }).click()
    await expect(card.getByText('The passphrase is changed.')).toBeVisible()
  }
  await change('a second long passphrase', anna.passphrase)
  await anna.page.reload()
  await anna.unlock(anna.passphrase)
  await expect(anna.page.getByRole('alert')).toContainText('Wrong passphrase.')
  await anna.enterPassphrase('a second long passphrase')
  await expect(anna.heading('Savings')).toBeVisible()

  await anna.button('Safety').click()
  await change('a third long passphrase')
  await anna.page.reload()
  await anna.unlock('a third long passphrase')
  await expect(anna.heading('Savings')).toBeVisible()
})

test('after five wrong passphrases each has to wait, the wait is counted down, and the right one opens afterwards', async ({ person, device }) => {
  const anna = await person('Anna')
  await anna.makeWalletWithDevice(await device({ name: 'Cleo' }), 'Savings')
  await anna.button('Lock').click()
  await anna.button('Unlock Anna').click()
  const dialog = anna.page.getByRole('dialog')
  const unlock = dialog.getByRole('button', { name: 'Unlock' })
  for (let tries = 0; tries < 5; tries += 1) {
    await anna.enterPassphrase(`wrong passphrase ${String(tries)}`)
    await expect(dialog.getByRole('alert').first()).toContainText('Wrong passphrase.')
    await expect(dialog.getByLabel('Passphrase', { exact: true })).toBeFocused()
  }
  await expect(dialog.getByText(/^Wait [1-5] s$/).first()).toBeVisible()
  await expect(unlock).toBeDisabled()
  await expect(unlock).toBeEnabled()
  await anna.enterPassphrase(anna.passphrase)
  await expect(anna.heading('Savings')).toBeVisible()
})
