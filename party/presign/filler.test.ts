/** When presignatures are made, who asks for them, and when nobody does. */
import { beforeAll, expect, test } from 'vitest'
import { concat, decodeInvitation, decodePresignProposal, INVITE } from '@trivet/protocol/core'
import { settle } from '../testing/fake-clock.ts'
import { identitiesForTests } from '../testing/identities.ts'
import { ask, makeWallet, reaches, the } from '../testing/people.ts'
import { indexesOf, stockOf, Table, type Seat } from '../testing/stocked.ts'
import { storesOf, type SavedStore } from '../testing/trio.ts'
import { Filler } from './filler.ts'
import { PresignaturePool, type PoolKey } from './pool.ts'

const SECOND = 1_000
const DAY = 24 * 3_600 * SECOND
const NAMES = ['Anna', 'Ben', 'Cleo']
/** Of a key for which nothing is in stock. */
const ROUNDS = concat(Uint8Array.of(0x11), new Uint8Array(32).fill(1))

/** By ascending share index. */
let saved: readonly SavedStore[] = []
let wallet = ''

beforeAll(async () => {
  const table = new Table(0)
  const seats = await Promise.all(NAMES.map((name) => table.seat(name)))
  wallet = await makeWallet(seats)
  const inOrder = seats.toSorted((a, b) => the(a.view().wallets[0]).myIndex - the(b.view().wallets[0]).myIndex)
  saved = inOrder.map(({ store }) => [...store.contents])
  await Promise.all(seats.map(({ party }) => party.close()))
}, 60_000)

interface Asked {
  readonly by: number
  readonly signers: readonly number[]
  readonly count: number
  readonly at: number
}

/** Devices in order of their share index. @param targets what each keeps ready */
async function atHome(...targets: readonly number[]): Promise<{ readonly table: Table; readonly seats: readonly Seat[]; readonly asked: readonly Asked[] }> {
  const table = new Table(2)
  const stores = storesOf(saved.slice(0, targets.length))
  const seats = await Promise.all(stores.map((store, i) => table.seat(the(NAMES[i]), { store, presignatures: targets[i] ?? 0 })))
  const asked: Asked[] = []
  const instances = new Set<string>()
  for (const { line } of seats) {
    line.watch = ({ header, body }) => {
      if (header.type !== INVITE || instances.has(header.instance.join())) return
      const { ceremony, payload } = decodeInvitation(body)
      if (ceremony !== 'presign') return
      instances.add(header.instance.join())
      asked.push({ by: header.from, at: table.clock.now(), ...decodePresignProposal(payload) })
    }
  }
  return { table, seats, asked }
}

/** Second by second, so that whatever a second sets off has happened before the next. */
async function pass(table: Table, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await table.clock.advance(SECOND)
    for (let turn = 0; turn < 4; turn++) await settle()
  }
}

test('the first signer of each set asks once for all that is missing, after three seconds, and nobody else does', async () => {
  const { table, seats, asked } = await atHome(2, 2, 2)
  const begun = table.clock.now()
  for (const two of [[0, 1], [0, 2], [1, 2]]) await table.filled(two.map((i) => the(seats[i])))
  await pass(table, 70)
  expect(asked.map(({ by, signers, count }) => ({ by, signers, count })).toSorted((a, b) => (a.signers.join() < b.signers.join() ? -1 : 1))).toEqual(
    [[1, 2], [1, 3], [2, 3]].map((signers) => ({ by: signers[0], signers, count: 2 })),
  )
  expect(Math.min(...asked.map(({ at }) => at))).toBeGreaterThanOrEqual(begun + 3 * SECOND)
})

test('a device that wants none neither asks nor takes part, and who asks it again and again does so more and more rarely', async () => {
  const { table, seats, asked } = await atHome(2, 0)
  await pass(table, 400)
  expect(asked).toHaveLength(3)
  const gaps = asked.slice(1).map(({ at }, i) => at - the(asked[i]).at)
  for (const [i, gap] of gaps.entries()) {
    expect(gap).toBeGreaterThanOrEqual(60 * SECOND * 2 ** i)
    expect(gap).toBeLessThan(60 * SECOND * 2 ** i + 70 * SECOND)
  }
  for (const seat of seats) expect(stockOf(seat, indexesOf(seats))).toBe(0)
})

test('with a target of none nobody asks', async () => {
  const { table, asked } = await atHome(0, 0)
  await pass(table, 70)
  expect(asked).toEqual([])
})

test('nobody asks while people are in the middle of something, and it begins when they are done', async () => {
  const { table, seats, asked } = await atHome(2, 2)
  const [anna, ben] = [the(seats[0]), the(seats[1])]
  const session = await ask([anna, ben], wallet, ROUNDS)
  await reaches(ben, session, 'approving')
  await pass(table, 70)
  expect(asked).toEqual([])
  await ben.party.verbs.decline({ session, reason: '' })
  await table.filled(seats)
  expect(asked).toHaveLength(1)
})

test('a locked party asks nobody, and what it was making comes to nothing', async () => {
  const { table, seats, asked } = await atHome(2, 2)
  const [anna, ben] = [the(seats[0]), the(seats[1])]
  const signers = indexesOf(seats)
  // The last messages do not arrive.
  for (const { line } of seats) line.breaks = ({ type }) => type === 0x22
  await pass(table, 5)
  expect(asked).toHaveLength(1)
  await anna.party.verbs.lock()
  ben.line.breaks = () => false
  await pass(table, 100)
  expect(asked).toHaveLength(1)
  expect(anna.view().wallets).toEqual([])
  expect(stockOf(ben, signers)).toBe(0)
})

test('members that are not there are not asked for', async () => {
  const { table, asked } = await atHome(2)
  await pass(table, 70)
  expect(asked).toEqual([])
})

test('what is too old is wiped within a minute, though nothing else happens', async () => {
  const { deps: { clock, wallets } } = await identitiesForTests(['Anna'])
  const pool = new PresignaturePool()
  const key: PoolKey = { wallet: 'w', keyId: new Uint8Array(32), epoch: 1, signers: [1, 2], path: [] }
  const [phi, u, v] = [1, 2, 3].map((fill) => new Uint8Array(32).fill(fill))
  const rest = { id: new Uint8Array(32), instance: new Uint8Array(32), me: 1, publicKey: new Uint8Array(33), nonce: new Uint8Array(33) }
  pool.put(key, [{ ...key, ...rest, phi: the(phi), u: the(u), v: the(v) }], clock.now() - DAY + 10 * SECOND)
  const make = (): Promise<void> => Promise.reject(new Error('there is nobody to make it with'))
  const filler = new Filler({ target: 1, clock, wallets, pool, isOnline: () => true, isBusy: () => false, make })
  filler.changed()
  await clock.advance(9 * SECOND)
  expect(pool.count(key, clock.now())).toBe(1)
  await clock.advance(60 * SECOND)
  expect([phi, u, v]).toEqual([0, 0, 0].map(() => new Uint8Array(32)))
  filler.stop()
  expect(clock.waiting).toBe(0)
})
