import { describe, expect, test } from 'vitest'
import type { SessionId } from '@trivet/signalling/wire'
import type { SessionView } from '../views.ts'
import type { Decision, Policy } from '../policy.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { compare, failureOf, meet, PAGE, person, reaches, sessionIn, the, type Person } from '../testing/people.ts'
import { failuresOf, makeTrio, type Trio } from '../testing/trio.ts'
import { createMemoryNetwork } from '../transport/memory.ts'

/** All have met, the roster is signed, and the words are made. */
async function comparing(options: Parameters<typeof makeTrio>[0] = {}): Promise<Trio & { readonly session: SessionId; readonly words: readonly string[] }> {
  const trio = await makeTrio(options)
  const session = await meet(trio.all, { threshold: 2 })
  await trio.anna.party.verbs.startKeygen({ session })
  const all = await Promise.all(trio.all.map((who) => wordsOf(who, session)))
  return { ...trio, session, words: the(all[0]) }
}

function wordsOf(who: Person, session: SessionId): Promise<readonly string[]> {
  return who.until((view) => {
    const state = sessionIn(view, session)?.state
    if (state?.at === 'failed') throw new Error(state.error.details)
    return sessionIn(view, session)?.words
  })
}

function stateOf(who: Person, session: SessionId): Extract<SessionView['state'], { at: 'comparing' }> {
  const state = sessionIn(who.view(), session)?.state
  if (state?.at !== 'comparing') throw new Error(`${who.view().me?.name} is ${state?.at}`)
  return state
}

/** One of those offered that is wrong. */
function wrong(who: Person, session: SessionId, words: readonly string[]): readonly string[] {
  return the(stateOf(who, session).offered?.find((set) => set.join() !== words.join()))
}

describe('the words', () => {
  test('are shown by the inviter and chosen among three by the others, before anybody can approve', async () => {
    const { anna, ben, cleo, session, words } = await comparing()
    expect(words).toHaveLength(4)
    for (const who of [ben, cleo]) expect(sessionIn(who.view(), session)?.words).toEqual(words)
    expect(stateOf(anna, session)).toMatchObject({ words, answered: false })
    expect(stateOf(anna, session).offered).toBeUndefined()
    for (const who of [ben, cleo]) {
      const { offered = [], words: shown, triesLeft } = stateOf(who, session)
      expect([offered.length, shown, triesLeft]).toEqual([3, undefined, 3])
      expect(offered.filter((set) => set.join() === words.join())).toHaveLength(1)
      await expect(who.party.verbs.approve({ session })).rejects.toMatchObject({ fault: 'caller' })
    }
    await expect(anna.party.verbs.approve({ session })).rejects.toMatchObject({ fault: 'caller' })
    expect(await anna.party.verbs.compareWords({ session, answer: 'same' })).toBe(true)
    expect(sessionIn(anna.view(), session)?.state).toMatchObject({ at: 'approving', answered: true })
    for (const who of [ben, cleo]) {
      expect(await who.party.verbs.compareWords({ session, answer: words })).toBe(true)
      expect((await reaches(who, session, 'approving')).state).toMatchObject({ answered: false })
      await expect(who.party.verbs.compareWords({ session, answer: words })).rejects.toMatchObject({ fault: 'caller' })
      await who.party.verbs.approve({ session })
    }
    for (const who of [anna, ben, cleo]) await reaches(who, session, 'done')
    expect(anna.view().known.map(({ name, how }) => [name, how])).toEqual([['Ben', 'words'], ['Cleo', 'words']])
    expect(cleo.view().known.map(({ name, how }) => [name, how])).toEqual([['Anna', 'words'], ['Ben', 'words']])
  }, 60_000)

  test('may be chosen wrongly twice; the others offered are new each time, and what was not offered is no try', async () => {
    const { ben, session, words } = await comparing()
    for (const answer of [['a', 'b', 'c', 'd'], words.slice(1), 'same' as const]) {
      await expect(ben.party.verbs.compareWords({ session, answer })).rejects.toMatchObject({ fault: 'caller' })
    }
    for (const triesLeft of [2, 1]) {
      const before = the(stateOf(ben, session).offered)
      expect(await ben.party.verbs.compareWords({ session, answer: wrong(ben, session, words) })).toBe(false)
      expect(stateOf(ben, session).triesLeft).toBe(triesLeft)
      const after = the(stateOf(ben, session).offered)
      expect(after.filter((set) => before.some((old) => old.join() === set.join())).map((set) => set.join())).toEqual([words.join()])
    }
    expect(await ben.party.verbs.compareWords({ session, answer: words })).toBe(true)
    await reaches(ben, session, 'approving')
  })

  test('chosen wrongly three times end it for everybody', async () => {
    const { all, ben, clock, session, words } = await comparing()
    for (let i = 0; i < 3; i++) expect(await ben.party.verbs.compareWords({ session, answer: wrong(ben, session, words) })).toBe(false)
    const [annas, bens, cleos] = await failuresOf(clock, all, session)
    expect(bens).toMatchObject({ code: 'E_WORDS', sentence: expect.stringContaining('wrongly 3 times') as unknown })
    for (const error of [annas, cleos]) expect(error).toMatchObject({ code: 'E_WORDS', sentence: expect.stringContaining('Ben found that the words') as unknown })
    for (const who of all) expect([who.view().wallets, who.view().known]).toEqual([[], []])
    await expect(ben.party.verbs.compareWords({ session, answer: words })).rejects.toMatchObject({ fault: 'caller' })
  })

  test.each([0, 1, 2] as const)('that differ on somebody\'s screen (%i) end it for everybody, who read who found it and what to do', async (at) => {
    const { all, clock, session } = await comparing()
    const finder = all[at]
    expect(await finder.party.verbs.compareWords({ session, answer: 'differ' })).toBe(false)
    const name = the(finder.view().me).name
    for (const [i, error] of (await failuresOf(clock, all, session)).entries()) {
      expect(error).toMatchObject({
        code: 'E_WORDS', culprits: [], safe: 'No key was made. Nothing was lost.', next: expect.stringContaining('Start again') as unknown,
        sentence: expect.stringMatching(new RegExp(`^${i === at ? 'You' : name} found that the words on the screens differ\\. Somebody may be standing between`)) as unknown,
      })
    }
    await Promise.all(all.map((who) => who.party.close()))
    expect(clock.waiting).toBe(0)
  })

  test('also come to an end that another finds after the inviter has said yes', async () => {
    const { all, anna, cleo, clock, session } = await comparing()
    await anna.party.verbs.compareWords({ session, answer: 'same' })
    await cleo.party.verbs.compareWords({ session, answer: 'differ' })
    for (const { code } of await failuresOf(clock, all, session)) expect(code).toBe('E_WORDS')
  })

  test('differ where somebody stands between two devices: none of those offered is on the other screen', async () => {
    // Mallory has Anna's link, and gives Ben one of her own: on each side she is who the other one should be.
    const { anna, ben, cleo: mallory, clock, network } = await makeTrio()
    const other = await person({ transport: network.transport('Mallory 2'), name: 'Anna', clock })
    const [one, two] = [await meet([anna, mallory], { threshold: 2 }), await meet([other, ben], { threshold: 2 })]
    await anna.party.verbs.startKeygen({ session: one })
    await other.party.verbs.startKeygen({ session: two })
    const shown = await wordsOf(anna, one)
    await wordsOf(ben, two)
    const offered = the(stateOf(ben, two).offered).map((set) => set.join())
    expect(offered).not.toContain(shown.join())
    await ben.party.verbs.compareWords({ session: two, answer: 'differ' })
    expect(await failureOf(ben, two)).toMatchObject({ code: 'E_WORDS' })
  })

  test.each<readonly [string, (message: Uint8Array) => readonly Uint8Array[]]>([
    ['commits twice', (message) => [message, message]],
    ['reveals something else than it committed to', (message) => [message[0] === 2 ? message.with(5, message[5] === 0 ? 1 : 0) : message]],
    ['reveals before it commits', (message) => [message.with(0, 2).slice(0, 33)]],
  ])('of who %s are refused, and it is named', async (_, wordsFor) => {
    const { all: people, anna, ben, line, clock } = await makeTrio()
    line.wordsFor = wordsFor
    const session = await meet(people, { threshold: 2 })
    await anna.party.verbs.startKeygen({ session })
    const errors = await failuresOf(clock, [anna, ben], session)
    // Who finds it first says it to the other.
    expect(errors.map(({ code }) => code)).toContain('E_COMMIT')
    for (const { code, sentence, culprits } of errors) {
      expect(code === 'E_COMMIT' ? culprits.map(({ name }) => name).join() : sentence).toContain('Cleo')
    }
    for (const who of [anna, ben]) expect(who.view().wallets).toEqual([])
  })

  test('are not asked for where rules decide, nor where an invitation pins the only other one', async () => {
    const clock = new FakeClock()
    const network = createMemoryNetwork({ now: () => clock.now() })
    const approve = async (): Promise<Decision> => ({ answer: 'approve' })
    const yes: Policy = { keygen: approve, reshare: approve, sign: approve, repair: approve, export: approve }
    const acme = await person({ transport: network.transport('Acme'), name: 'Acme', clock, policy: yes, role: 'enterprise' })
    const [anna, ben] = [await person({ transport: network.transport('Anna'), name: 'Anna', clock }), await person({ transport: network.transport('Ben'), name: 'Ben', clock })]
    const invitation = async () => (await acme.party.verbs.createInvitation({ expiresInSeconds: 600 })).invitation
    const alone = (await anna.party.verbs.createWallet({ name: 'Two', threshold: 2, places: [{ kind: 'company', invitation: await invitation() }], pageUrl: PAGE })).session
    await anna.until((view) => (sessionIn(view, alone)?.places.every(({ state }) => state === 'joined') === true ? true : undefined))
    await anna.party.verbs.startKeygen({ session: alone })
    for (const who of [anna, acme]) expect((await reaches(who, alone, 'done')).words).toHaveLength(4)
    expect(anna.view().known).toMatchObject([{ name: 'Acme', how: 'invitation' }])
    expect(acme.view().known).toMatchObject([{ name: 'Anna', how: 'invitation' }])
    // With a stranger among them, people compare; the company still does not.
    const session = await meet([anna, ben], { threshold: 2, places: [{ kind: 'link' }, { kind: 'company', invitation: await invitation() }] })
    await anna.party.verbs.startKeygen({ session })
    await compare([anna, ben], session)
    expect(sessionIn(acme.view(), session)?.state.at).not.toBe('comparing')
    await reaches(ben, session, 'approving')
    await ben.party.verbs.approve({ session })
    for (const who of [anna, ben, acme]) await reaches(who, session, 'done')
    expect(anna.view().known.map(({ name, how }) => [name, how])).toEqual([['Acme', 'words'], ['Ben', 'words']])
  }, 60_000)
})
