/** Parties at home with presignatures, every one of which a test sees: for tests of what becomes of them. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { expect, vi } from 'vitest'
import { concat } from '@trivet/protocol/core'
import type { Presignature } from '@trivet/protocol/dkls23'
import type { SessionId } from '@trivet/signalling/wire'
import { ask, makeWallet, reaches, the, type PersonOptions } from '../testing/people.ts'
import { indexesOf, Table, wayOf, type Seat } from '../testing/stocked.ts'
import { storesOf, type SavedStore } from '../testing/trio.ts'
import type { MemoryNetworkOptions } from '../transport/memory.ts'
import { PresignaturePool } from './pool.ts'

const digest = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
export const intent = (fill: number): Uint8Array => concat(Uint8Array.of(1), digest(fill))
/** Of a key below the group's: nothing is in stock for it. */
export const below = (fill: number): Uint8Array => concat(Uint8Array.of(0x11), digest(fill))
export const several = (...fills: readonly number[]): Uint8Array => concat(Uint8Array.of(0x12, fills.length), ...fills.map(digest))
const NAMES = ['Anna', 'Ben', 'Cleo', 'Dora', 'Emil']

export interface Saved {
  readonly stores: readonly SavedStore[]
  readonly wallet: string
}

/** A wallet, as it lies on its members' devices. */
export async function saveWallet(threshold: number, total: number): Promise<Saved> {
  const table = new Table(0)
  const seats = await Promise.all(NAMES.slice(0, total).map((name) => table.seat(name)))
  const wallet = await makeWallet(seats, threshold)
  const stores = seats.map(({ store }) => [...store.contents])
  await Promise.all(seats.map(({ party }) => party.close()))
  return { stores, wallet }
}

export interface Home {
  readonly table: Table
  readonly seats: readonly Seat[]
  /** Every presignature that came into anybody's stock. */
  readonly made: readonly Presignature[]
  readonly madeBy: (seat: Seat) => readonly Presignature[]
}

/** The first `count` of the members, who are to keep two presignatures for each set of signers. */
export async function atHome(
  { stores }: Saved, count: number, { person = {}, network = {} }: { readonly person?: Partial<PersonOptions>; readonly network?: MemoryNetworkOptions } = {},
): Promise<Home> {
  const table = new Table(2, network)
  const made: Presignature[] = []
  const put = Reflect.get(PresignaturePool.prototype, 'put')
  vi.spyOn(PresignaturePool.prototype, 'put').mockImplementation(function (this: PresignaturePool, key, presignatures, now) {
    made.push(...presignatures)
    put.call(this, key, presignatures, now)
  })
  const seats = await Promise.all(storesOf(stores.slice(0, count)).map((store, i) => table.seat(the(NAMES[i]), { store, ...person })))
  const madeBy = (seat: Seat): readonly Presignature[] => {
    const [me] = indexesOf([seat])
    return made.filter((presignature) => presignature.me === me)
  }
  return { table, seats, made, madeBy }
}

export function isWiped({ phi, u, v }: Presignature): boolean {
  return [phi, u, v].every((secret) => secret.every((byte) => byte === 0))
}

export function verifies(seat: Seat, signature: Uint8Array | undefined, fill: number): void {
  const { groupKey } = the(the(seat.view().wallets[0]).keys.find(({ suite }) => suite === 1))
  expect(secp256k1.verify(the(signature).subarray(0, 64), digest(fill), groupKey, { prehash: false })).toBe(true)
}

export async function approve(seat: Seat, session: SessionId): Promise<void> {
  await reaches(seat, session, 'approving')
  await seat.party.verbs.approve({ session })
}

/** How a signature of these was made, which verifies; the first asks. */
export async function wayToSign(seats: readonly Seat[], wallet: string, fill: number): Promise<string | undefined> {
  const session = await ask(seats, wallet, intent(fill))
  for (const seat of seats.slice(1)) await approve(seat, session)
  for (const seat of seats) {
    const { state } = await reaches(seat, session, 'done')
    verifies(seat, state.at === 'done' ? state.signatures?.[0] : undefined, fill)
  }
  const ways = new Set(seats.map((seat) => wayOf(seat, session)))
  expect(ways.size).toBe(1)
  return [...ways][0]
}
