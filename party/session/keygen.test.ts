import { describe, expect, test } from 'vitest'
import { concat, decodeEnvelope, encodeEnvelope, type Envelope } from '@trivet/protocol/core'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import type { KeygenRequest, Policy } from '../policy.ts'
import { BentLine, flipped } from '../testing/bent-line.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { identitiesForTests } from '../testing/identities.ts'
import { failureOf, linksOf, meet, meetAndApprove, PAGE, person, reaches, sessionIn, the, type Person } from '../testing/people.ts'
import { createMemoryNetwork, type MemoryNetwork, type MemoryNetworkOptions } from '../transport/memory.ts'
import { decodeKeygenInvitation, encodeKeygenInvitation, readSignalFrame, signalFrame, type SignalKind } from './frames.ts'
import { proposeKeygen, readKeygenProposal } from './keygen-proposal.ts'

const NAMES = ['Anna', 'Ben', 'Cleo'] as const
const STRANGER = 'ee'.repeat(32) as PartyId
type Trio = readonly [Person, Person, Person]

async function trio(options: MemoryNetworkOptions = {}): Promise<{ people: Trio; clock: FakeClock; network: MemoryNetwork }> {
  const clock = new FakeClock()
  const network = createMemoryNetwork({ now: () => clock.now(), ...options })
  const make = (name: string) => person({ transport: network.transport(name), name, clock })
  return { people: [await make(NAMES[0]), await make(NAMES[1]), await make(NAMES[2])], clock, network }
}

/** What the server does to one kind of bytes that it relays. */
function altering(kind: SignalKind, change: (bytes: Uint8Array) => Uint8Array | undefined): MemoryNetworkOptions {
  return { relay: ({ payload }) => (readSignalFrame(payload)?.kind === kind ? change(payload) : payload) }
}

const flipLast = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte))

async function lobby(anna: Person): Promise<{ session: Awaited<ReturnType<Person['party']['verbs']['createWallet']>>['session']; links: readonly string[] }> {
  const { session } = await anna.party.verbs.createWallet({ name: 'Savings', threshold: 2, places: [{ kind: 'link' }, { kind: 'link' }], pageUrl: PAGE })
  return { session, links: await linksOf(anna, session) }
}

function nothingIsKept(...people: readonly Person[]): void {
  for (const who of people) {
    expect(who.view().wallets).toEqual([])
    expect(who.view().vaults.flatMap(({ wallets }) => wallets)).toEqual([])
  }
}

describe('pairing', () => {
  test('a link that has expired is refused before anything is sent', async () => {
    const { people: [anna, ben], clock } = await trio()
    const { links } = await lobby(anna)
    await clock.advance(601_000)
    await expect(ben.party.verbs.readLink(the(links[0]))).rejects.toMatchObject({ code: 'E_EXPIRED_LINK' })
    await expect(ben.party.verbs.joinWallet({ link: the(links[0]) })).rejects.toMatchObject({ code: 'E_EXPIRED_LINK' })
    expect(ben.view().sessions).toEqual([])
  })

  test('a place is given once', async () => {
    const { people: [anna, ben, cleo] } = await trio()
    const { session, links } = await lobby(anna)
    await ben.party.verbs.joinWallet({ link: the(links[0]) })
    await expect(cleo.party.verbs.joinWallet({ link: the(links[0]) })).rejects.toMatchObject({ fault: 'refusal' })
    expect(cleo.view().sessions).toEqual([])
    // Who opens it twice is not there twice.
    expect(await ben.party.verbs.joinWallet({ link: the(links[0]) })).toEqual({ session })
    expect(ben.view().sessions).toHaveLength(1)
    await expect(anna.party.verbs.joinWallet({ link: the(links[1]) })).rejects.toMatchObject({ fault: 'caller' })
  })

  test('who has the place but not the secret gets no seat, and is told apart', async () => {
    const { people: [anna, ben] } = await trio(altering('hello', flipLast))
    const { session, links } = await lobby(anna)
    await ben.party.verbs.joinWallet({ link: the(links[0]) })
    const place = await anna.until((view) => sessionIn(view, session)?.places.find(({ reason }) => reason !== undefined))
    expect(place).toMatchObject({ place: 2, state: 'gone', reason: expect.stringContaining('without the link') as unknown })
    expect(sessionIn(anna.view(), session)?.state).toMatchObject({ at: 'inviting', ready: false })
    await expect(anna.party.verbs.startKeygen({ session })).rejects.toMatchObject({ fault: 'caller' })
  })

  test('an inviter\'s card that the server changed or exchanged is not believed', async () => {
    for (const change of [flipLast, (bytes: Uint8Array) => bytes.map((byte, i) => (i === 1 ? byte ^ 1 : byte))]) {
      const { people: [anna, ben] } = await trio(altering('welcome', change))
      const { session, links } = await lobby(anna)
      await ben.party.verbs.joinWallet({ link: the(links[0]) })
      expect(await failureOf(ben, session)).toMatchObject({ code: 'E_UNAUTHORIZED' })
    }
  })

  test('a link of another meeting leads nowhere', async () => {
    // The server gives Ben, who comes to the first meeting, the welcome of the second one.
    let swapped: Uint8Array | undefined
    const { people: [anna, ben, cleo] } = await trio(altering('welcome', (bytes) => {
      const first = swapped
      swapped ??= bytes
      return first ?? undefined
    }))
    const one = await lobby(anna)
    const two = await lobby(anna)
    await cleo.party.verbs.joinWallet({ link: the(two.links[0]) })
    await ben.party.verbs.joinWallet({ link: the(one.links[0]) })
    expect(await failureOf(ben, one.session)).toMatchObject({ code: 'E_UNAUTHORIZED' })
  })

  test('a coordinator of the server\'s own invention gets no word from a guest', async () => {
    const clock = new FakeClock()
    const network = createMemoryNetwork({ now: () => clock.now() })
    const line = new BentLine()
    line.told = (event) => (event.kind === 'session' ? { ...event, session: { ...event.session, coordinator: STRANGER } } : event)
    const anna = await person({ transport: network.transport('Anna'), name: 'Anna', clock })
    const ben = await person({ transport: network.transport('Ben'), name: 'Ben', clock, line })
    const { session, links } = await lobby(anna)
    await ben.party.verbs.joinWallet({ link: the(links[0]) })
    await clock.advance(700_000)
    expect(await failureOf(ben, session)).toMatchObject({ code: expect.stringMatching(/E_TIMEOUT|E_CANCELLED/) as unknown })
    expect(sessionIn(anna.view(), session)?.places[1]?.state).not.toBe('joined')
  })

  test('a welcome that comes from somebody else changes nothing', async () => {
    const clock = new FakeClock()
    const network = createMemoryNetwork({ now: () => clock.now() })
    const line = new BentLine()
    let heard = 0
    line.told = (event) => {
      if (event.kind !== 'signal') return event
      heard += 1
      return { ...event, from: STRANGER }
    }
    const anna = await person({ transport: network.transport('Anna'), name: 'Anna', clock })
    const ben = await person({ transport: network.transport('Ben'), name: 'Ben', clock, line })
    const { session, links } = await lobby(anna)
    await ben.party.verbs.joinWallet({ link: the(links[0]) })
    await clock.advance(1_000)
    expect(heard).toBeGreaterThan(0)
    expect(sessionIn(ben.view(), session)?.state).toMatchObject({ at: 'inviting' })
    expect(sessionIn(anna.view(), session)?.places[1]?.state).toBe('empty')
  })

  test('a guest whose inviter is gone is told', async () => {
    const { people: [anna, ben], clock, network } = await trio()
    const { session, links } = await lobby(anna)
    network.setOnline('Anna', false)
    await ben.party.verbs.joinWallet({ link: the(links[0]) })
    expect(sessionIn(ben.view(), session)?.places[0]).toMatchObject({ state: 'gone' })
    await clock.advance(121_000)
    expect(await failureOf(ben, session)).toMatchObject({ code: 'E_CANCELLED', sentence: expect.stringContaining('not there any more') as unknown })
  })

  test('a lobby whose coordinator was restarted is over for its guests', async () => {
    const { people: [anna, ben], clock, network } = await trio()
    const { session, links } = await lobby(anna)
    await ben.party.verbs.joinWallet({ link: the(links[0]) })
    network.setOnline('Anna', false)
    const again = await person({ transport: network.transport('Anna again'), name: 'Anna', clock, store: anna.store })
    expect(await failureOf(ben, session)).toMatchObject({ code: 'E_CANCELLED' })
    await expect(ben.party.verbs.joinWallet({ link: the(links[1]) })).rejects.toMatchObject({ code: expect.any(String) as unknown })
    expect(again.view().sessions).toEqual([])
  })

  test('a lobby that does not fill ends after ten minutes, and leaves no timer', async () => {
    const { people: [anna, ben, cleo], clock } = await trio()
    const { session, links } = await lobby(anna)
    await ben.party.verbs.joinWallet({ link: the(links[0]) })
    await clock.advance(601_000)
    for (const who of [anna, ben]) expect(await failureOf(who, session)).toMatchObject({ code: expect.stringMatching(/E_TIMEOUT|E_CANCELLED/) as unknown })
    await Promise.all([anna, ben, cleo].map((who) => who.party.close()))
    expect(clock.waiting).toBe(0)
  })
})

describe('the roster', () => {
  test('that the server altered is not believed', async () => {
    const { people, clock } = await trio(altering('invitation', (bytes) => bytes.map((byte, i) => (i === 150 ? byte ^ 1 : byte))))
    const session = await meet(people, { threshold: 2 })
    await people[0].party.verbs.startKeygen({ session })
    // Whoever reads it first refuses it, and stops the others.
    await clock.advance(2_000)
    const codes = await Promise.all(people.map(async (who) => (await failureOf(who, session)).code))
    expect(codes).toContain('E_INTERCEPTED')
    nothingIsKept(...people)
  })

  test('with another threshold, number, time or name than the lobby was told is refused', async () => {
    const { identities: [inviter, guest, other], deps } = await identitiesForTests(['Anna', 'Ben', 'Cleo'])
    const room = '0f8fad5b-d9cb-469f-a165-70867728950e' as SessionId
    const draft = { room, walletName: 'Savings', threshold: 2, expiresAt: deps.clock.now() + 1000, cards: [the(guest).card, the(other).card] }
    const { bytes } = await proposeKeygen(draft, { ...deps, identity: the(inviter) })
    const lobbyOf = { room, inviter: the(inviter).card, walletName: 'Savings', threshold: 2, total: 3 }
    const read = (told: Partial<typeof lobbyOf>, tools: Partial<Parameters<typeof readKeygenProposal>[2]> = {}) =>
      readKeygenProposal(bytes, { ...lobbyOf, ...told }, { ...deps, identity: the(guest), ...tools })
    await expect(read({})).resolves.toMatchObject({ walletName: 'Savings', roster: { threshold: 2 } })
    await expect(read({ threshold: 3 })).rejects.toMatchObject({ code: 'E_CONFIG' })
    await expect(read({ total: 4 })).rejects.toMatchObject({ code: 'E_CONFIG' })
    await expect(read({ inviter: the(other).card })).rejects.toMatchObject({ code: 'E_INTERCEPTED' })
    await expect(read({ room: '0f8fad5b-d9cb-469f-a165-70867728950f' as SessionId })).rejects.toMatchObject({ code: 'E_CONFIG' })
    const [stranger] = (await identitiesForTests(['Dora'])).identities
    await expect(read({}, { identity: the(stranger) })).rejects.toMatchObject({ code: 'E_CONFIG' })
    await expect(read({}, { wallets: { has: () => true } })).rejects.toMatchObject({ code: 'E_CONFIG', message: expect.stringContaining('before') as unknown })
    await deps.clock.advance(1001)
    await expect(read({})).rejects.toMatchObject({ code: 'E_CONFIG' })
  })

  test.each([
    ['under the same name', (envelope: Envelope) => ({ ...envelope, body: flipped(envelope.body, 24) })],
    ['under another name', (envelope: Envelope) => ({ ...envelope, header: { ...envelope.header, instance: new Uint8Array(32) } })],
  ])('that was signed differently for two guests %s names the inviter', async (_, change) => {
    const clock = new FakeClock()
    const line = new BentLine()
    let invited = 0
    const network = createMemoryNetwork({
      now: () => clock.now(),
      relay: ({ payload }) => {
        const frame = readSignalFrame(payload)
        if (frame?.kind !== 'invitation' || ++invited !== 2) return payload
        const { envelope, cards } = decodeKeygenInvitation(frame.body)
        return signalFrame('invitation', encodeKeygenInvitation({ envelope: encodeEnvelope(line.signed(change(decodeEnvelope(envelope)))), cards }))
      },
    })
    const people: Person[] = []
    for (const name of NAMES) people.push(await person({ transport: network.transport(name), name, clock, ...(name === 'Anna' ? { line } : {}) }))
    const session = await meet(people, { threshold: 2 })
    await the(people[0]).party.verbs.startKeygen({ session })
    for (const who of people.slice(1)) {
      expect(await failureOf(who, session)).toMatchObject({ code: 'E_EQUIVOCATE', culprits: [{ name: 'Anna' }] })
    }
    nothingIsKept(...people)
  })
})

describe('before the ceremony', () => {
  test.each([1, 2] as const)('guest %i declines, and nothing is made', async (decliner) => {
    const { people } = await trio()
    const session = await meet(people, { threshold: 2 })
    await people[0].party.verbs.startKeygen({ session })
    const who = people[decliner]
    await reaches(who, session, 'approving')
    await who.party.verbs.decline({ session, reason: 'not \u202etoday' })
    for (const other of people.filter((each) => each !== who)) {
      expect(await failureOf(other, session)).toMatchObject({ code: 'E_DECLINED', sentence: `${NAMES[decliner]} declined: not today.` })
    }
    await expect(who.party.verbs.approve({ session })).rejects.toMatchObject({ fault: 'caller' })
    nothingIsKept(...people)
  })

  test('the coordinator leaves, and everybody is told', async () => {
    const { people, clock } = await trio()
    const session = await meet(people, { threshold: 2 })
    await people[0].party.verbs.startKeygen({ session })
    await reaches(people[1], session, 'approving')
    await people[0].party.verbs.close({ session })
    await clock.advance(2_000)
    for (const who of people.slice(1)) await failureOf(who, session)
    nothingIsKept(...people)
  })

  test('approving twice is approving once, and a second start is none', async () => {
    const { people } = await trio()
    const session = await meet(people, { threshold: 2 })
    await Promise.all([people[0].party.verbs.startKeygen({ session }), people[0].party.verbs.startKeygen({ session })])
    await Promise.all(people.slice(1).map(async (who) => {
      await reaches(who, session, 'approving')
      await Promise.all([who.party.verbs.approve({ session }), who.party.verbs.approve({ session })])
    }))
    await Promise.all(people.map((who) => reaches(who, session, 'done')))
    await expect(people[1].party.verbs.approve({ session })).rejects.toMatchObject({ fault: 'caller' })
    await expect(people[1].party.verbs.decline({ session, reason: '' })).rejects.toMatchObject({ fault: 'caller' })
  })

  test('who never answers is named', async () => {
    const { people, clock } = await trio()
    const session = await meet(people, { threshold: 2 })
    await people[0].party.verbs.startKeygen({ session })
    await reaches(people[1], session, 'approving')
    await people[1].party.verbs.approve({ session })
    await reaches(people[2], session, 'approving')
    await clock.advance(601_000)
    expect((await failureOf(people[0], session)).culprits.map(({ name }) => name)).toContain('Cleo')
    nothingIsKept(...people)
    await Promise.all(people.map((who) => who.party.close()))
    expect(clock.waiting).toBe(0)
  })
})

describe('a company\'s one-time invitation', () => {
  const seen: KeygenRequest[] = []
  const only = (answer: 'approve' | 'decline'): Policy => ({
    keygen: async (request) => {
      seen.push(request)
      return answer === 'approve' ? { answer } : { answer, rule: 'wallets', reason: 'no new wallets' }
    },
    sign: async () => ({ answer: 'decline', rule: 'none', reason: 'nothing is signed' }),
  })

  async function withCompany(answer: 'approve' | 'decline') {
    const clock = new FakeClock()
    const network = createMemoryNetwork({ now: () => clock.now() })
    const acme = await person({ transport: network.transport('Acme'), name: 'Acme', clock, policy: only(answer), role: 'enterprise' })
    const anna = await person({ transport: network.transport('Anna'), name: 'Anna', clock })
    const { invitation } = await acme.party.verbs.createInvitation({ expiresInSeconds: 600 })
    const create = () => anna.party.verbs.createWallet({ name: 'Treasury', threshold: 2, places: [{ kind: 'company', invitation }], pageUrl: PAGE })
    return { acme, anna, clock, create }
  }

  test('brings it into a wallet that its policy allows, once', async () => {
    const { acme, anna, create, clock } = await withCompany('approve')
    const { session } = await create()
    const joined = await anna.until((view) => sessionIn(view, session)?.places.find(({ state, me }) => state === 'joined' && !me))
    expect(joined).toMatchObject({ name: 'Acme', role: 'enterprise' })
    await anna.party.verbs.startKeygen({ session })
    for (const who of [anna, acme]) await reaches(who, session, 'done')
    expect(seen.at(-1)).toMatchObject({ walletName: 'Treasury', threshold: 2, total: 2, invitedBy: 'own-invitation' })
    const second = await create()
    await clock.advance(601_000)
    await failureOf(anna, second.session)
    expect(acme.view().wallets).toHaveLength(1)
  })

  test('is refused with the rule\'s reason where the policy says no', async () => {
    const { acme, anna, create } = await withCompany('decline')
    const { session } = await create()
    await anna.until((view) => (sessionIn(view, session)?.state.at === 'inviting' && sessionIn(view, session)?.places.every(({ state }) => state === 'joined') === true ? true : undefined))
    await anna.party.verbs.startKeygen({ session })
    expect((await failureOf(anna, session)).sentence).toContain('no new wallets (rule wallets)')
    nothingIsKept(acme, anna)
  })

  test('that has expired is refused', async () => {
    const { clock, create } = await withCompany('approve')
    await clock.advance(601_000)
    await expect(create()).rejects.toMatchObject({ code: 'E_EXPIRED_LINK' })
  })
})

test('envelopes of two approved ceremonies of the same people do not meet', async () => {
  const { people } = await trio()
  const sessions = await Promise.all([0, 1].map(() => meetAndApprove(people, { threshold: 2 })))
  for (const session of sessions) await Promise.all(people.map((who) => reaches(who, session, 'done')))
  for (const who of people) expect(new Set(who.view().wallets.map(({ id }) => id)).size).toBe(2)
  expect(concat(...people[0].view().wallets.map(({ keys }) => the(keys[0]).groupKey))).toHaveLength(64)
})
