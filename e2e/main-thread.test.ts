import { expect, test } from './support/fixtures.ts'
import { mark, tasksOf } from './support/page-tasks.ts'
import type { Person } from './support/person.ts'

/** Longer, and somebody who types or scrolls would notice. */
const MOST_MS = 50
const SLOWER = 4

// Snapshots of the page for Playwright's own trace are tasks of the page, too, and long ones.
test.use({ trace: 'off', screenshot: 'off' })

async function slowDown({ page }: Person): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
}

/** A task of the page's own, many times too long also where the machine gives it only a part of its time: it has to be seen. */
async function block({ page }: Person): Promise<void> {
  await page.evaluate((ms) => new Promise<void>((resolve) => {
    setTimeout(() => {
      const end = performance.now() + ms
      while (performance.now() < end);
      resolve()
    })
  }), 10 * MOST_MS)
}

test('the page is never blocked while a key is made, on a processor four times slower', async ({ person, browser }) => {
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  await anna.createWallet({ name: 'Savings' })
  const links = await anna.invitations(2)
  for (const [i, other] of [ben, cleo].entries()) await other.join(links[i] ?? '')
  await anna.makeTogether()
  await cleo.findsWords()
  await cleo.button('Approve').focus()
  await slowDown(cleo)

  const tasks = await tasksOf(browser, async () => {
    await mark(cleo.page, 'control')
    await block(cleo)
    await mark(cleo.page, 'asked')

    await ben.approve()
    // From here on the driver looks at the other pages only: searching this one for a button or a text would be a task in it, as slow
    // as its own. A key is pressed from outside.
    await cleo.page.keyboard.press('Enter')
    await anna.seesWallet()
    await ben.seesWallet()
    // Seldom, and cheap: the addresses are the last to come, after the offer of a backup.
    await expect.poll(() => cleo.page.evaluate(() => document.querySelector('h1')?.textContent), { intervals: [1000] }).toContain('The key is made')
    await cleo.page.evaluate(() => { [...document.querySelectorAll('button')].find(({ textContent }) => textContent.trim() === 'Later')?.click() })
    await expect.poll(() => cleo.page.evaluate(() => document.querySelectorAll('article[aria-busy=false]').length), { intervals: [1000] }).toBe(3)
    await mark(cleo.page, 'shown')
  })
  await expect(cleo.heading('Savings')).toBeVisible()

  // What is too long is seen.
  expect(Math.max(...tasks('control', 'asked'))).toBeGreaterThan(MOST_MS)
  const [longest = Infinity] = tasks('asked', 'shown')
  expect(longest).toBeLessThan(MOST_MS)
})

test('nor while a passphrase opens the vault, which takes its time by design and says so', async ({ person, device, browser }) => {
  const anna = await person('Anna')
  await anna.makeWalletWithDevice(await device({ name: 'Ben' }), 'Savings')
  await anna.page.reload()
  await anna.button('Unlock Anna').click()
  await anna.page.getByRole('dialog').getByLabel('Passphrase', { exact: true }).fill(anna.passphrase)
  // The driver does not look while it is opened: that would be tasks of the page, too.
  await anna.page.evaluate(() => {
    new MutationObserver(() => {
      const said = [...document.querySelectorAll('dialog [role=status]')].some(({ textContent }) => textContent.includes('takes about a second by design'))
      if (said) document.documentElement.dataset['said'] = 'true'
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
  await slowDown(anna)
  const tasks = await tasksOf(browser, async () => {
    await mark(anna.page, 'control')
    await block(anna)
    await mark(anna.page, 'asked')
    await anna.page.keyboard.press('Enter')
    await expect.poll(() => anna.page.evaluate(() => document.querySelector('h1')?.textContent), { intervals: [1000] }).toContain('Savings')
    await mark(anna.page, 'shown')
  })
  expect(await anna.page.evaluate(() => document.documentElement.dataset['said'])).toBe('true')
  expect(Math.max(...tasks('control', 'asked'))).toBeGreaterThan(MOST_MS)
  const [longest = Infinity] = tasks('asked', 'shown')
  expect(longest).toBeLessThan(MOST_MS)
})
