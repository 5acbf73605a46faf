import { base64, utf8 } from '@scure/base'
import { Transaction } from '@scure/btc-signer'
import { concat } from '@trivet/protocol/core'
import { expect, test } from './support/fixtures.ts'
import { LEGAL_NAMES, FOUL, PAYLOADS, readsTrue } from './support/payloads.ts'
import { psbtSpending } from './support/verify.ts'

// Each story ends with what every story ends with: no page has shown a dialog, asked elsewhere, gone elsewhere, opened a frame or a tab,
// thrown, or broken its content policy (`support/watch.ts`).

test('everything that can be pasted to be signed is shown as text, or refused as text', async ({ person, device }) => {
  const anna = await person('Anna')
  const mallory = await device({ name: 'Mallory' })
  await anna.makeWalletWithDevice(mallory, 'Savings')
  const address = await anna.account('Bitcoin Taproot')
  const result = anna.page.getByRole('region', { name: 'What will be signed' })

  await anna.writeText('Paid in full', 'Mallory')
  for (const text of LEGAL_NAMES) {
    await anna.field('Message').fill(text)
    await expect(result).toContainText(text, { useInnerText: true })
  }
  for (const text of FOUL) {
    await anna.field('Message').fill(text)
    expect(readsTrue(await anna.page.locator('main').innerText())).toBe(true)
  }

  await anna.startSigning('Typed data')
  for (const [i, text] of PAYLOADS.entries()) {
    await anna.field('Typed data (JSON)').fill(JSON.stringify({
      types: { EIP712Domain: [{ name: 'name', type: 'string' }, { name: 'chainId', type: 'uint256' }], Note: [{ name: 'note', type: 'string' }] },
      primaryType: 'Note',
      domain: { name: text, chainId: 1 }, message: { note: text },
    }))
    await expect(result).toContainText('EIP-712 typed data')
    if (LEGAL_NAMES.some((name) => name === text)) await expect(result).toContainText(text, { useInnerText: true })
    // As a type and as a field, where only names of Solidity may stand.
    if (i % 4 !== 0) continue
    await anna.field('Typed data (JSON)').fill(JSON.stringify({
      types: { EIP712Domain: [], [text]: [{ name: text, type: text }] }, primaryType: text, domain: {}, message: { [text]: text },
    }))
    expect(readsTrue(await anna.page.locator('main').innerText())).toBe(true)
  }

  await anna.startSigning('Bitcoin transaction (PSBT)')
  const field = anna.page.getByRole('textbox', { name: 'PSBT in base64 or hex' })
  for (const text of PAYLOADS.filter((_, i) => i % 4 === 0)) {
    await field.fill(text)
    await expect(result).toBeHidden()
  }
  for (const text of LEGAL_NAMES) {
    await field.fill(base64.encode(psbtLabelled(address, text)))
    await expect(result).toContainText(text, { useInnerText: true })
  }
})

/** A spend that carries a text wherever one may stand: as data of an output, and in fields of inputs and outputs that no standard knows. */
function psbtLabelled(address: string, text: string): Uint8Array {
  const bytes = utf8.decode(text)
  const unknown: [{ type: number; key: Uint8Array }, Uint8Array][] = [[{ type: 0xfa, key: bytes }, bytes]]
  const plain = psbtSpending(address)
  const tx = new Transaction({ allowUnknownOutputs: true, unknown: 'ignore' })
  for (let i = 0; i < plain.inputsLength; i++) tx.addInput({ ...plain.getInput(i), unknown })
  for (let i = 0; i < plain.outputsLength; i++) tx.addOutput({ ...plain.getOutput(i), unknown })
  tx.addOutput({ script: concat(Uint8Array.of(0x6a, bytes.length), bytes), amount: 0n })
  return tx.toPSBT(0)
}

test('what stands behind the # of the address is read as a link of ours, or not at all', async ({ person }) => {
  const anna = await person('Anna')
  await anna.open()
  const home = anna.page.url()
  for (const text of PAYLOADS) {
    await anna.page.evaluate((fragments) => { for (const fragment of fragments) location.hash = fragment }, [
      text, encodeURIComponent(text), `/${text}`, `company=${text}`, `join=${encodeURIComponent(text)}`, `join=${text}`,
    ])
    await expect(anna.page.getByRole('alert')).toContainText(/ link\b/)
    expect(readsTrue(await anna.page.locator('body').innerText())).toBe(true)
    expect(await anna.page.evaluate(() => location.href.replace(/#.*/, ''))).toBe(home)
  }
  // From elsewhere, and as a query.
  for (const text of ['<script>alert(1)</script>', '__proto__[x]=1', 'javascript:alert(1)']) {
    await anna.page.goto(`${home}?${text}#join=${text}`)
    await expect(anna.page.getByRole('alert')).toContainText(/ link\b/)
    expect(await anna.page.evaluate(() => location.hash)).toBe('')
  }
})

test('a page configured with what is no address says so, and calls nobody', async ({ person, watches }) => {
  const anna = await person('Anna')
  let body = ''
  await anna.page.route('**/config.json', (route) => route.fulfill({ contentType: 'application/json', body }))
  for (const text of PAYLOADS.filter((_, i) => i % 6 === 0)) {
    body = JSON.stringify({ signalling_url: text })
    await anna.page.goto('about:blank')
    await anna.open()
    await expect(anna.page.getByRole('alert')).toContainText('This page does not say rightly where its introduction server is.')
  }
  for (const other of ['<script>alert(1)</script>', '[]', '"javascript:alert(1)"', '', '{']) {
    body = other
    await anna.page.goto('about:blank')
    await anna.open()
    await expect(anna.page.getByRole('alert').or(anna.page.getByRole('button', { name: /^Create a wallet/ }))).toBeVisible()
  }

  // A true address that the headers do not name: the browser refuses to call it.
  body = JSON.stringify({ signalling_url: 'https://evil.test' })
  await anna.page.goto('about:blank')
  await anna.createWallet({ name: 'Savings', devices: 2 })
  await expect(anna.page.getByRole('alert')).toBeVisible()
  // It would go on trying.
  await anna.page.close()
  const seen = watches.get(anna.page.context())?.take() ?? []
  expect(seen.some((line) => line.startsWith('violation: connect-src https://evil.test'))).toBe(true)
  expect(seen.filter((line) => !/^(violation: connect-src|console: )/.test(line))).toEqual([])
})
