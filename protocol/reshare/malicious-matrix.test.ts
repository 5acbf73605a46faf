/**
 * Every field of every message of a reshare and of an import, attacked in every way of `attacksOn`, by parties of every part: dealers that go,
 * dealers that stay, members that only receive.
 */
import { describe, expect, test } from 'vitest'
import { attacksAmong, attempt, importGroup, judge, reshareGroup, saysIt } from '../testing/index.ts'

for (const { make, suite, everybody } of [
  { make: 'refresh', suite: 3, everybody: false }, { make: 'handover', suite: 3, everybody: true }, { make: 'mixed', suite: 3, everybody: false },
  { make: 'mixed', suite: 2, everybody: false }, { make: 'import', suite: 3, everybody: false },
] as const) {
  describe(`a cheat in a ${make} of suite ${suite}`, () => {
    const group = make === 'import' ? importGroup(suite) : reshareGroup(make, suite)
    const attacks = attacksAmong(group)
    for (const name of new Set(attacks.map(({ message }) => message.name))) {
      test(`is named for whatever it does to ${name}, and nobody else is`, { timeout: 120_000 }, () => {
        let tried = 0
        for (const [i, attack] of attacks.entries()) {
          if (attack.message.name !== name) continue
          const able = group.parties.filter((pid) => saysIt(group, attack, pid))
          for (const attacker of everybody ? able : able.slice(i % able.length, i % able.length + 1)) {
            const outcomes = attempt(group, attack, attacker)
            if (outcomes === undefined) continue
            tried += 1
            expect(judge(group, attack, attacker, outcomes).broken).toBeUndefined()
          }
        }
        expect(tried).toBeGreaterThan(5)
      })
    }
  })
}

describe('a cheat in a reshare of suite 1', () => {
  const group = reshareGroup('handover', 1)
  // All that is said about pairs is attacked in the key generation, which runs the same scripts: here once in each field.
  const attacks = attacksAmong(group).filter(({ message: { name }, kind, field, name: attack }) =>
    kind === 'field' && attack.endsWith('flipped bit') && (name.startsWith('pair') || field === 'pc'))
  test('gets what the table says for whatever it does to the set-up of a pair', { timeout: 120_000 }, () => {
    expect(attacks.length).toBe(17)
    for (const attack of attacks) {
      const [attacker] = group.parties.filter((pid) => saysIt(group, attack, pid))
      const outcomes = attacker === undefined ? undefined : attempt(group, attack, attacker)
      if (attacker === undefined || outcomes === undefined) throw new Error(`nobody says ${attack.message.name}`)
      expect(judge(group, attack, attacker, outcomes).broken).toBeUndefined()
    }
  })
})
