/**
 * Every field of every message of a key generation, attacked in every way of `attacksOn`. The list comes from the message
 * tables, so a new field is attacked from the day it is declared.
 */
import { describe, expect, test } from 'vitest'
import { attempt, brokenRule, keygenGroup } from '../testing/index.ts'

for (const { t, n, suite, everybody } of [
  { t: 2, n: 2, suite: 2, everybody: false }, { t: 2, n: 2, suite: 3, everybody: true },
  { t: 2, n: 3, suite: 2, everybody: false }, { t: 2, n: 3, suite: 3, everybody: true },
  { t: 3, n: 5, suite: 3, everybody: false },
] as const) {
  describe(`a cheat among ${t} of ${n} making a key of suite ${suite}`, () => {
    const group = keygenGroup(t, n, suite)
    for (const name of new Set(group.attacks.map(({ message }) => message.name))) {
      test(`is named for whatever it does to ${name}, and nobody else is`, { timeout: 120_000 }, () => {
        let tried = 0
        for (const [i, attack] of group.attacks.entries()) {
          if (attack.message.name !== name) continue
          // Every party tries everything where that is quick; else they take turns.
          for (const attacker of everybody ? group.parties : [1 + i % n]) {
            const outcomes = attempt(group, attack, attacker)
            if (outcomes === undefined) continue
            tried += 1
            expect(brokenRule(group, attack, attacker, outcomes)).toBeUndefined()
          }
        }
        expect(tried).toBeGreaterThan(5)
      })
    }
  })
}
