/** No presignature is ever used for two requests: whoever loses its power, asks twice, locks, takes over or comes back from a copy. */
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { ANSWER, INVITE } from '@trivet/protocol/core'
import type { Presignature } from '@trivet/protocol/dkls23'
import type { PartyLock } from '../one-writer.ts'
import { flipped } from '../testing/bent-line.ts'
import { turnUntil } from '../testing/fake-clock.ts'
import { ask, reaches, sessionIn, signTogether, the, type PersonOptions } from '../testing/people.ts'
import { indexesOf, ONLINE, stockOf, wayOf, type Seat } from '../testing/stocked.ts'
import { storesOf } from '../testing/trio.ts'
import { PresignaturePool } from './pool.ts'
import { approve, atHome, below, intent, isWiped, saveWallet, several, verifies, wayToSign, type Home, type Saved } from './single-use.fixture.ts'

let saved: Saved = { stores: [], wallet: '' }
let home: Home | undefined

beforeAll(async () => { saved = await saveWallet(2, 3) }, 60_000)

afterEach(() => {
  vi.restoreAllMocks()
  expect(home?.table.usedTwice).toEqual([])
})

/** Two of three, who hold two presignatures. */
async function pair(person: Partial<PersonOptions> = {}): Promise<Home & { readonly anna: Seat; readonly ben: Seat }> {
  home = await atHome(saved, 2, { person })
  const [anna, ben] = [the(home.seats[0]), the(home.seats[1])]
  await home.table.filled([anna, ben])
  return { ...home, anna, ben }
}

test.each([
  ['who asks', 'before its request left', 0, 'silentBefore', INVITE],
  ['who asks', 'after its request left', 0, 'silentAfter', INVITE],
  ['who asks', 'after the other approved', 0, 'silentBefore', ONLINE],
  ['who asks', 'after its own share left', 0, 'silentAfter', ONLINE],
  ['who is asked', 'before its yes left', 1, 'silentBefore', ANSWER],
  ['who is asked', 'after its yes left', 1, 'silentAfter', ANSWER],
  ['who is asked', 'before its own share left', 1, 'silentBefore', ONLINE],
  ['who is asked', 'after its own share left', 1, 'silentAfter', ONLINE],
] as const)('%s loses its power %s: it comes back with none, and both sign anew, either asking', async (_, __, who, moment, type) => {
  const { anna: asker, ben: asked, table } = await pair()
  const [victim, other] = who === 0 ? [asker, asked] : [asked, asker]
  victim.line[moment] = (said) => said.type === type
  const session = await ask([asker, asked], saved.wallet, intent(1))
  const isAsked = (): boolean => sessionIn(asked.view(), session)?.state.at === 'approving'
  await turnUntil(table.clock, () => victim.line.isSilent || isAsked())
  if (isAsked()) await asked.party.verbs.approve({ session })
  await turnUntil(table.clock, () => victim.line.isSilent)
  const again = await table.restart(victim)
  expect(stockOf(again, indexesOf([again, other]))).toBe(0)
  expect(await wayToSign([again, other], saved.wallet, 2)).toBe('rounds')
  await wayToSign([other, again], saved.wallet, 3)
  // Whatever they still hold of before, they come to hold the same again.
  await turnUntil(table.clock, () => [again, other].every((seat) => seat.view().sessions.every(({ state }) => state.at === 'done' || state.at === 'failed')))
  await table.filled([again, other])
  if (await wayToSign([other, again], saved.wallet, 4) === 'rounds') await table.filled([again, other])
  expect(await wayToSign([again, other], saved.wallet, 5)).toBe('presignature')
})

test('a signer that restarted has none: the same session goes by all rounds, says so, and asks nobody twice', async () => {
  const { anna, ben, made, madeBy, table } = await pair()
  const again = await table.restart(ben, { presignatures: 0 })
  expect(await wayToSign([anna, again], saved.wallet, 1)).toBe('rounds')
  for (const seat of [anna, again]) expect(seat.view().sessions).toHaveLength(1)
  expect(stockOf(anna, indexesOf([anna, again]))).toBe(0)
  expect(made.every(isWiped)).toBe(false) // Ben's lay in the memory that is gone
  expect(madeBy(anna).every(isWiped)).toBe(true)
})

test('two requests at the same time use different ones', async () => {
  const { anna, ben, made, table } = await pair()
  const sessions = await Promise.all([1, 2].map((fill) => ask([anna, ben], saved.wallet, intent(fill))))
  await Promise.all(sessions.toReversed().map((session) => approve(ben, session)))
  for (const session of sessions) {
    for (const seat of [anna, ben]) await reaches(seat, session, 'done')
    expect([anna, ben].map((seat) => wayOf(seat, session))).toEqual(['presignature', 'presignature'])
  }
  expect(table.used).toBe(2)
  expect(made.every(isWiped)).toBe(true)
})

test('two that ask each other at the same time name the same one: neither uses it, and the stock is made anew', async () => {
  const { anna, ben, table } = await pair()
  const [hers, his] = await Promise.all([ask([anna, ben], saved.wallet, intent(1)), ask([ben, anna], saved.wallet, intent(2))])
  await Promise.all([approve(ben, hers), approve(anna, his)])
  for (const session of [hers, his]) for (const seat of [anna, ben]) await reaches(seat, session, 'done')
  expect([hers, his].map((session) => wayOf(anna, session))).toEqual(['rounds', 'rounds'])
  expect(table.used).toBe(0)
  await table.filled([anna, ben])
  expect(await wayToSign([ben, anna], saved.wallet, 3)).toBe('presignature')
})

test('several messages under one approval use one each; more than there are go by all rounds and use none', async () => {
  const { anna, ben, table } = await pair()
  expect(await signTogether([anna, ben], saved.wallet, several(1, 2, 3))).toHaveLength(3)
  expect(table.used).toBe(0)
  expect(stockOf(anna, indexesOf([anna, ben]))).toBe(2)
  const signatures = await signTogether([anna, ben], saved.wallet, several(4, 5))
  for (const [i, signature] of signatures.entries()) verifies(anna, signature, 4 + i)
  expect(table.used).toBe(2)
})

test.each(['declines', 'never answers', 'leaves after its yes'] as const)('of a request whose other side %s nothing goes back into any stock', async (what) => {
  const { anna, ben, made, table } = await pair()
  // Hers does not arrive: nothing begins.
  if (what === 'leaves after its yes') anna.line.breaks = ({ type }) => type === ANSWER
  const session = await ask([anna, ben], saved.wallet, intent(1))
  await reaches(ben, session, 'approving')
  if (what === 'declines') await ben.party.verbs.decline({ session, reason: '' })
  if (what === 'leaves after its yes') {
    await ben.party.verbs.approve({ session })
    await ben.party.verbs.close({ session })
  }
  if (what === 'never answers') await table.clock.advance(601_000)
  await turnUntil(table.clock, () => [anna, ben].every((seat) => sessionIn(seat.view(), session)?.state.at === 'failed'))
  expect(made.filter(isWiped)).toHaveLength(2)
  anna.line.breaks = () => false
  expect(await wayToSign([ben, anna], saved.wallet, 2)).toBe('presignature')
})

test('a lock in the middle of a request leaves zeros of all that was held, and unlocking brings nothing back', async () => {
  const { anna, ben, madeBy, table } = await pair()
  const session = await ask([anna, ben], saved.wallet, intent(1))
  await reaches(ben, session, 'approving')
  const hers = madeBy(anna)
  await anna.party.verbs.lock()
  expect(hers).toHaveLength(2)
  expect(hers.every(isWiped)).toBe(true)
  const again = await table.seat('Anna', { store: anna.store })
  expect(stockOf(again, indexesOf([again, ben]))).toBe(0)
  expect(await wayToSign([again, ben], saved.wallet, 2)).toBe('rounds')
})

test('a lock while shares are exchanged leaves zeros', async () => {
  const { anna, ben, madeBy } = await pair()
  ben.line.breaks = ({ type }) => type === ONLINE
  const session = await ask([anna, ben], saved.wallet, intent(1))
  await approve(ben, session)
  await reaches(anna, session, 'running')
  const hers = madeBy(anna)
  await anna.party.verbs.lock()
  expect(hers).toHaveLength(2)
  expect(hers.every(isWiped)).toBe(true)
})

test('a take-over from another tab leaves zeros here, and there are none over there', async () => {
  const takeAway = new Map<string, () => void>()
  const lock: PartyLock = {
    acquire: async (partyId, _, lost) => {
      takeAway.set(partyId, lost)
      return () => undefined
    },
  }
  const { anna, ben, madeBy, table } = await pair({ lock })
  await ask([anna, ben], saved.wallet, intent(1))
  const hers = madeBy(anna)
  the(takeAway.get(the(anna.view().me).partyId))()
  expect(hers).toHaveLength(2)
  expect(hers.every(isWiped)).toBe(true)
  const there = await table.seat('Anna', { store: anna.store })
  expect(stockOf(there, indexesOf([there, ben]))).toBe(0)
})

test('a copy of the whole disk, taken while there was a stock, brings none back', async () => {
  const { anna, ben, table } = await pair()
  const [image] = storesOf([[...anna.store.contents]])
  expect(await wayToSign([anna, ben], saved.wallet, 1)).toBe('presignature')
  await anna.party.close()
  const restored = await table.seat('Anna', { store: the(image) })
  expect(stockOf(restored, indexesOf([restored, ben]))).toBe(0)
  expect(await wayToSign([restored, ben], saved.wallet, 2)).toBe('rounds')
  expect(await wayToSign([ben, restored], saved.wallet, 3)).toBe('rounds')
})

test('who names one a second time, for the same digest or another, at once or later, gets all rounds', async () => {
  const { anna, ben, madeBy, table } = await pair()
  const [me] = indexesOf([anna])
  const copy = (p: Presignature): Presignature => ({ ...p, phi: p.phi.slice(), u: p.u.slice(), v: p.v.slice() })
  const stolen = copy(the(madeBy(anna)[0]))
  expect(stolen.me).toBe(me)
  vi.spyOn(PresignaturePool.prototype, 'takeOldest').mockImplementation(() => [copy(stolen)])
  const [first, second] = await Promise.all([1, 2].map((fill) => ask([anna, ben], saved.wallet, intent(fill))))
  for (const session of [the(second), the(first)]) await approve(ben, session)
  for (const session of [the(first), the(second)]) await reaches(ben, session, 'done')
  expect([first, second].map((session) => wayOf(ben, the(session)))).toEqual(['rounds', 'presignature'])
  for (const fill of [2, 3]) expect(await wayToSign([anna, ben], saved.wallet, fill)).toBe('rounds')
  expect(table.used).toBe(1)
})

test.each(['twice the same', 'one nobody has', 'one too many'])('who names %s gets all rounds', async (what) => {
  const { anna, ben, madeBy, table } = await pair()
  const [one, other] = madeBy(anna)
  const unknown = { ...the(one), id: new Uint8Array(32).fill(0xee) }
  const named = what === 'twice the same' ? [the(one), the(one)] : what === 'one nobody has' ? [the(one), unknown] : [the(one), the(other), unknown]
  vi.spyOn(PresignaturePool.prototype, 'takeOldest').mockImplementation(() => named)
  expect(await signTogether([anna, ben], saved.wallet, several(1, 2))).toHaveLength(2)
  expect(table.used).toBe(0)
})

test('a ban empties the stock with that party, also what a request holds, and no other', async () => {
  home = await atHome(saved, 3)
  const { table, seats, madeBy } = home
  const [anna, ben, cleo] = [the(seats[0]), the(seats[1]), the(seats[2])]
  for (const two of [[anna, ben], [anna, cleo], [ben, cleo]]) await table.filled(two)
  const waiting = await ask([anna, cleo], saved.wallet, intent(1))
  await reaches(cleo, waiting, 'approving')
  cleo.line.lie = ({ type, body }) => (type === 0x21 ? flipped(body, body.length - 1) : undefined)
  const cheated = await ask([anna, cleo], saved.wallet, below(2))
  await approve(cleo, cheated)
  await turnUntil(table.clock, () => sessionIn(anna.view(), cheated)?.state.at === 'failed')
  expect(sessionIn(anna.view(), waiting)?.state).toMatchObject({ at: 'failed', error: { code: 'E_BANNED' } })
  const [withCleo, withBen] = [[anna, cleo], [anna, ben]].map((two) => madeBy(anna).filter(({ signers }) => signers.join() === indexesOf(two).join()))
  expect(the(withCleo).length).toBeGreaterThanOrEqual(2)
  expect(the(withCleo).every(isWiped)).toBe(true)
  expect(the(withBen).some(isWiped)).toBe(false)
  expect([stockOf(anna, indexesOf([anna, cleo])), stockOf(anna, indexesOf([anna, ben]))]).toEqual([0, 2])
  expect(await wayToSign([anna, ben], saved.wallet, 3)).toBe('presignature')
  await table.clock.advance(300_000)
  expect(stockOf(anna, indexesOf([anna, cleo]))).toBe(0)
})
