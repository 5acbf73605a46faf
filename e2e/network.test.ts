import { join } from 'node:path'
import { startSignalling, type SignallingServer } from '@trivet/signalling'
import { expect, pageDir, test } from './support/fixtures.ts'
import { startLyingServer } from './support/lying-server.ts'
import { networkOf } from './support/network.ts'
import { isSignedText } from './support/verify.ts'

/** Types of messages, as in the envelope's header: of the four rounds of a key generation, and of both of a signature. */
const COMMITMENT = 0x11
const ROUNDS = [COMMITMENT, 0x13, 0x15, 0x16]
const [SIGN_JOIN, SIGNATURE_SHARE] = [0x40, 0x41]

test('who reloads in the middle of signing can unlock and sign again, and the other device gives the first up', async ({ person, device }) => {
  let holding = true
  let heldBack = (): void => undefined
  const held = new Promise<void>((resolve) => { heldBack = resolve })
  const anna = await person('Anna')
  const ben = await device({
    name: 'Ben',
    say: (envelope) => {
      if (!holding || envelope.header.type !== SIGN_JOIN) return envelope
      heldBack()
      return new Promise(() => undefined)
    },
  })
  await anna.makeWalletWithDevice(ben, 'Savings')
  const publicKey = await anna.account('Ed25519 public key')
  await anna.writeText('Before the reload', 'Ben')
  await anna.ask()
  const { id: first } = await ben.session(({ state }) => state.at === 'approving')
  await ben.approve()
  await held
  await anna.page.reload()
  holding = false

  await anna.unlock()
  await expect(anna.heading('Savings')).toBeVisible()
  await anna.writeText('After the reload', 'Ben')
  await anna.ask()
  await ben.approve()
  expect(isSignedText('After the reload', await anna.result('Signature (hex)'), publicKey)).toBe(true)
  const { state } = await ben.session((session) => session.id === first && session.state.at === 'failed')
  expect(state.at === 'failed' && state.error.safe).toBe('No signature was made.')
})

test('a network that is lost in the middle of a key generation and comes back costs nothing but time', async ({ person, device, folder }) => {
  const server = await startLyingServer(join(folder, 'between'), pageDir)
  let goOn = (): void => undefined
  const back = new Promise<void>((resolve) => { goOn = resolve })
  const [anna, ben] = [await person('Anna', { url: server.url }), await person('Ben', { url: server.url })]
  const network = await networkOf(ben, () => { server.cut() })
  const cleo = await device({
    name: 'Cleo',
    say: async (envelope) => {
      if (envelope.header.type === COMMITMENT) await back
      return envelope
    },
  }, server.url)
  await anna.createWallet({ name: 'Savings' })
  const [toBen = '', toCleo = ''] = await anna.invitations(2)
  await ben.join(toBen)
  await cleo.join(toCleo)
  await anna.makeTogether()
  await ben.approve()
  await cleo.approve()
  for (const who of [anna, ben]) await expect(who.page.getByRole('status').getByText('Waiting for Cleo')).toBeAttached()

  await network.lose()
  await cleo.session(({ places }) => places.some(({ name, connection }) => name === 'Ben' && connection !== 'up'))
  await network.find()
  goOn()
  for (const who of [anna, ben]) await who.seesWallet()
  expect(await anna.account('Bitcoin Taproot')).toBe(await ben.account('Bitcoin Taproot'))
  await server.close()
})

test('a signalling server that is restarted in the lobby, and in each round of making a key and of signing, keeps nobody from finishing', async ({ person, device, folder }) => {
  const options = { host: '127.0.0.1', dataDir: join(folder, 'restarted'), pageDir }
  let server: SignallingServer = startSignalling({ ...options, port: 0 })
  await server.ready
  const { address: { port }, url } = server
  let restarted = Promise.resolve()
  // One after the other: of two channels, one may be a round ahead.
  const restart = (): Promise<void> => {
    restarted = restarted.then(async () => {
      await server.close()
      server = startSignalling({ ...options, port })
      await server.ready
    })
    return restarted
  }
  const restarts: number[] = []
  const [anna, ben] = [await person('Anna', { url }), await person('Ben', { url })]
  const cleo = await device({
    name: 'Cleo',
    // The others wait for it meanwhile: so it happens in the middle of each round.
    say: async (envelope) => {
      const { type } = envelope.header
      if ([...ROUNDS, SIGNATURE_SHARE].includes(type) && !restarts.includes(type)) {
        restarts.push(type)
        await restart()
      }
      return envelope
    },
  }, url)
  await anna.createWallet({ name: 'Savings' })
  const [toBen = '', toCleo = ''] = await anna.invitations(2)
  await ben.join(toBen)
  await expect(anna.page.getByRole('heading', { name: 'Ben', exact: true, level: 3 })).toBeVisible()
  await restart()
  await cleo.join(toCleo)
  await anna.button('Make the wallet together').waitFor()
  await restart()
  await anna.makeTogether()
  await ben.approve()
  await cleo.approve()
  for (const who of [anna, ben]) await who.seesWallet()
  expect(restarts).toEqual(ROUNDS)
  await expect(anna.page.getByText('3 of 3 online')).toBeVisible()

  await anna.writeText('Paid in full', 'Cleo')
  await anna.ask()
  await cleo.approve()
  await expect(anna.page.getByText('Signature checked')).toBeVisible()
  expect(restarts).toEqual([...ROUNDS, SIGNATURE_SHARE])
  await server.close()
})
