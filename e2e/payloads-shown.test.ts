import { utf8 } from '@scure/base'
import { encodeMessageIntent } from '@trivet/chains'
import { concat } from '@trivet/protocol/core'
import type { NodePerson } from './support/node-person.ts'
import { expect, test } from './support/fixtures.ts'
import { FOUL, LEGAL_NAMES, PAYLOADS, readsTrue } from './support/payloads.ts'

// Each story ends with what every story ends with: no page has shown a dialog, asked elsewhere, gone elsewhere, opened a frame or a tab,
// thrown, or broken its content policy (`support/watch.ts`).

/** Names that a person could have given: one of each sort. */
const NAMES = LEGAL_NAMES.filter((_, i) => i % 5 === 0)
const [HOSTILE_NAME, HOSTILE_WALLET] = ['<img src=x onerror=alert(1)>', '<svg><script>alert(1)</script></svg>']

async function malloryAsks(mallory: NodePerson, text: string): Promise<void> {
  const [wallet] = mallory.view.wallets
  if (wallet === undefined) throw new Error('this device has no wallet')
  await mallory.party.verbs.requestSignature({ wallet: wallet.id, intent: encodeMessageIntent(text), signers: [1, 2] })
}

test(`names of ${NAMES.length} devices and of a wallet are shown as text, or refused`, async ({ person, device }) => {
  const anna = await person('Anna')
  await anna.createWallet({ name: HOSTILE_WALLET, devices: NAMES.length + 1 })
  const links = await anna.invitations(NAMES.length)
  for (const [i, name] of NAMES.entries()) {
    const guest = await device({ name })
    await guest.join(links[i] ?? '')
    await expect(anna.page.getByRole('heading', { name, exact: true, level: 3 })).toBeVisible()
  }
  await expect(anna.page.getByText(HOSTILE_WALLET)).toBeVisible()
  expect(await anna.page.locator('img, iframe, object, embed, video, audio, script:not([src]), style:not([data-vite-dev-id]), base, form[action]').count()).toBe(0)
})

test('names of wallets that somebody else made are shown as text to whoever is invited', async ({ person, device, server }) => {
  const anna = await person('Anna')
  const mallory = await device({ name: HOSTILE_NAME })
  for (const [i, name] of NAMES.slice(0, 6).entries()) {
    const own = i === 0 ? { device: { name: HOSTILE_NAME, passphrase: mallory.passphrase } } : {}
    const { session } = await mallory.party.verbs.createWallet({ name, threshold: 2, places: [{ kind: 'link' }], pageUrl: `${server.url}/`, ...own })
    const { places } = await mallory.session(({ id, places: [, guest] }) => id === session && guest?.link !== undefined)
    const link = places[1]?.link ?? ''
    if (i === 0) await anna.join(link)
    else {
      await anna.page.evaluate((hash) => { location.hash = hash }, link.replace(/.*#/, ''))
      await anna.button('Join').click()
    }
    await expect(anna.page.getByText(name).first()).toBeVisible()
    await expect(anna.page.getByText(HOSTILE_NAME).first()).toBeVisible()
    await mallory.party.verbs.close({ session })
    await expect(anna.heading('The wallet was not made')).toBeVisible()
  }
})

test('hostile names and wallet names are text on every screen of a story, and so is a text to sign that somebody else wrote', async ({ person, device }) => {
  const anna = await person('Anna')
  const mallory = await device({ name: HOSTILE_NAME })
  await anna.makeWalletWithDevice(mallory, HOSTILE_WALLET)
  await expect(anna.heading(HOSTILE_WALLET)).toBeVisible()
  await expect(anna.page.getByRole('region', { name: 'Devices' })).toContainText(HOSTILE_NAME)

  const texts = PAYLOADS.filter((text) => !/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/u.test(text))
  expect(texts.length).toBeGreaterThan(80)
  await malloryAsks(mallory, texts.join('\n'))
  await anna.review(HOSTILE_NAME)
  const preview = anna.page.getByRole('region', { name: 'What will be signed' })
  for (const text of LEGAL_NAMES) await expect(preview).toContainText(text, { useInnerText: true })
  expect(readsTrue(await anna.page.locator('body').innerText())).toBe(true)
  await anna.acknowledge()
  await anna.approve()
  await expect(anna.page.getByText('Signature checked')).toBeVisible()
  expect(await anna.page.locator('img, iframe, object, embed, video, audio, base').count()).toBe(0)
})

test('reasons that another device gives for its no are shown as one line of text', async ({ person, device }) => {
  const reasons = [...LEGAL_NAMES.slice(0, 6), ...FOUL.slice(0, 6)]
  let said = ''
  const anna = await person('Anna')
  const mallory = await device({
    name: 'Mallory',
    // What its own code would have cleaned.
    say: (envelope) => {
      const { body } = envelope
      const isNo = said !== '' && body[0] === 0 && body.length === 4 + (body[3] ?? 0)
      const text = utf8.decode(said)
      return isNo ? { ...envelope, body: concat(Uint8Array.of(0, 0, 0, text.length), text) } : envelope
    },
  })
  await anna.makeWalletWithDevice(mallory, HOSTILE_WALLET)
  for (const reason of reasons) {
    await anna.writeText('Paid in full', 'Mallory')
    await anna.ask()
    const { id } = await mallory.session(({ state }) => state.at === 'approving')
    said = reason
    await mallory.party.verbs.decline({ session: id, reason: 'no' })
    const alert = anna.page.getByRole('alert')
    await expect(alert).toContainText('Mallory declined')
    if (LEGAL_NAMES.some((name) => name === reason)) await expect(alert).toContainText(`Mallory declined: ${reason}`)
    expect(readsTrue(await alert.innerText())).toBe(true)
    said = ''
    await mallory.party.verbs.close({ session: id })
    await anna.button('Back to the wallet').click()
  }
})

test('what the introduction server says when it refuses is shown as text', async ({ person }) => {
  const anna = await person('Anna')
  let message = ''
  await anna.page.route('**/api/v1/**', (route) => route.fulfill({
    status: 403, contentType: 'application/json', headers: { 'Access-Control-Allow-Origin': '*' },
    body: JSON.stringify({ error: 'forbidden', message, details: { [message]: message } }),
  }))
  await anna.prepareWallet({ name: 'Savings', devices: 2 })
  for (const text of PAYLOADS.slice(-30)) {
    message = text
    await anna.button('Create and invite').click()
    await expect(anna.page.getByRole('alert')).toBeVisible()
    await expect(anna.button('Create and invite')).toBeEnabled()
    expect(readsTrue(await anna.page.locator('body').innerText())).toBe(true)
  }
  expect(await anna.page.locator('img, iframe, object, embed').count()).toBe(0)
})

