import { expect, test } from 'vitest'
import type { MpcError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { chooseEd25519 } from '../identity/ed25519.ts'
import { openIdentity, type Identity } from '../identity/identity.ts'
import { FakeClock, settle } from '../testing/fake-clock.ts'
import { randomBytes, the } from '../testing/people.ts'
import { createMemoryNetwork } from '../transport/memory.ts'
import { Mesh } from './mesh.ts'

interface Node {
  readonly identity: Identity
  readonly mesh: Mesh
  /** What it was told: kind and body. */
  readonly told: (readonly [number, Uint8Array])[]
  readonly envelopes: Uint8Array[]
  readonly ends: (MpcError | undefined)[]
}

/** Two members of a room, one of whom was known by the card of an earlier build. */
async function two(): Promise<{ readonly anna: Node; readonly ben: Node; readonly known: Identity; readonly clock: FakeClock }> {
  const ed25519 = await chooseEd25519(crypto.subtle)
  const clock = new FakeClock()
  const network = createMemoryNetwork()
  const seeds = [randomBytes(32), randomBytes(32)] as const
  const open = (name: string, seed: Uint8Array, build: number): Promise<Identity> =>
    openIdentity(seed, { name, role: 'mobile-app', build: new Uint8Array(32).fill(build) }, ed25519)
  const identities = [await open('Anna', seeds[0], 1), await open('Ben', seeds[1], 2)]
  const known = await open('Ben', seeds[1], 1)
  const parties = identities.map(({ card }) => card.partyId)
  const nodes: Node[] = []
  const at = (party: PartyId): Node => the(nodes.find(({ identity }) => identity.card.partyId === party))
  for (const identity of identities) {
    const me = identity.card.partyId
    const told: Node['told'] = []
    const envelopes: Uint8Array[] = []
    const ends: Node['ends'] = []
    const mesh = new Mesh({
      identity, ed25519, clock, rng: randomBytes, parties, links: network.transport(identity.card.name).links, context: new Uint8Array(32),
      signal: async (to, bytes) => { at(to.partyId).mesh.signal(me, bytes) },
      events: {
        message: (_, envelope) => { envelopes.push(envelope) },
        told: (_, kind, body) => { told.push([kind, body]) },
        gone: (_, error) => { ends.push(error) },
        changed: () => undefined,
      },
    })
    nodes.push({ identity, mesh, told, envelopes, ends })
  }
  return { anna: the(nodes[0]), ben: the(nodes[1]), known, clock }
}

function connect({ anna, ben, known }: Awaited<ReturnType<typeof two>>): void {
  anna.mesh.connect(known.card)
  ben.mesh.connect(anna.identity.card)
}

test('carries messages of every kind, told apart', async () => {
  const both = await two()
  connect(both)
  const { anna, ben } = both
  const to = ben.identity.card.partyId
  anna.mesh.send(to, Uint8Array.of(1))
  anna.mesh.tell(to, 3, Uint8Array.of(2))
  anna.mesh.tell(to, 200, new Uint8Array())
  await settle()
  expect(ben.envelopes).toEqual([Uint8Array.of(1)])
  expect(ben.told).toEqual([[3, Uint8Array.of(2)], [200, new Uint8Array()]])
  expect(() => { anna.mesh.tell(to, 2, new Uint8Array()) }).toThrow('the mesh\'s own')
})

test('shows the build that a member runs today', async () => {
  const both = await two()
  connect(both)
  const { anna, ben } = both
  const to = ben.identity.card.partyId
  expect(anna.mesh.view(to).card?.build[0]).toBe(1)
  await settle()
  await settle()
  expect(anna.mesh.view(to)).toMatchObject({ connection: 'up', path: 'memory' })
  expect(anna.mesh.view(to).card?.build[0]).toBe(2)
})

test('ends a channel whose negotiation was altered before it was opened, at both ends', async () => {
  const both = await two()
  const { anna, ben } = both
  anna.mesh.intercepted(ben.identity.card.partyId)
  connect(both)
  await settle()
  for (const { ends } of [anna, ben]) expect(ends).toMatchObject([{ code: 'E_INTERCEPTED' }])
})

test('goes on when something is made up in the name of a member whose channel is up', async () => {
  const both = await two()
  connect(both)
  const { anna, ben } = both
  await settle()
  await settle()
  anna.mesh.intercepted(ben.identity.card.partyId)
  ben.mesh.send(anna.identity.card.partyId, Uint8Array.of(1))
  await settle()
  expect(anna.envelopes).toEqual([Uint8Array.of(1)])
  expect([...anna.ends, ...ben.ends]).toEqual([])
})

test('takes nothing in the name of somebody who is no member', async () => {
  const both = await two()
  const { anna } = both
  const stranger = (await two()).ben
  anna.mesh.intercepted(stranger.identity.card.partyId)
  anna.mesh.signal(stranger.identity.card.partyId, Uint8Array.of(1))
  anna.mesh.mail(stranger.identity.card.partyId, Uint8Array.of(1))
  anna.mesh.connect(stranger.identity.card)
  await settle()
  expect(anna.ends).toEqual([])
  expect(anna.mesh.view(stranger.identity.card.partyId).connection).toBe('connecting')
})
