import { beforeAll, describe, expect, test } from 'vitest'
import type { SessionId } from '@trivet/signalling/wire'
import type { CreateWallet } from '../api.ts'
import type { KeygenRequest, Policy } from '../policy.ts'
import { failureOf, linksOf, makeWallet, meet, meetAndApprove, PAGE, person, reaches, sessionIn, the, type Person } from '../testing/people.ts'
import { failuresOf, makeTrio, storesOf, type SavedStore, type Trio } from '../testing/trio.ts'

function idOf(who: Person) {
  return the(who.view().me).partyId
}

function named(...people: readonly Person[]): CreateWallet['places'] {
  return people.map((who) => ({ kind: 'known' as const, partyId: idOf(who) }))
}

/** What lies on their devices after they made a wallet together. */
let saved: readonly SavedStore[] = []

beforeAll(async () => {
  const { all } = await makeTrio()
  await makeWallet(all)
  await Promise.all(all.map((who) => who.party.close()))
  saved = all.map(({ store }) => [...store.contents])
}, 60_000)

/** They made a wallet together before, and are all there again. */
async function acquainted(): Promise<Trio> {
  const trio = await makeTrio({ stores: storesOf(saved) })
  await Promise.all(trio.all.map((who) => who.until((view) => (view.known.length === 2 && view.known.every(({ online }) => online) ? true : undefined))))
  return trio
}

/** Somebody is asked whether this device comes. */
async function asked(who: Person, session: SessionId) {
  return who.until((view) => (sessionIn(view, session)?.state.at === 'approving' ? sessionIn(view, session) : undefined))
}

async function full(who: Person, session: SessionId): Promise<void> {
  await who.until((view) => {
    const state = sessionIn(view, session)?.state
    if (state?.at === 'failed') throw new Error(state.error.details)
    return state?.at === 'inviting' && state.ready ? true : undefined
  })
}

/** A new device of somebody else, under a name that is taken. */
function namesake({ network, clock }: Trio, name: string): Promise<Person> {
  return person({ transport: network.transport(`another ${name}`), name, clock })
}

describe('a known device', () => {
  test('is invited by name, asked, and needs neither link nor words', async () => {
    const { anna, ben, cleo, all } = await acquainted()
    const { session } = await anna.party.verbs.createWallet({ name: 'Second', threshold: 2, places: named(ben, cleo), pageUrl: PAGE })
    expect(sessionIn(anna.view(), session)?.places.map(({ name, link, state }) => [name, link, state])).toEqual([
      ['Anna', undefined, 'joined'], ['Ben', undefined, 'empty'], ['Cleo', undefined, 'empty'],
    ])
    for (const who of [ben, cleo]) {
      const { places } = await asked(who, session)
      expect(places[0]).toMatchObject({ place: 1, name: 'Anna', known: true })
      expect(places.every(({ index }) => index === undefined)).toBe(true)
      await who.party.verbs.approve({ session })
    }
    await full(anna, session)
    expect(sessionIn(anna.view(), session)?.places.slice(1).map(({ known }) => known)).toEqual([true, true])
    await anna.party.verbs.startKeygen({ session })
    // No `comparing` in between: `reaches` would wait for ever.
    for (const who of [ben, cleo]) {
      const { state, words } = await reaches(who, session, 'approving')
      expect([state.at === 'approving' && state.answered, words?.length === 4 || words === undefined]).toEqual([false, true])
      await who.party.verbs.approve({ session })
    }
    for (const who of all) {
      await reaches(who, session, 'done')
      expect(who.view().wallets).toHaveLength(2)
      expect(who.view().known.map(({ how }) => how)).toEqual(['words', 'words'])
    }
  }, 60_000)

  test('beside a stranger is compared once more, with everybody', async () => {
    const trio = await makeTrio()
    const { anna, ben, cleo } = trio
    await makeWallet([anna, ben])
    const places: CreateWallet['places'] = [...named(ben), { kind: 'link' }]
    const { session } = await anna.party.verbs.createWallet({ name: 'Second', threshold: 2, places, pageUrl: PAGE })
    await cleo.party.verbs.joinWallet({ link: the((await linksOf(anna, session))[0]) })
    await asked(ben, session)
    await ben.party.verbs.approve({ session })
    await full(anna, session)
    await anna.party.verbs.startKeygen({ session })
    for (const who of trio.all) await reaches(who, session, 'comparing')
  })

  test('that does not want to come says so, and the inviter reads who it was', async () => {
    const { anna, ben, cleo, clock } = await acquainted()
    const { session } = await anna.party.verbs.createWallet({ name: 'Second', threshold: 2, places: named(ben, cleo), pageUrl: PAGE })
    await asked(ben, session)
    await ben.party.verbs.decline({ session, reason: 'no' })
    const [error] = await failuresOf(clock, [anna], session)
    expect(error).toMatchObject({ code: 'E_DECLINED', sentence: 'Ben declined.' })
    expect(await failureOf(ben, session)).toMatchObject({ code: 'E_DECLINED' })
  })

  test('is asked no more once the lobby has ended', async () => {
    const { anna, ben, cleo, clock } = await acquainted()
    const { session } = await anna.party.verbs.createWallet({ name: 'Second', threshold: 2, places: named(ben, cleo), pageUrl: PAGE })
    await asked(ben, session)
    await clock.advance(601_000)
    expect((await failureOf(ben, session)).code).toMatch(/E_TIMEOUT|E_CANCELLED/)
    await expect(ben.party.verbs.approve({ session })).rejects.toMatchObject({ fault: 'caller' })
  })

  test('that was forgotten is a stranger again, on the side that forgot', async () => {
    const { anna, ben, cleo } = await acquainted()
    await anna.party.verbs.forgetKnown({ partyId: idOf(ben) })
    expect(anna.view().known.map(({ name }) => name)).toEqual(['Cleo'])
    const create = (places: CreateWallet['places']) => anna.party.verbs.createWallet({ name: 'Second', threshold: 2, places, pageUrl: PAGE })
    await expect(create(named(ben))).rejects.toMatchObject({ fault: 'caller', field: 'places' })
    await expect(create(named(cleo, cleo))).rejects.toMatchObject({ fault: 'caller', field: 'places' })
    await expect(anna.party.verbs.forgetKnown({ partyId: idOf(ben) })).rejects.toMatchObject({ fault: 'caller' })
    // Who forgot Anna is not asked by her.
    await cleo.party.verbs.forgetKnown({ partyId: idOf(anna) })
    const { session } = await create(named(cleo))
    const also = (await ben.party.verbs.createWallet({ name: 'Third', threshold: 2, places: named(cleo), pageUrl: PAGE })).session
    await asked(cleo, also)
    expect(cleo.view().sessions.map(({ id }) => id)).not.toContain(session)
  })

  test('is known also after a restart, and goes by the name that it has by then', async () => {
    const { anna, ben, cleo, restarted, network } = await acquainted()
    network.setOnline('Anna 1', false)
    const again = await restarted(anna, 'Anna')
    expect(again.view().known.map(({ name, how, role }) => [name, how, role])).toEqual([['Ben', 'words', 'mobile-app'], ['Cleo', 'words', 'mobile-app']])
    await again.until((view) => (view.known.every(({ online }) => online) ? true : undefined))
    const { session } = await again.party.verbs.createWallet({ name: 'Second', threshold: 2, places: named(ben), pageUrl: PAGE })
    await asked(ben, session)
    expect(cleo.view().sessions.map(({ id }) => id)).not.toContain(session)
  })

  test('without a person takes part only where its rules let it, and says which did not', async () => {
    const { anna, network, clock } = await makeTrio()
    const seen: KeygenRequest[] = []
    const policy: Policy = {
      keygen: async (request) => {
        seen.push(request)
        return request.invitedBy === 'own-invitation' ? { answer: 'approve' } : { answer: 'decline', rule: 'invited', reason: `invited by ${request.invitedBy}` }
      },
      sign: async () => ({ answer: 'approve' }), reshare: async () => ({ answer: 'approve' }),
      repair: async () => ({ answer: 'approve' }), export: async () => ({ answer: 'approve' }),
    }
    const acme = await person({ transport: network.transport('Acme'), name: 'Acme', clock, policy, role: 'enterprise' })
    const { invitation } = await acme.party.verbs.createInvitation({ expiresInSeconds: 600 })
    const first = await meet([anna], { threshold: 2, places: [{ kind: 'company', invitation }] })
    await anna.party.verbs.startKeygen({ session: first })
    for (const who of [anna, acme]) await reaches(who, first, 'done')
    const { session } = await anna.party.verbs.createWallet({ name: 'Second', threshold: 2, places: named(acme), pageUrl: PAGE })
    await full(anna, session)
    await anna.party.verbs.startKeygen({ session })
    expect((await failureOf(anna, session)).sentence).toBe('Acme declined: invited by known (rule invited).')
    expect(seen.at(-1)).toMatchObject({ invitedBy: 'known', walletName: 'Second', threshold: 2, total: 2 })
    expect(acme.view().wallets).toHaveLength(1)
  })
})

describe('a known name under another key', () => {
  const next = expect.stringContaining('forget the old one') as unknown
  const stop = (name: string) => ({ code: 'E_IDENTITY', next, sentence: expect.stringContaining(`"${name}", but it is not the one that this device knows`) as unknown })

  test('stops the inviter that it comes to', async () => {
    const trio = await acquainted()
    const { anna, clock } = trio
    const other = await namesake(trio, 'ben')
    const { session } = await anna.party.verbs.createWallet({ name: 'Second', threshold: 2, places: [{ kind: 'link' }], pageUrl: PAGE })
    await other.party.verbs.joinWallet({ link: the((await linksOf(anna, session))[0]) })
    expect(await failureOf(anna, session)).toMatchObject(stop('ben'))
    await failuresOf(clock, [other], session)
  })

  test('stops the guest that it invites, which answers nothing', async () => {
    const trio = await acquainted()
    const { ben, clock } = trio
    const other = await namesake(trio, 'Anna')
    const { session } = await other.party.verbs.createWallet({ name: 'Second', threshold: 2, places: [{ kind: 'link' }], pageUrl: PAGE })
    await ben.party.verbs.joinWallet({ link: the((await linksOf(other, session))[0]) })
    expect(await failureOf(ben, session)).toMatchObject(stop('Anna'))
    await failuresOf(clock, [other], session)
    expect(sessionIn(other.view(), session)?.places[1]?.name).toBeUndefined()
  })

  test('stops a guest that finds it in the roster, and nothing was approved by then', async () => {
    const trio = await makeTrio()
    const { anna, ben, cleo, clock } = trio
    // Ben knows Cleo; Anna, who does not, invites another one of that name.
    await makeWallet([ben, cleo])
    const other = await namesake(trio, 'Cleo')
    const session = await meet([anna, ben, other], { threshold: 2 })
    await anna.party.verbs.startKeygen({ session })
    expect(await failureOf(ben, session)).toMatchObject(stop('Cleo'))
    await failuresOf(clock, [anna, other], session)
    for (const who of [anna, ben, other]) expect(who.view().wallets.filter(({ id }) => !cleo.view().wallets.some((wallet) => wallet.id === id))).toEqual([])
  })

  test('stops before anything begins where an invitation of a company has it', async () => {
    const trio = await acquainted()
    const other = await namesake(trio, 'Ben')
    const { invitation } = await other.party.verbs.createInvitation({ expiresInSeconds: 600 })
    const places: CreateWallet['places'] = [{ kind: 'company', invitation }]
    await expect(trio.anna.party.verbs.createWallet({ name: 'Second', threshold: 2, places, pageUrl: PAGE })).rejects.toMatchObject({ code: 'E_IDENTITY' })
    expect(trio.anna.view().sessions).toEqual([])
  })

  test('is another one like any, once the old one is forgotten', async () => {
    const trio = await acquainted()
    const { anna, ben } = trio
    await anna.party.verbs.forgetKnown({ partyId: idOf(ben) })
    const other = await namesake(trio, 'Ben')
    const session = await meetAndApprove([anna, other], { threshold: 2 })
    await reaches(anna, session, 'done')
    expect(anna.view().known.map(({ name, partyId }) => [name, partyId])).toEqual([['Ben', idOf(other)], ['Cleo', idOf(trio.cleo)]])
  })

  test('and two new devices of one name are not seated together', async () => {
    const trio = await makeTrio()
    const { anna, ben } = trio
    const [other, third] = [await namesake(trio, 'Ben'), await namesake(trio, 'anna')]
    const places: CreateWallet['places'] = [{ kind: 'link' }, { kind: 'link' }, { kind: 'link' }]
    const { session } = await anna.party.verbs.createWallet({ name: 'Four', threshold: 2, places, pageUrl: PAGE })
    const links = await linksOf(anna, session)
    await ben.party.verbs.joinWallet({ link: the(links[0]) })
    await anna.until((view) => (sessionIn(view, session)?.places[1]?.state === 'joined' ? true : undefined))
    for (const [who, at] of [[other, 1], [third, 2]] as const) {
      await who.party.verbs.joinWallet({ link: the(links[at]) })
      const place = await anna.until((view) => sessionIn(view, session)?.places.find(({ partyId, reason }) => partyId === idOf(who) && reason !== undefined))
      expect(place).toMatchObject({ state: 'gone', name: the(who.view().me).name, reason: expect.stringContaining('same name') as unknown })
    }
    await expect(anna.party.verbs.startKeygen({ session })).rejects.toMatchObject({ fault: 'caller' })
  })
})
