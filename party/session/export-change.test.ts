/** What becomes of an announced export, and of the mark of one, when the devices of the wallet change. */
import { beforeAll, expect, test } from 'vitest'
import { change, owners } from '../testing/changes.ts'
import { announce, askAnnounce, askTake, pendingOf, take, walletOf } from '../testing/exports.ts'
import { turnUntil } from '../testing/fake-clock.ts'
import { approve } from '../testing/pairs.ts'
import { failuresOf, makeTrio, storesOf } from '../testing/trio.ts'
import { reaches, sessionIn } from '../testing/people.ts'

const DELAY = 20 * 60_000

let fresh: Awaited<ReturnType<typeof owners>>
beforeAll(async () => { fresh = await owners() }, 60_000)

test('an announcement is void once the devices have new shares, and nothing of it hinders a new one', { timeout: 60_000 }, async () => {
  const { all, anna, ben, wallet, clock } = await fresh({ person: { exportDelayMs: DELAY } })
  await announce([anna, ben], 1)
  await clock.advance(DELAY)
  await change({ wallet, stay: all, threshold: 2 })
  expect([anna, ben].map(pendingOf)).toEqual([[], []])
  await expect(askTake(anna, 1)).rejects.toMatchObject({ fault: 'caller', field: 'wallet' })
  await announce([ben, anna], 1)
  expect(pendingOf(anna)).toMatchObject([{ mine: false, earliestAt: clock.now() + DELAY }])
})

test('a key that people are being asked for is not taken with the shares of before', { timeout: 60_000 }, async () => {
  const { all, anna, ben, wallet, clock } = await fresh({ person: { exportDelayMs: DELAY } })
  await announce([anna, ben], 2)
  await clock.advance(DELAY)
  const session = await askTake(anna, 2)
  await reaches(ben, session, 'approving')
  await change({ wallet, stay: all, threshold: 2 })
  await ben.party.verbs.approve({ session }).catch(() => undefined)
  await failuresOf(clock, [anna, ben], session)
  expect([anna, ben].map((who) => walletOf(who).exportedAt)).toEqual([undefined, undefined])
})

test('a wallet that was exported says so through every change of its devices, and after a restart', { timeout: 60_000 }, async () => {
  const { all, anna, ben, wallet, clock } = await fresh({ person: { exportDelayMs: DELAY } })
  await announce([anna, ben], 3)
  await clock.advance(DELAY)
  await take([anna, ben], 3)
  const at = clock.now()
  await turnUntil(clock, () => pendingOf(ben).length === 0)
  await change({ wallet, stay: all, threshold: 3 })
  expect([anna, ben].map((who) => [walletOf(who).epoch, walletOf(who).exportedAt])).toEqual([[2, at], [2, at]])
  await Promise.all(all.map((who) => who.party.close()))
  const again = await makeTrio({ stores: storesOf(all.map(({ store }) => [...store.contents])) })
  expect([again.anna, again.ben].map((who) => walletOf(who).exportedAt)).toEqual([at, at])
  const session = await askAnnounce(again.all, 3)
  for (const who of [again.ben, again.cleo]) await approve(who, session)
  for (const who of again.all) await reaches(who, session, 'done')
  expect(sessionIn(again.cleo.view(), session)?.kind).toBe('export')
})
