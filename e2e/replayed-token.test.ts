/**
 * The token of a place is the server's to check: it lets one party into one room. What a server, or whoever saw the token, gets by using it
 * again, elsewhere or first; what proves a place is the link's secret, which no server sees.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import wrtc from '@roamhq/wrtc'
import { systemClock } from '@trivet/party'
import { handMade, MY_CAPABILITIES } from '@trivet/party/testing'
import { createSignallingClient, createWebrtcLinks } from '@trivet/party/transport'
import type { PartyId, SessionInfo } from '@trivet/signalling/wire'
import { bentLink } from './support/bent-link.ts'
import { expect, pageDir, test as base } from './support/fixtures.ts'
import { startLyingServer, type LyingServer } from './support/lying-server.ts'
import type { Person } from './support/person.ts'

const test = base.extend<{ readonly lying: LyingServer }>({
  lying: async ({ folder }, use) => {
    const lying = await startLyingServer(join(folder, 'lying'), pageDir)
    await use(lying)
    await lying.close()
  },
})

const JOIN = '/api/v1/sessions/join'

/** By who has made one attempt already, on this page. */
async function createAnother(who: Person): Promise<string> {
  await who.page.getByRole('button', { name: /^Create a wallet/ }).click()
  await who.field('Name of the wallet').fill('Savings')
  await who.field('Devices that hold it').fill('2')
  await who.field('Devices that hold it').press('Tab')
  await who.button('Create and invite').click()
  const [link = ''] = await who.invitations(1)
  return link
}

/** By who has just read why the first link led nowhere. */
async function joinAnother(who: Person, link: string): Promise<void> {
  await who.button('Use another link').click()
  await who.field('Invitation link').fill(link)
  await who.button('Continue').click()
  await who.button('Join').click()
}

/** Honest as ever. */
async function make(anna: Person, ben: Person): Promise<void> {
  await anna.makeTogether()
  await ben.approve()
  for (const who of [anna, ben]) await who.seesWallet()
}

test('who uses a token first, without the secret of its link, takes the place from others and gets no further; the next wallet is made', async ({ person, lying }) => {
  const [anna, ben] = [await person('Anna', { url: lying.url }), await person('Ben', { url: lying.url })]
  await anna.createWallet({ name: 'Savings', devices: 2 })
  const [link = ''] = await anna.invitations(1)
  const signalling = createSignallingClient({ url: lying.url, role: 'mobile-app', deviceType: 'server', clock: systemClock })
  const mallory = await handMade({ signalling, links: createWebrtcLinks({ clock: systemClock, wrtc }) }, 'Mallory', MY_CAPABILITIES)
  // The token is as it was, the secret is not.
  await mallory.join(bentLink(link, (content) => { content.set(randomBytes(16), content.length - 20) }))
  await expect(anna.page.getByText('Cannot take part')).toBeVisible()
  await expect(anna.page.getByText('somebody came without the link')).toBeVisible()
  await expect(anna.page.getByText('Mallory')).toHaveCount(0)
  await expect(anna.button('Make the wallet together')).toHaveCount(0)

  await ben.join(link)
  await expect(ben.page.getByRole('alert')).toContainText('Another device has already used this link.')
  await expect(ben.page.getByRole('alert')).toContainText('tell whoever sent it to stop')
  signalling.close()
  await anna.button('Cancel the wallet').click()
  await joinAnother(ben, await createAnother(anna))
  await make(anna, ben)
})

test('a server that lets a second device in with a used link changes nothing for the first, and the wallet is made without it', async ({ person, lying }) => {
  const [anna, ben, mallory] = [await person('Anna', { url: lying.url }), await person('Ben', { url: lying.url }), await person('Mallory', { url: lying.url })]
  await anna.createWallet({ name: 'Savings', devices: 2 })
  const [link = ''] = await anna.invitations(1)
  await ben.join(link)
  await anna.button('Make the wallet together').waitFor()
  const [annaId, benId] = lying.parties
  const room = lying.passed.map(({ told }) => told).findLast((told) => told.name === 'session')?.value.session
  const welcome = lying.passed.find(({ to, told }) => to === benId && told.name === 'signal')?.told
  if (annaId === undefined || room === undefined || welcome === undefined) throw new Error('Ben was not welcomed')

  // Mallory has the very link, and the server puts her in Ben's place.
  const withMallory = (me: PartyId): SessionInfo => (
    { ...room, participants: room.participants.map((one) => (one.party_id === benId ? { ...one, party_id: me } : one)) })
  lying.answer(({ path, status, body, asked }) => {
    if (path !== JOIN || !('party_id' in asked)) return { status, body }
    const session = withMallory(asked.party_id as PartyId)
    return { status: 200, body: { session_id: room.session_id, party_index: 2, status: 'joined', participants: session.participants, session } }
  })
  await mallory.join(link)
  await mallory.page.getByText('Waiting for').first().waitFor()
  const malloryId = lying.parties.find((party) => party !== annaId && party !== benId)
  if (malloryId === undefined) throw new Error('Mallory did not connect')
  lying.tell(annaId, { name: 'session', value: { session: withMallory(malloryId) } })
  lying.tell(malloryId, welcome)
  const hello = (): Buffer | undefined => lying.heard.flatMap(({ from, name, value }) => (from === malloryId && name === 'signal' ? [(value as { readonly payload: Buffer }).payload] : []))[0]
  await expect.poll(() => hello() !== undefined).toBe(true)
  lying.tell(annaId, { name: 'signal', value: { session_id: room.session_id, from: malloryId, payload: hello() ?? Buffer.alloc(0) } })

  await anna.start()
  await expect(anna.heading('The same words')).toBeVisible()
  for (const who of [anna, ben]) await expect(who.page.getByText('Mallory')).toHaveCount(0)

  // As long as it says that Ben is not there, Anna waits for him.
  lying.tell(annaId, { name: 'session', value: { session: room } })
  await anna.readOut()
  await anna.button('They are the same').click()
  await ben.approve()
  for (const who of [anna, ben]) {
    await who.seesWallet()
    await expect(who.page.getByText('Mallory')).toHaveCount(0)
  }
  await expect(mallory.heading('The key is made')).toHaveCount(0)
})

test('a server that answers with another room than the token\'s is refused, and the page says what it tried; the next wallet is made', async ({ person, lying }) => {
  const [anna, ben, cleo] = [await person('Anna', { url: lying.url }), await person('Ben', { url: lying.url }), await person('Cleo', { url: lying.url })]
  await cleo.createWallet({ name: 'Trap', devices: 2 })
  await cleo.invitations(1)
  const trap = lying.passed.map(({ told }) => told).findLast((told) => told.name === 'session')?.value.session
  if (trap === undefined) throw new Error('nobody was told of a session')
  await anna.createWallet({ name: 'Savings', devices: 2 })
  const [link = ''] = await anna.invitations(1)
  lying.answer(({ path, status, body }) => ({ status, body: path === JOIN ? { ...body, session: trap } : body }))
  await ben.join(link)
  await expect(ben.page.getByRole('alert')).toContainText('The introduction server tried to stand between you and another device. The connection was refused.')
  await expect(ben.page.getByText('Trap')).toHaveCount(0)
  await expect(anna.heading('The wallet was not made')).toBeVisible()
  await expect(anna.page.getByRole('alert')).toContainText('No key was made. Nothing was lost.')

  lying.answer()
  await anna.button('Back to the start').click()
  await joinAnother(ben, await createAnother(anna))
  await make(anna, ben)
})
