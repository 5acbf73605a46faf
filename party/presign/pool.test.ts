/** What may be in the stock, for how long, and how it leaves it. */
import { expect, test } from 'vitest'
import type { Presignature } from '@trivet/protocol/dkls23'
import { PresignaturePool, type PoolKey } from './pool.ts'

const NOW = 1_700_000_000_000
const DAY = 24 * 60 * 60 * 1000
const key: PoolKey = { wallet: 'w', keyId: new Uint8Array(32).fill(1), epoch: 1, signers: [1, 2], path: [] }

let made = 0
function presignature({ keyId, epoch, signers, path }: PoolKey): Presignature {
  made += 1
  const id = new Uint8Array(32)
  new DataView(id.buffer).setUint32(0, made)
  const bytes = (size: number, fill: number): Uint8Array => new Uint8Array(size).fill(fill)
  const secret = { phi: bytes(32, 3), u: bytes(32, 4), v: bytes(32, 5) }
  return { id, instance: bytes(32, 6), me: 1, signers, epoch, keyId, path, publicKey: bytes(33, 2), nonce: bytes(33, 2), ...secret }
}

function several(count: number, kind = key): readonly Presignature[] {
  return Array.from({ length: count }, () => presignature(kind))
}

function isWiped({ phi, u, v }: Presignature): boolean {
  return [phi, u, v].every((secret) => secret.every((byte) => byte === 0))
}

function poolWith(presignatures: readonly Presignature[], kind = key): PresignaturePool {
  const pool = new PresignaturePool()
  pool.put(kind, presignatures, NOW)
  return pool
}

test('at most 20 of one kind and 60 in all are kept, and what is above is wiped', () => {
  const pool = new PresignaturePool()
  const kinds = [[1, 2], [1, 3], [1, 4], [1, 5]].map((signers) => ({ ...key, signers }))
  const put = kinds.map((kind) => {
    const all = several(21, kind)
    pool.put(kind, all, NOW)
    return all.filter(isWiped).length
  })
  expect(put).toEqual([1, 1, 1, 21])
  expect(kinds.map((kind) => pool.count(kind, NOW))).toEqual([20, 20, 20, 0])
  expect(kinds.map((kind) => pool.room(kind, NOW))).toEqual([0, 0, 0, 0])
  expect(pool.stock('w', NOW)).toEqual([[1, 2], [1, 3], [1, 4]].map((signers) => ({ signers, count: 20 })))
  expect(pool.stock('another', NOW)).toEqual([])
})

test('room is what is left of both limits', () => {
  const pool = poolWith(several(5))
  expect(pool.room(key, NOW)).toBe(15)
  for (const signers of [[1, 3], [1, 4]]) pool.put({ ...key, signers }, several(20, { ...key, signers }), NOW)
  const fourth = { ...key, signers: [1, 5] }
  pool.put(fourth, several(10, fourth), NOW)
  expect(pool.room(key, NOW)).toBe(5)
})

test('after 24 hours one is wiped and given to nobody', () => {
  const [old] = several(1)
  const pool = poolWith(old === undefined ? [] : [old])
  pool.put(key, several(1), NOW + DAY)
  expect(pool.count(key, NOW + DAY)).toBe(2)
  expect(pool.take(key, old === undefined ? [] : [old.id], NOW + DAY + 1)).toBeUndefined()
  expect(pool.count(key, NOW + DAY + 1)).toBe(1)
  expect(old && isWiped(old)).toBe(true)
  pool.expire(NOW + 2 * DAY + 1)
  expect(pool.stock('w', NOW)).toEqual([])
})

test('what is taken is gone for everybody else, in the order in which it is named', () => {
  const all = several(3)
  const pool = poolWith(all)
  const [a, b, c] = all.map(({ id }) => id)
  if (a === undefined || b === undefined || c === undefined) throw new Error('three were made')
  expect(pool.take(key, [c, a], NOW)).toEqual([all[2], all[0]])
  expect(pool.take(key, [a], NOW)).toBeUndefined()
  expect(pool.takeOldest(key, 2, NOW)).toBeUndefined()
  expect(pool.takeOldest(key, 1, NOW)).toEqual([all[1]])
  expect(pool.count(key, NOW)).toBe(0)
  expect(all.some(isWiped)).toBe(false)
})

test('all that is named is taken, or nothing', () => {
  const all = several(2)
  const pool = poolWith(all)
  const [a, b] = all.map(({ id }) => id)
  if (a === undefined || b === undefined) throw new Error('two were made')
  for (const ids of [[a, a], [a, b, a], [a, new Uint8Array(32)], [a, new Uint8Array(0)], [new Uint8Array(32).fill(9)]]) {
    expect(pool.take(key, ids, NOW)).toBeUndefined()
    expect(pool.count(key, NOW)).toBe(2)
  }
  expect(pool.take(key, [a, b], NOW)).toEqual(all)
})

test.each<[string, Partial<PoolKey>]>([
  ['wallet', { wallet: 'another' }], ['key', { keyId: new Uint8Array(32).fill(2) }], ['epoch', { epoch: 2 }],
  ['set of signers', { signers: [1, 3] }], ['larger set', { signers: [1, 2, 3] }], ['path', { path: [0] }],
])('of another %s none is taken, counted or put', (_, change) => {
  const all = several(1)
  const pool = poolWith(all)
  const other = { ...key, ...change }
  expect(pool.count(other, NOW)).toBe(0)
  expect(pool.take(other, all.map(({ id }) => id), NOW)).toBeUndefined()
  expect(pool.takeOldest(other, 1, NOW)).toBeUndefined()
  expect(pool.count(key, NOW)).toBe(1)
})

test('one that is put under another kind than its own is wiped', () => {
  const all = several(1, { ...key, epoch: 2 })
  const pool = poolWith(all)
  expect(all.every(isWiped)).toBe(true)
  expect(pool.stock('w', NOW)).toEqual([])
})

test('dropping wipes what it is meant for, and nothing else', () => {
  const other = { ...key, signers: [1, 3] }
  const [mine, theirs] = [several(2), several(2, other)]
  const pool = poolWith(mine)
  pool.put(other, theirs, NOW)
  pool.drop((wallet, { signers }) => wallet === 'w' && signers.includes(2))
  expect(mine.every(isWiped)).toBe(true)
  expect(theirs.some(isWiped)).toBe(false)
  expect([key, other].map((kind) => pool.count(kind, NOW))).toEqual([0, 2])
})

test('a closed pool holds nothing: what was in it is zeros, and so is whatever comes later', () => {
  const [before, after] = [several(3), several(1)]
  const pool = poolWith(before)
  pool.close()
  expect(before.every(isWiped)).toBe(true)
  pool.put(key, after, NOW)
  expect(after.every(isWiped)).toBe(true)
  expect(pool.stock('w', NOW)).toEqual([])
  expect(pool.takeOldest(key, 1, NOW)).toBeUndefined()
})
