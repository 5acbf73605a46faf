/** One device in two tabs: it is open in one of them, and whoever takes it over has it alone. */
import { expect, test } from 'vitest'
import { concat } from '@trivet/protocol/core'
import type { PartyLock } from './one-writer.ts'
import { turnUntil } from './testing/fake-clock.ts'
import { ask, linksOf, makeWallet, PAGE, person, reaches, signTogether, the, type Person } from './testing/people.ts'
import { failuresOf, makeTrio } from './testing/trio.ts'
import { createMemoryNetwork } from './transport/memory.ts'

const ECDSA = concat(Uint8Array.of(1), new Uint8Array(32).fill(6))
const PASSPHRASE = 'a passphrase of this device'

/** What the tabs of one browser share. */
function browserLock(): PartyLock {
  const holders = new Map<string, () => void>()
  return {
    acquire: async (partyId, { takeOver }, lost) => {
      const holder = holders.get(partyId)
      if (holder !== undefined && !takeOver) return undefined
      holders.set(partyId, lost)
      holder?.()
      return () => { if (holders.get(partyId) === lost) holders.delete(partyId) }
    },
  }
}

interface TwoTabs {
  readonly first: Person
  readonly second: Person
  readonly unlock: (who: Person, takeOver?: boolean, passphrase?: string) => Promise<void>
}

/** A device with a wallet in the making, in two tabs: open in the first. */
async function twoTabs(): Promise<TwoTabs> {
  const network = createMemoryNetwork()
  const lock = browserLock()
  const first = await person({ transport: network.transport('first'), lock })
  await first.party.verbs.createWallet({ name: 'One', threshold: 2, places: [{ kind: 'link' }], device: { name: 'Laptop', passphrase: PASSPHRASE }, pageUrl: PAGE })
  const second = await person({ transport: network.transport('second'), store: first.store, lock })
  const { partyId } = the(first.view().me)
  const unlock = (who: Person, takeOver?: boolean, passphrase = PASSPHRASE): Promise<void> =>
    who.party.verbs.unlock({ partyId, passphrase, ...(takeOver === undefined ? {} : { takeOver }) })
  return { first, second, unlock }
}

test('a party that is open in one tab does not open in another, and nothing changes', async () => {
  const { first, second, unlock } = await twoTabs()
  const stored = new Map(first.store.contents)
  await expect(unlock(second)).rejects.toMatchObject({ code: 'E_BUSY', fault: 'refusal', message: expect.stringContaining('take over') as unknown })
  expect(second.view().me).toBeUndefined()
  expect(first.view().me?.name).toBe('Laptop')
  expect(first.store.contents).toEqual(stored)
  // Another party of the same browser is another matter.
  await second.party.verbs.createWallet({ name: 'Two', threshold: 2, places: [{ kind: 'link' }], device: { name: 'Second', passphrase: PASSPHRASE }, pageUrl: PAGE })
  expect(second.view().me?.name).toBe('Second')
  await expect(unlock(second)).rejects.toMatchObject({ code: 'E_BUSY' })
  expect(second.view().me?.name).toBe('Second')
  await Promise.all([first, second].map((who) => who.party.close()))
})

test('a tab that takes a party over has it; the first one is locked, says why, and can take it back', async () => {
  const { first, second, unlock } = await twoTabs()
  await expect(unlock(second, true, 'not the passphrase')).rejects.toMatchObject({ code: 'E_PASSPHRASE' })
  expect(first.view().me?.name).toBe('Laptop')
  await unlock(second, true)
  expect(second.view().me?.name).toBe('Laptop')
  expect(second.view().lockedBy).toBeUndefined()
  const locked = await first.until((view) => (view.me === undefined ? view : undefined))
  expect(locked).toMatchObject({ lockedBy: 'other-tab', wallets: [], sessions: [] })
  await expect(unlock(first)).rejects.toMatchObject({ code: 'E_BUSY' })
  await unlock(first, true)
  expect(first.view()).toMatchObject({ me: { name: 'Laptop' } })
  expect(first.view().lockedBy).toBeUndefined()
  await second.until((view) => (view.lockedBy === 'other-tab' ? true : undefined))
  await Promise.all([first, second].map((who) => who.party.close()))
})

test('a locked party is free for any tab', async () => {
  const { first, second, unlock } = await twoTabs()
  await first.party.verbs.lock()
  expect(first.view().lockedBy).toBeUndefined()
  await unlock(second)
  await expect(unlock(first)).rejects.toMatchObject({ code: 'E_BUSY' })
  await second.party.close()
  await unlock(first)
  await first.party.close()
})

test('a take-over in the middle of a signature ends it here at once, and nothing more is written or said', async () => {
  const lock = browserLock()
  const { all, anna, cleo, line, clock, restarted } = await makeTrio({ person: { lock } })
  const wallet = await makeWallet(all)
  line.breaks = (said) => said.type === 0x21
  const session = await ask([anna, cleo], wallet, ECDSA)
  await reaches(cleo, session, 'approving')
  await cleo.party.verbs.approve({ session })
  await reaches(anna, session, 'running')
  await expect(restarted(anna, 'Anna')).rejects.toMatchObject({ code: 'E_BUSY' })
  const stolen = lock.acquire(the(anna.view().me).partyId, { takeOver: true }, () => undefined)
  expect(anna.view().me).toBeDefined() // views are told of changes a moment later
  const stored = new Map(anna.store.contents)
  const giveBack = the(await stolen)
  await turnUntil(clock, () => anna.view().lockedBy === 'other-tab')
  expect(anna.view().me).toBeUndefined()
  await failuresOf(clock, [cleo], session)
  expect(anna.store.contents).toEqual(stored)
  line.breaks = () => false
  giveBack()
  const again = await restarted(anna, 'Anna')
  expect(await signTogether([again, cleo], wallet, ECDSA)).toHaveLength(1)
})

test('a join link opened with a new device makes a party of its own, under its own lock', async () => {
  const { first, second } = await twoTabs()
  const { id } = the(first.view().sessions[0])
  const [link] = await linksOf(first, id)
  await second.party.verbs.joinWallet({ link: the(link), device: { name: 'Second', passphrase: PASSPHRASE } })
  expect([first, second].map((who) => who.view().me?.name)).toEqual(['Laptop', 'Second'])
  await Promise.all([first, second].map((who) => who.party.close()))
})
