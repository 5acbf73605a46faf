/** What a repair of a pair ends, what ends it, and who decides. */
import { beforeAll, describe, expect, test } from 'vitest'
import { concat } from '@trivet/protocol/core'
import type { SessionId } from '@trivet/signalling/wire'
import { askPerson, type Decision, type RepairRequest } from '../policy.ts'
import { BentLine } from '../testing/bent-line.ts'
import { turnUntil, type FakeClock } from '../testing/fake-clock.ts'
import { approve, askRepair, ban, ecdsaIntent, indexOf, pairing, repair, spoiled } from '../testing/pairs.ts'
import { ask, failureOf, makeWallet, reaches, sessionIn, signTogether, the, type Person } from '../testing/people.ts'
import { failuresOf, makeTrio, storesOf, type SavedStore, type Trio } from '../testing/trio.ts'

const CONFIRM = 0x19

/** A trio with a wallet, as it was after its making: each test has copies of the stores. */
let saved: readonly SavedStore[] = []
let wallet = ''

beforeAll(async () => {
  const { all } = await makeTrio()
  wallet = await makeWallet(all)
  saved = all.map(({ store }) => [...store.contents])
  await Promise.all(all.map((who) => who.party.close()))
})

async function trio(presignatures = 0): Promise<Trio> {
  return makeTrio({ stores: storesOf(saved), person: { presignatures } })
}

/** A session that a repair ended: whoever was first to have the new pair says so, the other one may only see it leave. */
async function endsForBoth(clock: FakeClock, people: readonly Person[], session: SessionId): Promise<void> {
  const codes = (await failuresOf(clock, people, session)).map(({ code }) => code)
  expect(['E_CANCELLED,E_CANCELLED', 'E_CANCELLED,E_TIMEOUT']).toContain(codes.toSorted().join())
}

describe('a repair', () => {
  test('leaves the old pair in use until it is done, then ends what still uses it, and nothing else', async () => {
    const { anna: first, ben, cleo, line, clock, restarted } = await trio()
    await first.party.close()
    const annas = new BentLine()
    const anna = await restarted(first, 'Anna', { line: annas })
    const repairing = await askRepair(anna, cleo)
    await reaches(cleo, repairing, 'approving')
    expect(await signTogether([anna, cleo], wallet, ecdsaIntent(1))).toHaveLength(1)
    line.breaks = (said) => said.type === 0x21
    const running = await ask([anna, cleo], wallet, ecdsaIntent(2))
    await approve(cleo, running)
    await turnUntil(clock, () => [annas, line].every(({ said }) => said.filter((type) => type === 0x21).length === 2))
    line.breaks = () => false
    const other = await ask([anna, ben], wallet, ecdsaIntent(3))
    const suite2 = await ask([anna, cleo], wallet, concat(Uint8Array.of(2), new Uint8Array(32)))
    for (const [who, session] of [[ben, other], [cleo, suite2]] as const) await reaches(who, session, 'approving')
    await cleo.party.verbs.approve({ session: repairing })
    for (const who of [anna, cleo]) await reaches(who, repairing, 'done')
    await endsForBoth(clock, [anna, cleo], running)
    for (const [who, session] of [[ben, other], [cleo, suite2]] as const) {
      await who.party.verbs.approve({ session })
      await reaches(anna, session, 'done')
    }
    expect(await signTogether([cleo, anna], wallet, ecdsaIntent(4))).toHaveLength(1)
    expect([pairing(anna, cleo), pairing(cleo, anna)]).toEqual([{ state: 'ready', bans: 0 }, { state: 'ready', bans: 0 }])
  })

  test('wipes the presignatures made with the old pair, also those that a request holds, and no others', async () => {
    const { all, anna, ben, cleo, clock } = await trio(2)
    const stock = (who: Person) => the(who.view().wallets[0]).stock
    const isFull = (who: Person): boolean => stock(who).length === 2 && stock(who).every(({ count }) => count === 2)
    await turnUntil(clock, () => all.every(isFull))
    const holding = await ask([anna, cleo], wallet, ecdsaIntent(5))
    await reaches(cleo, holding, 'approving')
    await repair(anna, cleo)
    await endsForBoth(clock, [anna, cleo], holding)
    const withBen = (who: Person) => [{ signers: [indexOf(who), indexOf(ben)].toSorted((a, b) => a - b), count: 2 }]
    expect([stock(anna), stock(cleo)]).toEqual([withBen(anna), withBen(cleo)])
    await turnUntil(clock, () => all.every(isFull))
  })

  test('that waits ends when a safety check with the other one fails in the meantime: it was approved before', async () => {
    const three = await trio()
    const { anna, cleo, clock } = three
    const session = await askRepair(anna, cleo)
    await reaches(cleo, session, 'approving')
    await ban(three)
    expect(await failuresOf(clock, [anna], session)).toMatchObject([{ code: 'E_BANNED', culprits: [{ name: 'Cleo' }] }])
    await turnUntil(clock, () => sessionIn(cleo.view(), session)?.state.at === 'failed')
    expect(pairing(anna, cleo)).toEqual({ state: 'banned', bans: 1 })
  })

  test('is decided by a policy that knows why, and whether somebody here asked for it too; who asked in vain is told', async () => {
    const three = await trio()
    const { cleo, clock, line, restarted } = three
    await ban(three)
    await three.anna.party.close()
    const seen: RepairRequest[] = []
    const no: Decision = { answer: 'decline', rule: 'banned', reason: 'ask the operator' }
    const policy = {
      ...askPerson,
      repair: async (request: RepairRequest): Promise<Decision> => {
        seen.push(request)
        return request.askedHere ? { answer: 'approve' } : no
      },
    }
    const anna = await restarted(three.anna, 'Anna', { policy })
    const refused = await askRepair(cleo, anna)
    expect((await failureOf(cleo, refused)).sentence).toBe('Anna declined: ask the operator (rule banned).')
    const own = await askRepair(anna, cleo)
    await reaches(cleo, own, 'approving')
    // Cleo's own request crosses it.
    line.lie = spoiled(CONFIRM)
    const spoilt = await askRepair(cleo, anna)
    expect(await failuresOf(clock, [anna], spoilt)).toMatchObject([{ code: 'E_PAIR_STATE' }])
    line.lie = () => undefined
    const crossing = await askRepair(cleo, anna)
    for (const who of [anna, cleo]) await reaches(who, crossing, 'done')
    await endsForBoth(clock, [anna, cleo], own)
    const facts = { wallet, walletName: 'Savings', from: { index: indexOf(cleo), name: 'Cleo' }, pairing: { state: 'banned', bans: 1 } }
    expect(seen).toEqual([
      { ...facts, askedHere: false, failedBefore: 0 }, { ...facts, askedHere: true, failedBefore: 0 }, { ...facts, askedHere: true, failedBefore: 1 },
    ])
    // What was asked here lifts one ban, and is forgotten then.
    const later = await askRepair(cleo, anna)
    await failureOf(cleo, later)
    expect(seen.at(-1)).toMatchObject({ pairing: { state: 'ready', bans: 1 }, askedHere: false, failedBefore: 0 })
  })
})
