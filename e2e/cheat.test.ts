import type { Envelope } from '@trivet/protocol/core'
import { expect, test } from './support/fixtures.ts'

/** Types of messages, as in the envelope's header. */
const R1 = 0x11
const R2 = 0x13
const R3 = 0x15
const R4 = 0x16
const SIGNATURE_SHARE = 0x41

/** The first of an ECDSA signature: its last bytes are a check of the multiplication. */
const MULTIPLICATION = 0x21

/**
 * Says the truth except in messages of one type, where the last byte is another. Not of the ECDSA key's own making: the end of its
 * confirmation is about a pair, and a pair that differs is nobody's provable fault.
 */
const lyingIn = (type: number) => (envelope: Envelope): Envelope => {
  const { header, body } = envelope
  const isLie = header.type === type && (header.suite !== 1 || type === MULTIPLICATION)
  return isLie ? { ...envelope, body: body.with(-1, (body.at(-1) ?? 0) ^ 1) } : envelope
}

for (const [what, type] of [['its commitment', R1], ['its polynomial', R2], ['the pieces it deals', R3], ['its confirmation', R4]] as const) {
  test(`who lies about ${what} while a key is made, and signs the lie, is named on every screen`, async ({ person, device }) => {
    const [anna, ben] = [await person('Anna'), await person('Ben')]
    const cheat = await device({ name: 'Mallory', say: lyingIn(type) })
    await anna.createWallet({ name: 'Savings' })
    const [toBen = '', toCheat = ''] = await anna.invitations(2)
    await ben.join(toBen)
    await cheat.join(toCheat)
    await anna.makeTogether()
    await ben.approve()
    await cheat.approve()

    for (const who of [anna, ben]) {
      await expect(who.heading('The wallet was not made')).toBeVisible()
      await expect(who.page.getByRole('alert')).toContainText('Mallory sent something that breaks the rules.')
      await expect(who.page.getByRole('alert')).toContainText('No key was made. Nothing was lost.')
    }
  })
}

test('who gives a false share of a signature, and signs it, is named, and the others can still sign', async ({ person, device }) => {
  const [anna, ben] = [await person('Anna'), await person('Ben')]
  const cheat = await device({ name: 'Mallory', say: lyingIn(SIGNATURE_SHARE) })
  await anna.createWallet({ name: 'Savings' })
  const [toBen = '', toCheat = ''] = await anna.invitations(2)
  await ben.join(toBen)
  await cheat.join(toCheat)
  await anna.makeTogether()
  await ben.approve()
  await cheat.approve()
  await anna.seesWallet()

  await anna.writeText('Paid in full', 'Mallory')
  await anna.ask()
  await cheat.approve()
  await expect(anna.heading('Nothing was signed')).toBeVisible()
  await expect(anna.page.getByRole('alert')).toContainText('Mallory sent something that breaks the rules.')

  await anna.button('Back to the wallet').click()
  await anna.writeText('Paid in full', 'Ben')
  await anna.ask()
  await ben.review('Anna')
  await ben.approve()
  await expect(anna.page.getByText('Signature checked')).toBeVisible()
})

test('who fails the safety check of an ECDSA signature is blocked, also after a restart, until both people pair again', async ({ person, device }) => {
  const [anna, ben] = [await person('Anna'), await person('Ben')]
  let isHonest = false
  const lie = lyingIn(MULTIPLICATION)
  const cheat = await device({ name: 'Mallory', say: (envelope) => (isHonest ? envelope : lie(envelope)) })
  await anna.createWallet({ name: 'Savings' })
  const [toBen = '', toCheat = ''] = await anna.invitations(2)
  await ben.join(toBen)
  await cheat.join(toCheat)
  await anna.makeTogether()
  await ben.approve()
  await cheat.approve()
  for (const who of [anna, ben]) await who.seesWallet()
  await ben.leave()

  const payment = { chain: 'Sepolia', to: '0x8ba1f109551bD432803012645Ac136ddd64DBA72', amount: '0.5', nonce: '0', maxFee: '30', priorityFee: '1' }
  await anna.fillPayment(payment, 'Mallory')
  await anna.ask()
  await cheat.approve()
  await expect(anna.heading('Nothing was signed')).toBeVisible()
  await expect(anna.page.getByRole('alert')).toContainText('Mallory failed a safety check')

  await anna.leave()
  await anna.comeBack('Savings')
  await expect(anna.page.getByRole('region', { name: 'Devices' })).toContainText('A safety check with Mallory failed.')
  isHonest = true
  await anna.page.getByRole('button', { name: /^Pair again/ }).click()
  await cheat.approve()
  await expect(anna.page.getByRole('region', { name: 'Devices' })).not.toContainText('A safety check with Mallory failed.')
  await anna.fillPayment(payment, 'Mallory')
  await anna.ask()
  await cheat.approve()
  await expect(anna.page.getByText('Signature checked')).toBeVisible()
})
