import { testRoster } from '@trivet/protocol/testing'
import { expect, test } from 'vitest'
import { carry, type Carried } from './carry.ts'
import { frostCeremony, keygenCeremony, memberOf, rng, type Member } from './members.ts'
import { openPost } from './post.ts'

/** Each piece of work takes one tick of this clock. */
function ticking(): () => number {
  let tick = 0
  return () => tick++
}

async function carryKeygen(): Promise<Carried<unknown>> {
  const post = await openPost([1, 2, 3], rng(32))
  return await carry(keygenCeremony(testRoster(2, 3, [3]), rng(32), () => []), post, ticking())
}

async function makeMembers(): Promise<readonly Member[]> {
  const { stored } = await carryKeygen()
  return [1, 2, 3].map((pid) => memberOf(stored.get(pid) ?? []))
}

test('a signature of two takes two flights; each makes, starts and twice advances its run, and seals and opens two envelopes', async () => {
  const members = await makeMembers()
  const { cost, results } = await carry(frostCeremony(members, [1, 2], 3), await openPost([1, 2], rng(32)), ticking())
  expect(results.size).toBe(2)
  expect(cost).toEqual({ ms: 4, msForEnvelopes: 4, bytes: 130 + 64, envelopes: 2, flights: 2 })
})

test('what is said to all is sealed once and sent to each', async () => {
  const members = await makeMembers()
  const { cost } = await carry(frostCeremony(members, [1, 2, 3], 3), await openPost([1, 2, 3], rng(32)), ticking())
  expect(cost).toEqual({ ms: 6, msForEnvelopes: 2 + 4, bytes: 2 * (130 + 64), envelopes: 4, flights: 2 })
})

test('a key generation takes six flights from JOIN to VOTE, and storing is part of its work', async () => {
  const { cost, stored } = await carryKeygen()
  expect(cost).toMatchObject({ flights: 6, envelopes: 2 * 6, ms: 2 + 2 * 6 + 1 })
  expect([...stored.values()].map((changes) => changes.map(({ kind }) => kind))).toEqual([['prepared'], ['prepared'], ['prepared']])
})

test('an envelope that was changed on its way is refused', async () => {
  const post = await openPost([1, 2], rng(32))
  const envelope = await post.seal(1, { suite: 3, type: 1, to: 2, body: rng(8) })
  await expect(post.open(envelope)).resolves.toMatchObject({ from: 1, to: 2 })
  await expect(post.open(envelope.with(envelope.length - 1, (envelope.at(-1) ?? 0) ^ 1))).rejects.toThrow('not signed')
})
