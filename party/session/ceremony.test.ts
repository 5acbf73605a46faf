import { hexToBytes } from '@noble/hashes/utils.js'
import { expect, test, vi } from 'vitest'
import type { Identity } from '../identity/identity.ts'
import { assignPids, decodeEnvelope, Refused, Run, type MpcError, type PreparedEpoch, type Roster } from '@trivet/protocol/core'
import { keygen, keygenVocabulary } from '@trivet/protocol/keygen'
import { settle, turnUntil } from '../testing/fake-clock.ts'
import { identitiesForTests } from '../testing/identities.ts'
import { meetAndApprove, the } from '../testing/people.ts'
import { failuresOf, makeTrio } from '../testing/trio.ts'
import { ABORT, EVIDENCE } from './bodies.ts'
import { Ceremony } from './ceremony.ts'
import { EnvelopeDesk } from './envelopes.ts'
import { Mesh } from './mesh.ts'

/** Party 1's side of a key generation with party 2, which says only what a test has it say. */
async function halfACeremony(sign?: (identity: Identity) => Identity['sign']) {
  const { identities, deps } = await identitiesForTests(['one', 'two'])
  const pids = assignPids(identities.map(({ card }) => ({ idKeyHash: hexToBytes(card.partyId), role: card.role })))
  const members = pids.map(({ pid, idKeyHash }) => ({ pid, card: the(identities.find(({ card }) => card.partyId === Buffer.from(idKeyHash).toString('hex'))).card }))
  const mine = the(identities.find(({ card }) => card.partyId === members[0]?.card.partyId))
  const identity = sign === undefined ? mine : { ...mine, sign: sign(mine) }
  const roster: Roster = { walletId: new Uint8Array(32), epoch: 1, threshold: 2, suites: [2, 3], members: pids }
  const instance = new Uint8Array(32).fill(1)
  const run = new Run({ me: 1, parties: [1, 2], vocabulary: keygenVocabulary(roster, 1), script: keygen({ instance, roster, me: 1 }, deps.rng) })
  const ended: MpcError[] = []
  const mesh = new Mesh({
    ...deps, identity, context: new Uint8Array(32), parties: [], signal: async () => undefined,
    links: { open: () => { throw new Error('no link is needed here') } },
    events: { message: () => undefined, gone: () => undefined, changed: () => undefined },
  })
  const sent: number[] = []
  vi.spyOn(mesh, 'send').mockImplementation((_, envelope) => { sent.push(decodeEnvelope(envelope).header.type) })
  const ceremony = new Ceremony<PreparedEpoch>({
    mesh, clock: deps.clock, me: 1, members, runs: [{ instance, run }],
    desk: new EnvelopeDesk({ ...deps, identity, me: 1, members, epoch: 0, knows: (suite, type) => run.knows(suite, type) }),
    persist: async () => undefined,
    events: { changed: () => undefined, ended: (outcome) => { if ('error' in outcome) ended.push(outcome.error) } },
  })
  const hear = (suite: 0 | 2, type: number, body: Uint8Array): void => { ceremony.receive({ from: 2, to: 0, suite, type, body }, instance) }
  return { ceremony, clock: deps.clock, ended, hear, sent }
}

test.each([
  ['repeats itself', 2, 0x11, 64], ['says what has no place', 0, 0x55, 8], ['shows evidence of nothing', 0, EVIDENCE, 1],
] as const)('who only %s keeps nothing alive for longer than 30 s', async (_, suite, type, size) => {
  const { ceremony, clock, ended, hear } = await halfACeremony()
  const begun = clock.now()
  ceremony.start()
  for (let second = 0; second < 29; second++) {
    hear(suite, type, new Uint8Array(size))
    await clock.advance(1_000)
  }
  expect(ended).toEqual([])
  hear(suite, type, new Uint8Array(size))
  await clock.advance(1_000)
  await turnUntil(clock, () => ended.length > 0)
  expect(ended).toMatchObject([{ code: 'E_TIMEOUT' }])
  expect(clock.now() - begun).toBe(30_000)
  expect(clock.waiting).toBe(0)
})

test('ten thousand envelopes of evidence and ABORT cost one look each kind, and end it once', async () => {
  const { ceremony, clock, ended, hear } = await halfACeremony()
  ceremony.start()
  for (let i = 0; i < 10_000; i++) hear(0, i % 2 === 0 ? EVIDENCE : ABORT, new Uint8Array(68))
  await settle()
  await clock.advance(40_000)
  await turnUntil(clock, () => ended.length > 0)
  expect(ended).toHaveLength(1)
  expect(clock.waiting).toBe(0)
})

test('what is being signed when a ceremony is halted never leaves; only the word that it stopped does', async () => {
  let letSign: () => void = () => undefined
  const held = new Promise<void>((resolve) => { letSign = resolve })
  const signing = vi.fn<() => void>()
  const { ceremony, ended, sent } = await halfACeremony((identity) => async (message) => {
    signing()
    await held
    return identity.sign(message)
  })
  ceremony.start()
  await settle()
  expect(signing).toHaveBeenCalledOnce()
  ceremony.halt(new Refused('E_BANNED', 'a safety check failed in another session', { culprits: [2] }))
  letSign()
  await vi.waitFor(() => { expect(ended).toMatchObject([{ code: 'E_BANNED', culprits: [2] }]) })
  expect(sent).toEqual([ABORT])
})

test('ABORT names the ceremony\'s session id once there is one', async () => {
  const { all, anna, ben, cleo, line, clock } = await makeTrio()
  const aborts: Uint8Array[] = []
  let left: Promise<void> | undefined
  line.silentAfter = ({ type, body }) => {
    if (type === ABORT) aborts.push(body)
    if (type === 0x13) left ??= Promise.resolve().then(() => cleo.party.verbs.close({ session }))
    return false
  }
  const session = await meetAndApprove(all, { threshold: 2 })
  await failuresOf(clock, [anna, ben, cleo], session)
  await left
  expect(aborts).toHaveLength(2)
  for (const body of aborts) {
    expect(body).toHaveLength(68)
    expect(body.subarray(0, 32)).not.toEqual(new Uint8Array(32))
  }
})
