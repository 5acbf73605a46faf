import { expect, test } from './support/fixtures.ts'
import type { Person } from './support/person.ts'

/** How every description of a connection tells its certificate: one of 32 bytes. */
const FINGERPRINT = /a=fingerprint:sha-256/i
/** Of a frame that was sealed to a card, as long as all that is said to meet. */
const HEAD = [1, 1]
const NEGOTIATION_BYTES = 1_024

interface Passed {
  /** Frames that were changed. */
  altered: number
  /** In which a fingerprint could be read. */
  readable: number
}

/** A server that would swap fingerprints if it found any, and changes a bit of what it takes for descriptions of connections. */
async function swapFingerprints(victim: Person): Promise<Passed> {
  const passed: Passed = { altered: 0, readable: 0 }
  await victim.page.routeWebSocket(/\/socket\.io\//, (page) => {
    const server = page.connectToServer()
    server.onMessage((message) => {
      // One character a byte, so that what is no text stays as it is.
      if (FINGERPRINT.test(typeof message === 'string' ? message : message.toString('latin1'))) passed.readable += 1
      const isNegotiation = typeof message !== 'string' && message.length === NEGOTIATION_BYTES && HEAD.every((byte, i) => byte === message[i])
      if (isNegotiation) passed.altered += 1
      page.send(isNegotiation ? Buffer.from(message.map((byte, i) => (i === NEGOTIATION_BYTES / 2 ? byte ^ 1 : byte))) : message)
    })
  })
  return passed
}

test('a server that would swap fingerprints finds none, alters what it cannot read, and is named by whom it cheats; nothing is made', async ({ person }) => {
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  const passed = await swapFingerprints(ben)
  await anna.createWallet({ name: 'Savings' })
  const [toBen = '', toCleo = ''] = await anna.invitations(2)
  await ben.join(toBen)
  await cleo.join(toCleo)
  await anna.start()

  await expect(ben.page.getByRole('alert')).toContainText(/The introduction server tried to stand between you and (Anna|Cleo)\. The connection was refused\./)
  for (const who of [anna, ben, cleo]) {
    await expect(who.heading('The wallet was not made')).toBeVisible()
    await expect(who.page.getByRole('alert')).toContainText('No key was made. Nothing was lost.')
  }
  expect(passed.readable).toBe(0)
  expect(passed.altered).toBeGreaterThan(0)
})
