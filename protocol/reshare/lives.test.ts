/** The occasions of a reshare: refresh, recovery from backups, imports; all suites at once. */
import { hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import type { PreparedEpoch } from '../core/change.ts'
import type { Pid } from '../core/errors.ts'
import { baseMultiply, groupOfSuite } from '../core/group.ts'
import { keyIdOf } from '../core/key-share.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { decodePreparedEpoch, encodePreparedEpoch } from '../epoch/record.ts'
import {
  changeOf, ecdsaRun, generate, holdingsIn, importOf, joiners, reshared, signRun, simulate, subsets, testRoster, TestPairs, type Stored,
  type TestReshare,
} from '../testing/index.ts'
import { importLabel } from './context.ts'

const MESSAGE = new Uint8Array(32).fill(3)

/** Every subset that is enough signs; the protocol checks every signature under the key that it is given. */
function sign(stored: readonly Stored[], suite: SuiteId): void {
  const pids = stored.map(({ epoch }) => epoch.keys[0]?.pid ?? 0)
  for (const signers of subsets(pids, stored[0]?.epoch.roster.threshold ?? 0)) {
    const parties = stored.map(({ epoch, pairs }) => ({ epoch, pairs: new TestPairs(pairs) }))
    const { states } = simulate<object>(signers, (me) => (suite === 1
      ? ecdsaRun(parties, { signers, message: MESSAGE, seed: 'sign' }, me)
      : signRun(stored.map(({ epoch }) => epoch), { suite, signers, message: MESSAGE, seed: 'sign' }, me)), { seed: `sign ${signers.join()}` })
    for (const state of states.values()) expect(state.at).toBe('done')
  }
}

function keysOf(epochs: readonly PreparedEpoch[]): readonly (readonly Uint8Array[])[] {
  return epochs.map(({ keys }) => keys.flatMap(({ groupKey, chainCode, keyId }) => [groupKey, chainCode, keyId]))
}

describe('a refresh', () => {
  const epochs = generate(2, 3, 'lives', [1, 2, 3])
  const test1 = { change: changeOf(epochs, { threshold: 2, stay: [1, 2, 3], join: 0, quorum: [1, 2, 3] }), holdings: holdingsIn(epochs), seed: 'refresh' }
  const after = reshared(test1)

  test('of three keys in one ceremony keeps all of them, and gives every one new shares and every pair a new set-up', () => {
    expect(keysOf(after.map(({ epoch }) => epoch))).toEqual(keysOf(epochs))
    for (const [i, { epoch, pairs }] of after.entries()) {
      expect(epoch.roster.epoch).toBe(2)
      expect(epoch.walletId).toBe(epochs[0]?.walletId)
      expect(pairs.map(({ peer }) => peer)).toEqual([1, 2, 3].filter((pid) => pid !== i + 1))
      for (const [k, { signingShare }] of epoch.keys.entries()) expect(signingShare).not.toEqual(epochs[i]?.keys[k]?.signingShare)
    }
  })

  test('leaves what signs with each of them', () => {
    for (const suite of [1, 2, 3] as const) sign(after, suite)
  }, 60_000)

  test('makes the record that a device stores and reads back', () => {
    for (const { epoch } of after) expect(decodePreparedEpoch(encodePreparedEpoch(epoch))).toEqual(epoch)
  })

  test('can be followed by another one, from the refreshed shares', () => {
    const now = after.map(({ epoch }) => epoch)
    const next = reshared({ change: changeOf(now, { threshold: 3, stay: [1, 3], join: 1, quorum: [1, 2] }), holdings: holdingsIn(now), seed: 'again' })
    expect(next.map(({ epoch }) => epoch.roster.epoch)).toEqual([3, 3, 3])
    expect(keysOf(next.map(({ epoch }) => epoch))).toEqual(keysOf(epochs))
    sign(next, 3)
  }, 60_000)
})

describe('a recovery', () => {
  const epochs = generate(2, 3, 'lost', [3])

  /** Device `pid` was restored from a backup: it deals under its old place and receives under a new one. */
  function restored(pids: readonly Pid[], stay: readonly Pid[]): TestReshare {
    const change = changeOf(epochs, { threshold: 2, stay, join: pids.length, quorum: [...pids, ...stay].toSorted((a, b) => a - b) })
    const fresh = joiners(3, pids.length)
    const replacements = pids.map((pid, i) => ({ pid, idKeyHash: fresh[i]?.idKeyHash ?? new Uint8Array(32) }))
    return { change: { ...change, replacements }, holdings: holdingsIn(epochs), seed: `restored ${pids.join()}` }
  }

  test('gives a restored device a new place: it deals under its old share index and its new identity', () => {
    const after = reshared(restored([3], [1]))
    expect(after.map(({ epoch }) => epoch.keys[0]?.pid)).toEqual([1, 4])
    expect(keysOf(after.map(({ epoch }) => epoch))[1]).toEqual(keysOf(epochs)[0])
    sign(after, 3)
  })

  test('works where restored devices are all that is left', () => {
    const after = reshared(restored([1, 2], []))
    expect(after.map(({ epoch }) => epoch.keys[0]?.pid)).toEqual([4, 5])
    sign(after, 3)
  })
})

describe('an import', () => {
  test.for<SuiteId>([1, 2, 3])('of a private key of suite %i with its chain code makes 2-of-3 shares of that key', { timeout: 60_000 }, (suite) => {
    const group = groupOfSuite(suite)
    const secret = 0x1234567890abcdefn
    const groupKey = group.encodePoint(baseMultiply(group, secret))
    const chainCode = new Uint8Array(32).fill(9)
    const keyId = keyIdOf(suite, groupKey, chainCode)
    const [dealer] = joiners(200, 1)
    const after = reshared({
      seed: `private key ${suite}`,
      change: {
        kind: 'import', roster: testRoster(2, 3, [suite]), sharings: [{ suite, groupKey, threshold: 1, keyId, holders: [{ x: 1n, point: groupKey }] }],
        dealers: [{ pid: importLabel(0), idKeyHash: dealer?.idKeyHash ?? new Uint8Array(32) }],
      },
      holdings: new Map([[importLabel(0), { imported: [{ suite, share: group.encodeScalar(secret), chainCode }] }]]),
    })
    for (const { epoch } of after) expect(epoch.keys[0]).toMatchObject({ groupKey, chainCode, keyId })
    expect(after[0]?.epoch.roster.epoch).toBe(1)
    sign(after, suite)
  })

  test.for<SuiteId>([1, 2, 3])('of 3-of-5 shares of suite %i at large consecutive indices makes 2-of-3 shares of the same key, and a chain code', { timeout: 60_000 }, (suite) => {
    const asked = importOf(suite, { threshold: 3, holders: 5, dealers: [0, 2, 4], roster: [2, 3] })
    const after = reshared({ ...asked, seed: `shares ${suite}` })
    const [sharing] = asked.change.kind === 'import' ? asked.change.sharings : []
    expect(sharing?.holders[1]?.x).toBe((sharing?.holders[0]?.x ?? 0n) + 1n)
    const [first] = keysOf(after.map(({ epoch }) => epoch))
    for (const { epoch } of after) expect(epoch.keys[0]?.groupKey).toEqual(sharing?.groupKey)
    for (const keys of keysOf(after.map(({ epoch }) => epoch))) expect(keys).toEqual(first)
    const again = reshared({ ...asked, seed: `other nonces ${suite}` })
    expect(again[0]?.epoch.keys[0]?.chainCode).not.toEqual(first?.[1])
    sign(after, suite)
  })

  test('names the wallet by the instance, as a key generation does', () => {
    const [one] = reshared({ ...importOf(3, { threshold: 2, holders: 2, dealers: [0, 1], roster: [2, 2] }), seed: 'named' })
    expect(hexToBytes(one?.epoch.walletId ?? '')).toHaveLength(32)
    expect(one?.epoch.roster.walletId).toEqual(new Uint8Array(32))
    expect(one?.epoch.walletId).not.toBe('00'.repeat(32))
  })
})
