/** A whole key taken out by whole parties: announced, waited for, taken. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { SuiteId } from '@trivet/protocol/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { askPerson, type Decision, type ExportRequest } from '../policy.ts'
import { agree, announce, askAnnounce, askTake, HOUR_MS, pendingOf, take, walletOf } from '../testing/exports.ts'
import { FakeClock, settle, turnUntil } from '../testing/fake-clock.ts'
import { approve, ecdsaIntent, indexOf } from '../testing/pairs.ts'
import { failureOf, makeWallet, reaches, sessionIn, signTogether, the, type Person } from '../testing/people.ts'
import { failuresOf, makeTrio, storesOf, type SavedStore, type Trio } from '../testing/trio.ts'

const DELAY = 20 * 60_000
const DAY = 24 * HOUR_MS

/** A trio with a wallet, as it was after its making: each test has copies of the stores. */
let saved: readonly SavedStore[] = []
let wallet = ''

beforeAll(async () => {
  const { all } = await makeTrio()
  wallet = await makeWallet(all)
  saved = all.map(({ store }) => [...store.contents])
  await Promise.all(all.map((who) => who.party.close()))
})

/** The same devices later, and after a restart. */
async function later(from: readonly SavedStore[], now: number, exportDelayMs: number | 'unset' = DELAY): Promise<Trio> {
  const clock = new FakeClock(now)
  const trio = await makeTrio({
    stores: storesOf(from), network: { now: () => clock.now() }, person: { clock, ...(exportDelayMs === 'unset' ? {} : { exportDelayMs }) },
  })
  return { ...trio, clock }
}

async function trio(): Promise<Trio> {
  return later(saved, new FakeClock().now())
}

async function close({ all }: Trio): Promise<readonly SavedStore[]> {
  await Promise.all(all.map((who) => who.party.close()))
  return all.map(({ store }) => [...store.contents])
}

function publicKeyOf(suite: SuiteId, secret: Uint8Array): Uint8Array {
  return suite === 2 ? ed25519.Point.BASE.multiply(ed25519.Point.Fn.fromBytes(secret)).toBytes() : secp256k1.getPublicKey(secret)
}

describe('a whole key', () => {
  test.each([1, 2, 3] as const)('of suite %i is announced, waited for and taken, and is the one that the wallet shows', async (suite) => {
    const { anna, ben, cleo, clock } = await trio()
    const now = clock.now()
    const announcing = await askAnnounce([anna, ben], suite)
    const asked = await reaches(ben, announcing, 'approving')
    expect(asked).toMatchObject({ kind: 'export', coordinator: false, wallet: { id: wallet, name: 'Savings', threshold: 2, total: 3 } })
    const signers = [indexOf(anna), indexOf(ben)].toSorted((a, b) => a - b)
    const from = { index: indexOf(anna), name: 'Anna' }
    expect(asked.export).toEqual({ step: 'announce', suite, from, signers, delayMs: DELAY })
    // Nobody waits for what not everybody agreed to, and who has not said yes shows nothing.
    expect(pendingOf(ben)).toEqual([])
    await agree([anna, ben], announcing)
    for (const who of [anna, ben]) {
      expect(pendingOf(who)).toEqual([{
        suite, from, mine: who === anna, signers, announcedAt: now, earliestAt: now + DELAY, latestAt: now + DELAY + 7 * DAY,
      }])
      expect(walletOf(who).exportedAt).toBeUndefined()
    }
    await clock.advance(DELAY)
    const taking = await askTake(anna, suite)
    expect((await reaches(ben, taking, 'approving')).export).toEqual({ step: 'take', suite, from, signers, delayMs: DELAY, announcedAt: now })
    await agree([anna, ben], taking)
    expect(sessionIn(anna.view(), taking)).toMatchObject({ export: { hasKey: true }, steps: [{ name: 'hello' }, { name: 'exchange' }, { name: 'shares' }] })
    expect(sessionIn(ben.view(), taking)?.export?.hasKey).toBeUndefined()
    const { groupKey, chainCode } = the(walletOf(anna).keys.find((one) => one.suite === suite))
    const key = await anna.party.verbs.collectExport({ session: taking })
    expect(key).toMatchObject({ suite, groupKey, chainCode })
    expect(publicKeyOf(suite, key.secret)).toEqual(groupKey)
    // Once; and the other one learns that it is over.
    await expect(anna.party.verbs.collectExport({ session: taking })).rejects.toMatchObject({ fault: 'caller', field: 'session' })
    await turnUntil(clock, () => [anna, ben].every((who) => pendingOf(who).length === 0))
    expect([anna, ben, cleo].map((who) => walletOf(who).exportedAt)).toEqual([now + DELAY, now + DELAY, undefined])
    expect(cleo.view().sessions).toEqual([])
    expect(await signTogether([anna, ben], wallet, ecdsaIntent(1))).toHaveLength(1)
  })

  test('waits for 24 hours where nothing else is said, on the device of everybody', async () => {
    const { anna, ben, clock } = await later(saved, new FakeClock().now(), 'unset')
    await announce([anna, ben], 2)
    await clock.advance(DAY - 90 * 60_000)
    await expect(askTake(anna, 2)).rejects.toMatchObject({ fault: 'refusal', message: 'it is too early: this device waits 1 h 30 min more' })
    await clock.advance(90 * 60_000)
    expect((await take([anna, ben], 2)).suite).toBe(2)
  })

  test('is not given before the delay of any device is over, whatever the clock of who asks says', async () => {
    const first = await trio()
    await announce([first.anna, first.ben], 1)
    const { anna, ben, restarted } = first
    await anna.party.close()
    const now = first.clock.now()
    const hasty = await restarted(anna, 'Anna', { clock: new FakeClock(now + DELAY), exportDelayMs: 0 })
    const session = await askTake(hasty, 1)
    expect((await failureOf(hasty, session)).sentence).toBe('Ben declined: it is too early: this device waits 20 min more.')
    expect([walletOf(hasty).exportedAt, walletOf(ben).exportedAt]).toEqual([undefined, undefined])
    expect(sessionIn(ben.view(), session)).toMatchObject({ state: { at: 'failed' } })
  })

  test('can be taken until seven days after the delay, also after a restart of everybody, and then no more', async () => {
    const first = await trio()
    const end = first.clock.now() + DELAY + 7 * DAY
    await announce([first.anna, first.ben], 3)
    const stores = await close(first)
    const tooLate = await later(stores, end + 1)
    expect(pendingOf(tooLate.anna)).toEqual([])
    await expect(askTake(tooLate.anna, 3)).rejects.toMatchObject({ fault: 'caller', field: 'wallet' })
    // What stood is no hindrance to a new one.
    await announce([tooLate.ben, tooLate.anna], 3)
    const inTime = await later(stores, end)
    expect((await take([inTime.anna, inTime.ben], 3)).suite).toBe(3)
  })

  test('of one suite at a time is announced; that of another may be, and a second time is told what stands', async () => {
    const { anna, ben, cleo, clock } = await trio()
    await announce([anna, ben], 1)
    await expect(askAnnounce([anna, cleo], 1)).rejects.toMatchObject({ fault: 'refusal', code: 'E_INPUT' })
    const session = await askAnnounce([cleo, ben], 1)
    expect((await failureOf(cleo, session)).sentence).toBe('Ben declined: taking out this key is announced already; cancel that first.')
    await turnUntil(clock, () => pendingOf(cleo).length === 0)
    await announce([cleo, ben], 2)
    expect(pendingOf(ben).map(({ suite, from: { name }, mine }) => [suite, name, mine])).toEqual([[1, 'Anna', false], [2, 'Cleo', false]])
    await clock.advance(DELAY)
    await expect(askTake(ben, 1)).rejects.toMatchObject({ fault: 'caller', field: 'wallet' })
    expect((await take([cleo, ben], 2)).suite).toBe(2)
  })

  test('is announced by and to devices of the wallet that are enough, each once', async () => {
    const { anna, ben } = await trio()
    const [mine, other] = [indexOf(anna), indexOf(ben)]
    for (const [options, field] of [
      [{ suite: 1, signers: [mine] }, 'signers'], [{ suite: 1, signers: [mine, mine] }, 'signers'], [{ suite: 1, signers: [mine, 9] }, 'signers'],
      [{ suite: 1, signers: [other, 6 - mine - other] }, 'signers'], [{ suite: 4 as SuiteId, signers: [mine, other] }, 'suite'],
    ] as const) await expect(anna.party.verbs.requestExport({ wallet, ...options })).rejects.toMatchObject({ fault: 'caller', field })
    await expect(anna.party.verbs.takeExport({ wallet, suite: 1 })).rejects.toMatchObject({ fault: 'caller', field: 'wallet' })
    await expect(anna.party.verbs.cancelExport({ wallet, suite: 1 })).rejects.toMatchObject({ fault: 'caller', field: 'wallet' })
    expect(anna.view().sessions).toEqual([])
  })

  test('may need more than are enough: all of them wait, and all of them agree', async () => {
    const { anna, ben, cleo, clock } = await trio()
    await announce([anna, ben, cleo], 1)
    await clock.advance(DELAY)
    const session = await askTake(anna, 1)
    await approve(ben, session)
    await settle()
    expect(walletOf(ben).exportedAt).toBeUndefined()
    await agree([anna, cleo], session)
    expect(publicKeyOf(1, (await anna.party.verbs.collectExport({ session })).secret)).toEqual(the(walletOf(anna).keys[0]).groupKey)
    await turnUntil(clock, () => [ben, cleo].every((who) => pendingOf(who).length === 0 && walletOf(who).exportedAt !== undefined))
  })
})

describe('an announcement', () => {
  test('that somebody declines, or does not answer, stands nowhere', async () => {
    const { anna, ben, cleo, clock } = await trio()
    const declined = await askAnnounce([anna, ben, cleo], 1)
    await approve(ben, declined)
    await reaches(cleo, declined, 'approving')
    await cleo.party.verbs.decline({ session: declined, reason: 'why?' })
    expect(await failureOf(anna, declined)).toMatchObject({ code: 'E_DECLINED', sentence: 'Cleo declined: why?', safe: 'No part of the key has left this device.' })
    await turnUntil(clock, () => [anna, ben, cleo].every((who) => pendingOf(who).length === 0))
    const ignored = await askAnnounce([anna, ben], 1)
    await reaches(ben, ignored, 'approving')
    await clock.advance(HOUR_MS)
    expect([anna, ben].map((who) => sessionIn(who.view(), ignored)?.state.at)).toEqual(['failed', 'failed'])
    expect([anna, ben].flatMap(pendingOf)).toEqual([])
  })

  test.each(['who announced it', 'the other one'])('is cancelled by %s, on both, and nobody is asked', async (who) => {
    const { anna, ben, clock } = await trio()
    await announce([anna, ben], 1)
    const [one, other] = who === 'the other one' ? [ben, anna] : [anna, ben]
    const shown = other.view().sessions.length
    await one.party.verbs.cancelExport({ wallet, suite: 1 })
    expect(pendingOf(one)).toEqual([])
    await turnUntil(clock, () => pendingOf(other).length === 0)
    expect(other.view().sessions).toHaveLength(shown)
    await clock.advance(DELAY)
    await expect(askTake(anna, 1)).rejects.toMatchObject({ fault: 'caller', field: 'wallet' })
  })

  test('that was cancelled while the others were away comes to nothing all the same', async () => {
    const { anna: first, ben, clock, restarted } = await trio()
    await announce([first, ben], 1)
    await first.party.close()
    await ben.party.verbs.cancelExport({ wallet, suite: 1 })
    await clock.advance(DELAY)
    const anna = await restarted(first, 'Anna')
    expect(pendingOf(anna)).toHaveLength(1)
    const session = await askTake(anna, 1)
    expect((await failureOf(anna, session)).sentence).toBe('Ben declined: this device knows of no such announcement: it was cancelled, is too old, or was never made.')
    expect(walletOf(anna).exportedAt).toBeUndefined()
  })

  test('is cancelled also while the key is being taken, up to the last yes', async () => {
    const { anna, ben, cleo, clock } = await trio()
    await announce([anna, ben, cleo], 1)
    await clock.advance(DELAY)
    const session = await askTake(anna, 1)
    await approve(ben, session)
    await ben.party.verbs.cancelExport({ wallet, suite: 1 })
    await approve(cleo, session).catch(() => undefined)
    await failuresOf(clock, [anna, ben], session)
    expect(walletOf(ben).exportedAt).toBeUndefined()
    await expect(anna.party.verbs.collectExport({ session })).rejects.toMatchObject({ fault: 'caller' })
  })

  test('is not enough: without a second yes nothing leaves, and it can be asked for again', async () => {
    const { anna, ben, clock } = await trio()
    await announce([anna, ben], 1)
    await clock.advance(DELAY)
    const declined = await askTake(anna, 1)
    await reaches(ben, declined, 'approving')
    await ben.party.verbs.decline({ session: declined, reason: 'not today' })
    expect(await failureOf(anna, declined)).toMatchObject({ code: 'E_DECLINED', safe: 'No part of the key has left this device.' })
    expect([anna, ben].map((who) => walletOf(who).exportedAt)).toEqual([undefined, undefined])
    await expect(anna.party.verbs.collectExport({ session: declined })).rejects.toMatchObject({ fault: 'caller', field: 'session' })
    expect((await take([anna, ben], 1)).suite).toBe(1)
  })
})

describe('a party without a person', () => {
  test('is asked by its policy both times, and says no to the one that no rule allows', async () => {
    const first = await trio()
    const seen: ExportRequest[] = []
    const policy = {
      ...askPerson,
      export: async (request: ExportRequest): Promise<Decision> => {
        seen.push(request)
        return request.step === 'announce' ? { answer: 'approve' } : { answer: 'decline', rule: 'exports', reason: 'not by me' }
      },
    }
    await first.ben.party.close()
    const ben = await first.restarted(first.ben, 'Ben', { policy })
    const { anna, clock } = first
    const announcing = await askAnnounce([anna, ben], 1)
    for (const who of [anna, ben]) await reaches(who, announcing, 'done')
    await clock.advance(DELAY)
    const session = await askTake(anna, 1)
    expect((await failureOf(anna, session)).sentence).toBe('Ben declined: not by me (rule exports).')
    const from = { index: indexOf(anna), name: 'Anna', partyId: the(anna.view().me).partyId, me: false }
    const signers = [indexOf(anna), indexOf(ben)].toSorted((a, b) => a - b)
    expect(seen).toEqual((['announce', 'take'] as const).map((step) => ({ wallet, walletName: 'Savings', suite: 1, step, from, signers })))
    // Nor does it begin one.
    const no = { ...askPerson, export: async (): Promise<Decision> => ({ answer: 'decline', rule: 'exports', reason: 'never' }) }
    await ben.party.close()
    const headless: Person = await first.restarted(first.ben, 'Ben', { policy: no })
    await expect(askAnnounce([headless, anna], 2)).rejects.toMatchObject({ code: 'E_POLICY' })
  })
})
