/** What people do when devices of their wallet come and go. */
import { expect } from '@playwright/test'
import { isSignedText } from './verify.ts'
import type { Person } from './person.ts'

/** Every two of four devices set anew up what they sign with. */
const CEREMONY_MS = 60_000

type Fate = 'Stays' | 'Goes' | 'Is lost'

/** In the form of a change. */
export async function decide(who: Person, device: string, fate: Fate): Promise<void> {
  await who.page.getByRole('group', { name: `What happens with ${device}`, exact: true }).getByRole('radio', { name: fate, exact: true }).check()
}

/** From the form to the lobby. @returns links to pass on */
export async function startChange(who: Person, links = 0): Promise<readonly string[]> {
  await who.button('Start the change').click()
  return links === 0 ? [] : await who.invitations(links)
}

/** Whoever started it: all are here. Reads words out where somebody is new. */
export async function changeTogether(who: Person, action = 'Change the devices together'): Promise<void> {
  await who.button(action).click()
  const words = who.heading('The same words')
  await words.or(who.page.getByText('You approved.')).first().waitFor()
  if (!await words.isVisible()) return
  await who.readOut()
  await who.button('They are the same').click()
}

/** A member that is asked, wherever its page is. */
export async function agree(who: Person): Promise<void> {
  await who.button('Review').click()
  await who.approve()
}

/** It is done, and a new backup is for later. */
export async function seesChange(who: Person, title = 'The devices have changed'): Promise<void> {
  await who.heading(title).waitFor({ timeout: CEREMONY_MS })
  await expect(who.page.getByText('The one from before no longer works')).toBeVisible()
  await who.button('Later').click()
  await who.page.getByRole('region', { name: 'Devices' }).waitFor()
}

/** Pastes a link on a device that is open: it comes as itself. */
export async function openLink(who: Person, link: string): Promise<void> {
  await who.field('Invitation link').fill(link)
  await who.button('Continue').click()
  await who.button('Join').click()
}

/** Asks the others to sign a text, and checks the signature under the wallet's key. Everybody is at the wallet before and afterwards. */
export async function signsTextWith(asker: Person, others: readonly Person[], wallet: string, publicKey: string): Promise<void> {
  const text = `${[asker, ...others].map(({ name }) => name).join(', ')} were here.`
  await asker.startSigning('Text message')
  await asker.field('Message').fill(text)
  const box = (name: string) => asker.page.getByRole('checkbox', { name })
  // Somebody else may be chosen already, and whoever is one too many takes the place of the one before.
  for (const label of await asker.page.getByRole('group', { name: 'devices sign' }).locator('label').all()) {
    const one = label.getByRole('checkbox')
    if (await one.isEnabled() && await one.isChecked()) await one.uncheck()
  }
  for (const { name } of others) await box(name).check()
  for (const { name } of others) await expect(box(name)).toBeChecked()
  await asker.ask()
  for (const other of others) {
    await other.review(asker.name)
    await other.approve()
  }
  expect(isSignedText(text, await asker.result('Signature (hex)'), publicKey)).toBe(true)
  for (const other of others) await other.result('Signature (hex)')
  for (const who of [asker, ...others]) await who.backToWallet(wallet)
}
