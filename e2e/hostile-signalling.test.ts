import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { PartyId } from '@trivet/signalling/wire'
import { expect, pageDir, test as base } from './support/fixtures.ts'
import { about, FALSE_WORDS, flipped, isRelayed, MOST_BYTES, relaying, stranger, withPayload, type Relayed } from './support/lies.ts'
import { startLyingServer, type Lie, type LyingServer, type Told } from './support/lying-server.ts'
import { NodePerson } from './support/node-person.ts'
import type { Person } from './support/person.ts'

const test = base.extend<{ readonly lying: LyingServer }>({
  lying: async ({ folder }, use) => {
    const lying = await startLyingServer(join(folder, 'lying'), pageDir)
    await use(lying)
    await lying.close()
  },
})

/** The message of the step *Commit*, as in the envelope's header. */
const COMMITMENT = 0x11

/** What changes nothing. */
const IN_VAIN: Readonly<Record<string, () => Lie>> = {
  'says everything twice while a crowd of its own shouts': () => relaying((told) => [
    withPayload({ ...told, value: { ...told.value, from: stranger() } }, randomBytes(MOST_BYTES)), told, told,
  ]),
  'says everything in another order': () => {
    const held = new Map<PartyId, Told>()
    return relaying((told, to) => {
      const before = held.get(to)
      held.delete(to)
      if (before !== undefined) return [told, before]
      held.set(to, told)
      return []
    })
  },
  'lies about who is there, who is who and how it stands': () => {
    let count = 0
    return about((session) => FALSE_WORDS[count++ % FALSE_WORDS.length]?.(session) ?? session)
  },
}

/** What is noticed, as it must be. */
const NOTICED: Readonly<Record<string, () => Lie>> = {
  'alters one bit of everything': () => relaying((told) => [withPayload(told, flipped(told.value.payload))]),
  'says things in the members’ names': () => relaying((told) => [withPayload(told, randomBytes(told.value.payload.length)), told]),
}

for (const other of ['Chromium', 'Node'] as const) {
  for (const [what, lie] of Object.entries(IN_VAIN)) {
    test(`Chromium and ${other} make a wallet all the same with a server that ${what}`, async ({ person, device, lying }) => {
      const anna = await person('Anna', { url: lying.url })
      const ben = other === 'Chromium' ? await person('Ben', { url: lying.url }) : await device({ name: 'Ben' }, lying.url)
      await anna.createWallet({ name: 'Savings', devices: 2 })
      const [link = ''] = await anna.invitations(1)
      await ben.join(link)
      await anna.button('Make the wallet together').waitFor()
      lying.lie(lie())
      await anna.makeTogether()
      await ben.approve()
      await anna.seesWallet()
    })
  }

  for (const [what, lie] of Object.entries(NOTICED)) {
    test(`Chromium and ${other} refuse a server that ${what}, say so, and nothing is made`, async ({ person, device, lying }) => {
      const anna = await person('Anna', { url: lying.url })
      const ben = other === 'Chromium' ? await person('Ben', { url: lying.url }) : await device({ name: 'Ben' }, lying.url)
      await anna.createWallet({ name: 'Savings', devices: 2 })
      const [link = ''] = await anna.invitations(1)
      await ben.join(link)
      await anna.button('Make the wallet together').waitFor()
      lying.lie(lie())
      await anna.start()
      await expect(anna.heading('The wallet was not made')).toBeVisible()
      await expect(anna.page.getByRole('alert')).toContainText('No key was made. Nothing was lost.')
      const said = [await anna.page.getByRole('alert').innerText(), await sentenceOf(ben)]
      expect(said.join('\n')).toMatch(/The introduction server tried to stand between you and (Anna|Ben|another device)\. The connection was refused\./)
    })
  }
}

/** What somebody reads about the end of the only session. */
async function sentenceOf(who: Person | NodePerson): Promise<string> {
  if (who instanceof NodePerson) {
    const { state } = await who.session(({ state: { at } }) => at === 'failed')
    return state.at === 'failed' ? state.error.sentence : ''
  }
  await expect(who.heading('The wallet was not made')).toBeVisible()
  return await who.page.getByRole('alert').innerText()
}

test('a server that hands one member what was meant for another is refused', async ({ person, device, lying }) => {
  const [anna, ben] = [await person('Anna', { url: lying.url }), await person('Ben', { url: lying.url })]
  const cleo = await device({ name: 'Cleo' }, lying.url)
  await anna.createWallet({ name: 'Savings' })
  const [toBen = '', toCleo = ''] = await anna.invitations(2)
  await ben.join(toBen)
  await cleo.join(toCleo)
  await anna.button('Make the wallet together').waitFor()
  lying.lie(relaying((told, to) => {
    for (const third of lying.parties) if (third !== to && third !== told.value.from) lying.tell(third, told)
    return [told]
  }))
  await anna.start()
  const said = await Promise.all([anna, ben, cleo].map((who) => sentenceOf(who)))
  expect(said.join('\n')).toMatch(/The introduction server tried to stand between you and (\w+|another device)\. The connection was refused\./)
  expect(cleo.view.wallets).toEqual([])
})

test('a server that keeps everything back only keeps people waiting: who stops, stops it cleanly', async ({ person, lying }) => {
  const [anna, ben] = [await person('Anna', { url: lying.url }), await person('Ben', { url: lying.url })]
  await anna.createWallet({ name: 'Savings', devices: 2 })
  const [link = ''] = await anna.invitations(1)
  await ben.join(link)
  await anna.button('Make the wallet together').waitFor()
  lying.lie(relaying(() => []))
  await anna.start()
  await expect(anna.heading('The same words')).toBeVisible()
  await anna.page.getByRole('button', { name: /^(Cancel|Stop)/ }).first().click()
  await expect(ben.heading('The wallet was not made')).toBeVisible()
  await expect(ben.page.getByRole('alert')).toContainText('No key was made.')
})

test('once its channels are up, a ceremony goes on and finishes whatever the server says or does', async ({ person, device, lying }) => {
  // The third device holds its commitment back until the server has done its worst.
  let goOn = (): void => undefined
  const worstDone = new Promise<void>((resolve) => { goOn = resolve })
  const [anna, ben] = [await person('Anna', { url: lying.url }), await person('Ben', { url: lying.url })]
  const cleo = await device({
    name: 'Cleo',
    say: async (envelope) => {
      if (envelope.header.type === COMMITMENT) await worstDone
      return envelope
    },
  }, lying.url)
  await anna.createWallet({ name: 'Savings' })
  const [toBen = '', toCleo = ''] = await anna.invitations(2)
  await ben.join(toBen)
  await cleo.join(toCleo)
  await anna.makeTogether()
  await ben.approve()
  await cleo.approve()
  for (const who of [anna, ben]) await expect(who.page.getByRole('status').getByText('Waiting for Cleo')).toBeAttached()

  const relayed = lying.passed.filter((one): one is { to: PartyId; told: Relayed } => isRelayed(one.told))
  const session = lying.passed.map(({ told }) => told).findLast((told) => told.name === 'session')?.value.session
  if (session === undefined) throw new Error('nobody was told of a session')
  for (const { to, told } of relayed) {
    lying.tell(to, told)
    lying.tell(to, withPayload(told, flipped(told.value.payload)))
    for (const third of lying.parties) if (third !== to && third !== told.value.from) lying.tell(third, told)
  }
  for (const to of lying.parties) {
    for (const from of lying.parties) {
      if (from === to) continue
      for (let id = 1; id <= 20; id++) {
        lying.tell(to, { name: 'signal', value: { session_id: session.session_id, from, payload: randomBytes(MOST_BYTES) } })
        lying.tell(to, { name: 'mailbox', value: { session_id: session.session_id, from, id, payload: randomBytes(MOST_BYTES) } })
      }
      lying.tell(to, { name: 'presence', value: { party_id: from, online: false } })
    }
    for (const change of FALSE_WORDS) lying.tell(to, { name: 'session', value: { session: change(session) } })
    lying.tell(to, { name: 'error', value: { error: 'internal_error', message: '<img src=x onerror=alert(1)>' } })
  }
  lying.cut()
  goOn()
  for (const who of [anna, ben]) await who.seesWallet()
  expect(await anna.account('Bitcoin Taproot')).toBe(await ben.account('Bitcoin Taproot'))
})

test('what was said in another room is refused where it is said again, and the next request is signed', async ({ person, device, lying }) => {
  const anna = await person('Anna', { url: lying.url })
  const ben = await device({ name: 'Ben' }, lying.url)
  await anna.makeWalletWithDevice(ben, 'Savings')
  const old = lying.passed.filter((one): one is { to: PartyId; told: Relayed } => isRelayed(one.told))
  expect(old.length).toBeGreaterThan(4)

  // Before the first word of the new room, everything of the old one.
  lying.lie(relaying((told, to) => [
    ...old.filter((one) => one.to === to).map((one): Told => ({ ...one.told, value: { ...one.told.value, session_id: told.value.session_id } })), told,
  ]))
  await anna.writeText('Paid in full', 'Ben')
  await anna.ask()
  await expect(anna.heading('Nothing was signed')).toBeVisible()
  await expect(anna.page.getByRole('alert')).toContainText('No signature was made.')
  const { state } = await ben.session(({ state: { at }, kind }) => kind === 'sign' && at === 'failed')
  const said = [await anna.page.getByRole('alert').innerText(), state.at === 'failed' ? state.error.sentence : '']
  expect(said.join('\n')).toMatch(/The introduction server tried to stand between you and (Anna|Ben|another device)\. The connection was refused\./)

  lying.lie()
  await anna.button('Back to the wallet').click()
  await anna.writeText('Paid in full', 'Ben')
  await anna.ask()
  await ben.approve()
  await expect(anna.page.getByText('Signature checked')).toBeVisible()
})

test('false STUN and TURN servers and false answers to calls change nothing', async ({ person, lying }) => {
  lying.answer(({ path, status, body }) => ({
    status,
    body: path !== '/api/v1/ice' ? body : {
      ice_servers: [{ urls: ['turn:127.0.0.1:9?transport=udp'], username: 'evil', credential: 'evil' }, { urls: ['stun:127.0.0.1:9'] }],
      expires_at: new Date(Date.now() + 600_000).toISOString(),
    },
  }))
  const [anna, ben] = [await person('Anna', { url: lying.url }), await person('Ben', { url: lying.url })]
  await anna.createWallet({ name: 'Savings', devices: 2 })
  const [link = ''] = await anna.invitations(1)
  await ben.join(link)
  await anna.makeTogether()
  await ben.approve()
  for (const who of [anna, ben]) await who.seesWallet()
})

test('a server that closes every socket between the steps delays, and no more', async ({ person, device, lying }) => {
  const anna = await person('Anna', { url: lying.url })
  const ben = await device({ name: 'Ben' }, lying.url)
  const cut = async (): Promise<void> => {
    lying.cut()
    await expect.poll(() => lying.connected).toBe(lying.parties.length)
  }
  await anna.createWallet({ name: 'Savings', devices: 2 })
  const [link = ''] = await anna.invitations(1)
  await cut()
  await ben.join(link)
  await anna.button('Make the wallet together').waitFor()
  await cut()
  await anna.makeTogether()
  await cut()
  await ben.approve()
  lying.cut()
  await anna.seesWallet()
  await cut()
  await anna.writeText('Paid in full', 'Ben')
  await anna.ask()
  await ben.session(({ state }) => state.at === 'approving')
  lying.cut()
  await ben.approve()
  await expect(anna.page.getByText('Signature checked')).toBeVisible()
})
