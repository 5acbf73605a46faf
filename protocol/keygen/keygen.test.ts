import { describe, expect, test } from 'vitest'
import { groupOfSuite, mod, type Group } from '../core/group.ts'
import { lagrangeAtZero } from '../core/polynomial.ts'
import { generate, subsets } from '../testing/index.ts'

function interpolate(group: Group, shares: readonly { pid: number; signingShare: Uint8Array }[]): bigint {
  const set = shares.map(({ pid }) => pid)
  return shares.reduce((sum, { pid, signingShare }) => mod(sum + lagrangeAtZero(group, pid, set) * group.decodeScalar(signingShare), group.order), 0n)
}

describe('key generation', () => {
  for (const [t, n] of [[2, 2], [2, 3], [3, 3], [2, 4], [3, 4], [3, 5], [5, 5]] as const) {
    test(`of ${t}-of-${n}: every ${t} shares give the key of each suite, and ${t - 1} do not`, () => {
      const epochs = generate(t, n, `keys ${t}/${n}`)
      for (const [i, suite] of [2, 3].entries()) {
        const group = groupOfSuite(suite === 2 ? 2 : 3)
        const shares = epochs.map(({ keys }) => keys[i]).filter((key) => key !== undefined)
        const [first] = shares
        if (first === undefined) throw new Error('no share')
        for (const share of shares) {
          expect(share.groupKey).toEqual(first.groupKey)
          expect(share.chainCode).toEqual(first.chainCode)
          expect(share.verifyingShares).toEqual(first.verifyingShares)
          const own = share.verifyingShares.find(({ pid }) => pid === share.pid)
          expect(group.generator.multiply(group.decodeScalar(share.signingShare)).toBytes()).toEqual(own?.point)
        }
        for (const set of subsets(shares, t)) expect(group.generator.multiply(interpolate(group, set)).toBytes()).toEqual(first.groupKey)
        for (const set of subsets(shares, t - 1)) expect(group.generator.multiply(interpolate(group, set)).toBytes()).not.toEqual(first.groupKey)
      }
    })
  }

  test('finishes for sixteen parties', () => {
    expect(generate(2, 16, 'sixteen').length).toBe(16)
  }, 60_000)

  test('finishes in any order of delivery, with repeats and late ones', () => {
    for (let seed = 0; seed < 25; seed++) generate(2, 3, `order ${seed}`)
  }, 60_000)
})
