import { bentLink } from './support/bent-link.ts'
import { expect, test } from './support/fixtures.ts'
import type { Person } from './support/person.ts'

/** The same link with another expiry. @param seconds since 1970 */
const expiring = (link: string, seconds: number): string => bentLink(link, (content) => content.writeUInt32BE(seconds, content.length - 4))

async function paste(who: Person, link: string): Promise<void> {
  await who.open()
  await who.page.getByRole('button', { name: /^Join with a link/ }).click()
  await who.field('Invitation link').fill(link)
  await who.button('Continue').click()
}

test('a damaged, an expired, a foreign link and what is none each have a sentence and a way on', async ({ person }) => {
  const [anna, ben] = [await person('Anna'), await person('Ben')]
  await anna.createWallet({ name: 'Savings', devices: 2 })
  const [link = ''] = await anna.invitations(1)
  const alert = ben.page.getByRole('alert')

  await paste(ben, link.slice(0, -1))
  await expect(alert).toContainText('This link is damaged')
  await expect(alert).toContainText('Copy the whole link again')
  await paste(ben, link.slice(0, -9) + (link.at(-9) === 'A' ? 'B' : 'A') + link.slice(-8))
  await expect(alert).toContainText('This link is damaged')
  await paste(ben, expiring(link, Math.floor(Date.now() / 1000) - 1))
  await expect(alert).toContainText('This link has expired.')
  await expect(alert).toContainText('Ask for a new one')
  await paste(ben, link.replace(/^http:\/\/[^/]+/, 'https://wallet.example'))
  await expect(alert).toContainText('This link belongs to another page, at wallet.example.')
  await expect(alert).toContainText('open the link there')
  await paste(ben, 'https://wallet.example/#pay=everything')
  await expect(alert).toContainText('This is not a Trivet link.')
  // A correction takes the complaint away, and the right link leads on.
  await ben.field('Invitation link').fill(expiring(link, Math.floor(Date.now() / 1000) + 60))
  await expect(alert).toHaveCount(0)
  await paste(ben, link)
  await expect(ben.page.getByText('You are invited to hold one part of a wallet.')).toBeVisible()
})

test('the fragment with its secret is taken out of the address before the page shows anything', async ({ person }) => {
  const [anna, ben] = [await person('Anna'), await person('Ben')]
  await anna.createWallet({ name: 'Savings', devices: 2 })
  const [link = ''] = await anna.invitations(1)
  await ben.page.goto(link)
  await ben.page.getByText('You are invited to hold one part of a wallet.').waitFor()
  expect(ben.page.url()).not.toContain('#')
  expect(await ben.page.evaluate(() => JSON.stringify(history.state))).not.toContain('join=')
})

test('a link pasted into the address while the page is still loading is followed, and taken out of the address too', async ({ person }) => {
  const [anna, ben] = [await person('Anna'), await person('Ben')]
  await anna.createWallet({ name: 'Savings', devices: 2 })
  const [link = ''] = await anna.invitations(1)
  let goOn = (): void => undefined
  const pasted = new Promise<void>((resolve) => { goOn = resolve })
  const asked = ben.page.waitForRequest('**/assets/start-*.js')
  await ben.page.route('**/assets/start-*.js', async (route) => {
    await pasted
    await route.continue()
  })
  const opened = ben.open()
  await asked
  await ben.page.evaluate((hash) => { location.hash = hash }, new URL(link).hash)
  goOn()
  await opened
  await expect(ben.page.getByText('You are invited to hold one part of a wallet.')).toBeVisible()
  expect(ben.page.url()).not.toContain('#')
})

test('a link that somebody else has used says so, and tells to stop if that was a stranger', async ({ person }) => {
  const [anna, ben, eve] = [await person('Anna'), await person('Ben'), await person('Eve')]
  await anna.createWallet({ name: 'Savings' })
  const [toBen = ''] = await anna.invitations(2)
  await ben.join(toBen)
  await expect(ben.page.getByText('Waiting for the others.')).toBeVisible()
  await eve.join(toBen)
  await expect(eve.page.getByRole('alert')).toContainText('Another device has already used this link.')
  await expect(eve.page.getByRole('alert')).toContainText('tell whoever sent it to stop')
})

test('a link of a wallet that was called off says that nobody waits behind it', async ({ person }) => {
  const [anna, ben] = [await person('Anna'), await person('Ben')]
  await anna.createWallet({ name: 'Savings', devices: 2 })
  const [link = ''] = await anna.invitations(1)
  await anna.button('Cancel the wallet').click()
  await anna.page.getByText('No wallet yet').waitFor()
  await ben.join(link)
  await expect(ben.page.getByRole('alert')).toContainText('Nobody waits behind this link any more')
})

test('the device that made a link cannot take the place; a new tab can, and is told that one disk holds both', async ({ person, watches }) => {
  const anna = await person('Anna')
  await anna.createWallet({ name: 'Savings', devices: 2 })
  const [link = ''] = await anna.invitations(1)
  // Pasted into the address bar of the same tab.
  await anna.page.evaluate((url) => { location.href = url }, link)
  await expect(anna.page.getByText('This device made the link')).toBeVisible()
  expect(anna.page.url()).not.toContain('#')
  const opened = anna.page.context().waitForEvent('page')
  await anna.page.getByRole('link', { name: 'Open in a new tab' }).click()
  const tab = await opened
  await expect(tab.getByText('then this browser holds the parts of both')).toBeVisible()
  expect(tab.url()).not.toContain('#')
  // Asked for by a person, this once.
  expect(watches.get(anna.page.context())?.take()).toEqual([`tab: ${link}`])
  await tab.getByLabel('Name of this device').fill('Anna’s second')
  await tab.getByLabel('Passphrase for this device', { exact: true }).fill('another long passphrase')
  await tab.getByRole('button', { name: 'Join', exact: true }).click()

  await anna.button('Back to the wallet').click()
  await expect(anna.button('Make the wallet together')).toBeVisible()
  // The same link once more, in the tab that has the place by now.
  await tab.evaluate((url) => { location.href = url }, link)
  await expect(tab.getByText('This device already has a place in this wallet.')).toBeVisible()
  await tab.close()
})
