import { parseEther, parseTransaction, recoverTransactionAddress, type TransactionSerializedEIP1559 } from 'viem'
import type { Person, Payment } from './support/person.ts'
import { expect, test } from './support/fixtures.ts'
import { isSegwitSignedFor, psbtSpending } from './support/verify.ts'
import { base64 } from '@scure/base'

const PAYEE = '0x8ba1f109551bD432803012645Ac136ddd64DBA72'
const payment = (nonce: string, amount: string): Payment => ({ chain: 'Sepolia', to: PAYEE, amount, nonce, maxFee: '30', priorityFee: '1.5' })

/** What somebody who was given the raw transaction reads in it, and who it says has signed it. */
async function readRaw(raw: string): Promise<{ readonly from: string; readonly tx: ReturnType<typeof parseTransaction<TransactionSerializedEIP1559>> }> {
  const serializedTransaction = raw as TransactionSerializedEIP1559
  return { from: await recoverTransactionAddress({ serializedTransaction }), tx: parseTransaction(serializedTransaction) }
}

async function paidBy(who: Person): Promise<ReturnType<typeof readRaw>> {
  return readRaw(await who.result('Signed transaction (raw)'))
}

test('three tabs make a key, and two of them sign an Ethereum payment and a SegWit spend', async ({ person, context: browser }) => {
  const [anna, ben, cleo] = [await person('Anna', { browser }), await person('Ben', { browser }), await person('Cleo', { browser })]
  await anna.makeWalletWith([ben, cleo], 'Savings')
  const address = await anna.account('Ethereum')
  for (const other of [ben, cleo]) expect(await other.account('Ethereum')).toBe(address)

  await anna.fillPayment(payment('0', '0.5'), 'Ben')
  await anna.ask()
  await ben.review('Anna')
  await expect(ben.page.getByRole('region', { name: 'What will be signed' })).toContainText('Send 0.5 ETH to 0x8ba1…BA72 on Sepolia')
  expect(await ben.shortCode()).toBe(await anna.shortCode())
  await ben.approve()
  const { from, tx } = await paidBy(anna)
  expect(from).toBe(address)
  expect(tx).toMatchObject({ type: 'eip1559', chainId: 11155111, to: PAYEE.toLowerCase(), value: parseEther('0.5'), gas: 21000n })
  expect(tx.nonce ?? 0).toBe(0)
  expect(await ben.result('Signed transaction (raw)')).toBe(await anna.result('Signed transaction (raw)'))

  // The other two spend from the SegWit address of the same key.
  const segwit = await cleo.account('Bitcoin SegWit')
  const psbt = psbtSpending(segwit)
  await ben.backToWallet('Savings')
  await cleo.pastePsbt(base64.encode(psbt.toPSBT(0)), 'Ben')
  await cleo.acknowledge()
  await cleo.ask()
  await ben.review('Cleo')
  await ben.acknowledge()
  await ben.approve()
  expect(isSegwitSignedFor(await cleo.result('Transaction (hex)'), psbt, segwit)).toBe(true)
})

test('a tab and the company server pay with a signature that both had prepared, and by three rounds when there is none', async ({ person, company }) => {
  const [anna, ben] = [await person('Anna'), await person('Ben')]
  await anna.createWallet({ name: 'Operations', company: company.invitation })
  const [toBen = ''] = await anna.invitations(1)
  await ben.join(toBen)
  await anna.makeTogether()
  await ben.approve()
  for (const who of [anna, ben]) await who.seesWallet()
  const address = await anna.account('Ethereum')

  await anna.hasPrepared('Treasury')
  await anna.fillPayment(payment('7', '0.01'), 'Treasury')
  await anna.ask()
  expect((await paidBy(anna)).from).toBe(address)
  await expect(anna.page.getByText('Signed with a prepared signature (one message).')).toBeVisible()

  // Reloaded, this device has none left; the server still names one with Ben alone.
  await ben.leave()
  await anna.leave()
  await anna.comeBack('Operations')
  await anna.fillPayment(payment('8', '0.02'), 'Treasury')
  await anna.ask()
  const { from, tx } = await paidBy(anna)
  expect(from).toBe(address)
  expect(tx.nonce).toBe(8)
  await expect(anna.page.getByText('Signed in three rounds.')).toBeVisible()
})
