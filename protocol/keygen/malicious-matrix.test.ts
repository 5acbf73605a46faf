/**
 * Every field of every message of a key generation, attacked in every way of `attacksOn`. The list comes from the message
 * tables, so a new field is attacked from the day it is declared.
 */
import { describe, expect, test } from 'vitest'
import { attacksAmong, attempt, judge, keygenGroup, saysIt } from '../testing/index.ts'

for (const { t, n, suite, everybody } of [
  { t: 2, n: 2, suite: 2, everybody: false }, { t: 2, n: 2, suite: 3, everybody: true },
  { t: 2, n: 3, suite: 2, everybody: false }, { t: 2, n: 3, suite: 3, everybody: true },
  { t: 3, n: 5, suite: 3, everybody: false },
] as const) {
  describe(`a cheat among ${t} of ${n} making a key of suite ${suite}`, () => {
    const group = keygenGroup(t, n, suite)
    const attacks = attacksAmong(group)
    for (const name of new Set(attacks.map(({ message }) => message.name))) {
      test(`is named for whatever it does to ${name}, and nobody else is`, { timeout: 120_000 }, () => {
        let tried = 0
        for (const [i, attack] of attacks.entries()) {
          if (attack.message.name !== name) continue
          // Every party tries everything where that is quick; else they take turns.
          for (const attacker of everybody ? group.parties : [1 + i % n]) {
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

describe('a cheat among two making a key of suite 1', () => {
  const group = keygenGroup(2, 2, 1)
  const attacks = attacksAmong(group)
  // What is the same in every suite is tried above: here what is said about pairs.
  for (const name of ['pair OT1', 'pair OT2', 'pair OT3', 'keygen R4']) {
    test(`gets what the table says for whatever it does to ${name}`, { timeout: 180_000 }, () => {
      let tried = 0
      for (const attack of attacks) {
        if (attack.message.name !== name || (name === 'keygen R4' && attack.field !== 'pc')) continue
        for (const attacker of group.parties) {
          if (!saysIt(group, attack, attacker)) continue
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
