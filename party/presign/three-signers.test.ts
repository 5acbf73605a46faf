/** Three signers with presignatures: all hold the same or none is used, whoever says what to whom. */
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { ANSWER, decodeInvitation, decodeSignProposal, encodeInvitation, encodeSignProposal, INVITE } from '@trivet/protocol/core'
import type { SessionId } from '@trivet/signalling/wire'
import { answerBody } from '../session/bodies.ts'
import { EnvelopeDesk } from '../session/envelopes.ts'
import { turnUntil } from '../testing/fake-clock.ts'
import { ask, reaches, sessionIn, the, type Person } from '../testing/people.ts'
import { indexesOf, stockOf, wayOf, type Seat } from '../testing/stocked.ts'
import type { MemoryNetworkOptions } from '../transport/memory.ts'
import { approve, atHome, intent, isWiped, saveWallet, wayToSign, type Home, type Saved } from './single-use.fixture.ts'

let saved: Saved = { stores: [], wallet: '' }
let home: Home | undefined

beforeAll(async () => { saved = await saveWallet(3, 5) }, 120_000)

afterEach(() => {
  vi.restoreAllMocks()
  expect(home?.table.usedTwice).toEqual([])
})

/** Three of five, who hold two presignatures. */
async function three(network: MemoryNetworkOptions = {}): Promise<Home & { readonly anna: Seat; readonly ben: Seat; readonly cleo: Seat }> {
  home = await atHome(saved, 3, { network })
  const [anna, ben, cleo] = [the(home.seats[0]), the(home.seats[1]), the(home.seats[2])]
  await home.table.filled([anna, ben, cleo])
  return { ...home, anna, ben, cleo }
}

test('sign with one message each while all hold the same', async () => {
  const { seats, table } = await three()
  expect(await wayToSign(seats, saved.wallet, 1)).toBe('presignature')
  expect(table.used).toBe(1)
})

test.each([1, 2, 3])('that lack one at one of them go by all rounds together, in any order of arrival (%i)', async (seed) => {
  let state = seed
  const pick = (count: number): number => {
    state = (state * 48_271) % 0x7fffffff
    return state % count
  }
  const { anna, ben, cleo, table } = await three({ pick })
  const again = await table.restart(cleo, { presignatures: 0 })
  for (const order of [[anna, ben, again], [ben, again, anna]]) expect(await wayToSign(order, saved.wallet, 7)).toBe('rounds')
  expect(table.used).toBe(0)
  for (const seat of [anna, ben]) expect(stockOf(seat, indexesOf([anna, ben, again]))).toBe(0)
  for (const seat of [anna, ben, again]) expect(seat.view().sessions).toHaveLength(2)
})

test.each([['who asks', 0], ['one who is asked', 1]])('all use it also when %s takes long to sign its yes: what follows a yes never overtakes it', async (_, slow) => {
  const { seats, table } = await three()
  // By share index: what lets a yes go that was signed.
  const signed = new Map<number, () => void>()
  const seal = Reflect.get(EnvelopeDesk.prototype, 'seal')
  vi.spyOn(EnvelopeDesk.prototype, 'seal').mockImplementation(async function (this: EnvelopeDesk, instance, said) {
    const envelope = await seal.call(this, instance, said)
    if (said.type === ANSWER) await new Promise<void>((letGo) => { signed.set(envelope.header.from, letGo) })
    return envelope
  })
  const asked = ask(seats, saved.wallet, intent(1))
  await turnUntil(table.clock, () => signed.size === 1)
  const session = the(the(seats[0]).view().sessions[0]).id
  const approved = seats.slice(1).map((seat) => approve(seat, session))
  await turnUntil(table.clock, () => signed.size === 3)
  const last = the(seats[slow])
  const [index] = indexesOf([last])
  for (const [from, letGo] of signed) if (from !== index) letGo()
  await turnUntil(table.clock, () => the(sessionIn(last.view(), session)).places.every(({ state }) => state === 'approved'))
  the(signed.get(the(index)))()
  for (const seat of seats) {
    await reaches(seat, session, 'done')
    expect(wayOf(seat, session)).toBe('presignature')
  }
  await Promise.all([asked, ...approved])
})

/** Its channels to all others are up. */
function isConnected(seat: Person, session: SessionId): boolean {
  return sessionIn(seat.view(), session)?.places.every(({ me, connection }) => me || connection === 'up') === true
}

test.each([
  ['yes to one and yes by all rounds to the other', answerBody({ yes: true, reason: '', byRounds: true })],
  ['yes to one and no to the other', answerBody({ yes: false, reason: '' })],
])('end when one says %s: it alone is named', async (_, other) => {
  const { anna, ben, cleo, madeBy, table } = await three()
  const [me] = indexesOf([cleo])
  let told = 0
  cleo.line.lie = ({ type, from, body }) => (type === ANSWER && from === me && ++told === 2 ? (body[0] === 1 ? other : undefined) : undefined)
  const session = await ask([anna, ben, cleo], saved.wallet, intent(1))
  await approve(ben, session)
  // Each hears her from herself; else the truth, passed on, could be signed before the lie arrives.
  await turnUntil(table.clock, () => [ben, cleo].every((seat) => isConnected(seat, session)))
  await approve(cleo, session)
  await turnUntil(table.clock, () => [anna, ben, cleo].every((seat) => sessionIn(seat.view(), session)?.state.at === 'failed'))
  for (const seat of [anna, ben]) {
    const state = the(sessionIn(seat.view(), session)).state
    expect(state.at === 'failed' && state.error.culprits.map(({ name }) => name)).toEqual(['Cleo'])
  }
  for (const seat of [anna, ben, cleo]) expect(madeBy(seat).some(isWiped)).toBe(true)
  cleo.line.lie = () => undefined
  await wayToSign([ben, anna, cleo], saved.wallet, 2)
})

test.each(['nonce', 'presignature'] as const)('end before anything is used when the request names another %s to one than to the other: who asks is named', async (what) => {
  const { anna, ben, cleo, madeBy, table } = await three()
  const [me] = indexesOf([anna])
  const ids = madeBy(anna).map(({ id }) => id)
  let told = 0
  anna.line.lie = ({ type, from, body }) => {
    if (type !== INVITE || from !== me || ++told !== 2) return undefined
    const invitation = decodeInvitation(body)
    const proposal = decodeSignProposal(invitation.payload)
    const online = the(proposal.online)
    const other = what === 'nonce' ? { ...online, nonce: new Uint8Array(32) } : { ...online, ids: ids.slice(1) }
    return encodeInvitation({ ...invitation, payload: encodeSignProposal({ ...proposal, online: other }) })
  }
  const session = await ask([anna, ben, cleo], saved.wallet, intent(1))
  await turnUntil(table.clock, () => [ben, cleo].every((seat) => sessionIn(seat.view(), session)?.state.at === 'failed'))
  const culprits = [ben, cleo].map((seat) => {
    const { state } = the(sessionIn(seat.view(), session))
    return state.at === 'failed' ? state.error.culprits.map(({ name }) => name) : []
  })
  expect(culprits).toEqual([['Anna'], ['Anna']])
  expect(table.used).toBe(0)
})
