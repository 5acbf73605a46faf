/** One story for each way to cheat in a reshare: who is named, by whom, for what (`protocol.md` §I.3). */
import { describe, expect, test } from 'vitest'
import { concat, u16, u32 } from '../core/bytes.ts'
import type { Shape } from '../core/codec.ts'
import type { Pid } from '../core/errors.ts'
import { groupOfSuite, mod } from '../core/group.ts'
import { evaluate, lagrangeAtZero } from '../core/polynomial.ts'
import { TH } from '../core/transcript.ts'
import {
  changeOf, generate, holdingsIn, reshareRun, simulate, simulateReshare, type Letter, type Simulation, type SimulationOptions, type Tamper,
} from '../testing/index.ts'
import type { Reshared } from './script.ts'

/** Of 2-of-3: 1 deals and leaves, 2 deals and stays, 3 stays and does not deal, 4 joins. Party 2 cheats. */
const CHEAT = 2
const [LEAVING, STAYING, JOINING] = [1, 3, 4]
const EPOCHS = generate(2, 3, 'cheats', [3])
const CHANGE = changeOf(EPOCHS, { threshold: 2, stay: [2, 3], join: 1, quorum: [1, 2] })
const TEST = { change: CHANGE, holdings: holdingsIn(EPOCHS), seed: 'story' }
const SHAPE: Shape = { group: groupOfSuite(3), threshold: 2 }
const { group } = SHAPE

const [R1, R2, R3, R4] = [0x31, 0x32, 0x33, 0x36]
const F_AT = 32
const BLIND_AT = F_AT + 66
const ECHO_AT = BLIND_AT + 32
const CC_AT = 96

function tell(cheat: Partial<SimulationOptions>): Simulation<Reshared> {
  return simulateReshare(TEST, cheat)
}

function saying(change: Readonly<Record<number, (letter: Letter) => readonly Uint8Array[] | undefined>>): Tamper {
  return (letter) => (letter.from === CHEAT ? change[letter.type]?.(letter) : undefined)
}

function expectNamed({ states, stored }: Simulation<Reshared>, code: string, pids: readonly Pid[] = [LEAVING, STAYING, JOINING]): void {
  for (const pid of pids) expect(states.get(pid), `party ${pid}`).toMatchObject({ at: 'failed', error: { fault: 'party', code, culprits: [CHEAT] } })
  for (const [pid, changes] of stored) if (pid !== CHEAT) expect(changes).toEqual([])
}

/** Who joins does not know what the dealers held: it only stops. */
function expectStopped({ states }: Simulation<Reshared>): void {
  const state = states.get(JOINING)
  expect(state).toMatchObject({ at: 'failed', error: { culprits: [] } })
}

function overwrite(body: Uint8Array, at: number, piece: Uint8Array): Uint8Array {
  const out = body.slice()
  out.set(piece, at)
  return out
}

function flip(body: Uint8Array, at: number): Uint8Array {
  return body.with(at, (body[at] ?? 0) ^ 1)
}

/** What a cheat says that deals another polynomial, and does everything else right. */
function dealing(coefficients: readonly bigint[], ks = (honest: Uint8Array): Uint8Array => honest): Tamper {
  const F = concat(...coefficients.map((a) => group.encodePoint(group.generator.multiply(a))))
  const blind = new Uint8Array(32).fill(7)
  const leaves = new Map<Pid, Uint8Array>()
  const leaf = (body: Uint8Array): Uint8Array => TH('m', body.subarray(32, 64), body.subarray(64, 96))
  const honestR1 = tell({}).letters.find(({ from, type }) => from === LEAVING && type === R1)?.body ?? new Uint8Array(0)
  return saying({
    [R1]: ({ body }) => {
      const sid = body.subarray(0, 32)
      const said = concat(sid, TH('reshare/com', sid, u16(CHEAT), F, blind), ks(body.subarray(64, 96)))
      leaves.set(CHEAT, leaf(said))
      return [said]
    },
    [R2]: ({ body }) => {
      const sid = body.subarray(0, 32)
      return [concat(sid, F, blind, TH('echo', sid, Uint8Array.of(1), leaf(honestR1), leaves.get(CHEAT) ?? new Uint8Array(0)))]
    },
    [R3]: ({ body, receiver }) => [overwrite(body, 32, group.encodeScalar(evaluate(group, coefficients, receiver)))],
  })
}

/** λ x of the cheat. */
function right(): bigint {
  const share = EPOCHS[CHEAT - 1]?.keys[0]?.signingShare ?? new Uint8Array(32)
  return mod(lagrangeAtZero(group, CHEAT, [LEAVING, CHEAT]) * group.decodeScalar(share), group.order)
}

describe('a cheating dealer is named', () => {
  test('for dealing something else than its share: by whoever knows the old shares, and who joins stops', () => {
    const told = tell({ tamper: dealing([right() + 1n, 5n]) })
    expectNamed(told, 'E_RESHARE_CONST', [LEAVING, STAYING])
    expectStopped(told)
    expect(told.states.get(JOINING)).toMatchObject({ error: { code: 'E_RESHARE_CONST' } })
  })

  test('for saying that it holds another key', () => {
    const told = tell({ tamper: dealing([right(), 5n], (honest) => flip(honest, 0)) })
    expectNamed(told, 'E_RESHARE_CONST', [LEAVING, STAYING])
    expectStopped(told)
  })

  test('and is not, when it deals another polynomial with its share in it: so the other stories say what they say', () => {
    const { states } = tell({ tamper: dealing([right(), 5n]) })
    // Its own run does not know what it really dealt.
    for (const pid of [LEAVING, STAYING, JOINING]) expect(states.get(pid)).not.toMatchObject({ error: { fault: 'party', culprits: [CHEAT], code: 'E_RESHARE_CONST' } })
  })

  test('for a commitment that it does not open', () => {
    expectNamed(tell({ tamper: saying({ [R2]: ({ body }) => [flip(body, BLIND_AT)] }) }), 'E_COMMIT')
  })

  test.for([['shorter', -33], ['longer', 33]] as const)('for a polynomial that is %s than the new threshold', ([, change]) => {
    const bend = (body: Uint8Array): Uint8Array => (change < 0
      ? concat(body.subarray(0, F_AT + 33), body.subarray(BLIND_AT))
      : concat(body.subarray(0, BLIND_AT), body.subarray(F_AT, F_AT + 33), body.subarray(BLIND_AT)))
    expectNamed(tell({ tamper: saying({ [R2]: ({ body }) => [bend(body)] }) }), 'E_POLY_LEN')
  })

  test('for a wrong share to one receiver, by everybody, once that one has shown it', () => {
    expectNamed(tell({ tamper: saying({ [R3]: ({ body, receiver }) => (receiver === JOINING ? [flip(body, 63)] : undefined) }) }), 'E_SHARE')
  })

  test('for a polynomial to one receiver that is not the one to the others', () => {
    const one = dealing([right(), 5n])
    expectNamed(tell({ tamper: (letter) => (letter.receiver === JOINING ? one(letter) : undefined) }), 'E_EQUIVOCATE')
  })

  test('for an opening to one receiver that is not the one to the others, though each fits what that one was told', () => {
    const told = tell({ tamper: saying({ [R1]: ({ body, receiver }) => (receiver === JOINING ? [flip(body, 40)] : undefined) }) })
    expectNamed(told, 'E_EQUIVOCATE')
  })

  test('for claiming to have heard something else', () => {
    expectNamed(tell({ tamper: saying({ [R2]: ({ body }) => [flip(body, ECHO_AT)] }) }), 'E_ECHO')
  })

  test.for([[STAYING, 'who held the key'], [JOINING, 'who joins']] as const)('for another chain code, by %i, %s, and by all who are shown it', ([victim]) => {
    const { states, stored } = tell({ tamper: saying({ [R3]: ({ body, receiver }) => (receiver === victim ? [flip(body, CC_AT)] : undefined) }) })
    expect(states.get(victim)).toMatchObject({ at: 'failed', error: { fault: 'party', code: 'E_RESHARE_CONST', culprits: [CHEAT] } })
    for (const pid of [LEAVING, STAYING, JOINING]) {
      expect(states.get(pid)).toMatchObject({ at: 'failed', error: { fault: 'party', culprits: [CHEAT] } })
      expect(stored.get(pid)).toEqual([])
    }
  })

  test('for confirming another key, and for a proof of a share that it does not hold', () => {
    const another = tell({ tamper: saying({ [R4]: ({ body }) => [flip(body, 40)] }) })
    // Who is shown it judges the message as a whole.
    expectNamed(another, 'E_ECHO', [STAYING, JOINING])
    expectNamed(another, 'E_FINAL', [LEAVING])
    expectNamed(tell({ tamper: saying({ [R4]: ({ body }) => [overwrite(body, 97, group.encodeScalar(1n))] }) }), 'E_FINAL')
  })

  test('for voting for something else, after everybody has stored its shares', () => {
    const { states, stored } = tell({ tamper: saying({ 0x71: ({ body }) => [flip(body, 67)] }) })
    for (const pid of [LEAVING, STAYING, JOINING]) expect(states.get(pid)).toMatchObject({ at: 'failed', error: { code: 'E_FINAL', culprits: [CHEAT] } })
    for (const pid of [STAYING, JOINING]) expect(stored.get(pid)).toMatchObject([{ kind: 'prepared' }])
  })
})

describe('what is dealt', () => {
  test('is the same constant and another polynomial each time, so that two tries together show nothing', () => {
    const [once, again] = ['once', 'again'].map((seed) => {
      const said = simulateReshare({ ...TEST, seed }).letters.find(({ from, type }) => from === CHEAT && type === R2)
      return said?.body.subarray(F_AT, BLIND_AT) ?? new Uint8Array(0)
    })
    if (once === undefined || again === undefined) throw new Error('never said')
    expect(again.subarray(0, 33)).toEqual(once.subarray(0, 33))
    expect(again.subarray(33)).not.toEqual(once.subarray(33))
  })

  test('of another session is none: whatever is said again from there stops the ceremony, and nobody stores anything', () => {
    const before = simulateReshare({ ...TEST, seed: 'before' }).letters
    for (const type of [R1, R2, R3, R4]) {
      const { states, stored } = tell({ tamper: (letter) => (letter.from === CHEAT && letter.type === type
        ? [before.find((old) => old.from === CHEAT && old.type === type && old.receiver === letter.receiver)?.body ?? letter.body] : undefined) })
      for (const pid of [LEAVING, STAYING, JOINING]) {
        expect(states.get(pid)).toMatchObject({ at: 'failed', error: { code: 'E_SID', culprits: [CHEAT] } })
        expect(stored.get(pid)).toEqual([])
      }
    }
  })

  test('is what its receivers keep to themselves: a joiner to whom the initiator lied about the key shows no share that an honest dealer gave it', () => {
    // The initiator told the joiner of another key than everybody else.
    const keys = CHANGE.keys.map((key) => ({ ...key, keyId: new Uint8Array(32) }))
    const shown = new Set<number>()
    const { states } = simulate([1, 2, 3, 4], (me) => {
      const run = reshareRun(TEST, me, me === JOINING ? { change: { ...CHANGE, keys } } : {})
      const receive = run.receive.bind(run)
      run.receive = (incoming) => {
        const output = receive(incoming)
        for (const { type } of output.show) shown.add(type)
        return output
      }
      return run
    }, { seed: 'told another key' })
    expect(states.get(JOINING)).toMatchObject({ at: 'failed', error: { code: 'E_RESHARE_CONST', fault: 'unknown', culprits: [] } })
    // The two invitations meet in what the joiner shows.
    for (const pid of [CHEAT, STAYING]) expect(states.get(pid)).toMatchObject({ at: 'failed', error: { code: 'E_EQUIVOCATE', culprits: [LEAVING] } })
    expect(shown.has(R2)).toBe(true)
    expect(shown.has(R3)).toBe(false)
  })
})

describe('parties that are not needed', () => {
  test('a dealer that leaves need not see the end: it is silent after its shares, and the members store and vote', () => {
    const isLate = (letter: Letter): boolean => letter.receiver === LEAVING && letter.type === 0x71
    const { states } = tell({ tamper: (letter) => (isLate(letter) ? [] : undefined) })
    for (const pid of [CHEAT, STAYING, JOINING]) expect(states.get(pid)).toMatchObject({ at: 'done', result: { epoch: { roster: { epoch: 2 } } } })
    expect(states.get(LEAVING)).toMatchObject({ at: 'failed', error: { code: 'E_TIMEOUT', culprits: [2, 3, 4] } })
  })

  test('a dealer that leaves comes to the same vote as the members, and stores nothing', () => {
    const { states, stored } = tell({})
    const votes = [...states.values()].map((state) => (state.at === 'done' ? state.result.voteHash : undefined))
    expect(new Set(votes.map((vote) => vote?.join())).size).toBe(1)
    expect(votes[0]).toHaveLength(32)
    expect(stored.get(LEAVING)).toEqual([])
    expect(states.get(LEAVING)).toMatchObject({ result: { epoch: undefined } })
  })
})

test('what a dealer holds the key to be is over the key, the chain code, the epoch and every old share', () => {
  const key = EPOCHS[0]?.keys[0]
  if (key === undefined) throw new Error('no key')
  const said = tell({}).letters.find(({ from, type }) => from === LEAVING && type === R1)?.body.subarray(64)
  expect(said).toEqual(TH('key/state', key.groupKey, key.chainCode, u32(1), ...key.verifyingShares.flatMap(({ pid, point }) => [u16(pid), point])))
})
