import { base64 } from '@scure/base'
import { expect, test } from './support/fixtures.ts'
import { isSignedFor, isSignedText, psbtSpending } from './support/verify.ts'

test('three tabs make a key, and each pair signs while the third is closed', async ({ person, context: browser }) => {
  const people = [await person('Anna', { browser }), await person('Ben', { browser }), await person('Cleo', { browser })] as const
  const [anna, ben, cleo] = people
  await anna.makeWalletWith([ben, cleo], 'Savings')
  const address = await anna.account('Bitcoin Taproot')
  const publicKey = await anna.account('Ed25519 public key')
  expect(address).toMatch(/^bc1p[a-z0-9]{58}$/)
  for (const other of [ben, cleo]) {
    expect(await other.account('Bitcoin Taproot')).toBe(address)
    expect(await other.account('Ed25519 public key')).toBe(publicKey)
  }
  const psbt = psbtSpending(address)

  for (const [asker, other, third] of [[anna, ben, cleo], [ben, cleo, anna], [cleo, anna, ben]] as const) {
    await third.leave()

    const text = `${asker.name} and ${other.name} were here.`
    await asker.writeText(text, other.name)
    await asker.ask()
    await other.review(asker.name)
    await expect(other.page.getByRole('region', { name: 'What will be signed' })).toContainText(text)
    expect(await other.shortCode()).toBe(await asker.shortCode())
    await other.approve()
    expect(isSignedText(text, await asker.result('Signature (hex)'), publicKey)).toBe(true)
    expect(await other.result('Signature (hex)')).toBe(await asker.result('Signature (hex)'))

    await asker.backToWallet('Savings')
    await asker.pastePsbt(base64.encode(psbt.toPSBT(0)), other.name)
    await asker.ask()
    await other.review(asker.name)
    await expect(other.page.getByRole('region', { name: 'What will be signed' })).toContainText('Send 0.00120000 BTC')
    await other.approve()
    expect(isSignedFor(await asker.result('Transaction (hex)'), psbt, address)).toBe(true)
    expect(await other.result('Transaction id')).toBe(psbt.id)

    await third.comeBack('Savings')
    for (const who of [asker, other]) await who.backToWallet('Savings')
  }
})
