import { base58, base64, hex } from '@scure/base'
import { parseEther, parseTransaction, recoverTransactionAddress, type TransactionSerializedEIP1559 } from 'viem'
import { addAccountOn } from './support/accounts.ts'
import { expect, test } from './support/fixtures.ts'
import { isSignedFor, isSignedText, psbtSpending } from './support/verify.ts'

const PAYEE = '0x8ba1f109551bD432803012645Ac136ddd64DBA72'

test('two devices open the same second accounts, pay and sign from them, and keep their names across a reload', async ({ person }) => {
  const [anna, ben] = [await person('Anna'), await person('Ben')]
  await anna.createWallet({ name: 'Savings', devices: 2 })
  const [link = ''] = await anna.invitations(1)
  await ben.join(link)
  await anna.makeTogether()
  await ben.approve()
  for (const who of [anna, ben]) await who.seesWallet()

  // Each device adds accounts for itself, and comes to the same addresses.
  for (const who of [anna, ben]) for (const chain of ['Ethereum', 'Bitcoin', 'Solana'] as const) await addAccountOn(who.page, chain, 2)
  const second = {
    ethereum: await anna.account('Ethereum', 'Account 2'), taproot: await anna.account('Bitcoin Taproot', 'Account 2'),
    segwit: await anna.account('Bitcoin SegWit', 'Account 2'),
  }
  expect({
    ethereum: await ben.account('Ethereum', 'Account 2'), taproot: await ben.account('Bitcoin Taproot', 'Account 2'),
    segwit: await ben.account('Bitcoin SegWit', 'Account 2'),
  }).toEqual(second)
  expect(second.ethereum).not.toBe(await anna.account('Ethereum', 'Account 1'))

  // An Ethereum payment from the second account; the other device says which one it is.
  const short = `${second.ethereum.slice(0, 6)}…${second.ethereum.slice(-4)}`
  await anna.fillPayment({ chain: 'Sepolia', to: PAYEE, amount: '0.5', nonce: '0', maxFee: '30', priorityFee: '1.5' }, 'Ben')
  await anna.field('From').selectOption({ label: `Account 2 · ${short}` })
  await anna.ask()
  await ben.review('Anna')
  await expect(ben.page.getByRole('region', { name: 'What will be signed' })).toContainText('account 2 (m/0/1) of this wallet')
  expect(await ben.shortCode()).toBe(await anna.shortCode())
  await ben.approve()
  const raw = (await anna.result('Signed transaction (raw)')) as TransactionSerializedEIP1559
  expect(await recoverTransactionAddress({ serializedTransaction: raw })).toBe(second.ethereum)
  expect(parseTransaction(raw)).toMatchObject({ to: PAYEE.toLowerCase(), value: parseEther('0.5') })
  for (const who of [anna, ben]) await who.backToWallet('Savings')

  // A PSBT that spends from the second Taproot address is known for what it is, without being told.
  const psbt = psbtSpending(second.taproot)
  await ben.pastePsbt(base64.encode(psbt.toPSBT(0)), 'Anna')
  await expect(ben.page.getByText('back to this wallet, account 2 (m/0/1)')).toBeVisible()
  await ben.ask()
  await anna.review('Ben')
  await expect(anna.page.getByText('account 2 (m/0/1) of this wallet', { exact: true })).toBeVisible()
  await anna.approve()
  expect(isSignedFor(await ben.result('Transaction (hex)'), psbt, second.taproot)).toBe(true)
  for (const who of [anna, ben]) await who.backToWallet('Savings')

  // A text of the second Ed25519 account, chosen at the account itself.
  const solana = anna.page.getByRole('article', { name: 'Solana', exact: true }).getByRole('group', { name: 'Solana Account 2', exact: true })
  await solana.getByRole('button', { name: /^Sign a text/ }).click()
  await anna.field('Message').fill('I hold the second account too.')
  await anna.page.getByRole('checkbox', { name: 'Ben' }).check()
  await anna.ask()
  await ben.review('Anna')
  await ben.approve()
  const publicKey = await anna.result('Public key')
  expect(isSignedText('I hold the second account too.', await anna.result('Signature (hex)'), publicKey)).toBe(true)
  await anna.backToWallet('Savings')
  expect((await solana.innerText()).replace(/\s/g, '')).toContain(base58.encode(hex.decode(publicKey)))

  // A name is this device's own, and lasting.
  const ethereum = anna.page.getByRole('article', { name: 'Ethereum', exact: true })
  await ethereum.getByText('Details').click()
  const details = ethereum.getByRole('group', { name: 'Details: Ethereum Account 2', exact: true })
  await expect(details.getByText('m/0/1')).toBeVisible()
  await details.getByLabel('Name of this account').fill('Rent')
  await details.getByRole('button', { name: 'Save name' }).click()
  await anna.page.getByRole('group', { name: 'Ethereum Rent', exact: true }).waitFor()
  await anna.leave()
  await anna.comeBack('Savings')
  expect(await anna.account('Ethereum', 'Rent')).toBe(second.ethereum)
  expect(await ben.page.getByText('Rent').count()).toBe(0)
})
