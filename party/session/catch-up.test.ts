/** Who missed the end of a change: votes and certificates that did not arrive, devices that were not there. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { concat } from '@trivet/protocol/core'
import type { WalletView } from '../views.ts'
import type { Identity } from '../identity/identity.ts'
import { BentLine } from '../testing/bent-line.ts'
import { change } from '../testing/changes.ts'
import { FakeClock, settle, turnUntil } from '../testing/fake-clock.ts'
import { livedStore, type Lived } from '../testing/lived.ts'
import { born, changed, identityOf, type LifeEpoch } from '../testing/lives.ts'
import { person, signTogether, the, VAULT_KEY, type Person } from '../testing/people.ts'
import { storedWallets } from '../testing/stored-wallets.ts'
import { createMemoryNetwork, type MemoryNetwork } from '../transport/memory.ts'

const MESSAGE = concat(Uint8Array.of(3), new Uint8Array(32).fill(7))

/** Epoch 1 of three; in epoch 2 the first of them is no more, and Dora has come; epoch 3 has new shares for the same. */
let first: LifeEpoch
let second: LifeEpoch
let third: LifeEpoch
let dora: Identity
/** By share index: 1 goes, 2 and 3 stay. */
let names: readonly string[]

beforeAll(async () => {
  dora = await identityOf('Dora')
  first = await born(await Promise.all(['Anna', 'Ben', 'Cleo'].map(identityOf)), 2)
  second = await changed(first, { threshold: 2, stay: [2, 3], join: [dora], quorum: [1, 2, 3] })
  third = await changed(second, { threshold: 2, stay: [2, 3, 4], quorum: [2, 3, 4] })
  names = [1, 2, 3].map((pid) => the(first.people.get(pid)).card.name)
})

let network: MemoryNetwork
let clock: FakeClock
let people: Person[]
beforeEach(() => {
  clock = new FakeClock()
  network = createMemoryNetwork({ now: () => clock.now() })
  people = []
  return async () => { await Promise.all(people.map((who) => who.party.close())) }
})

async function comes(name: string, lived: Lived | Person, line?: BentLine): Promise<Person> {
  const store = 'store' in lived ? lived.store : await livedStore(name, lived)
  const who = await person({ transport: network.transport(`${name} ${people.length}`), name, clock, store, ...(line === undefined ? {} : { line }) })
  people.push(who)
  return who
}

const nameOf = (pid: number): string => the(names[pid - 1])
const wallet = (who: Person): WalletView => the(who.view().wallets[0])

async function becomes(who: Person, state: WalletView['state'], epoch: number): Promise<WalletView> {
  return who.until((view) => view.wallets.find((one) => one.state === state && one.epoch === epoch && one.changing !== true))
}

describe('a change that everybody voted for', () => {
  test('counts once all votes are repeated, beside the epoch that counted until then', async () => {
    const two = await comes(nameOf(2), { epochs: [first], waiting: second })
    expect(wallet(two)).toMatchObject({ state: 'ready', epoch: 1, changing: true })
    const three = await comes(nameOf(3), { epochs: [first], waiting: second })
    const joined = await comes('Dora', { waiting: second })
    for (const who of [two, three, joined]) await becomes(who, 'ready', 2)
    for (const who of [two, three, joined]) expect(wallet(who)).toMatchObject({ sharesMadeAt: 2, origin: 'made', threshold: 2 })
    for (const who of [two, three, joined]) expect(wallet(who).parties.map(({ index }) => index)).toEqual([2, 3, 4])
  })

  test('counts for who comes late, from one that holds the certificate', async () => {
    await comes(nameOf(2), { epochs: [first, second] })
    const three = await comes(nameOf(3), { epochs: [first], waiting: second })
    await becomes(three, 'ready', 2)
    const joined = await comes('Dora', { waiting: second })
    await becomes(joined, 'ready', 2)
  })

  test('gives a device that was restored from a backup a wallet of its own', async () => {
    const restored = { epoch: first, pid: 1 }
    const late = await comes('Dora', { restored, waiting: second })
    expect(wallet(late)).toMatchObject({ state: 'restored', epoch: 1, changing: true })
    await comes(nameOf(2), { epochs: [first, second] })
    expect(await becomes(late, 'ready', 2)).toMatchObject({ myIndex: 4 })
    expect(late.view().wallets).toHaveLength(1)
  })
})

describe('a device that is no member any more', () => {
  test('hears of it when it comes, and is told once', async () => {
    const two = await comes(nameOf(2), { epochs: [first, second] })
    const one = await comes(nameOf(1), { epochs: [first] })
    const left = await becomes(one, 'left', 2)
    expect(left.parties.map(({ index, name, me }) => [index, name, me])).toEqual([[2, nameOf(2), false], [3, nameOf(3), false], [4, 'device 4', false]])
    expect(left).toMatchObject({ name: 'Savings', myIndex: 0, stock: [] })
    expect(left.keys).toEqual(wallet(two).keys)
    for (const use of [
      one.party.verbs.requestSignature({ wallet: left.id, intent: MESSAGE, signers: [1, 2] }), one.party.verbs.makeBackup({ wallet: left.id, passphrase: 'a long passphrase' }),
      one.party.verbs.finishWallet({ wallet: left.id }),
    ]) await expect(use).rejects.toMatchObject({ fault: 'refusal', message: expect.stringContaining('no longer one of this wallet\'s devices') as string })
    // Its word that it knows is kept: after a restart on both sides there is nothing to tell.
    await turnUntil(clock, () => two.log.some((line) => line.startsWith('a former device knows')))
    // Sessions of this kind are nothing for people.
    for (const who of [one, two]) expect(who.view().sessions).toEqual([])
    const again = await comes(nameOf(1), one)
    expect(wallet(again)).toMatchObject({ state: 'left', epoch: 2 })
    expect((await storedWallets(two.store, VAULT_KEY)).map(({ descent }) => descent.former)).toEqual([[]])
    await again.party.verbs.forgetWallet({ wallet: left.id })
    expect(again.view().wallets).toEqual([])
    await expect(two.party.verbs.forgetWallet({ wallet: left.id })).rejects.toMatchObject({ fault: 'caller' })
  })

  test('hears it from those who left, where none of those who dealt has stayed', async () => {
    const others = await Promise.all(['Emil', 'Fatma'].map(identityOf))
    const handover = await changed(first, { threshold: 2, stay: [], join: others, quorum: [1, 2], name: 'handover' })
    await comes('Emil', { epochs: [handover] })
    const two = await comes(nameOf(2), { epochs: [first], left: handover })
    expect(wallet(two)).toMatchObject({ state: 'left', epoch: 2 })
    const three = await comes(nameOf(3), { epochs: [first] })
    await becomes(three, 'left', 2)
  })

  test('hears it from those it dealt to, whom it met only then', async () => {
    const others = await Promise.all(['Emil', 'Fatma'].map(identityOf))
    const handover = await changed(first, { threshold: 2, stay: [], join: others, quorum: [1, 2], name: 'handover' })
    const [one, two] = [await comes(nameOf(1), { epochs: [first], dealtTo: handover }), await comes(nameOf(2), { epochs: [first] })]
    const emil = await comes('Emil', { epochs: [handover] })
    const left = await becomes(one, 'left', 2)
    expect(left.parties.map(({ name }) => name).toSorted()).toEqual(['Emil', 'Fatma'])
    await turnUntil(clock, () => emil.log.some((line) => line.startsWith('a former device knows')))
    await clock.advance(61_000)
    // Who deals keeps them: this one did not, and listens to no stranger.
    expect(wallet(two)).toMatchObject({ state: 'ready', epoch: 1 })
    for (const who of [one, two, emil]) expect(who.view().sessions).toEqual([])
  })

  test('and has missed two changes stays as it is, and signs with nobody', async () => {
    await comes(nameOf(2), { epochs: [first, second, third] })
    const one = await comes(nameOf(1), { epochs: [first] })
    // It has no proof that it could believe, but its person is told.
    const told = await one.until((view) => view.wallets.find(({ goneOn }) => goneOn !== undefined))
    expect(told).toMatchObject({ state: 'ready', epoch: 1, goneOn: { epoch: 3, by: [2, 3] } })
    const { session } = await one.party.verbs.requestSignature({ wallet: wallet(one).id, intent: MESSAGE, signers: [1, 2] })
    // Nobody comes to its room.
    await clock.advance(601_000)
    await one.until((view) => view.sessions.find(({ id, state }) => id === session && state.at === 'failed'))
    expect(wallet(one)).toMatchObject({ state: 'ready', epoch: 1 })
  })

  test('does not believe one who tells it rubbish, and is not asked again and again', async () => {
    const line = new BentLine()
    // The last vote's signature.
    line.lie = ({ type, body }) => (type === 0x72 ? body.with(-80, (body.at(-80) ?? 0) ^ 1) : undefined)
    const one = await comes(nameOf(1), { epochs: [first] })
    const two = await comes(nameOf(2), { epochs: [first, second] }, line)
    const ignored = (): readonly string[] => one.log.filter((entry) => entry.startsWith('a certificate was ignored'))
    await turnUntil(clock, () => ignored().length > 0)
    expect(the(ignored()[0])).toContain('E_FINAL')
    // Whoever joined is no help: it does not know Anna. That it comes and goes makes Ben look who has to be told.
    await comes('Dora', { epochs: [second] })
    for (let i = 0; i < 6; i++) {
      await clock.advance(61_000)
      network.setOnline('Dora 2', i % 2 === 1)
      await settle()
    }
    expect(ignored()).toHaveLength(2)
    expect(wallet(one)).toMatchObject({ state: 'ready', epoch: 1 })
    expect(wallet(two).state).toBe('ready')
  })
})

describe('a member whose store is an old image', () => {
  test('is told when it asks for something under the old epoch, and waits for a new share', async () => {
    const three = await comes(nameOf(3), { epochs: [first, second] })
    const two = await comes(nameOf(2), { epochs: [first] })
    const { session } = await two.party.verbs.requestSignature({ wallet: wallet(two).id, intent: MESSAGE, signers: [2, 3] })
    const cold = await becomes(two, 'cold', 2)
    expect(cold).toMatchObject({ myIndex: 2 })
    await two.until((view) => view.sessions.find(({ id, state }) => id === session && state.at === 'failed'))
    await expect(two.party.verbs.requestSignature({ wallet: cold.id, intent: MESSAGE, signers: [2, 3] })).rejects.toMatchObject({ fault: 'refusal', message: expect.stringContaining('its share is lost') as string })
    expect(wallet(three)).toMatchObject({ state: 'ready', epoch: 2 })
  })
})

describe('one who left, and is the last who has the certificate', () => {
  /** Anna, Ben and Dora in the place of Anna, Ben and Cleo. Anna had all votes, told Cleo, and has never been seen again. */
  let handed: LifeEpoch
  beforeAll(async () => { handed = await changed(first, { threshold: 2, stay: [1, 2], join: [dora], quorum: [1, 2, 3], name: 'handed' }) })

  test('gives it to who stays, who gives it to who joined; no person is bothered', async () => {
    const two = await comes(nameOf(2), { epochs: [first], waiting: handed })
    const joined = await comes('Dora', { waiting: handed })
    // They try it together, and the one who is missing was needed.
    await turnUntil(clock, () => [two, joined].every((who) => who.view().sessions.some(({ kind, state }) => kind === 'finish' && state.at === 'failed')))
    expect([wallet(two), wallet(joined)]).toMatchObject([{ state: 'ready', epoch: 1, changing: true }, { state: 'unfinished', epoch: 2 }])
    const left = await comes(nameOf(3), { epochs: [first], left: handed })
    for (const who of [two, joined]) await becomes(who, 'ready', 2)
    expect([left.view().sessions, wallet(left).state]).toEqual([[], 'left'])
    expect(await signTogether([two, joined], wallet(two).id, MESSAGE)).toHaveLength(1)
  })

  test('gives it to who joined, where nobody has stayed', async () => {
    const others = await Promise.all(['Emil', 'Fatma', 'Gina'].map(identityOf))
    const handover = await changed(first, { threshold: 2, stay: [], join: others, quorum: [1, 2], name: 'handover to three' })
    const [emil, fatma] = [await comes('Emil', { waiting: handover }), await comes('Fatma', { waiting: handover })]
    await clock.advance(61_000)
    for (const who of [emil, fatma]) expect(wallet(who)).toMatchObject({ state: 'unfinished', epoch: 2 })
    const left = await comes(nameOf(1), { epochs: [first], left: handover })
    for (const who of [emil, fatma]) await becomes(who, 'ready', 2)
    // It took part, so those who came after it have names there.
    expect(wallet(left).parties.map(({ name }) => name).toSorted()).toEqual(['Emil', 'Fatma', 'Gina'])
    expect(await signTogether([emil, fatma], wallet(emil).id, MESSAGE)).toHaveLength(1)
  })

  test('is asked again when it has heard of the change only after it was asked', async () => {
    const two = await comes(nameOf(2), { epochs: [first], waiting: handed })
    const three = await comes(nameOf(3), { epochs: [first] })
    await clock.advance(61_000)
    // What has no answer is nothing that people should worry about.
    expect([...two.view().sessions, ...three.view().sessions]).toEqual([])
    expect([wallet(two), wallet(three)]).toMatchObject([{ state: 'ready', epoch: 1, changing: true }, { state: 'ready', epoch: 1 }])
    await three.party.close()
    await comes(nameOf(3), { epochs: [first], left: handed })
    await becomes(two, 'ready', 2)
  })

  test('harms nobody by a certificate that is none, or by asking for another one', async () => {
    const two = await comes(nameOf(2), { epochs: [first], waiting: handed })
    const line = new BentLine()
    line.lie = ({ type, body }) => (type === 0x72 ? body.with(-80, (body.at(-80) ?? 0) ^ 1) : undefined)
    await comes(nameOf(3), { epochs: [first], left: handed }, line)
    await turnUntil(clock, () => two.log.some((entry) => entry.startsWith('a certificate was ignored')))
    expect(wallet(two)).toMatchObject({ state: 'ready', epoch: 1, changing: true })
    // It voted for something else, without this one, and asks in its turn.
    const other = await changed(first, { threshold: 2, stay: [1, 3], join: [dora], quorum: [1, 2, 3], name: 'other' })
    const asking = await comes(nameOf(3), { epochs: [first], waiting: other })
    await clock.advance(121_000)
    for (const who of [two, asking]) expect(wallet(who)).toMatchObject({ state: 'ready', epoch: 1, changing: true })
    expect(two.log.filter((entry) => /bug/i.test(entry))).toEqual([])
  })
})

describe('a device that alone holds the certificate of a change', () => {
  /** All three voted, and the first one's vote never left; the others gave it up and made another epoch without it. */
  let alone: LifeEpoch
  let instead: LifeEpoch
  beforeAll(async () => {
    alone = await changed(first, { threshold: 2, stay: [1, 2, 3], quorum: [1, 2, 3], name: 'alone' })
    instead = await changed(first, { threshold: 2, stay: [2, 3], quorum: [2, 3], epoch: 3, name: 'instead' })
  })

  test('keeps its share, shows what the others say, and comes back as a new device once its person has forgotten the wallet', async () => {
    const one = await comes(nameOf(1), { epochs: [first, alone] })
    const before = [...one.store.contents]
    await expect(one.party.verbs.forgetWallet({ wallet: wallet(one).id })).rejects.toMatchObject({ fault: 'caller', message: expect.stringContaining('working share') as string })
    const [two, three] = [await comes(nameOf(2), { epochs: [first, instead] }), await comes(nameOf(3), { epochs: [first, instead] })]
    const { id } = wallet(one)
    const told = await one.until((view) => view.wallets.find(({ goneOn }) => goneOn !== undefined))
    expect(told).toMatchObject({ state: 'ready', epoch: 2, goneOn: { epoch: 3, by: [2, 3] } })
    expect(wallet(two).goneOn).toBeUndefined()
    expect([...one.store.contents]).toEqual(before)

    await one.party.verbs.forgetWallet({ wallet: id })
    expect(one.view().wallets).toEqual([])
    expect(await storedWallets(one.store, VAULT_KEY)).toEqual([])
    await change({ wallet: id, stay: [two, three], join: [one], threshold: 2 })
    for (const who of [one, two, three]) expect(wallet(who)).toMatchObject({ state: 'ready', epoch: 4 })
    expect(wallet(one).keys).toEqual(told.keys)
    expect(await signTogether([one, two], id, MESSAGE)).toHaveLength(1)
  })
})
