/** One pair set up anew, by itself. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { describe, expect, test } from 'vitest'
import type { LastingChange } from '../../core/change.ts'
import type { Pid } from '../../core/errors.ts'
import { Run } from '../../core/run.ts'
import {
  ecdsaRun, generateEcdsa, keygenRun, repairRun, seededRng, simulate, testRoster, type EcdsaParty, type Letter, type Simulation, type Tamper,
} from '../../testing/index.ts'
import { repairContext, repairPair, repairVocabulary } from './repair.ts'

const DIGEST = new Uint8Array(32).fill(9)
const CONFIRM = 0x19
const PAIRS = [[1, 2], [1, 3], [2, 3]] as const

function storing(parties: readonly EcdsaParty[]): (pid: Pid, change: LastingChange) => void {
  return (pid, change) => { parties[pid - 1]?.pairs.apply(change) }
}

function repair(parties: readonly EcdsaParty[], pair: readonly [Pid, Pid], tamper?: Tamper): Simulation<object> {
  const seed = `repair ${pair.join()}`
  return simulate(pair, (me) => repairRun(parties, pair, me, seed), { seed, persisted: storing(parties), ...(tamper === undefined ? {} : { tamper }) })
}

function sign(parties: readonly EcdsaParty[], signers: readonly Pid[]): Simulation<{ readonly signature: Uint8Array; readonly publicKey: Uint8Array }> {
  const seed = `sign ${signers.join()}`
  return simulate(signers, (me) => ecdsaRun(parties, { signers, message: DIGEST, seed }, me), { seed, persisted: storing(parties) })
}

function expectSigned(parties: readonly EcdsaParty[], signers: readonly Pid[]): void {
  for (const state of sign(parties, signers).states.values()) {
    if (state.at !== 'done') throw new Error(`a signer is ${state.at}`)
    expect(secp256k1.verify(state.result.signature.subarray(0, 64), DIGEST, state.result.publicKey, { prehash: false })).toBe(true)
  }
}

function pairOf(parties: readonly EcdsaParty[], me: Pid, peer: Pid): ReturnType<EcdsaParty['pairs']['get']> {
  const party = parties[me - 1]
  if (party === undefined) throw new Error('no such party')
  return party.pairs.get(peer)
}

/** Who says each kind of a pair's messages. */
function speakers(letters: readonly Letter[], [one, other]: readonly [Pid, Pid]): Readonly<Record<number, Pid>> {
  const between = letters.filter(({ from, receiver }) => [one, other].includes(from) && [one, other].includes(receiver))
  return Object.fromEntries(between.filter(({ type }) => [0x12, 0x14, 0x17].includes(type)).map(({ type, from }) => [type, from]))
}

describe('a pair set up anew', () => {
  test.each(PAIRS)('is a new one, the same on both sides, and signs; the others are as they were (%i, %i)', (one, other) => {
    const parties = generateEcdsa(2, 3, 'repair')
    const before = [[one, other], [other, one]].map(([me = 0, peer = 0]) => structuredClone(pairOf(parties, me, peer)))
    const kept = PAIRS.filter((pair) => pair.join() !== [one, other].join()).map(([me, peer]) => pairOf(parties, me, peer))
    const { states, stored } = repair(parties, [one, other])
    expect([...states.values()].map(({ at }) => at)).toEqual(['done', 'done'])
    expect([...stored.values()].map((changes) => changes.map(({ kind }) => kind))).toEqual([['paired'], ['paired']])
    const [mine, theirs] = [pairOf(parties, one, other), pairOf(parties, other, one)]
    expect([mine.asBob.id, mine.asAlice.id, mine.zeroSeed]).toEqual([theirs.asAlice.id, theirs.asBob.id, theirs.zeroSeed])
    for (const [i, { asAlice, asBob, zeroSeed }] of [mine, theirs].entries()) {
      const old = before[i]
      for (const [fresh, was] of [[asAlice.delta, old?.asAlice.delta], [asBob.leaves, old?.asBob.leaves], [zeroSeed, old?.zeroSeed]]) {
        expect(was).toHaveLength(fresh?.length ?? 0)
        expect(fresh).not.toEqual(was)
      }
    }
    expect(PAIRS.filter((pair) => pair.join() !== [one, other].join()).map(([me, peer]) => pairOf(parties, me, peer))).toEqual(kept)
    for (const signers of PAIRS) expectSigned(parties, signers)
  })

  test('has the roles that its members have in the key generation', () => {
    const roster = testRoster(2, 3, [1])
    const { letters } = simulate([1, 2, 3], (me) => keygenRun(roster, me, 'roles'), { seed: 'roles' })
    const parties = generateEcdsa(2, 3, 'repair')
    for (const pair of PAIRS) {
      expect(speakers(repair(parties, pair).letters, pair)).toEqual(speakers(letters, pair))
    }
  })

  test('is not stored by who was told another confirmation, and nobody is named', () => {
    const parties = generateEcdsa(2, 2, 'repair')
    const old = pairOf(parties, 1, 2)
    const bend: Tamper = ({ from, type, body }) => (from === 2 && type === CONFIRM ? [body.with(40, (body[40] ?? 0) ^ 1)] : undefined)
    const { states, stored } = repair(parties, [1, 2], bend)
    expect(states.get(1)).toMatchObject({ at: 'failed', error: { code: 'E_PAIR_STATE', fault: 'unknown', culprits: [] } })
    expect(stored.get(1)).toEqual([])
    expect(pairOf(parties, 1, 2)).toBe(old)
  })

  test('that only one side stored is found out by the next signature before any test, without a ban; set up once more it signs', () => {
    const parties = generateEcdsa(2, 2, 'repair')
    const { stored } = repair(parties, [1, 2], ({ from, type }) => (from === 2 && type === CONFIRM ? [] : undefined))
    expect([...stored.values()].map(({ length }) => length)).toEqual([0, 1])
    const signing = sign(parties, [1, 2])
    expect(signing.states.get(1)).toMatchObject({ at: 'failed', error: { code: 'E_PAIR_STATE', culprits: [], peers: [2] } })
    expect(signing.states.get(2)).toMatchObject({ at: 'failed', error: { code: 'E_PAIR_STATE', culprits: [], peers: [1] } })
    expect([...signing.stored.values()]).toEqual([[], []])
    repair(parties, [1, 2])
    expectSigned(parties, [1, 2])
  })

  test('of a banned party signs again', () => {
    const parties = generateEcdsa(2, 2, 'repair')
    storing(parties)(1, { kind: 'banned', sid: new Uint8Array(32), peers: [2] })
    expect(sign(parties, [1, 2]).states.get(1)).toMatchObject({ at: 'failed', error: { code: 'E_BANNED' } })
    repair(parties, [1, 2])
    expectSigned(parties, [1, 2])
  })
})

describe('a set-up', () => {
  const parties = generateEcdsa(2, 3, 'repair')
  const shareOf = (pid: Pid) => {
    const share = parties[pid - 1]?.epoch.keys.find(({ suite }) => suite === 1)
    if (share === undefined) throw new Error('no share')
    return share
  }
  const ceremony = { instance: new Uint8Array(32).fill(1), epoch: 1, share: shareOf(1), peer: 2 }

  test('of another epoch than the other side approved stores nothing', () => {
    const run = (me: Pid): Run<void> => new Run<void>({
      me, parties: [1, 2], vocabulary: [repairVocabulary(me, [1, 2, 3])],
      script: repairPair({ ...ceremony, epoch: me, share: shareOf(me), peer: 3 - me }, seededRng(`other epoch ${me}`)),
    })
    const { states, stored } = simulate([1, 2], run, { seed: 'other epoch' })
    for (const state of states.values()) expect(state).toMatchObject({ at: 'failed', error: { code: 'E_SID', culprits: [] } })
    expect([...stored.values()]).toEqual([[], []])
  })

  test('has a context of its own for each key, epoch and pair, whoever of the two computes it', () => {
    const key = new Uint8Array(32).fill(1)
    const contexts = [repairContext(key, 1, [1, 2]), repairContext(key.with(0, 2), 1, [1, 2]), repairContext(key, 2, [1, 2]), repairContext(key, 1, [1, 3])]
    expect(new Set(contexts.map((context) => context.join())).size).toBe(4)
    expect(repairContext(key, 1, [2, 1])).toEqual(contexts[0])
  })

  test.each([
    ['with oneself', { ...ceremony, peer: 1 }],
    ['with nobody', { ...ceremony, peer: 4 }],
    ['for a key that has no pairs', { ...ceremony, share: { ...shareOf(1), suite: 2 as const } }],
  ])('%s is refused before anything is said', (_what, wrong) => {
    const run = new Run<void>({ me: 1, parties: [1, 2], vocabulary: [repairVocabulary(1, [1, 2, 3])], script: repairPair(wrong, seededRng('wrong')) })
    expect(run.start()).toMatchObject({ send: [], state: { at: 'failed', error: { fault: 'caller', code: 'E_CONFIG' } } })
  })
})
