import { expect, test } from './support/fixtures.ts'
import type { Person } from './support/person.ts'

/** How every description of a connection tells its certificate. */
const FINGERPRINT = /a=fingerprint:sha-256 (?:[0-9A-F]{2}:){31}[0-9A-F]{2}/g

/** A server that passes on everything but the fingerprints, where it puts its own. @returns how many it swapped */
async function swapFingerprints(victim: Person): Promise<() => number> {
  let swapped = 0
  const swap = (text: string): string => text.replaceAll(FINGERPRINT, () => {
    swapped += 1
    return `a=fingerprint:sha-256 ${Array(32).fill('EE').join(':')}`
  })
  await victim.page.routeWebSocket(/\/socket\.io\//, (page) => {
    const server = page.connectToServer()
    // One character a byte, so that what is no text stays as it is.
    server.onMessage((message) => page.send(typeof message === 'string' ? message : Buffer.from(swap(message.toString('latin1')), 'latin1')))
  })
  return () => swapped
}

test('a server that swaps fingerprints is caught and named by whom it cheats, and nothing is made anywhere', async ({ person }) => {
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  const swapped = await swapFingerprints(ben)
  await anna.createWallet({ name: 'Savings' })
  const [toBen = '', toCleo = ''] = await anna.invitations(2)
  await ben.join(toBen)
  await cleo.join(toCleo)
  await anna.makeTogether()

  await expect(ben.page.getByRole('alert')).toContainText(/The introduction server tried to stand between you and (Anna|Cleo)\. The connection was refused\./)
  for (const who of [anna, ben, cleo]) {
    await expect(who.heading('The wallet was not made')).toBeVisible()
    await expect(who.page.getByRole('alert')).toContainText('No key was made. Nothing was lost.')
  }
  expect(swapped()).toBeGreaterThan(0)
})
