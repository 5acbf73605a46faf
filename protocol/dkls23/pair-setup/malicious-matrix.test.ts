/** Every field of every message of a pair's set-up by itself, attacked in every way of `attacksOn`, from both roles. */
import { describe, expect, test } from 'vitest'
import { attacksAmong, attempt, generateEcdsa, judge, repairGroup, saysIt } from '../../testing/index.ts'

describe('a cheat in a set-up of a pair by itself', () => {
  const group = repairGroup(generateEcdsa(2, 2, 'matrix'), [1, 2])
  const attacks = attacksAmong(group)
  for (const name of new Set(attacks.map(({ message }) => message.name))) {
    test(`gets what the table says for whatever it does to ${name}`, { timeout: 120_000 }, () => {
      let tried = 0
      for (const attack of attacks) {
        for (const attacker of attack.message.name === name ? group.parties : []) {
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
