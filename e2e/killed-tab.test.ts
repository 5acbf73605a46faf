import { expect, test } from './support/fixtures.ts'

/** The message of the step *Commit*, as in the envelope's header. */
const COMMITMENT = 0x11

test('a tab that is killed while the key is made is named by the others, and nothing half-made stays', async ({ person, device }) => {
  // The third device holds its commitment back until the tab is gone: so it dies in the middle, every time.
  let goOn = (): void => undefined
  const gone = new Promise<void>((resolve) => { goOn = resolve })
  const [anna, ben] = [await person('Anna'), await person('Ben')]
  const cleo = await device({
    name: 'Cleo',
    say: async (envelope) => {
      if (envelope.header.type === COMMITMENT) await gone
      return envelope
    },
  })
  await anna.createWallet({ name: 'Savings' })
  const [toBen = '', toCleo = ''] = await anna.invitations(2)
  await ben.join(toBen)
  await cleo.join(toCleo)
  await anna.makeTogether()
  await ben.approve()
  await cleo.approve()
  for (const who of [anna, ben]) {
    await expect(who.page.locator('[aria-current=step]')).toContainText('Commit')
    await expect(who.page.getByRole('status').getByText('Waiting for Cleo')).toBeAttached()
  }
  await ben.leave()
  goOn()

  await expect(anna.page.getByRole('alert')).toContainText('Ben stopped answering.', { timeout: 40_000 })
  await expect(anna.page.getByRole('alert')).toContainText('No key was made. Nothing was lost.')
  const { state } = await cleo.session(({ state: { at } }) => at === 'failed')
  expect(state.at === 'failed' && state.error.culprits.map(({ name }) => name)).toEqual(['Ben'])
  expect(cleo.view.wallets).toEqual([])

  await anna.page.reload()
  await ben.comeBackToStart()
  for (const who of [anna, ben]) {
    await expect(who.page.getByText(`as ${who.name}`)).toBeVisible()
    await expect(who.page.getByText('No wallet yet')).toBeVisible()
    await who.unlock()
    await expect(who.page.getByText('Unlocked', { exact: true })).toBeVisible()
    await expect(who.page.getByText('No wallet yet')).toBeVisible()
    await expect(who.page.getByText('Savings')).toBeHidden()
  }
})
