import { base64 } from '@scure/base'
import { expect, test } from './support/fixtures.ts'
import { isSignedFor, isSignedText, psbtSpending } from './support/verify.ts'

test('two tabs and the company server make a key; each tab signs with it, and it asks a tab by its REST door', async ({ person, company }) => {
  const [anna, ben] = [await person('Anna'), await person('Ben')]
  await anna.createWallet({ name: 'Operations', company: company.invitation })
  const [toBen = ''] = await anna.invitations(1)
  await ben.join(toBen)
  await anna.makeTogether()
  await ben.approve()
  for (const who of [anna, ben]) await who.seesWallet()
  await expect(ben.page.getByRole('region', { name: 'Devices' })).toContainText('Treasury')
  const address = await anna.account('Bitcoin Taproot')
  const publicKey = await ben.account('Ed25519 public key')

  const psbt = psbtSpending(address)
  await anna.pastePsbt(base64.encode(psbt.toPSBT(0)), 'Treasury')
  await anna.ask()
  expect(isSignedFor(await anna.result('Transaction (hex)'), psbt, address)).toBe(true)

  await ben.writeText('Paid in full', 'Treasury')
  await ben.ask()
  expect(isSignedText('Paid in full', await ben.result('Signature (hex)'), publicKey)).toBe(true)

  // Its policy allows texts of 200 bytes.
  await ben.backToWallet('Operations')
  await ben.writeText('x'.repeat(201), 'Treasury')
  await ben.ask()
  await expect(ben.heading('Nothing was signed')).toBeVisible()
  await expect(ben.page.getByRole('alert')).toContainText('Treasury declined')

  const asked = company.sign('Invoice 7 is paid.', 'Anna')
  await anna.review('Treasury')
  await anna.approve()
  const { status, signatures } = await asked
  expect(status).toBe('completed')
  expect(isSignedText('Invoice 7 is paid.', signatures[0] ?? '', publicKey)).toBe(true)
  expect(await anna.result('Signature (hex)')).toBe(signatures[0])
})

test('the process of the company’s connections falls while a tab is asked: the request goes on, and so does its REST door', async ({ person, company }) => {
  const anna = await person('Anna')
  await anna.createWallet({ name: 'Operations', company: company.invitation, devices: 2 })
  await anna.makeTogether()
  await anna.seesWallet()
  const publicKey = await anna.account('Ed25519 public key')

  const asked = company.sign('Invoice 7 is paid.', 'Anna')
  await anna.review('Treasury')
  await company.fell()
  await anna.approve()
  const { status, signatures } = await asked
  expect(status).toBe('completed')
  expect(isSignedText('Invoice 7 is paid.', signatures[0] ?? '', publicKey)).toBe(true)
  expect(await anna.result('Signature (hex)')).toBe(signatures[0])
})
