/** As in key generation: every field of every message of a signing, attacked in every way of `attacksOn`. */
import { describe, expect, test } from 'vitest'
import { attacksAmong, attempt, frostGroup, judge } from '../testing/index.ts'

for (const { t, n, signers, suite, everybody } of [
  { t: 2, n: 2, signers: [1, 2], suite: 2, everybody: false }, { t: 2, n: 3, signers: [1, 3], suite: 3, everybody: true },
  { t: 2, n: 3, signers: [1, 2, 3], suite: 3, everybody: false }, { t: 3, n: 5, signers: [1, 3, 4], suite: 2, everybody: false },
] as const) {
  describe(`a cheat among signers ${signers.join(', ')} of ${n} signing under suite ${suite}`, () => {
    const group = frostGroup(t, n, signers, suite)
    const attacks = attacksAmong(group)
    for (const name of new Set(attacks.map(({ message }) => message.name))) {
      test(`is named for whatever it does to ${name}, and nobody else is`, { timeout: 120_000 }, () => {
        let tried = 0
        for (const [i, attack] of attacks.entries()) {
          if (attack.message.name !== name) continue
          for (const attacker of everybody ? signers : [signers[i % signers.length] ?? 1]) {
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
