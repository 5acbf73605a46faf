import { bytesToHex } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import type { Pid } from '../core/errors.ts'
import { baseMultiply, groupOfSuite, mod, randomScalar } from '../core/group.ts'
import type { KeyShare } from '../core/key-share.ts'
import type { Outgoing } from '../core/output.ts'
import { evaluate, lagrangeAtZero } from '../core/polynomial.ts'
import { Run } from '../core/run.ts'
import { exportRun, seededRng, sharesOf, simulate, subsets, type Tamper, type TestExport } from '../testing/index.ts'
import { combineShares, exportKey, exportVocabulary } from './index.ts'

const SHARE = 0x51
const SUITES = [1, 2, 3] as const

function takeOut(shares: readonly KeyShare[], facts: TestExport, tamper?: Tamper) {
  return simulate(facts.signers, (me) => exportRun(shares, facts, me), { seed: facts.seed, ...(tamper === undefined ? {} : { tamper }) })
}

describe('an export', () => {
  for (const [t, n] of [[2, 2], [2, 3], [3, 5]] as const) {
    test.each(SUITES)(`gives any of ${t} parties of ${n} the key of suite %i, and nobody else`, (suite) => {
      const shares = sharesOf(t, n, suite)
      const [{ groupKey } = { groupKey: new Uint8Array() }] = shares
      const group = groupOfSuite(suite)
      for (const [i, signers] of subsets(shares.map(({ pid }) => pid), t).entries()) {
        const exporter = signers[i % t] ?? 0
        const { states, stored } = takeOut(shares, { threshold: t, signers, exporter, seed: `export ${i}` })
        for (const pid of signers) {
          const state = states.get(pid)
          if (state?.at !== 'done') throw new Error(`party ${pid} is ${state?.at}`)
          expect(stored.get(pid)).toMatchObject([{ kind: 'exported', sid: state.result.sid }])
          if (pid !== exporter) expect(state.result.secret).toBeUndefined()
          else expect(group.encodePoint(baseMultiply(group, group.decodeScalar(state.result.secret ?? new Uint8Array())))).toEqual(groupKey)
        }
      }
    })
  }

  test('among more than the threshold gives the key that their backups give', () => {
    for (const suite of SUITES) {
      const shares = sharesOf(2, 3, suite)
      const state = takeOut(shares, { threshold: 2, signers: [1, 2, 3], exporter: 2, seed: 'all three' }).states.get(2)
      expect(state).toMatchObject({ at: 'done', result: { secret: combineShares(shares.slice(1)) } })
    }
  })

  test('tells each part once, to the exporter alone, and only after the mark is lasting', () => {
    const shares = sharesOf(2, 3, 2)
    const facts = { threshold: 2, signers: [1, 2, 3], exporter: 3, seed: 'once' }
    const parts = takeOut(shares, facts).letters.filter(({ type }) => type === SHARE)
    expect(new Set(parts.map(({ from, receiver, body }) => `${from} ${receiver} ${bytesToHex(body)}`)).size).toBe(2)
    expect(new Set(parts.map(({ receiver }) => receiver))).toEqual(new Set([3]))

    const two = { ...facts, signers: [1, 3] }
    const runs = new Map([1, 3].map((me) => [me, exportRun(shares, two, me)]))
    const said = new Map<Pid, Outgoing[]>()
    const note = (pid: Pid, send: readonly Outgoing[]): void => { said.set(pid, [...said.get(pid) ?? [], ...send]) }
    for (const [pid, run] of runs) note(pid, run.start().send)
    let asked: string | undefined
    // JOIN and ZERO, both ways: then this party wants to store its mark, and says nothing until it has.
    for (let step = 0; step < 2; step += 1) {
      for (const [pid, run] of runs) {
        const message = said.get(4 - pid)?.[step]
        if (message === undefined) throw new Error('nothing was said')
        const output = run.receive({ ...message, from: 4 - pid })
        note(pid, output.send)
        if (pid === 1) asked = output.persist?.kind
      }
    }
    expect(asked).toBe('exported')
    expect(said.get(1)?.map(({ type }) => type)).toEqual([0x50, 0x52])
    expect(runs.get(1)?.written()).toMatchObject({ send: [{ type: SHARE, to: 3 }], state: { at: 'done' } })
  })

  test('stores no mark and tells no part once somebody stopped', () => {
    const shares = sharesOf(2, 2, 2)
    const { states, stored, letters } = takeOut(shares, { threshold: 2, signers: [1, 2], exporter: 2, seed: 'stopped' }, ({ from, type }) =>
      (from === 2 && type === 0x52 ? [] : undefined))
    expect(states.get(1)).toMatchObject({ at: 'failed', error: { code: 'E_TIMEOUT', culprits: [2] } })
    expect(stored.get(1)).toEqual([])
    expect(letters.filter(({ type, from }) => type === SHARE && from === 1)).toEqual([])
  })

  test.each(SUITES)('whose parts do not add up gives no key of suite %i: of two the other one is named, of three nobody', (suite) => {
    const spoil: Tamper = ({ from, type, body }) => (from === 1 && type === SHARE ? [body.with(40, (body[40] ?? 0) ^ 1)] : undefined)
    const shares = sharesOf(2, 3, suite)
    for (const [signers, culprits] of [[[1, 2], [1]], [[1, 2, 3], []]] as const) {
      const { states } = takeOut(shares, { threshold: 2, signers, exporter: 2, seed: 'spoilt' }, spoil)
      expect(states.get(2)).toMatchObject({ at: 'failed', error: { code: 'E_PKSUM', culprits } })
    }
  })

  test('does not believe a party that uses another share', () => {
    const shares = sharesOf(2, 2, 3)
    const cheat = shares.map((share) => (share.pid === 2 ? { ...share, signingShare: new Uint8Array(32).fill(5) } : share))
    const facts = { threshold: 2, signers: [1, 2], exporter: 1, seed: 'other share' }
    const { states } = simulate([1, 2], (me) => exportRun(me === 2 ? cheat : shares, facts, me), { seed: 'other share' })
    expect(states.get(1)).toMatchObject({ at: 'failed', error: { code: 'E_PKSUM', culprits: [2] } })
  })

  test('in which somebody approved another exporter goes no further', () => {
    const shares = sharesOf(2, 3, 2)
    const facts = { threshold: 2, signers: [1, 2], exporter: 1, seed: 'other exporter' }
    const { states, stored } = simulate([1, 2], (me) => exportRun(shares, { ...facts, exporter: me }, me), { seed: 'other exporter' })
    for (const pid of [1, 2]) expect(states.get(pid)).toMatchObject({ at: 'failed', error: { code: 'E_SID' } })
    expect([...stored.values()].flat()).toEqual([])
  })

  test.for([
    ['too few', [1], 1, 'E_QUORUM'],
    ['a stranger', [1, 9], 1, 'E_CONFIG'],
    ['the same party twice', [1, 1], 1, 'E_CONFIG'],
    ['an export without me', [2, 3], 2, 'E_CONFIG'],
    ['an exporter who does not take part', [1, 2], 3, 'E_CONFIG'],
  ] as const)('refuses %s before anything is sent', ([, signers, exporter, code]) => {
    const share = sharesOf(2, 3, 2).find(({ pid }) => pid === 1)
    if (share === undefined) throw new Error('no share')
    const script = exportKey({ instance: new Uint8Array(32), epoch: 1, threshold: 2, share, signers, exporter }, seededRng('x'))
    expect(new Run({ me: 1, parties: signers, vocabulary: [exportVocabulary(2, 1, exporter)], script }).start())
      .toMatchObject({ send: [], state: { at: 'failed', error: { code } } })
  })
})

describe('what one party too few has told', () => {
  const group = groupOfSuite(2)
  const RUNS = 400
  /** Two keys whose shares have nothing in common but the first party's, which the exporter holds. */
  const [one, other] = ['one', 'other'].map((name) => {
    const rng = seededRng(`polynomial ${name}`)
    const x1 = 77n
    const slope = randomScalar(group, rng)
    const coefficients = [mod(x1 - slope, group.order), slope]
    const [made] = sharesOf(2, 3, 2)
    if (made === undefined) throw new Error('no share')
    const xs = [1, 2, 3].map((pid) => ({ pid, x: evaluate(group, coefficients, pid) }))
    const verifyingShares = xs.map(({ pid, x }) => ({ pid, point: group.encodePoint(baseMultiply(group, x)) }))
    const groupKey = group.encodePoint(baseMultiply(group, coefficients[0] ?? 0n))
    return xs.map(({ pid, x }): KeyShare => ({ ...made, pid, groupKey, verifyingShares, signingShare: group.encodeScalar(x) }))
  })
  if (one === undefined || other === undefined) throw new Error('no shares')

  /** What party 2 told the exporter, in many exports that party 3 never finished. */
  const told = (shares: readonly KeyShare[], name: string, runs = RUNS): readonly bigint[] => Array.from({ length: runs }, (_, i) => {
    const facts = { threshold: 2, signers: [1, 2, 3], exporter: 1, seed: `${name} ${i}` }
    const { letters, states } = takeOut(shares, facts, ({ from, type }) => (from === 3 && type === SHARE ? [] : undefined))
    expect(states.get(1)).toMatchObject({ at: 'failed', error: { code: 'E_TIMEOUT' } })
    const part = letters.find(({ from, type }) => from === 2 && type === SHARE)
    return group.decodeScalar(part?.body.subarray(32) ?? new Uint8Array())
  })

  /** χ² of eight equal ranges against evenly spread: 7 degrees of freedom, above 24.3 once in a thousand. */
  const unevenness = (values: readonly bigint[]): number => {
    const counts = new Array<number>(8).fill(0)
    for (const value of values) counts[Number(value * 8n / group.order)] = (counts[Number(value * 8n / group.order)] ?? 0) + 1
    return counts.reduce((sum, count) => sum + (count - values.length / 8) ** 2 / (values.length / 8), 0)
  }

  test('is spread evenly whatever the shares are, never the same twice, and says nothing of either', () => {
    const [ofOne, ofOther] = [told(one, 'one'), told(other, 'other')]
    expect(new Set([...ofOne, ...ofOther]).size).toBe(2 * RUNS)
    for (const values of [ofOne, ofOther]) expect(unevenness(values)).toBeLessThan(24.3)
    // The control: unmasked it would be one value, which the measure sees.
    const bare = mod(lagrangeAtZero(group, 2, [1, 2, 3]) * group.decodeScalar(one[1]?.signingShare ?? new Uint8Array()), group.order)
    expect(unevenness(ofOne.map(() => bare))).toBeGreaterThan(1_000)
  }, 60_000)

  test('fits the shares of either key: there is a mask between the two silent parties that explains it', () => {
    const [seen = 0n] = told(one, 'one', 1)
    const lambda = lagrangeAtZero(group, 2, [1, 2, 3])
    const xOf = (shares: readonly KeyShare[], pid: Pid): bigint => group.decodeScalar(shares[pid - 1]?.signingShare ?? new Uint8Array())
    const maskIn = (shares: readonly KeyShare[]): bigint => mod(seen - lambda * xOf(shares, 2), group.order)
    expect(maskIn(one)).not.toBe(maskIn(other))
    // With that mask, party 3's part makes each sum its own key: nothing that was told decides between them.
    for (const shares of [one, other]) {
      const three = mod(lagrangeAtZero(group, 3, [1, 2, 3]) * xOf(shares, 3) - maskIn(shares), group.order)
      const sum = mod(lagrangeAtZero(group, 1, [1, 2, 3]) * xOf(shares, 1) + seen + three, group.order)
      expect(group.encodePoint(baseMultiply(group, sum))).toEqual(shares[0]?.groupKey)
    }
  })
})

describe('shares', () => {
  test('of t parties or more combine to the key; of fewer, of others, or twice the same they do not', () => {
    for (const suite of SUITES) {
      const shares = sharesOf(3, 5, suite)
      const secret = combineShares(shares.slice(0, 3))
      expect(combineShares(shares)).toEqual(secret)
      expect(combineShares([4, 1, 2].flatMap((i) => shares[i] ?? []))).toEqual(secret)
      expect(() => combineShares(shares.slice(0, 2))).toThrow(expect.objectContaining({ code: 'E_PKSUM' }))
      expect(() => combineShares([...shares.slice(0, 3), ...shares.slice(0, 1)])).toThrow('each share index once')
      expect(() => combineShares([...shares.slice(0, 2), ...sharesOf(3, 5, suite === 2 ? 3 : 2).slice(2, 3)])).toThrow('shares of one key')
      expect(() => combineShares([])).toThrow('shares of one key')
    }
  })
})
