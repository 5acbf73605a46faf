import { describe, expect, test } from 'vitest'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { Card } from '../identity/card.ts'
import { chooseEd25519 } from '../identity/ed25519.ts'
import { openIdentity, type Identity } from '../identity/identity.ts'
import { seal } from '../sealed/index.ts'
import { settle } from '../testing/fake-clock.ts'
import { randomBytes, the } from '../testing/people.ts'
import { createMemoryNetwork, type MemoryNetwork } from '../transport/memory.ts'
import type { Signalling } from '../transport/types.ts'
import { Courier } from './courier.ts'
import type { SignalFrame } from './frames.ts'
import { proposeKeygen } from './keygen-proposal.ts'

const ed25519 = await chooseEd25519(crypto.subtle)
const identities = new Map<string, Identity>()
const identityOf = (name: string): Promise<Identity> => openIdentity(randomBytes(32), { name, role: 'mobile-app', build: new Uint8Array(32) }, ed25519)
for (const name of ['Anna', 'Ben', 'Cleo']) identities.set(name, await identityOf(name))
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const SECRET = new Uint8Array(16).fill(3)

interface Member {
  readonly identity: Identity
  readonly card: Card
  readonly signalling: Signalling
  readonly courier: Courier
  /** What its courier told: `name: kind body`, `name!` where something was made up, `greeting` as bytes. */
  readonly heard: string[]
  readonly frames: SignalFrame[]
  readonly greetings: Uint8Array[]
}

interface Relayed { readonly from: PartyId; readonly to: PartyId; readonly payload: Uint8Array }

/** A room of Anna's for all three; `lie` is what the server does to what it relays. */
async function room(lie: (relayed: Relayed) => Uint8Array | undefined = ({ payload }) => payload) {
  const seen: Relayed[] = []
  const network = createMemoryNetwork({
    relay: (relayed) => {
      seen.push(relayed)
      return lie(relayed)
    },
  })
  const clients = await Promise.all([...identities].map(async ([name, identity]) => ({ identity, signalling: await logIn(network, name, identity) })))
  const anna = the(clients[0])
  const { session_id: id, join_tokens: tokens } = await anna.signalling.createSession({
    session_type: 'sign', threshold_n: 3, threshold_t: 2, expires_in_seconds: 600,
    participants: clients.map(({ identity: { card } }) => ({ party_id: card.partyId, device_type: 'party', device_id: 'x' })),
  })
  const members = clients.map(({ identity, signalling }) => member(id, identity, signalling))
  const join = (who: Member) => who.signalling.joinSession(tokens[who.card.partyId] ?? '')
  return { id, seen, network, members: { anna: the(members[0]), ben: the(members[1]), cleo: the(members[2]) }, join }
}

async function logIn(network: MemoryNetwork, name: string, identity: Identity): Promise<Signalling> {
  const { signalling } = network.transport(name)
  await signalling.connect({ publicKey: identity.card.identityKey, sign: (message) => identity.sign(message) })
  return signalling
}

function member(id: SessionId, identity: Identity, signalling: Signalling): Member {
  const [heard, frames, greetings]: [string[], SignalFrame[], Uint8Array[]] = [[], [], []]
  const courier = new Courier({
    room: id, deps: { identity, ed25519, signalling, rng: randomBytes, log: () => undefined },
    events: {
      frame: ({ name }, frame) => {
        heard.push(`${name}: ${frame.kind} ${new TextDecoder().decode(frame.body)}`)
        frames.push(frame)
      },
      intercepted: ({ name }) => { heard.push(`${name}!`) },
      greeting: (_, sealed) => { greetings.push(sealed) },
    },
  })
  let info: SessionInfo | undefined
  signalling.listen((event) => {
    if (event.kind === 'session' && event.session.session_id === id) info = event.session
    if (event.kind === 'presence' && info !== undefined) info = withPresence(info, event.party, event.online)
    if (info !== undefined && event.kind !== 'signal') courier.told(info)
    if (event.kind === 'signal' && event.sessionId === id) courier.receive(event.from, event.payload)
  })
  return { identity, card: identity.card, signalling, courier, heard, frames, greetings }
}

function withPresence(info: SessionInfo, party: PartyId, online: boolean): SessionInfo {
  return { ...info, participants: info.participants.map((participant) => (participant.party_id === party ? { ...participant, online } : participant)) }
}

async function heardBy({ heard }: Member, count: number): Promise<readonly string[]> {
  while (heard.length < count) await settle()
  return heard
}

describe('a courier', () => {
  test('brings what was posted, in order, also to who comes later', async () => {
    const { members: { anna, ben }, join } = await room()
    ben.courier.knows(anna.card)
    for (const text of ['one', 'two', 'three']) anna.courier.post(ben.card, 'invitation', bytes(text))
    await settle()
    expect(ben.heard).toEqual([])
    await join(ben)
    expect(await heardBy(ben, 3)).toEqual(['Anna: invitation one', 'Anna: invitation two', 'Anna: invitation three'])
  })

  test('brings it once more when the member was gone for a while, and nothing after it was closed', async () => {
    const { members: { anna, ben }, join, network } = await room()
    ben.courier.knows(anna.card)
    await join(ben)
    network.setOnline('Ben', false)
    anna.courier.post(ben.card, 'invitation', bytes('one'))
    await expect(anna.courier.hand(ben.card, 'channel', bytes('lost'))).rejects.toMatchObject({ fault: 'network' })
    network.setOnline('Ben', true)
    await heardBy(ben, 1)
    anna.courier.close()
    anna.courier.post(ben.card, 'invitation', bytes('two'))
    await settle()
    expect(ben.heard).toEqual(['Anna: invitation one'])
  })

  test('shows the server one size for all of a negotiation', async () => {
    const { members: { anna, ben }, join, seen } = await room()
    ben.courier.knows(anna.card)
    await join(ben)
    const sizes = [0, 26, 200, 600, 880].map((size) => randomBytes(size))
    for (const body of sizes) await anna.courier.hand(ben.card, 'channel', body)
    expect(seen.map(({ payload }) => payload.length)).toEqual(sizes.map(() => 1_024))
    await heardBy(ben, 5)
    expect(ben.frames.map(({ body }) => body)).toEqual(sizes)
  })

  test('shows the server one size for all invitations of 2 to 12 parties, whatever they are called', async () => {
    const { members: { anna, ben }, join, seen } = await room()
    await join(ben)
    const long = await Promise.all(Array.from({ length: 15 }, (_, i) => identityOf(`${i}`.padEnd(64, 'x'))))
    const draft = { room: '0f8fad5b-d9cb-469f-a165-70867728950e' as SessionId, walletName: 'Savings', threshold: 2, expiresAt: 1 }
    const invite = async (cards: readonly Card[]): Promise<void> => {
      const { bytes: proposal } = await proposeKeygen({ ...draft, cards }, { identity: anna.identity, rng: randomBytes })
      await anna.courier.hand(ben.card, 'invitation', proposal)
    }
    await invite([ben.card])
    for (const count of [1, 11, 15]) await invite(long.slice(0, count).map(({ card }) => card))
    expect(seen.map(({ payload }) => payload.length)).toEqual([4_096, 4_096, 4_096, 16_384])
  })

  test.each([
    ['alters', (payload: Uint8Array) => payload.map((byte, i) => (i === 500 ? byte ^ 1 : byte))],
    ['makes up', (payload: Uint8Array) => randomBytes(payload.length)],
    ['cuts', (payload: Uint8Array) => payload.slice(0, 1_000)],
    ['sends as it would be unsealed', () => Uint8Array.of(4, 1, 2, 3)],
  ])('tells in whose name a server that %s something did so, and goes on', async (_, change) => {
    let at = 0
    const { members: { anna, ben }, join } = await room(({ payload }) => (++at === 2 ? change(payload) : payload))
    ben.courier.knows(anna.card)
    await join(ben)
    for (const text of ['one', 'two', 'three']) await anna.courier.hand(ben.card, 'channel', bytes(text))
    expect(await heardBy(ben, 3)).toEqual(['Anna: channel one', 'Anna!', 'Anna: channel three'])
  })

  test('believes no other sender, receiver or room than the one it was sealed for', async () => {
    const { members: { anna, ben, cleo }, join, seen } = await room()
    const elsewhere = member('0f8fad5b-d9cb-469f-a165-70867728950e' as SessionId, ben.identity, ben.signalling)
    for (const who of [ben, cleo, elsewhere]) who.courier.knows(anna.card, ben.card, cleo.card)
    await join(ben)
    await anna.courier.hand(ben.card, 'channel', bytes('one'))
    const { payload } = the(seen[0])
    ben.courier.receive(cleo.card.partyId, payload)
    cleo.courier.receive(anna.card.partyId, payload)
    elsewhere.courier.receive(anna.card.partyId, payload)
    expect(await heardBy(ben, 2)).toEqual(['Anna: channel one', 'Cleo!'])
    expect(await heardBy(cleo, 1)).toEqual(['Anna!'])
    expect(await heardBy(elsewhere, 1)).toEqual(['Anna!'])
  })

  test('keeps what comes of somebody it does not know yet, up to a megabyte', async () => {
    const { members: { anna, ben, cleo }, join } = await room()
    await join(ben)
    await anna.courier.hand(ben.card, 'channel', bytes('early'))
    await settle()
    for (let i = 0; i < 2_000; i++) ben.courier.receive(cleo.card.partyId, randomBytes(1_024))
    expect(ben.heard).toEqual([])
    ben.courier.knows(anna.card)
    expect(await heardBy(ben, 1)).toEqual(['Anna: channel early'])
    ben.courier.knows(cleo.card)
    await settle()
    while (ben.heard.length < 513) await settle()
    expect(new Set(ben.heard.slice(1))).toEqual(new Set(['Cleo!']))
  }, 60_000)

  test('carries a greeting to who knows the secret of the place, and to nobody else', async () => {
    const { members: { anna, ben }, join, seen } = await room()
    await join(ben)
    anna.courier.greet(ben.card.partyId, { place: 2, secret: SECRET, side: 'inviter' }, 'welcome', bytes('welcome'))
    while (ben.greetings.length === 0) await settle()
    const sealed = the(ben.greetings[0])
    expect(ben.courier.openGreeting(sealed, { place: 2, secret: SECRET, side: 'inviter' })).toEqual({ kind: 'welcome', body: bytes('welcome') })
    expect(ben.courier.openGreeting(sealed, { place: 3, secret: SECRET, side: 'inviter' })).toBeUndefined()
    expect(ben.courier.openGreeting(sealed, { place: 2, secret: SECRET, side: 'guest' })).toBeUndefined()
    expect(ben.courier.openGreeting(sealed, { place: 2, secret: new Uint8Array(16), side: 'inviter' })).toBeUndefined()
    expect(seen.map(({ payload }) => payload.length)).toEqual([1_024])
    expect(ben.heard).toEqual([])
  })

  test('of a locked party says nothing and hears nothing', async () => {
    const { members: { anna }, id } = await room()
    const gone = await identityOf('Gone')
    const locked = member(id, gone, anna.signalling)
    locked.courier.knows(anna.card)
    const sealed = await seal(bytes('to whom it was'), { from: anna.identity, to: gone.card, room: id })
    gone.forget()
    locked.courier.receive(anna.card.partyId, sealed)
    locked.courier.post(anna.card, 'invitation', bytes('one'))
    await settle()
    await expect(locked.courier.hand(anna.card, 'channel', bytes('two'))).rejects.toMatchObject({ code: 'E_LOCKED' })
    expect(locked.heard).toEqual([])
  })
})
