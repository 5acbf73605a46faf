/** Presignatures by whole parties: made in the background, used once, gone with whatever ends them. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { concat } from '@trivet/protocol/core'
import { turnUntil } from '../testing/fake-clock.ts'
import { makeWallet, sessionIn, signTogether, the, type Person } from '../testing/people.ts'
import { makeTrio, storesOf, type SavedStore, type Trio } from '../testing/trio.ts'

const digest = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
const intent = (fill: number): Uint8Array => concat(Uint8Array.of(1), digest(fill))

let saved: readonly SavedStore[] = []
let wallet = ''

beforeAll(async () => {
  const { all } = await makeTrio()
  wallet = await makeWallet(all)
  saved = all.map(({ store }) => [...store.contents])
  await Promise.all(all.map((who) => who.party.close()))
})

function stockOf(who: Person): readonly { readonly signers: readonly number[]; readonly count: number }[] {
  return the(who.view().wallets[0]).stock.toSorted((a, b) => (a.signers.join() < b.signers.join() ? -1 : 1))
}

function indexOf(who: Person): number {
  return the(who.view().wallets[0]).myIndex
}

/** Everybody home, each pair with two presignatures. */
async function stocked(): Promise<Trio> {
  const trio = await makeTrio({ stores: storesOf(saved), person: { presignatures: 2 } })
  await turnUntil(trio.clock, () => trio.all.every((who) => stockOf(who).length === 2 && stockOf(who).every(({ count }) => count === 2)))
  return trio
}

function groupKey(who: Person): Uint8Array {
  return the(the(who.view().wallets[0]).keys.find(({ suite }) => suite === 1)).groupKey
}

describe('the stock', () => {
  test('fills in the background for every pair that is there, and is shown by its signers, while no session is', async () => {
    const { all, anna } = await stocked()
    expect(stockOf(anna).every(({ signers }) => signers.includes(indexOf(anna)))).toBe(true)
    for (const who of all) expect(who.view().sessions).toEqual([])
  })

  test('is used by a signature, one for each, and fills again', async () => {
    const { anna, ben, clock } = await stocked()
    const [signature] = await signTogether([anna, ben], wallet, intent(7))
    expect(secp256k1.verify(the(signature).subarray(0, 64), digest(7), groupKey(anna), { prehash: false })).toBe(true)
    for (const who of [anna, ben]) {
      const session = the(who.view().sessions[0])
      expect(the(sessionIn(who.view(), session.id)?.request).way).toBe('presignature')
      expect(session.steps.map(({ name }) => name)).toEqual(['shares'])
      expect(stockOf(who).find(({ signers }) => signers.includes(indexOf(anna)) && signers.includes(indexOf(ben)))?.count).toBe(1)
    }
    await turnUntil(clock, () => stockOf(anna).every(({ count }) => count === 2))
  })
})
