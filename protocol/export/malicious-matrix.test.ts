/** As in key generation: every field of every message of an export, attacked in every way of `attacksOn`. */
import { describe, expect, test } from 'vitest'
import { attacksAmong, attempt, exportGroup, judge, noteGroup, type Group } from '../testing/index.ts'

for (const { t, n, signers, exporter, suite } of [
  { t: 2, n: 2, signers: [1, 2], exporter: 1, suite: 1 }, { t: 2, n: 2, signers: [1, 2], exporter: 2, suite: 2 },
  { t: 2, n: 3, signers: [1, 2, 3], exporter: 3, suite: 3 }, { t: 2, n: 3, signers: [1, 3], exporter: 3, suite: 1 },
  { t: 3, n: 5, signers: [1, 3, 4], exporter: 3, suite: 2 }, { t: 3, n: 5, signers: [2, 4, 5], exporter: 2, suite: 1 },
] as const) {
  attacked(`a cheat among parties ${signers.join(', ')} of ${n} that take a key of suite ${suite} out to party ${exporter}`, exportGroup(t, n, signers, exporter, suite))
}

for (const group of [
  noteGroup(2, 2, [1, 2], 1), noteGroup(2, 3, [1, 2, 3], 2), noteGroup(3, 5, [2, 4, 5], 3),
]) attacked(`a cheat in the ${group.name}`, group)

function attacked(what: string, group: Group): void {
  describe(what, () => {
    const attacks = attacksAmong(group)
    for (const name of new Set(attacks.map(({ message }) => message.name))) {
      test(`is named for whatever it does to ${name} where that can be told, and nobody else is`, { timeout: 120_000 }, () => {
        let tried = 0
        for (const attack of attacks.filter(({ message }) => message.name === name)) {
          for (const attacker of group.parties) {
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
