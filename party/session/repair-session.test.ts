/** Pairs set up anew by whole parties: after a ban, a crash, or where the two differ; and what a repair ends. */
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { concat, INVITE, u16 } from '@trivet/protocol/core'
import type { SessionId } from '@trivet/signalling/wire'
import type { PartyInWallet } from '../api.ts'
import { askPerson, type Decision, type RepairRequest } from '../policy.ts'
import { BentLine, flipped, type Said } from '../testing/bent-line.ts'
import { turnUntil, type FakeClock } from '../testing/fake-clock.ts'
import { ask, failureOf, makeWallet, reaches, sessionIn, signTogether, the, type Person } from '../testing/people.ts'
import { failuresOf, makeTrio, storesOf, type SavedStore, type Trio } from '../testing/trio.ts'
import { createMemoryStore, type MemoryStore } from '../vault/memory-store.ts'

const message = (fill: number): Uint8Array => concat(Uint8Array.of(1), new Uint8Array(32).fill(fill))
const MESSAGE = message(5)
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

function indexOf(who: Person): number {
  return the(who.view().wallets[0]).myIndex
}

function pairing(who: Person, other: Person): NonNullable<PartyInWallet['pairing']> {
  return the(the(the(who.view().wallets[0]).parties.find(({ index }) => index === indexOf(other))).pairing)
}

/** What is stored of pairs. */
function pairsOn({ store }: Person): readonly (readonly [string, Uint8Array])[] {
  return [...store.contents].filter(([key]) => key.includes('/pair'))
}

async function approve(who: Person, session: SessionId): Promise<void> {
  await reaches(who, session, 'approving')
  await who.party.verbs.approve({ session })
}

async function askRepair(who: Person, other: Person): Promise<SessionId> {
  return (await who.party.verbs.repairPair({ wallet, peer: indexOf(other) })).session
}

/** Both people say yes. */
async function repair(who: Person, other: Person): Promise<SessionId> {
  const session = await askRepair(who, other)
  await approve(other, session)
  for (const one of [who, other]) await reaches(one, session, 'done')
  return session
}

/** A session that a repair ended: whoever was first to have the new pair says so, the other one may only see it leave. */
async function endsForBoth(clock: FakeClock, people: readonly Person[], session: SessionId): Promise<void> {
  const codes = (await failuresOf(clock, people, session)).map(({ code }) => code)
  expect(['E_CANCELLED,E_CANCELLED', 'E_CANCELLED,E_TIMEOUT']).toContain(codes.toSorted().join())
}

/** Spoils the check at the end of a message of this type. */
function spoiled(type: number): (said: Said) => Uint8Array | undefined {
  return (said) => (said.type === type ? flipped(said.body, said.body.length - 1) : undefined)
}

/** Cleo cheats, so that Anna bans her. */
async function ban({ anna, cleo, line, clock }: Trio): Promise<void> {
  line.lie = spoiled(0x21)
  const session = await ask([anna, cleo], wallet, MESSAGE)
  await approve(cleo, session)
  await failuresOf(clock, [anna], session)
  line.lie = () => undefined
  expect(pairing(anna, cleo)).toEqual({ state: 'banned', bans: 1 })
}

describe('a banned pair', () => {
  test.each(['who banned', 'who was banned'])('signs again once both people said yes, whoever asks (%s); the number of bans stays, also after a restart', async (asker) => {
    const three = await trio()
    const { anna, ben, cleo, restarted } = three
    await ban(three)
    const [one, other] = asker === 'who banned' ? [anna, cleo] : [cleo, anna]
    const session = await askRepair(one, other)
    const shown = await reaches(other, session, 'approving')
    const name = (who: Person) => ({ index: indexOf(who), name: the(who.view().me).name })
    expect(shown).toMatchObject({ kind: 'repair', coordinator: false, wallet: { id: wallet, name: 'Savings', threshold: 2, total: 3 } })
    expect(shown.repair).toEqual({ from: name(one), peer: name(one), pairing: pairing(other, one) })
    expect(sessionIn(one.view(), session)?.repair).toEqual({ from: name(one), peer: name(other), pairing: pairing(one, other) })
    expect(ben.view().sessions).toEqual([])
    // Nothing is lifted before the other one's yes.
    await expect(ask([anna, cleo], wallet, MESSAGE)).rejects.toMatchObject({ code: 'E_BANNED' })
    await approve(other, session)
    for (const who of [anna, cleo]) {
      const { steps } = await reaches(who, session, 'done')
      expect(steps.map(({ name: step, state }) => [step, state])).toEqual(['hello', 'commit', 'exchange', 'check'].map((step) => [step, 'done']))
    }
    expect([pairing(anna, cleo), pairing(cleo, anna)]).toEqual([{ state: 'ready', bans: 1 }, { state: 'ready', bans: 0 }])
    expect(await signTogether([anna, cleo], wallet, MESSAGE)).toHaveLength(1)
    await anna.party.close()
    const again = await restarted(anna, 'Anna')
    expect(pairing(again, cleo)).toEqual({ state: 'ready', bans: 1 })
    for (const pair of [[cleo, again], [ben, again]]) expect(await signTogether(pair, wallet, message(6))).toHaveLength(1)
  })

  test('stays as it is when the other one declines, or does not come', async () => {
    const three = await trio()
    const { anna, cleo, clock } = three
    await ban(three)
    const before = [anna, cleo].map(pairsOn)
    const declined = await askRepair(anna, cleo)
    await reaches(cleo, declined, 'approving')
    await cleo.party.verbs.decline({ session: declined, reason: 'not now' })
    expect(await failureOf(anna, declined)).toMatchObject({ code: 'E_DECLINED', sentence: 'Cleo declined: not now.', safe: 'Nothing was changed on this device. Your share is safe.' })
    const ignored = await askRepair(anna, cleo)
    await reaches(cleo, ignored, 'approving')
    await clock.advance(3_600_000)
    expect([anna, cleo].map((who) => sessionIn(who.view(), ignored)?.state.at)).toEqual(['failed', 'failed'])
    expect([anna, cleo].map(pairsOn)).toEqual(before)
    expect(pairing(anna, cleo)).toEqual({ state: 'banned', bans: 1 })
  })

  test('stays as it is when the set-up fails, and the next one works', async () => {
    const three = await trio()
    const { anna, cleo, line, clock } = three
    await ban(three)
    const before = pairsOn(anna)
    line.lie = spoiled(CONFIRM)
    const session = await askRepair(anna, cleo)
    await approve(cleo, session)
    expect(await failuresOf(clock, [anna], session)).toMatchObject([{ code: 'E_PAIR_STATE', culprits: [] }])
    expect(pairsOn(anna)).toEqual(before)
    line.lie = () => undefined
    await repair(anna, cleo)
    expect(await signTogether([anna, cleo], wallet, MESSAGE)).toHaveLength(1)
  })
})

describe('a lost pair', () => {
  test('that a crash took in the middle of a test signs again after a repair', async () => {
    const { anna, cleo, restarted } = await trio()
    const images: MemoryStore[] = []
    const write = anna.store.write.bind(anna.store)
    vi.spyOn(anna.store, 'write').mockImplementation(async (changes) => {
      await write(changes)
      const [image] = storesOf([[...anna.store.contents]])
      images.push(image ?? createMemoryStore())
    })
    await signTogether([anna, cleo], wallet, MESSAGE)
    await anna.party.close()
    const again = await restarted(anna, 'Anna', { store: the(images[1]) })
    expect([pairing(again, cleo), pairing(cleo, again)]).toEqual([{ state: 'lost', bans: 0 }, { state: 'ready', bans: 0 }])
    await repair(again, cleo)
    expect(pairing(again, cleo)).toEqual({ state: 'ready', bans: 0 })
    expect(await signTogether([cleo, again], wallet, MESSAGE)).toHaveLength(1)
  })

  test.each(['', ', also after a restart'])('where only one side stored the new one is seen by both at the next signature%s, and repaired', async (restart) => {
    const { anna: first, ben, cleo, line, clock, restarted } = await trio()
    line.lie = ({ type }) => {
      if (type === CONFIRM) first.store.breakNextWrite('refused')
      return undefined
    }
    const half = await askRepair(first, cleo)
    await approve(cleo, half)
    await reaches(cleo, half, 'done')
    expect(await failuresOf(clock, [first], half)).toMatchObject([{ code: 'E_STORAGE' }])
    line.lie = () => undefined
    // Nothing tells it yet: what Anna holds was not harmed.
    expect(pairing(first, cleo).state).toBe('ready')
    let anna = first
    if (restart !== '') {
      await first.party.close()
      anna = await restarted(first, 'Anna')
    }
    const session = await ask([anna, cleo], wallet, MESSAGE)
    await approve(cleo, session)
    for (const { code } of await failuresOf(clock, [anna, cleo], session)) expect(code).toBe('E_PAIR_STATE')
    expect([pairing(anna, cleo), pairing(cleo, anna)]).toEqual([{ state: 'lost', bans: 0 }, { state: 'lost', bans: 0 }])
    expect([pairing(anna, ben).state, pairing(cleo, ben).state]).toEqual(['ready', 'ready'])
    await expect(ask([cleo, anna], wallet, MESSAGE)).rejects.toMatchObject({ code: 'E_PAIR_STATE' })
    await repair(cleo, anna)
    expect(pairing(cleo, anna)).toEqual({ state: 'ready', bans: 0 })
    expect(await signTogether([anna, cleo], wallet, MESSAGE)).toHaveLength(1)
  })
})

describe('a repair', () => {
  test('is asked of another member only', async () => {
    const { anna } = await trio()
    for (const peer of [0, indexOf(anna), 4, 1.5]) {
      await expect(anna.party.verbs.repairPair({ wallet, peer })).rejects.toMatchObject({ fault: 'caller', field: 'peer' })
    }
    await expect(anna.party.verbs.repairPair({ wallet: 'ff'.repeat(32), peer: 2 })).rejects.toMatchObject({ fault: 'caller', field: 'wallet' })
    expect(anna.view().sessions).toEqual([])
  })

  test('whose request is about others than the two that meet asks nobody', async () => {
    const { anna, ben, cleo, line, clock } = await trio()
    const others = concat(...[ben, cleo].map(indexOf).toSorted((a, b) => a - b).map(u16))
    line.lie = ({ type, body }) => (type === INVITE ? concat(body.subarray(0, body.length - others.length), others) : undefined)
    const session = await askRepair(cleo, anna)
    expect(await failuresOf(clock, [anna], session)).toMatchObject([{ code: 'E_CONFIG' }])
    expect(sessionIn(anna.view(), session)?.repair).toBeUndefined()
  })

  test('leaves the old pair in use until it is done, then ends what still uses it, and nothing else', async () => {
    const { anna: first, ben, cleo, line, clock, restarted } = await trio()
    await first.party.close()
    const annas = new BentLine()
    const anna = await restarted(first, 'Anna', { line: annas })
    const repairing = await askRepair(anna, cleo)
    await reaches(cleo, repairing, 'approving')
    expect(await signTogether([anna, cleo], wallet, message(1))).toHaveLength(1)
    line.breaks = (said) => said.type === 0x21
    const running = await ask([anna, cleo], wallet, message(2))
    await approve(cleo, running)
    await turnUntil(clock, () => [annas, line].every(({ said }) => said.filter((type) => type === 0x21).length === 2))
    line.breaks = () => false
    const other = await ask([anna, ben], wallet, message(3))
    const suite2 = await ask([anna, cleo], wallet, concat(Uint8Array.of(2), new Uint8Array(32)))
    for (const [who, session] of [[ben, other], [cleo, suite2]] as const) await reaches(who, session, 'approving')
    await cleo.party.verbs.approve({ session: repairing })
    for (const who of [anna, cleo]) await reaches(who, repairing, 'done')
    await endsForBoth(clock, [anna, cleo], running)
    for (const [who, session] of [[ben, other], [cleo, suite2]] as const) {
      await who.party.verbs.approve({ session })
      await reaches(anna, session, 'done')
    }
    expect(await signTogether([cleo, anna], wallet, message(4))).toHaveLength(1)
    expect([pairing(anna, cleo), pairing(cleo, anna)]).toEqual([{ state: 'ready', bans: 0 }, { state: 'ready', bans: 0 }])
  })

  test('wipes the presignatures made with the old pair, also those that a request holds, and no others', async () => {
    const { all, anna, ben, cleo, clock } = await trio(2)
    const stock = (who: Person) => the(who.view().wallets[0]).stock
    const isFull = (who: Person): boolean => stock(who).length === 2 && stock(who).every(({ count }) => count === 2)
    await turnUntil(clock, () => all.every(isFull))
    const holding = await ask([anna, cleo], wallet, MESSAGE)
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
