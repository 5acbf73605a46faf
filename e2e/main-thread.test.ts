import { expect, test } from './support/fixtures.ts'

/** Longer, and somebody who types or scrolls would notice. */
const MOST_MS = 50
const SLOWER = 4

declare global {
  interface Window { longTasks?: { readonly start: number; readonly ms: number }[] }
}

test('the page is never blocked while a key is made, on a processor four times slower', async ({ person }) => {
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  await anna.createWallet({ name: 'Savings' })
  const links = await anna.invitations(2)
  for (const [i, other] of [ben, cleo].entries()) await other.join(links[i] ?? '')
  await anna.makeTogether()
  await cleo.button('Approve').waitFor()

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
    const end = performance.now() + ms
    while (performance.now() < end);
  }, 3 * MOST_MS)
  await cleo.page.waitForFunction(() => window.longTasks?.length === 1)
  await cleo.page.evaluate(() => { window.longTasks?.splice(0) })

  await ben.approve()
  await cleo.approve()
  await cleo.page.getByText('Steps').waitFor()
  await cleo.seesWallet()
  const longest = await cleo.page.evaluate(() => Math.max(0, ...(window.longTasks ?? []).map(({ ms }) => ms)))
  expect(longest).toBeLessThanOrEqual(MOST_MS)
})
