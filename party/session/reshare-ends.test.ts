/** What ends with an epoch: requests under way, what was prepared for signing, bans. And what is remembered. */
import { beforeAll, describe, expect, test } from 'vitest'
import { flipped } from '../testing/bent-line.ts'
import { change, indexOf, INTENTS, owners, signAll, walletOf } from '../testing/changes.ts'
import { turnUntil } from '../testing/fake-clock.ts'
import { ask, failureOf, person, reaches, the, type Person } from '../testing/people.ts'

let fresh: Awaited<ReturnType<typeof owners>>
beforeAll(async () => { fresh = await owners() }, 60_000)

/** As `of` sees its pair with `other`. */
function pairing(of: Person, other: Person, wallet: string): unknown {
  return walletOf(of, wallet).parties.find(({ index }) => index === indexOf(other, wallet))?.pairing
}

describe('when devices have changed', () => {
  test.each([0, 1])('a request that waits for an answer is over, and says why (%i)', { timeout: 60_000 }, async (kind) => {
    const { anna, ben, cleo, wallet } = await fresh()
    const session = await ask([ben, cleo], wallet, the(INTENTS[kind]))
    await reaches(cleo, session, 'approving')
    await change({ wallet, stay: [anna, ben, cleo], threshold: 2 })
    const errors = await Promise.all([ben, cleo].map((who) => failureOf(who, session)))
    // For whom the new epoch counts first, that is the reason; the other may only see it leave.
    for (const { code, safe } of errors) {
      expect(['E_CANCELLED', 'E_TIMEOUT']).toContain(code)
      expect(safe).toBe('No signature was made.')
    }
    expect(errors.map(({ sentence }) => sentence)).toContain('The devices of this wallet have changed.')
    await expect(cleo.party.verbs.approve({ session })).rejects.toMatchObject({ fault: 'caller' })
  })

  test('signatures that were prepared in advance are gone, and new ones are made of the new shares', { timeout: 60_000 }, async () => {
    const { anna, ben, cleo, wallet, clock } = await fresh({ person: { presignatures: 1 } })
    const people = [anna, ben, cleo]
    const stock = (who: Person): number => walletOf(who, wallet).stock.reduce((sum, { count }) => sum + count, 0)
    const isFull = (): boolean => people.every((who) => stock(who) === 2)
    await turnUntil(clock, isFull)
    let least = 2
    const stop = anna.party.subscribe(() => { least = Math.min(least, stock(anna)) })
    await change({ wallet, stay: people, threshold: 2 })
    stop()
    expect(least).toBe(0)
    await turnUntil(clock, isFull)
    expect(await signAll([cleo, anna], wallet)).toEqual([1, 1, 1])
  })

  test('a pair that was banned is set up anew, and that it was banned is still shown', { timeout: 60_000 }, async () => {
    const { anna, ben, cleo, wallet, clock, line } = await fresh()
    // The last bytes of R1 are a hash that is checked against what only the pair knows.
    line.lie = ({ type, suite, body }) => (type === 0x21 && suite === 1 ? flipped(body, body.length - 1) : undefined)
    const session = await ask([anna, cleo], wallet, the(INTENTS[0]))
    await reaches(cleo, session, 'approving')
    await cleo.party.verbs.approve({ session })
    await turnUntil(clock, () => anna.view().sessions.some(({ id, state }) => id === session && state.at === 'failed'))
    expect(pairing(anna, cleo, wallet)).toEqual({ state: 'banned', bans: 1 })
    line.lie = () => undefined
    await change({ wallet, stay: [anna, ben, cleo], threshold: 2 })
    expect(pairing(anna, cleo, wallet)).toEqual({ state: 'ready', bans: 1 })
    expect(pairing(anna, ben, wallet)).toEqual({ state: 'ready', bans: 0 })
    expect(await signAll([anna, cleo], wallet)).toEqual([1, 1, 1])
  })

  test('who came is known from then on, by the words that were compared', { timeout: 60_000 }, async () => {
    const { anna, ben, wallet, clock, network } = await fresh()
    const dora = await person({ transport: network.transport('Dora'), name: 'Dora', clock })
    await change({ wallet, stay: [anna, ben], join: [dora], threshold: 2 })
    const known = (who: Person): readonly string[] => who.view().known.map(({ name, how }) => `${name} by ${how}`)
    expect(known(dora)).toEqual(['Anna by words', 'Ben by words'])
    expect(known(ben)).toEqual(['Anna by words', 'Cleo by words', 'Dora by words'])
  })
})
