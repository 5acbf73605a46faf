/** Exports with somebody who cheats, lies or loses power; Cleo's line is bent. */
import { concat, INVITE, u16 } from '@trivet/protocol/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { flipped, type Said } from '../testing/bent-line.ts'
import { agree, announce, askAnnounce, askTake, pendingOf, take, walletOf } from '../testing/exports.ts'
import { turnUntil } from '../testing/fake-clock.ts'
import { approve, indexOf, spoiled } from '../testing/pairs.ts'
import { failureOf, makeWallet, meetAndApprove, person, reaches, sessionIn, the, type Person } from '../testing/people.ts'
import { failuresOf, makeTrio, storesOf, type SavedStore, type Trio } from '../testing/trio.ts'
import { createMemoryNetwork } from '../transport/memory.ts'

const DELAY = 20 * 60_000
const [SHARE, ZERO] = [0x51, 0x52]
/** From the end of a request: when it was announced 8, its name 32. */
const ANNOUNCED_AT = -40
const EXPORTED_SAFE = 'This device gave its part, or was about to: from now on the wallet counts as exported. No key came out here.'

let saved: readonly SavedStore[] = []
let wallet = ''

beforeAll(async () => {
  const { all } = await makeTrio()
  wallet = await makeWallet(all)
  saved = all.map(({ store }) => [...store.contents])
  await Promise.all(all.map((who) => who.party.close()))
})

async function trio(): Promise<Trio> {
  return makeTrio({ stores: storesOf(saved), person: { exportDelayMs: DELAY } })
}

const flags = (...people: readonly Person[]): readonly boolean[] => people.map((who) => walletOf(who).exportedAt !== undefined)

describe('a wrong part', () => {
  test('of two is the other one\'s: it is named, and no key comes out; the wallet counts as exported', async () => {
    const { anna, cleo, line, clock } = await trio()
    await announce([anna, cleo], 1)
    await clock.advance(DELAY)
    line.lie = spoiled(SHARE)
    const session = await askTake(anna, 1)
    await approve(cleo, session)
    expect(await failureOf(anna, session)).toMatchObject({ code: 'E_PKSUM', culprits: [{ name: 'Cleo' }], safe: EXPORTED_SAFE })
    await expect(anna.party.verbs.collectExport({ session })).rejects.toMatchObject({ fault: 'caller' })
    expect(flags(anna, cleo)).toEqual([true, true])
    // The announcement stands: an honest part gives the key.
    line.lie = () => undefined
    expect((await take([anna, cleo], 1)).suite).toBe(1)
  })

  test('of three is anybody\'s', async () => {
    const { anna, ben, cleo, line, clock } = await trio()
    await announce([anna, ben, cleo], 2)
    await clock.advance(DELAY)
    line.lie = spoiled(SHARE)
    const session = await askTake(anna, 2)
    for (const who of [ben, cleo]) await approve(who, session)
    expect(await failureOf(anna, session)).toMatchObject({ code: 'E_PKSUM', culprits: [] })
  })
})

describe('a request', () => {
  /** Replaces what stands so many bytes before the end. */
  const changed = (body: Uint8Array, at: number, bytes: Uint8Array): Uint8Array =>
    concat(body.subarray(0, body.length + at), bytes, body.subarray(body.length + at + bytes.length))
  const lies: readonly (readonly [string, (said: Said, three: Trio) => Uint8Array])[] = [
    ['the key to another than who asks', ({ body }, { anna }) => changed(body, ANNOUNCED_AT - 7, u16(indexOf(anna)))],
    ['other signers than those that meet', ({ body }, { ben, cleo }) => changed(body, ANNOUNCED_AT - 4, concat(...[ben, cleo].map(indexOf).toSorted((a, b) => a - b).map(u16)))],
    ['another key', ({ body }) => flipped(body, body.length + ANNOUNCED_AT - 39)],
  ]
  test.each(lies)('for %s asks nobody', async (_what, lie) => {
    const three = await trio()
    const { anna, cleo, line, clock } = three
    line.lie = (said) => (said.type === INVITE ? lie(said, three) : undefined)
    const session = await askAnnounce([cleo, anna], 1)
    await failuresOf(clock, [cleo], session)
    expect(anna.log.filter((line) => line.startsWith('export stopped'))).toEqual([expect.stringContaining('E_CONFIG')])
    expect(sessionIn(anna.view(), session)).toBeUndefined()
    expect(pendingOf(anna)).toEqual([])
  })

  test.each([
    ['another announcement', ANNOUNCED_AT], ['another time of announcing', -1],
  ])('for the key that names %s is declined', async (_what, at) => {
    const { anna, cleo, line, clock } = await trio()
    await announce([cleo, anna], 1)
    await clock.advance(DELAY)
    line.lie = ({ type, body }) => (type === INVITE ? flipped(body, body.length + at) : undefined)
    const session = await askTake(cleo, 1)
    expect(await failuresOf(clock, [anna], session)).toMatchObject([{ code: 'E_DECLINED' }])
    expect((await failureOf(anna, session)).details).toContain('knows of no such announcement')
    expect(flags(anna)).toEqual([false])
  })

  test('for the key that was never announced there is declined, whatever who asks has stored', async () => {
    const first = await trio()
    const { anna, cleo, clock, restarted } = first
    const before = [...anna.store.contents]
    await announce([cleo, anna], 1)
    await anna.party.close()
    // As if its yes had been a lie.
    const forgetful = await restarted(anna, 'Anna', { store: the(storesOf([before])[0]) })
    await clock.advance(DELAY)
    const session = await askTake(cleo, 1)
    expect((await failureOf(cleo, session)).sentence).toContain('Anna declined: this device knows of no such announcement')
    expect(flags(forgetful, cleo)).toEqual([false, false])
  })

  test('to cancel comes from a device that takes part', async () => {
    const { anna, ben, cleo, line, clock } = await trio()
    await announce([anna, ben], 1)
    await announce([cleo, anna], 2)
    // Cleo speaks of the devices of the other one.
    const theirs = concat(...[anna, ben].map(indexOf).toSorted((a, b) => a - b).map(u16))
    line.lie = ({ type, body }) => (type === INVITE ? changed(body, ANNOUNCED_AT - 4, theirs) : undefined)
    await cleo.party.verbs.cancelExport({ wallet, suite: 2 })
    await clock.advance(60_000)
    expect(pendingOf(anna).map(({ suite }) => suite)).toEqual([1, 2])
  })
})

describe('a device that stops', () => {
  test('after it has marked the key, at who gets it: the mark stays, the key is not there, and can be asked for again', async () => {
    const { anna: first, cleo, line, clock, restarted } = await trio()
    await announce([first, cleo], 1)
    await clock.advance(DELAY)
    line.silentBefore = ({ type }) => type === SHARE
    const session = await askTake(first, 1)
    await approve(cleo, session)
    await turnUntil(clock, () => flags(first, cleo).every(Boolean) && line.isSilent)
    await Promise.all([first, cleo].map((who) => who.party.close()))
    const people = [await restarted(first, 'Anna', { exportDelayMs: DELAY }), await restarted(cleo, 'Cleo', { exportDelayMs: DELAY })] as const
    expect(flags(...people)).toEqual([true, true])
    await expect(people[0].party.verbs.collectExport({ session })).rejects.toMatchObject({ fault: 'caller', field: 'session' })
    expect(people.map((who) => pendingOf(who).length)).toEqual([1, 1])
    expect((await take(people, 1)).suite).toBe(1)
  })

  test('before its mark is stored tells no part, and what it had told is no key', async () => {
    const { anna, cleo, line, clock } = await trio()
    await announce([anna, cleo], 1)
    await clock.advance(DELAY)
    line.lie = ({ type }) => {
      if (type === ZERO) cleo.store.breakNextWrite('refused')
      return undefined
    }
    const session = await askTake(anna, 1)
    await approve(cleo, session)
    expect(await failuresOf(clock, [cleo], session)).toMatchObject([{ code: 'E_STORAGE', safe: 'No part of the key has left this device.' }])
    expect(line.said).not.toContain(SHARE)
    expect(flags(cleo)).toEqual([false])
    await expect(anna.party.verbs.collectExport({ session })).rejects.toMatchObject({ fault: 'caller', field: 'session' })
  })

  test('before it says yes stores no announcement; where it cannot store one, it says none', async () => {
    const { anna, cleo, clock } = await trio()
    const session = await askAnnounce([anna, cleo], 1)
    await reaches(cleo, session, 'approving')
    cleo.store.breakNextWrite('refused')
    await expect(cleo.party.verbs.approve({ session })).rejects.toMatchObject({ code: 'E_STORAGE' })
    await failuresOf(clock, [anna, cleo], session)
    await turnUntil(clock, () => [anna, cleo].every((who) => pendingOf(who).length === 0))
  })
})

describe('a key that waits to be fetched', () => {
  test.each(['locking', 'forgetting the session', 'closing'])('is gone after %s', async (how) => {
    const { anna, ben, clock } = await trio()
    await announce([anna, ben], 1)
    await clock.advance(DELAY)
    const session = await askTake(anna, 1)
    await agree([anna, ben], session)
    if (how === 'locking') await anna.party.verbs.lock()
    else if (how === 'closing') await anna.party.close()
    else await anna.party.verbs.close({ session })
    await expect(anna.party.verbs.collectExport({ session })).rejects.toMatchObject({ fault: 'caller' })
  })
})

test('a guest device takes part in no export, and nobody lets it', async () => {
  const network = createMemoryNetwork()
  const people = await Promise.all((['enterprise', 'mobile-app', 'third-party'] as const).map((role) => person({ transport: network.transport(role), name: role, role })))
  const [one, two, guest] = [the(people[0]), the(people[1]), the(people[2])]
  const session = await meetAndApprove(people, { threshold: 2 })
  for (const who of people) await reaches(who, session, 'done')
  await expect(askAnnounce([one, guest], 1)).rejects.toThrow('third-party only takes part in making keys')
  await expect(askAnnounce([guest, one], 1)).rejects.toMatchObject({ fault: 'caller', field: 'signers' })
  await announce([two, one], 1)
  await Promise.all(people.map((who) => who.party.close()))
})
