import { describe, expect, test } from 'vitest'
import type { PartyId } from '@trivet/signalling/wire'
import type { KeygenRequest, Policy } from '../policy.ts'
import { encodeJoinLink, readLink } from '../pairing/link.ts'
import { BentLine } from '../testing/bent-line.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { handMade } from '../testing/hand-made.ts'
import { failureOf, linksOf, PAGE, person, reaches, sessionIn, the, type Person } from '../testing/people.ts'
import { altering, flipLast, makeTrio } from '../testing/trio.ts'
import { createMemoryNetwork } from '../transport/memory.ts'

const STRANGER = 'ee'.repeat(32) as PartyId

async function lobby(anna: Person): Promise<{ session: Awaited<ReturnType<Person['party']['verbs']['createWallet']>>['session']; links: readonly string[] }> {
  const { session } = await anna.party.verbs.createWallet({ name: 'Savings', threshold: 2, places: [{ kind: 'link' }, { kind: 'link' }], pageUrl: PAGE })
  return { session, links: await linksOf(anna, session) }
}

describe('pairing', () => {
  test('a link that has expired is refused before anything is sent', async () => {
    const { anna, ben, clock } = await makeTrio()
    const { links } = await lobby(anna)
    await clock.advance(601_000)
    await expect(ben.party.verbs.readLink(the(links[0]))).rejects.toMatchObject({ code: 'E_EXPIRED_LINK' })
    await expect(ben.party.verbs.joinWallet({ link: the(links[0]) })).rejects.toMatchObject({ code: 'E_EXPIRED_LINK' })
    expect(ben.view().sessions).toEqual([])
  })

  test('a link that is damaged, used by another, of another server, or kept beyond its time says which', async () => {
    const { anna, ben, cleo, clock } = await makeTrio()
    const elsewhere = await makeTrio()
    const { links } = await lobby(anna)
    const [first, second] = [the(links[0]), the(links[1])]
    const join = (link: string) => cleo.party.verbs.joinWallet({ link })
    await ben.party.verbs.joinWallet({ link: first })
    await expect(join(first)).rejects.toMatchObject({ code: 'E_USED_LINK', fault: 'refusal' })
    await expect(join(`${second.slice(0, -4)}AAAA`)).rejects.toMatchObject({ code: 'E_INPUT', field: 'link', message: expect.stringContaining('damaged') as unknown })
    await expect(join(second.slice(0, second.indexOf('#') + 30))).rejects.toMatchObject({ code: 'E_INPUT', field: 'link' })
    await expect(join(PAGE)).rejects.toMatchObject({ code: 'E_INPUT', field: 'link', message: expect.stringContaining('not a Trivet link') as unknown })
    // Servers of tests count their tokens alike: the third meeting there has some that are unknown here.
    for (let i = 0; i < 2; i++) await lobby(elsewhere.anna)
    await expect(join(the((await lobby(elsewhere.anna)).links[0]))).rejects.toMatchObject({ code: 'E_CANCELLED', fault: 'refusal' })
    // Whoever writes a later time into a link changes nothing: the room itself is over by then.
    const read = readLink(second)
    if (read.kind !== 'join') throw new Error('no link of a place')
    await clock.advance(601_000)
    await expect(join(second)).rejects.toMatchObject({ code: 'E_EXPIRED_LINK' })
    await expect(join(encodeJoinLink(PAGE, { ...read.join, expiresAt: clock.now() + 600_000 }))).rejects.toMatchObject({ code: 'E_EXPIRED_LINK' })
    expect(cleo.view().sessions).toEqual([])
  })

  test('a place is given once', async () => {
    const { anna, ben, cleo } = await makeTrio()
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
    const { anna, ben } = await makeTrio({ network: altering('hello', flipLast) })
    const { session, links } = await lobby(anna)
    await ben.party.verbs.joinWallet({ link: the(links[0]) })
    const place = await anna.until((view) => sessionIn(view, session)?.places.find(({ reason }) => reason !== undefined))
    expect(place).toMatchObject({ place: 2, state: 'gone', reason: expect.stringContaining('without the link') as unknown })
    expect(sessionIn(anna.view(), session)?.state).toMatchObject({ at: 'inviting', ready: false })
    await expect(anna.party.verbs.startKeygen({ session })).rejects.toMatchObject({ fault: 'caller' })
  })

  test('an inviter\'s card that the server changed or exchanged is not believed', async () => {
    for (const change of [flipLast, (bytes: Uint8Array) => bytes.map((byte, i) => (i === 100 ? byte ^ 1 : byte))]) {
      const { anna, ben } = await makeTrio({ network: altering('welcome', change) })
      const { session, links } = await lobby(anna)
      await ben.party.verbs.joinWallet({ link: the(links[0]) })
      expect(await failureOf(ben, session)).toMatchObject({ code: 'E_UNAUTHORIZED' })
    }
  })

  test('a link of another meeting leads nowhere', async () => {
    // The server gives Ben, who comes to the first meeting, the welcome of the second one.
    let first: Uint8Array | undefined
    const { anna, ben, cleo } = await makeTrio({ network: altering('welcome', (bytes) => first ??= bytes) })
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
    const { anna, ben, clock, network } = await makeTrio()
    const { session, links } = await lobby(anna)
    network.setOnline('Anna 1', false)
    await ben.party.verbs.joinWallet({ link: the(links[0]) })
    expect(sessionIn(ben.view(), session)?.places[0]).toMatchObject({ state: 'gone' })
    await clock.advance(121_000)
    expect(await failureOf(ben, session)).toMatchObject({ code: 'E_CANCELLED', sentence: expect.stringContaining('not there any more') as unknown })
  })

  test('a lobby whose coordinator was restarted is over for its guests', async () => {
    const { anna, ben, network, restarted } = await makeTrio()
    const { session, links } = await lobby(anna)
    await ben.party.verbs.joinWallet({ link: the(links[0]) })
    network.setOnline('Anna 1', false)
    const again = await restarted(anna, 'Anna')
    expect(await failureOf(ben, session)).toMatchObject({ code: 'E_CANCELLED' })
    await expect(ben.party.verbs.joinWallet({ link: the(links[1]) })).rejects.toMatchObject({ code: expect.any(String) as unknown })
    expect(again.view().sessions).toEqual([])
  })

  test('a lobby that does not fill ends after ten minutes, and leaves no timer', async () => {
    const { anna, ben, cleo, clock } = await makeTrio()
    const { session, links } = await lobby(anna)
    await ben.party.verbs.joinWallet({ link: the(links[0]) })
    await clock.advance(601_000)
    for (const who of [anna, ben]) expect(await failureOf(who, session)).toMatchObject({ code: expect.stringMatching(/E_TIMEOUT|E_CANCELLED/) as unknown })
    await Promise.all([anna, ben, cleo].map((who) => who.party.close()))
    expect(clock.waiting).toBe(0)
  })
})

describe('a device of another build', () => {
  const today = { min: 1, max: 1, suites: [1, 2, 3] }

  test.each([
    ['unreadable', { min: 0, max: 0, suites: [1, 2, 3] }, 'cannot be read'],
    ['newer', { min: 2, max: 4, suites: [1, 2, 3] }, 'Dora runs a newer version of Trivet than this device'],
    ['less able', { min: 1, max: 1, suites: [2] }, 'Dora cannot make all of the keys that this device makes'],
  ])('that is %s is named in its place, and nothing starts without it', async (_, says, reason) => {
    const { anna, ben, network } = await makeTrio()
    const { session, links } = await lobby(anna)
    const dora = await handMade(network.transport('Dora'), 'Dora', says)
    await dora.join(the(links[0]))
    await ben.party.verbs.joinWallet({ link: the(links[1]) })
    const [place] = await anna.until((view) => {
      const places = sessionIn(view, session)?.places.slice(1) ?? []
      return places[0]?.reason !== undefined && places[1]?.state === 'joined' ? places : undefined
    })
    expect(place).toMatchObject({ place: 2, state: 'gone', partyId: dora.card.partyId, reason: expect.stringContaining(reason) as unknown })
    expect(place?.link).toBeUndefined()
    if (says.max > 0) expect(place?.name).toBe('Dora')
    expect(sessionIn(anna.view(), session)?.state).toMatchObject({ at: 'inviting', ready: false })
    await expect(anna.party.verbs.startKeygen({ session })).rejects.toMatchObject({ fault: 'caller' })
  })

  test('that invites is named to its guest, whose answer still tells it who cannot come', async () => {
    const { ben, network } = await makeTrio()
    const dora = await handMade(network.transport('Dora'), 'Dora', { ...today, min: 2, max: 4 })
    const { session } = await ben.party.verbs.joinWallet({ link: await dora.invite() })
    expect(await failureOf(ben, session)).toMatchObject({
      code: 'E_VERSION', sentence: 'Dora runs a newer version of Trivet than this device.', next: expect.stringContaining('Reload') as unknown,
    })
    expect(await dora.answered).toBe(ben.view().me?.partyId)
  })

  test('that speaks the same version is welcome, and its build is shown to be another', async () => {
    const { anna, network } = await makeTrio()
    const { session, links } = await lobby(anna)
    const dora = await handMade(network.transport('Dora'), 'Dora', { ...today, max: 3 }, 7)
    await dora.join(the(links[0]))
    const place = await anna.until((view) => sessionIn(view, session)?.places.find(({ state, me }) => state === 'joined' && !me))
    expect(place).toMatchObject({ name: 'Dora', otherBuild: true })
    expect(place.known).toBeUndefined()
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
    repair: async () => ({ answer: 'decline', rule: 'none', reason: 'nothing is repaired' }),
    reshare: async () => ({ answer: 'decline', rule: 'none', reason: 'nothing is changed' }),
    export: async () => ({ answer: 'decline', rule: 'none', reason: 'nothing is exported' }),
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
    // Its program is no build of the page's.
    expect(joined.otherBuild).toBeUndefined()
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
    for (const who of [anna, acme]) expect(who.view().wallets).toEqual([])
  })

  test('that has expired is refused', async () => {
    const { clock, create } = await withCompany('approve')
    await clock.advance(601_000)
    await expect(create()).rejects.toMatchObject({ code: 'E_EXPIRED_LINK' })
  })
})
