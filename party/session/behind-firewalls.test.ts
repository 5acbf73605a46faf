/** Whole parties that never reach each other directly: everything goes through the introduction server's mailboxes, and it reads none of it. */
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { expect, test } from 'vitest'
import { concat } from '@trivet/protocol/core'
import { Barrier } from '../channel/testing/pairs.ts'
import { FakeClock, turnUntil } from '../testing/fake-clock.ts'
import { compare, meet, person, sessionIn, the, type Person } from '../testing/people.ts'
import { createMemoryNetwork } from '../transport/memory.ts'
import type { SessionId } from '@trivet/signalling/wire'

/** `protocol.md` sends nothing larger through the server, and nothing of another size. */
const BUCKETS = [256, 1_024, 4_096, 16_384, 45_056]

interface Walled {
  readonly people: readonly Person[]
  readonly clock: FakeClock
  readonly barrier: Barrier
  readonly relayed: readonly Uint8Array[]
}

async function walled(names: readonly string[]): Promise<Walled> {
  const clock = new FakeClock()
  const relayed: Uint8Array[] = []
  const network = createMemoryNetwork({ now: () => clock.now(), relay: ({ payload }) => { relayed.push(payload); return payload } })
  const barrier = new Barrier()
  const people = await Promise.all(names.map((name) => {
    const { signalling, links } = network.transport(name)
    return person({ transport: { signalling, links: barrier.before(links) }, name, clock })
  }))
  return { people, clock, barrier, relayed }
}

/** Lets time go on until all are there, or one failed. */
async function reach(clock: FakeClock, people: readonly Person[], session: SessionId, at: string): Promise<void> {
  await turnUntil(clock, () => people.every((who) => {
    const state = sessionIn(who.view(), session)?.state
    if (state?.at === 'failed' && at !== 'failed') throw new Error(`${who.view().me?.name}: ${state.error.details}`)
    return state?.at === at
  }))
}

async function wallet({ people, clock }: Walled): Promise<string> {
  const session = await meet(people, { threshold: 2 })
  const [first, ...others] = people
  await the(first).party.verbs.startKeygen({ session })
  const compared = compare(people, session)
  await reach(clock, others, session, 'approving')
  await compared
  for (const who of others) await who.party.verbs.approve({ session })
  await reach(clock, people, session, 'done')
  return the(the(first).view().wallets[0]).id
}

test('make a wallet and sign with it through mailboxes, of which the server reads nothing', { timeout: 120_000 }, async () => {
  const names = ['the laptop of a canary', 'the telephone of a canary', 'the tablet of a canary']
  const all = await walled(names)
  const { people, clock, relayed } = all
  const id = await wallet(all)
  const text = utf8ToBytes('a canary sings behind a wall')
  const [anna, ben] = [the(people[0]), the(people[1])]
  const signers = [anna, ben].map((who) => the(who.view().wallets[0]).myIndex)
  const { session } = await anna.party.verbs.requestSignature({ wallet: id, intent: concat(Uint8Array.of(2), text), signers })
  await reach(clock, [ben], session, 'approving')
  // The page says which way it is.
  expect(the(sessionIn(ben.view(), session)).places.filter(({ me }) => !me).map(({ path }) => path)).toEqual(['mailbox'])
  await ben.party.verbs.approve({ session })
  await reach(clock, [anna, ben], session, 'done')

  expect(relayed.length).toBeGreaterThan(50)
  expect([...new Set(relayed.map(({ length }) => length))].filter((size) => !BUCKETS.includes(size))).toEqual([])
  const seen = Buffer.from(concat(...relayed))
  const keys = the(anna.view().wallets[0]).keys.map(({ groupKey }) => groupKey)
  for (const canary of [...names.map(utf8ToBytes), text, ...keys]) {
    expect(seen.includes(Buffer.from(canary)) || seen.includes(bytesToHex(canary))).toBe(false)
  }
  await Promise.all(people.map((who) => who.party.close()))
})
