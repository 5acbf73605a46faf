/** All but one of the devices are lost for good, or all: what backups hold is enough. */
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { BentLine, flipped } from '../testing/bent-line.ts'
import { approveChange, indexOf, owners, restoredFrom, signAll, walletOf } from '../testing/changes.ts'
import { reaches, sessionIn, the } from '../testing/people.ts'
import { failuresOf } from '../testing/trio.ts'

vi.mock('hash-wasm', async (original) => (await import('../testing/argon2-once.ts')).argon2Once(await original()))

let fresh: Awaited<ReturnType<typeof owners>>
beforeAll(async () => { fresh = await owners() }, 60_000)

describe('two of three devices lost for ever', () => {
  test('come back from their backups: they admit each other, deal what they hold and sign', { timeout: 90_000 }, async () => {
    const trio = await fresh()
    const { anna, ben, cleo, wallet } = trio
    const { keys } = walletOf(anna, wallet)
    const names = { ben: indexOf(ben, wallet), cleo: indexOf(cleo, wallet) }
    await anna.party.close()
    const first = await restoredFrom(trio, ben, 'Ben again')
    const second = await restoredFrom(trio, cleo, 'Cleo again')
    const { session } = await approveChange({ wallet, join: [second], threshold: 2, by: first })
    for (const who of [first, second]) {
      await reaches(who, session, 'done')
      expect(walletOf(who, wallet)).toMatchObject({ state: 'ready', epoch: 2, threshold: 2, keys })
      const { parties } = the(sessionIn(who.view(), session)?.change)
      const returning = parties.filter(({ what }) => what === 'returns')
      expect(returning.map(({ name, instead }) => `${name} for ${instead}`).toSorted()).toEqual(['Ben again for Ben', 'Cleo again for Cleo'])
      expect(parties.filter(({ what }) => what === 'dropped').map(({ name }) => name).toSorted()).toEqual(['Anna', 'Ben', 'Cleo'])
    }
    expect([indexOf(first, wallet), indexOf(second, wallet)].toSorted()).toEqual([4, 5])
    expect(Object.values(names).every((pid) => pid <= 3)).toBe(true)
    expect(await signAll([first, second], wallet)).toEqual([1, 1, 1])
  })

  test.each([
    { what: 'deals a wrong share', code: 'E_SHARE', bend: liesInR3 },
    { what: 'falls silent', code: 'E_TIMEOUT', bend: isSilentBeforeR2 },
  ])('name one of them that $what, once, though it takes part under two share indices', { timeout: 90_000 }, async ({ code, bend }) => {
    const trio = await fresh()
    const { anna, ben, cleo, wallet, clock } = trio
    await anna.party.close()
    const line = new BentLine()
    const first = await restoredFrom(trio, ben, 'Ben again')
    const second = await restoredFrom(trio, cleo, 'Cleo again', line)
    bend(line)
    const { session } = await approveChange({ wallet, join: [second], threshold: 2, by: first })
    const [error] = await failuresOf(clock, [first], session)
    expect(error).toMatchObject({ code, safe: 'Nothing was changed. The wallet works as before.' })
    expect(error?.culprits.map(({ name }) => name)).toEqual(['Cleo again'])
    expect(walletOf(first, wallet)).toMatchObject({ state: 'restored', epoch: 1 })
  })
})

function liesInR3(line: BentLine): void {
  line.lie = ({ type, suite, body }) => (type === 0x33 && suite === 2 ? flipped(body, 62) : undefined)
}

function isSilentBeforeR2(line: BentLine): void {
  line.silentBefore = ({ type }) => type === 0x32
}
