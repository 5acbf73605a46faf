/** One story for each way to cheat in the set-up of a pair: who is named for what, and what is not stored. */
import { describe, expect, test } from 'vitest'
import type { PreparedEpoch } from '../../core/change.ts'
import { concat, u16, u8 } from '../../core/bytes.ts'
import { bodyLength, point, points, type Body, type Message, type Shape } from '../../core/codec.ts'
import type { Pid } from '../../core/errors.ts'
import { groupOfSuite } from '../../core/group.ts'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { DOM, TH } from '../../core/transcript.ts'
import { keygenRun, pick, seededRng, simulate, testRoster, type Letter, type Simulation, type Tamper } from '../../testing/index.ts'
import { buildTrees, type TreeMessage } from '../all-but-one/index.ts'
import { answer, baseOtId, prepareReceiver, receive, receiverOf, type Receiver } from '../base-ot/index.ts'
import { hashAllToCurve } from '../batch-multiply/index.ts'
import { offerRollOver, rollOverId } from '../roll-over/index.ts'
import { DEPTH, LEAVES, N, SEED, TREES } from '../parameters.ts'
import { Ot1, Ot2, Ot3 } from './messages.ts'
import { answerBaseOts, checkAnswer, checkRollBack, offerBaseOts, rollBack, type HalfOfA, type HalfOfB, type PairSession } from './rounds.ts'

const shape: Shape = { group: groupOfSuite(1), threshold: 2, pairwise: true }
const sid = TH('dkg/sid', utf8ToBytes('pair cheats'))
/** Party 1 is A, party 2 is B. */
const [atA, atB]: readonly [PairSession, PairSession] = [
  { suite: 1, shape, sid, me: 1, peer: 2, parties: [1, 2] }, { suite: 1, shape, sid, me: 2, peer: 1, parties: [1, 2] },
]
const rng = seededRng('pair cheats')
const receiver = prepareReceiver(rng)
const sent = offerBaseOts(atA, receiver)
const msg1 = points(2 * N).encode(shape, sent.msg1)
const osid = baseOtId(sid, 1, 2)
const answered = answer(sent.msg1, osid, rng)

/** A's secrets are wiped when a check fails: every attempt gets its own. */
function ofA(): Receiver {
  return { ...receiver, choices: receiver.choices.slice() }
}

interface LiesOfB {
  readonly treeId?: Uint8Array
  readonly rollId?: (forward: Uint8Array) => Uint8Array
  readonly trees?: (trees: TreeMessage) => TreeMessage
}

/** B's OT2 as `answerBaseOts` makes it, from other inputs: what follows from a lie is computed from it. */
function lyingAnswer({ treeId = osid, rollId, trees: change }: LiesOfB): { readonly reply: Body<typeof Ot2>; readonly half: HalfOfB } {
  const { message, leaves } = buildTrees(answered.keys, treeId)
  const trees = change?.(message) ?? message
  const forward = concat(point.encode(shape, answered.M), trees.T, trees.P, trees.proof)
  const roll = offerRollOver(leaves, rollId?.(forward) ?? rollOverId(sid, 1, 2, msg1, forward), rng)
  const { u, X, hT } = roll.message
  const zs = rng(SEED)
  return {
    reply: { M: answered.M, ...trees, u, X, hT, zs },
    half: { role: 'B', a: 1, b: 2, msg1, ot2: concat(forward, u, X, hT), leaves, choices: roll.choices, backwardKeys: roll.keys, zs },
  }
}

function honestHalves(): readonly [HalfOfA, HalfOfB] {
  const { reply, half } = lyingAnswer({})
  return [checkAnswer(atA, ofA(), sent, reply, rng), half]
}

function flipAt(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.with(at, (bytes[at] ?? 0) ^ 1)
}

/** T_{j,i,w}: where it stands. @param i level, from 1 */
function placeOfT(j: number, i: number, w: number): number {
  return ((j * (DEPTH - 1) + i - 1) * 2 + w) * SEED
}

function bitOf(bits: Uint8Array, i: number): number {
  return ((bits[i >> 3] ?? 0) >> (i & 7)) & 1
}

describe('a cheating B', () => {
  test.for([
    ['with the roles swapped in the id of the trees', 'E_PPRF', { treeId: baseOtId(sid, 2, 1) }],
    ['with trees of another session', 'E_PPRF', { treeId: baseOtId(TH('dkg/sid'), 1, 2) }],
    ['with both branches of every T altered', 'E_PPRF', { trees: (trees: TreeMessage) => ({ ...trees, T: trees.T.map((byte) => byte ^ 1) }) }],
    ['with P altered', 'E_PPRF', { trees: (trees: TreeMessage) => ({ ...trees, P: flipAt(trees.P, 40) }) }],
    ['with the proof altered', 'E_PPRF', { trees: (trees: TreeMessage) => ({ ...trees, proof: flipAt(trees.proof, 0) }) }],
    ['with the roles swapped in the id of the roll-over', 'E_ROLL', { rollId: (forward: Uint8Array) => rollOverId(sid, 2, 1, msg1, forward) }],
    ['with another offer in the id of the roll-over', 'E_ROLL', { rollId: (forward: Uint8Array) => rollOverId(sid, 1, 2, flipAt(msg1, 1), forward) }],
    ['with other trees in the id of the roll-over', 'E_ROLL', { rollId: (forward: Uint8Array) => rollOverId(sid, 1, 2, msg1, flipAt(forward, 50)) }],
    ['with another session in the id of the roll-over', 'E_ROLL', { rollId: (forward: Uint8Array) => rollOverId(TH('dkg/sid'), 1, 2, msg1, forward) }],
  ] as const)('is named by A for an answer %s', ([, code, lies]) => {
    expect(() => checkAnswer(atA, ofA(), sent, lyingAnswer(lies).reply, rng)).toThrow(expect.objectContaining({ code, culprits: [2] }))
  })

  test.for(['u', 'X', 'hT'] as const)('is named by A for a roll-over with %s altered', (field) => {
    const { reply } = lyingAnswer({})
    expect(() => checkAnswer(atA, ofA(), sent, { ...reply, [field]: flipAt(reply[field], 3) }, rng)).toThrow(expect.objectContaining({ code: 'E_ROLL', culprits: [2] }))
  })

  test('that guesses a bit of Δ by altering one T passes if the guess is right, and then all is well; else Δ dies', () => {
    let passed = 0
    for (let i = 0; i < 24; i++) {
      const [j, level, w] = [pick(rng, TREES), 1 + pick(rng, DEPTH - 1), pick(rng, 2)]
      const { reply, half } = lyingAnswer({ trees: (trees) => ({ ...trees, T: flipAt(trees.T, placeOfT(j, level, w)) }) })
      const own = ofA()
      const isRight = bitOf(own.choices, DEPTH * j + level) !== w
      if (isRight) {
        passed += 1
        expectToAgree(checkAnswer(atA, own, sent, reply, rng), half)
      } else {
        expect(() => checkAnswer(atA, own, sent, reply, rng)).toThrow(expect.objectContaining({ code: 'E_PPRF' }))
        expect(own.choices.every((byte) => byte === 0)).toBe(true)
      }
    }
    expect(passed).toBeGreaterThan(4)
    expect(passed).toBeLessThan(20)
  })
})

/** The second direction works, too: what A sends then is accepted, and both hold the same. */
function expectToAgree(halfOfA: HalfOfA, halfOfB: HalfOfB): void {
  const { pair, send } = rollBack(atA, halfOfA)
  const other = checkRollBack(atB, halfOfB, send)
  expect([other.asBob.id, other.asAlice.id, other.zeroSeed]).toEqual([pair.asAlice.id, pair.asBob.id, pair.zeroSeed])
  for (const [{ delta, leaves }, holder] of [[pair.asAlice, other.asBob], [other.asAlice, pair.asBob]] as const) {
    for (let at = 0; at < TREES * LEAVES; at++) {
      const j = Math.floor(at / LEAVES)
      const isMissing = at % LEAVES === (((delta[j >> 1] ?? 0) >> (DEPTH * (j & 1))) & (LEAVES - 1))
      const leaf = leaves.slice(at * SEED, (at + 1) * SEED)
      expect(leaf).toEqual(isMissing ? new Uint8Array(SEED) : holder.leaves.slice(at * SEED, (at + 1) * SEED))
    }
  }
}

describe('a cheating A', () => {
  test('is named by B for a point that cancels its hash, in every place', () => {
    for (const [i, w] of [[0, 0], [5, 1], [127, 1]] as const) {
      const other = point.encode(shape, sent.msg1[2 * i + 1 - w] ?? shape.group.generator)
      const input = { message: concat(osid, u16(i), other), dst: concat(utf8ToBytes(`${DOM}ot/base/h`), u8(0x30 + w)) }
      const [hash] = hashAllToCurve([input])
      if (hash === undefined) throw new Error('no hash')
      const bad = sent.msg1.map((honest, at) => (at === 2 * i + w ? hash.negate() : honest))
      expect(() => answerBaseOts(atB, { msg1: bad }, rng)).toThrow(expect.objectContaining({ code: 'E_POINT', culprits: [1] }))
    }
  })

  test('gains nothing from the same randomness in every transfer: the number of the transfer is in the hash', () => {
    const same = receiverOf({ choices: rng(16), t: new Array<bigint>(N).fill(7n), s: new Array<bigint>(N).fill(9n) })
    const lazy = offerBaseOts(atA, same)
    const { M, keys } = answer(lazy.msg1, osid, rng)
    const own = receive(same, lazy.msg1, osid, M)
    const all = Array.from({ length: 2 * N }, (_, k) => keys.slice(k * SEED, (k + 1) * SEED).join())
    expect(new Set(all).size).toBe(2 * N)
    for (let i = 0; i < N; i++) expect(own.slice(i * SEED, (i + 1) * SEED).join()).toBe(all[2 * i + bitOf(same.choices, i)])
  })

  test.for([
    ['with P altered', (send: Body<typeof Ot3>) => ({ ...send, P: flipAt(send.P, 1000) })],
    ['with the proof altered', (send: Body<typeof Ot3>) => ({ ...send, proof: flipAt(send.proof, 31) })],
    ['with both branches of every T altered', (send: Body<typeof Ot3>) => ({ ...send, T: send.T.map((byte) => byte ^ 2) })],
  ] as const)('is named by B for a second direction %s', ([, change]) => {
    const [halfOfA, halfOfB] = honestHalves()
    expect(() => checkRollBack(atB, halfOfB, change(rollBack(atA, halfOfA).send))).toThrow(expect.objectContaining({ code: 'E_PPRF', culprits: [1] }))
  })

  test('is named by B for a second direction made from other keys, or with the roles swapped in its id', () => {
    const [first, firstOfB] = honestHalves()
    expect(() => checkRollBack(atB, firstOfB, rollBack(atA, { ...first, backwardKeys: first.backwardKeys.map((byte) => byte ^ 1) }).send))
      .toThrow(expect.objectContaining({ code: 'E_PPRF', culprits: [1] }))
    const [second, secondOfB] = honestHalves()
    const swapped = buildTrees(second.backwardKeys, baseOtId(sid, 1, 2)).message
    expect(() => checkRollBack(atB, secondOfB, { ...swapped, zs: second.zs })).toThrow(expect.objectContaining({ code: 'E_PPRF', culprits: [1] }))
  })

  test('that guesses a bit of Δ by altering one T passes in about half of the tries', () => {
    let passed = 0
    for (let i = 0; i < 24; i++) {
      const [halfOfA, halfOfB] = honestHalves()
      const { send } = rollBack(atA, halfOfA)
      const [j, level, w] = [pick(rng, TREES), 1 + pick(rng, DEPTH - 1), pick(rng, 2)]
      const isRight = bitOf(halfOfB.choices, DEPTH * j + level) !== w
      const attempt = () => checkRollBack(atB, halfOfB, { ...send, T: flipAt(send.T, placeOfT(j, level, w)) })
      if (isRight) {
        passed += 1
        expect(attempt().asAlice.delta).toHaveLength(16)
      } else {
        expect(attempt).toThrow(expect.objectContaining({ code: 'E_PPRF' }))
      }
    }
    expect(passed).toBeGreaterThan(4)
    expect(passed).toBeLessThan(20)
  })
})

describe('in a whole key generation', () => {
  const R4_TYPE = 0x16
  const roster = testRoster(2, 3, [1])

  /** Of three: 1 is A towards 2, 2 towards 3, 3 towards 1. */
  function tell(tamper: Tamper, seed: string): Simulation<PreparedEpoch> {
    return simulate([1, 2, 3], (me) => keygenRun(roster, me, seed), { seed, tamper })
  }

  /** Nobody commits to the key; who noticed has nothing of it. */
  function expectNothing({ states, stored }: Simulation<PreparedEpoch>, honest: readonly Pid[], noticed: readonly Pid[]): void {
    for (const pid of honest) expect(states.get(pid)?.at).toBe('failed')
    for (const pid of noticed) expect(stored.get(pid)).toEqual([])
  }

  function lastOf({ fields }: Message): number {
    return bodyLength({ ...Ot1, fields }, shape) - 1
  }

  test.for([
    ['its part of the zero shares as B', Ot2.type, lastOf(Ot2), 3, 2],
    ['its part of the zero shares as A', Ot3.type, lastOf(Ot3), 3, 1],
    ['another confirmation', R4_TYPE, 160, 3, 1],
  ] as const)('nobody can be named for %s told wrong, and who was told it stores nothing', { timeout: 60_000 }, ([, type, at, cheat, victim]) => {
    const told = tell(({ from, receiver, type: said, body }) => (from === cheat && receiver === victim && said === type ? [flipAt(body, at)] : undefined), `wrong ${type}`)
    expect(told.letters.some((letter) => letter.type === type && letter.from === cheat && letter.receiver === victim)).toBe(true)
    expectNothing(told, [1, 2], [victim])
    expect(told.states.get(victim)).toMatchObject({ error: { code: 'E_PAIR_STATE', fault: 'unknown', culprits: [] } })
    for (const pid of [1, 2]) expect(told.states.get(pid)).not.toMatchObject({ error: { fault: 'party' } })
  })

  test('messages of the wrong role of a pair are dropped, as if they had not been said', { timeout: 60_000 }, () => {
    const extra: Letter[] = []
    const wrong = ([[1, Ot2], [1, Ot1]] as const).map(([from, message]) => ({ from, message }))
    const runs = new Map([1, 2, 3].map((pid) => [pid, keygenRun(roster, pid, 'roles')]))
    const { states } = simulate([1, 2, 3], (me) => {
      const run = runs.get(me)
      if (run === undefined) throw new Error('no run')
      return run
    }, {
      seed: 'roles',
      interject: (letter) => {
        // 1 is A towards 2 and B towards 3: an OT2 to 2 and an OT1 to 3 have no place.
        for (const { from, message } of wrong) {
          const to = message.type === Ot2.type ? 2 : 3
          if (letter.receiver !== to || extra.length > 8) continue
          const body = new Uint8Array(bodyLength({ ...Ot1, fields: message.fields }, shape))
          const output = runs.get(to)?.receive({ from, to, suite: 1, type: message.type, body })
          expect(output?.send).toEqual([])
          extra.push({ from, to, receiver: to, suite: 1, type: message.type, body })
        }
        return []
      },
    })
    expect(extra.length).toBeGreaterThan(4)
    expect([...states.values()].map(({ at }) => at)).toEqual(['done', 'done', 'done'])
  })
})
