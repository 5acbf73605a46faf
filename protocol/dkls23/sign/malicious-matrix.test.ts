/** Every field of every message of an ECDSA signing, of pre-signing and of signing with a presignature, attacked in every way of `attacksOn`. */
import { describe, expect, test } from 'vitest'
import { attacksAmong, attempt, ecdsaGroup, generateEcdsa, judge, onlineGroup, presignGroup } from '../../testing/index.ts'

for (const { t, n, signers } of [
  { t: 2, n: 2, signers: [1, 2] }, { t: 2, n: 3, signers: [1, 3] }, { t: 2, n: 3, signers: [1, 2, 3] }, { t: 3, n: 5, signers: [1, 3, 4] },
] as const) {
  describe(`a cheat among signers ${signers.join(', ')} of ${t}-of-${n}`, () => {
    const parties = generateEcdsa(t, n, 'matrix')
    for (const group of [ecdsaGroup(parties, signers), presignGroup(parties, signers), onlineGroup(parties, signers)]) {
      const attacks = attacksAmong(group)
      for (const name of new Set(attacks.map(({ message }) => message.name))) {
        test(`gets what the table says for whatever it does to ${name}: ${group.name}`, { timeout: 180_000 }, () => {
          let tried = 0
          for (const [i, attack] of attacks.entries()) {
            // Two signers try everything, each of them; of more they take turns.
            for (const attacker of attack.message.name !== name ? [] : n === 2 ? signers : [signers[i % signers.length] ?? 0]) {
              const outcomes = attempt(group, attack, attacker)
              if (outcomes === undefined) continue
              tried += 1
              expect(judge(group, attack, attacker, outcomes).broken).toBeUndefined()
            }
          }
          expect(tried).toBeGreaterThan(5)
        })
      }
    }
  })
}
