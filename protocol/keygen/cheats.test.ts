/** One story for each way to cheat in a key generation: who is named, by whom, for what. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { describe, expect, test } from 'vitest'
import type { PreparedEpoch } from '../core/change.ts'
import { concat, u16 } from '../core/bytes.ts'
import { bodyLength, type Shape } from '../core/codec.ts'
import type { Pid } from '../core/errors.ts'
import { groupOfSuite, mod } from '../core/group.ts'
import { lagrangeAtZero } from '../core/polynomial.ts'
import { prove } from '../core/proof.ts'
import type { Roster } from '../core/roster.ts'
import type { RunState } from '../core/output.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { TH } from '../core/transcript.ts'
import { invitationTo, keygenRun, seededRng, simulate, testRoster, type Interjection, type Letter, type Simulation, type Tamper } from '../testing/index.ts'
import { R2 } from './messages.ts'

const CHEAT = 3
const HONEST = [1, 2]

interface Story { suites?: readonly SuiteId[]; seed?: string; tamper?: Tamper; interject?: (delivered: Letter) => readonly Interjection[] }

/** Party 3 of 2-of-3 cheats. */
function tell({ suites = [3], seed = 'story', ...cheat }: Story): Simulation<PreparedEpoch> {
  const roster = testRoster(2, 3, suites)
  return simulate([1, 2, 3], (me) => keygenRun(roster, me, seed), { seed, ...cheat })
}

function expectNamed({ states, stored }: Simulation<PreparedEpoch>, ...codes: readonly string[]): void {
  for (const pid of HONEST) {
    const state = states.get(pid)
    expect(state).toMatchObject({ at: 'failed', error: { fault: 'party', culprits: [CHEAT] } })
    expect(codes).toContain(state?.at === 'failed' ? state.error.code : state?.at)
    expect(stored.get(pid)).toEqual([])
  }
}

/** What party 3 says of one type. */
function saying(type: number, change: (letter: Letter) => readonly Uint8Array[] | undefined): Tamper {
  return (letter) => (letter.from === CHEAT && letter.type === type ? change(letter) : undefined)
}

const R1_TYPE = 0x11
const R2_TYPE = 0x13
const R3_TYPE = 0x15
const R4_TYPE = 0x16
const SHAPE: Shape = { group: groupOfSuite(3), threshold: 2 }
const F_AT = 32
const POP_AT = F_AT + 66
const CC_AT = POP_AT + 65
const ECHO_AT = CC_AT + 64

function overwrite(body: Uint8Array, at: number, piece: Uint8Array): Uint8Array {
  const out = body.slice()
  out.set(piece, at)
  return out
}

function flip(body: Uint8Array, at: number): Uint8Array {
  return body.with(at, (body[at] ?? 0) ^ 1)
}

/** The message of an honest run from the same seeds. */
function honest(from: Pid, type: number, seed = 'story'): Uint8Array {
  const letter = tell({ seed }).letters.find((candidate) => candidate.from === from && candidate.type === type)
  if (letter === undefined) throw new Error('never said')
  return letter.body
}

/** a_0 of a party: what it deals out is its polynomial. */
function secretOf(dealer: Pid): bigint {
  const { group } = SHAPE
  const points = [1, 2, 3].filter((pid) => pid !== dealer)
  const { letters } = tell({})
  return points.reduce((sum, pid) => {
    const share = letters.find(({ from, receiver, type }) => from === dealer && receiver === pid && type === R3_TYPE)?.body.subarray(32, 64)
    if (share === undefined) throw new Error('never dealt')
    return mod(sum + lagrangeAtZero(group, pid, points) * group.decodeScalar(share), group.order)
  }, 0n)
}

describe('a cheat in key generation is named', () => {
  test('for approving another roster', () => {
    expectNamed(tell({ tamper: saying(0x10, ({ body }) => [flip(body, 63)]) }), 'E_SID')
  })

  test('for a commitment that it does not open', () => {
    expectNamed(tell({ tamper: saying(R2_TYPE, ({ body }) => [flip(body, CC_AT)]) }), 'E_COMMIT')
  })

  test('for copying the commitment and the opening of another party', () => {
    const com = honest(1, R1_TYPE)
    const opening = overwrite(honest(1, R2_TYPE), ECHO_AT, TH('echo', com.subarray(0, 32), Uint8Array.of(1), com.subarray(32), honest(2, R1_TYPE).subarray(32), com.subarray(32)))
    const tamper: Tamper = ({ from, type }) => (from !== CHEAT ? undefined : type === R1_TYPE ? [com] : type === R2_TYPE ? [opening] : undefined)
    expectNamed(tell({ tamper }), 'E_COMMIT')
  })

  test.for([['shorter', -33], ['longer', 33]] as const)('for a polynomial that is %s than the threshold', ([, change]) => {
    const tamper = saying(R2_TYPE, ({ body }) => [change < 0
      ? concat(body.subarray(0, F_AT + 33), body.subarray(F_AT + 66))
      : concat(body.subarray(0, F_AT + 66), body.subarray(F_AT, F_AT + 33), body.subarray(F_AT + 66))])
    expect(bodyLength(R2, SHAPE)).toBe(193 + 33 * 2)
    expectNamed(tell({ tamper }), 'E_POLY_LEN')
  })

  const torsion = ed25519.Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')
  test.for([
    ['the identity', ed25519.Point.ZERO.toBytes()],
    ['a point of order eight', torsion.toBytes()],
    ['a point with torsion', ed25519.Point.BASE.add(torsion).toBytes()],
    ['a point off the curve', new Uint8Array(32).fill(2)],
    ['a coordinate above the field prime', new Uint8Array(32).fill(0xff).with(31, 0x7f)],
  ] as const)('for committing to %s', ([, bytes]) => {
    expectNamed(tell({ suites: [2], tamper: saying(R2_TYPE, ({ body }) => [overwrite(body, F_AT, bytes)]) }), 'E_POINT')
  })

  test('for a scalar above the order', () => {
    expectNamed(tell({ tamper: saying(R2_TYPE, ({ body }) => [overwrite(body, POP_AT + 33, new Uint8Array(32).fill(0xff))]) }), 'E_SCALAR')
  })

  test('for a rogue key that would cancel another one: it cannot prove that it knows the secret', () => {
    const { group } = SHAPE
    const [mine, other] = [honest(CHEAT, R2_TYPE), honest(1, R2_TYPE)]
    const rogue = group.encodePoint(group.decodePoint(other.subarray(F_AT, F_AT + 33)).negate())
    const opening = overwrite(mine, F_AT, rogue)
    const com = TH('dkg/com', mine.subarray(0, 32), u16(CHEAT), opening.subarray(F_AT, POP_AT), opening.subarray(CC_AT, CC_AT + 32), opening.subarray(CC_AT + 32, ECHO_AT))
    const tamper: Tamper = ({ from, type, body }) => (from !== CHEAT ? undefined
      : type === R1_TYPE ? [overwrite(body, 32, com)]
        // Its own echo is right: it knows what it committed to.
        : type === R2_TYPE ? [overwrite(opening, ECHO_AT, TH('echo', body.subarray(0, 32), Uint8Array.of(1), honest(1, R1_TYPE).subarray(32), honest(2, R1_TYPE).subarray(32), com))]
          : undefined)
    expectNamed(tell({ tamper }), 'E_POP')
  })

  test('for a proof of possession from another session', () => {
    const old = honest(CHEAT, R2_TYPE, 'older session')
    const replay = (sid: Uint8Array): Uint8Array => TH('dkg/com', sid, u16(CHEAT), old.subarray(F_AT, POP_AT), old.subarray(CC_AT, CC_AT + 32), old.subarray(CC_AT + 32, ECHO_AT))
    const tamper: Tamper = ({ from, type, body }) => (from !== CHEAT ? undefined
      : type === R1_TYPE ? [overwrite(body, 32, replay(body.subarray(0, 32)))]
        : type === R2_TYPE
          ? [concat(body.subarray(0, 32), old.subarray(F_AT, ECHO_AT), TH('echo', body.subarray(0, 32), Uint8Array.of(1), honest(1, R1_TYPE).subarray(32), honest(2, R1_TYPE).subarray(32), replay(body.subarray(0, 32))))]
          : undefined)
    expectNamed(tell({ tamper }), 'E_POP')
  })

  test.for([['R1', R1_TYPE, 40], ['R2', R2_TYPE, CC_AT]] as const)('for telling different %s to different parties', ([, type, at]) => {
    // What is seen first depends on the order of arrival: the two envelopes, an opening or an echo that does not fit one of them.
    expectNamed(tell({ tamper: saying(type, ({ body, receiver }) => (receiver === 1 ? [flip(body, at)] : undefined)) }), 'E_EQUIVOCATE', 'E_ECHO', 'E_COMMIT')
  })

  test('for telling different proofs of possession, each of them good, to different parties', () => {
    const { group } = SHAPE
    const [R2bytes, a0] = [honest(CHEAT, R2_TYPE), secretOf(CHEAT)]
    const other = prove(group, 'dkg/pop', concat(R2bytes.subarray(0, 32), u16(CHEAT)), a0, group.decodePoint(R2bytes.subarray(F_AT, F_AT + 33)), seededRng('another proof'))
    const pop = concat(group.encodePoint(other.K), group.encodeScalar(other.z))
    expectNamed(tell({ tamper: saying(R2_TYPE, ({ body, receiver }) => (receiver === 1 ? [overwrite(body, POP_AT, pop)] : undefined)) }), 'E_EQUIVOCATE', 'E_ECHO')
  })

  test.for([
    ['echo_1, to all', R2_TYPE, ECHO_AT, 0], ['echo_2, to all', R3_TYPE, 64, 0], ['echo_2, to one party', R3_TYPE, 64, 1],
  ] as const)('for lying about what it heard: %s', ([, type, at, only]) => {
    expectNamed(tell({ tamper: saying(type, ({ body, receiver }) => (only === 0 || receiver === only ? [flip(body, at)] : undefined)) }), 'E_ECHO')
  })

  test.for(['one party', 'all'])('for a wrong share to %s: everybody names the dealer', (to) => {
    expectNamed(tell({ tamper: saying(R3_TYPE, ({ body, receiver }) => (to === 'all' || receiver === 1 ? [flip(body, 63)] : undefined)) }), 'E_SHARE')
  })

  test('for complaining about a good share, also before the others can judge it', () => {
    for (let seed = 0; seed < 8; seed++) {
      const complain = (letter: Letter): readonly Interjection[] => HONEST.flatMap((receiver) => [
        { kind: 'evidence', from: CHEAT, receiver, shown: [letter] }, { kind: 'abort', from: CHEAT, receiver, code: 'E_SHARE', blamed: 1 },
      ] as const)
      const interject = (letter: Letter): readonly Interjection[] =>
        (letter.type === R3_TYPE && letter.receiver === CHEAT && letter.from === 1 ? complain(letter) : [])
      const { states } = tell({ seed: `complaint ${seed}`, interject })
      for (const pid of HONEST) expect(states.get(pid)).toMatchObject({ at: 'failed', error: { code: 'E_SHARE', fault: 'party', culprits: [CHEAT] } })
    }
  })

  test('for confirming another key', () => {
    expectNamed(tell({ tamper: saying(R4_TYPE, ({ body }) => [flip(body, 40)]) }), 'E_ECHO')
  })

  test('for a wrong proof of its share, by whoever got it, and by the others on seeing it', () => {
    const { states, stored } = tell({ tamper: saying(R4_TYPE, ({ body, receiver }) => (receiver === 1 ? [flip(body, 128)] : undefined)) })
    for (const pid of HONEST) expect(states.get(pid)).toMatchObject({ at: 'failed', error: { code: 'E_FINAL', culprits: [CHEAT] } })
    expect(stored.get(1)).toEqual([])
  })

  test('for voting for something else', () => {
    const { states } = tell({ tamper: saying(0x71, ({ body }) => [flip(body, 67)]) })
    for (const pid of HONEST) expect(states.get(pid)).toMatchObject({ at: 'failed', error: { code: 'E_FINAL', culprits: [CHEAT] } })
  })

  test('for taking part under another session id', () => {
    expectNamed(tell({ tamper: saying(R1_TYPE, ({ body }) => [flip(body, 0)]) }), 'E_SID')
  })

  test('for inviting parties to different rosters', () => {
    const [two, three]: readonly [Roster, Roster] = [testRoster(2, 3, [3]), testRoster(3, 3, [3])]
    const roster = (me: Pid): Roster => (me === 2 ? three : two)
    const { states } = simulate<PreparedEpoch>([1, 2, 3], (me) => keygenRun(roster(me), me, 'two faces', [invitationTo(roster(me))]), { seed: 'two faces' })
    // The initiator is party 1 here; party 2 was asked for something else than party 3.
    for (const pid of [2, 3]) expect(states.get(pid)).toMatchObject({ at: 'failed', error: { fault: 'party', culprits: [1] } })
  })
})

describe('an honest party is not named', () => {
  const named = (states: ReadonlyMap<Pid, RunState<PreparedEpoch>>): readonly Pid[] => HONEST.flatMap((pid) => {
    const state = states.get(pid)
    return state?.at === 'failed' && state.error.fault === 'party' ? state.error.culprits : []
  })

  test('when it stopped over one suite while others ask for its proof in another', () => {
    for (let seed = 0; seed < 12; seed++) {
      const tamper: Tamper = ({ from, receiver, suite, type, body }) => {
        if (from !== CHEAT) return undefined
        if (type === R1_TYPE && suite === 2 && receiver === 1) return [flip(body, 40)]
        if (type === R2_TYPE && suite === 3) return receiver === 1 ? [overwrite(body, POP_AT, new Uint8Array(33))] : []
        return undefined
      }
      const { states } = tell({ suites: [2, 3], seed: `two suites ${seed}`, tamper })
      expect(named(states)).not.toHaveLength(0)
      expect(new Set(named(states))).toEqual(new Set([CHEAT]))
    }
  })

  test('when it waited in vain while others ask for its proof', () => {
    for (let seed = 0; seed < 12; seed++) {
      const tamper: Tamper = ({ from, receiver, type, body }) => {
        if (from !== CHEAT || receiver !== 1) return undefined
        return type === R1_TYPE ? [flip(body, 40)] : type === R2_TYPE ? [] : undefined
      }
      const { states } = tell({ seed: `in vain ${seed}`, tamper })
      expect(new Set(named(states))).toEqual(new Set([CHEAT]))
    }
  })

  test('because a cheat says so', () => {
    const interject = (letter: Letter): readonly Interjection[] =>
      (letter.type === R2_TYPE && letter.receiver === CHEAT && letter.from === 1 ? [{ kind: 'abort', from: CHEAT, receiver: 2, code: 'E_POP', blamed: 1 }] : [])
    const { states } = tell({ interject })
    expect(states.get(2)).toMatchObject({ at: 'failed', error: { fault: 'unknown', culprits: [] } })
    expect(named(states)).toEqual([])
  })
})

describe('a key generation is refused before anything is sent', () => {
  const good = testRoster(2, 3)
  const [a, b, c] = good.members
  if (a === undefined || b === undefined || c === undefined) throw new Error('three members')
  test.for([
    ['a threshold of one', { ...good, threshold: 1 }],
    ['a threshold above the number of members', { ...good, threshold: 4 }],
    ['a share index of zero', { ...good, members: [{ ...a, pid: 0 }, b, c] }],
    ['a share index that stands twice', { ...good, members: [a, { ...b, pid: 1 }, c] }],
    ['an identity that stands twice', { ...good, members: [a, { ...b, idKeyHash: a.idKeyHash }, c] }],
    ['indices that do not follow the identities', { ...good, members: [{ ...b, pid: 1 }, { ...a, pid: 2 }, c] }],
    ['indices with a gap', { ...good, members: [a, b, { ...c, pid: 4 }] }],
    ['another epoch than the first', { ...good, epoch: 2 }],
    ['a wallet that has a name already', { ...good, walletId: new Uint8Array(32).fill(1) }],
    ['suites that stand twice', { ...good, suites: [2, 2] }],
    ['no suites', { ...good, suites: [] }],
  ] as const)('with %s', ([, roster]) => {
    expect(keygenRun(roster, 1, 'refused', []).start()).toMatchObject({ send: [], show: [], state: { at: 'failed', error: { code: 'E_CONFIG', fault: 'caller' } } })
  })
})
