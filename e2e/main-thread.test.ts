import { expect, test } from './support/fixtures.ts'

/** Longer, and somebody who types or scrolls would notice. */
const MOST_MS = 50
const SLOWER = 4

// Taking snapshots of the page for a trace is a task of the page's, too, and a long one.
test.use({ trace: 'off', screenshot: 'off' })

declare global {
  interface Window { longTasks?: { readonly start: number; readonly ms: number }[] }
}

test('the page is never blocked while a key is made, on a processor four times slower', async ({ person }) => {
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  await anna.createWallet({ name: 'Savings' })
  const links = await anna.invitations(2)
  for (const [i, other] of [ben, cleo].entries()) await other.join(links[i] ?? '')
  await anna.makeTogether()
  const approve = cleo.button('Approve')
  await approve.focus()

  const devtools = await cleo.page.context().newCDPSession(cleo.page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  await cleo.page.evaluate(() => {
    const seen: { start: number; ms: number }[] = []
    window.longTasks = seen
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.push({ start: entry.startTime, ms: entry.duration })
    }).observe({ type: 'longtask' })
  })
  // The observer sees what it should: a loop of three times as long is noticed.
  await cleo.page.evaluate((ms) => {
    // In a task of the page's own: what is evaluated from here is none.
    setTimeout(() => {
      const end = performance.now() + ms
      while (performance.now() < end);
    })
  }, 3 * MOST_MS)
  await expect.poll(() => cleo.page.evaluate((ms) => window.longTasks?.some((task) => task.ms >= ms), 3 * MOST_MS)).toBe(true)
  await cleo.page.evaluate(() => { window.longTasks?.splice(0) })

  await ben.approve()
  // From here until the end the driver looks at the other pages only: to search this one for a button or a text would be a task in
  // it, as slow as its own. A key is pressed from outside.
  await cleo.page.keyboard.press('Enter')
  await anna.seesWallet()
  await ben.seesWallet()
  await cleo.seesWallet()
  expect(await cleo.account('Ethereum')).toBe(await anna.account('Ethereum'))
  const blocked = await cleo.page.evaluate((most) => (window.longTasks ?? []).filter(({ ms }) => ms > most), MOST_MS)
  expect(blocked).toEqual([])
})
