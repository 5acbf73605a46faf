/** Cheats that try to learn secret bits by seeing whether they are caught: the first time they are, it is over for good. */
import { describe, expect, test } from 'vitest'
import type { Pid } from '../../core/errors.ts'
import { randomScalar } from '../../core/group.ts'
import { FromEach } from '../../core/script.ts'
import { ecdsaRun, generateEcdsa, pick, seededRng, simulate, TestPairs, type EcdsaParty } from '../../testing/index.ts'
import { answerMultiplication, finishMultiplication, multiplicationId, startMultiplication } from '../multiply/index.ts'
import { group, q } from '../multiply/scalars.ts'
import { XI } from '../parameters.ts'
import { answerGuessing, nibbleOf, startGuessing } from './testing/guessing.ts'
import { lyingRun } from './testing/lying-run.ts'
import type { Lies } from './testing/lying-signer.ts'

const HONEST = 1
const CHEAT = 2
const parties = generateEcdsa(2, 2, 'selective abort')

function fresh(): readonly EcdsaParty[] {
  return parties.map((party) => ({ ...party, pairs: party.pairs.copy() }))
}

function pairs(all: readonly EcdsaParty[], pid: Pid): TestPairs {
  const found = all[pid - 1]?.pairs
  if (found === undefined) throw new Error('no such party')
  return found
}

/** Guesses for so many trees: right ones now and then, as a cheat who already knows some bits would make them. */
function guessesFor(rng: ReturnType<typeof seededRng>, trees: number, delta: Uint8Array): readonly number[] {
  return Array.from({ length: trees }, (_, j) => (pick(rng, 2) === 0 ? nibbleOf(delta, j) : pick(rng, 16)))
}

interface Multiplied {
  /** By the honest side. */
  readonly accepted: boolean
  /** The products, where it accepted. */
  readonly right: boolean
  /** Every guess was right. */
  readonly guessed: boolean
}

/** One session at the level of the multiplication. */
function multiplied(rng: ReturnType<typeof seededRng>, cheat: 'Alice' | 'Bob', positions: number): Multiplied {
  const vsid = multiplicationId(rng(32), 1, 2)
  const a: readonly [bigint, bigint] = [randomScalar(group, rng), randomScalar(group, rng)]
  const alice = pairs(parties, 1).get(2).asAlice
  const { leaves } = pairs(parties, 2).get(1).asBob
  const isRight = (b: bigint, c: readonly bigint[], d: readonly bigint[]): boolean =>
    a.every((factor, i) => ((c[i] ?? 0n) + (d[i] ?? 0n)) % q === (factor * b) % q)
  if (cheat === 'Bob') {
    const guesses = guessesFor(rng, positions, alice.delta)
    const { m1, b, state } = startGuessing(leaves, vsid, rng, guesses)
    const answer = answerMultiplication(alice, vsid, m1, a, rng)
    const guessed = guesses.every((guess, j) => guess === nibbleOf(alice.delta, j))
    const d = answer === undefined ? undefined : finishMultiplication(state, answer.m2)
    return { accepted: answer !== undefined, right: answer !== undefined && d !== undefined && isRight(b, answer.outputs, d), guessed }
  }
  const rows = Array.from({ length: positions }, () => pick(rng, XI))
  const { m1, b, state } = startMultiplication(leaves, vsid, rng)
  const guessed = rows.every((row) => ((state.choices[row >> 3] ?? 0) >> (row & 7) & 1) === 0)
  const { m2, outputs } = answerGuessing(alice, vsid, m1, a, rng, rows)
  const d = finishMultiplication(state, m2)
  return { accepted: d !== undefined, right: d !== undefined && isRight(b, outputs, d), guessed }
}

describe('a cheat that guesses secret bits', () => {
  for (const cheat of ['Alice', 'Bob'] as const) {
    test(`as ${cheat} passes if, and only if, all guesses are right, and then learns nothing else: 500 attempts on 1 to 8 positions`, { timeout: 120_000 }, () => {
      const rng = seededRng(`selective abort ${cheat}`)
      let caught = 0
      for (let i = 0; i < 500; i++) {
        const { accepted, right, guessed } = multiplied(rng, cheat, 1 + i % 8)
        expect(accepted, `attempt ${i}`).toBe(guessed)
        if (accepted) expect(right, `attempt ${i}`).toBe(true)
        else caught += 1
      }
      expect(caught).toBeGreaterThan(300)
      expect(caught).toBeLessThan(500)
    })
  }

  for (const cheat of ['Alice', 'Bob'] as const) {
    test(`as ${cheat} in whole signings is banned at the first failure, and nothing is signed with it again`, { timeout: 120_000 }, () => {
      let survived = 0
      for (let i = 0; i < 40; i++) {
        const rng = seededRng(`whole ${cheat} ${i}`)
        const all = fresh()
        const delta = pairs(all, HONEST).get(CHEAT).asAlice.delta
        const lies = cheat === 'Bob' ? bobs(all, rng, guessesFor(rng, 1 + i % 2, delta)) : alices(all, rng, 1 + i % 8)
        const said: number[] = []
        const signing = { signers: [HONEST, CHEAT], message: new Uint8Array(32).fill(i), seed: `selective ${cheat} ${i}` }
        const { states, stored } = simulate(signing.signers, (me) => (me === HONEST ? ecdsaRun(all, signing, me) : lyingRun(all, signing, me, lies)), {
          seed: signing.seed,
          tamper: ({ from, type }) => {
            if (from === HONEST) said.push(type)
            return undefined
          },
          persisted: (pid, change) => { pairs(all, pid).apply(change) },
        })
        if (states.get(HONEST)?.at === 'done') {
          survived += 1
          expect(states.get(CHEAT)).toEqual(states.get(HONEST))
          continue
        }
        const code = cheat === 'Bob' ? 'E_OT_CHECK' : 'E_RVOLE_CHECK'
        expect(states.get(HONEST)).toMatchObject({ at: 'failed', error: { fault: 'party', code, culprits: [CHEAT] } })
        expect(stored.get(HONEST)?.at(-1)).toMatchObject({ kind: 'banned', peers: [CHEAT] })
        // R3 never, and not even R2 where the test was that of R1.
        expect(said.some((type) => type === 0x23 || (cheat === 'Bob' && type === 0x22))).toBe(false)
        for (const seed of ['next', 'and after']) {
          expect(ecdsaRun(all, { ...signing, seed }, HONEST).start()).toMatchObject({ send: [], state: { at: 'failed', error: { code: 'E_BANNED', culprits: [CHEAT] } } })
        }
      }
      expect(survived).toBeGreaterThan(0)
      expect(survived).toBeLessThan(40)
    })
  }

  /** As Bob: guesses bits of the honest party's Δ. */
  function bobs(all: readonly EcdsaParty[], rng: ReturnType<typeof seededRng>, guesses: readonly number[]): Lies {
    return {
      started: (started, s) => {
        const { asBob } = pairs(all, CHEAT).get(HONEST)
        const { m1, b, state } = startGuessing(asBob.leaves, multiplicationId(s.sid, HONEST, CHEAT), rng, guesses)
        return {
          ...started, asBob: new FromEach(new Map([[HONEST, { chi: b, state }]])),
          send: started.send.map((body) => ({ ...body, ...m1 })),
        }
      },
    }
  }

  /** As Alice: another r in some transfers. */
  function alices(all: readonly EcdsaParty[], rng: ReturnType<typeof seededRng>, positions: number): Lies {
    const rows = Array.from({ length: positions }, () => pick(rng, XI))
    return {
      r2: (send, r1, s, { r, sk }) => send.map((body, j) => {
        const { m2 } = answerGuessing(pairs(all, CHEAT).get(j).asAlice, multiplicationId(s.sid, CHEAT, j), r1.get(j), [r, sk], rng, rows)
        return { ...body, ...m2 }
      }),
    }
  }
})
