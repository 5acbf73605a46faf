/**
 * Every field of every message of a key generation, attacked in every way of `attacksOn`, by every party in turn. The list comes
 * from the message tables, so a new field is attacked from the day it is declared.
 */
import { describe, expect, test } from 'vitest'
import { attempt, brokenRule, group } from '../testing/index.ts'

for (const [t, n, suite] of [[2, 2, 2], [2, 2, 3], [2, 3, 2], [2, 3, 3], [3, 5, 2], [3, 5, 3]] as const) {
  describe(`a cheat among ${t} of ${n} making a key of suite ${suite}`, () => {
    const parties = group(t, n, suite)
    for (const name of new Set(parties.attacks.map(({ message }) => message.name))) {
      test(`is named for whatever it does to ${name}, and nobody else is`, { timeout: 120_000 }, () => {
        let tried = 0
        for (const [i, attack] of parties.attacks.entries()) {
          if (attack.message.name !== name) continue
          // Each place cheats in turn; all of them try everything where that is quick.
          const attackers = n === 3 ? parties.roster.members.map(({ pid }) => pid) : [1 + i % n]
          for (const attacker of attackers) {
            const outcomes = attempt(parties, attack, attacker)
            if (outcomes === undefined) continue
            tried += 1
            expect(brokenRule(attack, attacker, outcomes)).toBeUndefined()
          }
        }
        expect(tried).toBeGreaterThan(5)
      })
    }
  })
}
