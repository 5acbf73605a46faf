/** Rounds 1 and 2 of an ECDSA signing, each a pure function. Source: `protocol.md` §D.3, §D.4; DKLs23 (2023/765). */
import { equalBytes, u16 } from '../../core/bytes.ts'
import type { Body } from '../../core/codec.ts'
import { Disagreement, type Pid } from '../../core/errors.ts'
import { baseMultiply, mod, randomScalar, type Point } from '../../core/group.ts'
import { lagrangeAtZero } from '../../core/polynomial.ts'
import type { Rng } from '../../core/rng.ts'
import { FromEach, type Session } from '../../core/script.ts'
import { TH } from '../../core/transcript.ts'
import { zeroShare } from '../../core/zero-share.ts'
import { answerMultiplication, forget, multiplicationId, startMultiplication, type BobState } from '../multiply/index.ts'
import { ECDSA, type EcdsaCeremony, type SigningPoint } from './ceremony.ts'
import { R1, R2 } from './messages.ts'
import { PairsDiffer } from './pairs-differ.ts'

export interface SigningSession extends Session {
  readonly suite: 1
  readonly sid: Uint8Array
}

/** What a signer opens in round 2. */
export interface Opening {
  readonly R: Point
  readonly pk: Point
  /** 32 bytes. */
  readonly blind: Uint8Array
}

/** After round 1. Secret, all but `opening` and `com`; `wipe` when the signing is over. */
export interface Started {
  readonly r: bigint
  readonly phi: bigint
  readonly sk: bigint
  readonly opening: Opening
  readonly com: Uint8Array
  /** χ_{ij} and Bob's state of the multiplication with each other signer as Alice. */
  readonly asBob: FromEach<{ readonly chi: bigint; readonly state: BobState }>
  readonly send: FromEach<Body<typeof R1>>
}

/** §D.3 @throws {Refused} E_BANNED, E_PAIR_STATE: of a pair */
export function round1(s: SigningSession, c: EcdsaCeremony, { tweak }: SigningPoint, rng: Rng): Started {
  const [r, phi] = [randomScalar(ECDSA, rng), randomScalar(ECDSA, rng)]
  const blind = rng(32)
  const x = ECDSA.decodeScalar(c.share.signingShare)
  const isFirst = c.signers[0] === s.me
  const seeds = new FromEach(new Map(others(s).map((j) => [j, c.pairs.get(j).zeroSeed])))
  // λ_i·x_i is masked by ζ_i before anything is computed from it (§J).
  const sk = mod(lagrangeAtZero(ECDSA, s.me, c.signers) * x + zeroShare(ECDSA, s.me, seeds, s.sid) + (isFirst ? tweak : 0n), ECDSA.order)
  if (sk === 0n) throw new Disagreement('E_DEGENERATE', 'sign: a share of zero; try again')
  const opening = { R: baseMultiply(ECDSA, r), pk: baseMultiply(ECDSA, sk), blind }
  const com = commitmentTo(s, s.me, opening)
  const runs = new FromEach(new Map(others(s).map((j) => {
    const { asBob } = c.pairs.get(j)
    return [j, { pairId: asBob.id, ...startMultiplication(asBob.leaves, multiplicationId(s.sid, j, s.me), rng) }]
  })))
  return {
    r, phi, sk, opening, com,
    asBob: runs.map(({ b, state }) => ({ chi: b, state })),
    send: runs.map(({ pairId, m1 }) => ({ com, pairId, ...m1 })),
  }
}

/** com_i = TH("sign/com", sid, i, R_i, pk_i, blind_i). Departure: the paper commits to R_i alone; so all see one pk_i as well. */
export function commitmentTo(s: SigningSession, i: Pid, { R, pk, blind }: Opening): Uint8Array {
  return TH('sign/com', s.sid, u16(i), ECDSA.encodePoint(R), ECDSA.encodePoint(pk), blind)
}

/** §D.4, before anything else: both sides hold one and the same pair. @throws {PairsDiffer} which bans nobody */
export function checkPairIds({ pairs }: EcdsaCeremony, r1: FromEach<Body<typeof R1>>): void {
  const differing = r1.except(({ pairId }, j) => equalBytes(pairId, pairs.get(j).asAlice.id))
  if (differing.length === 0) return
  throw new PairsDiffer(`sign: what was set up with ${names(differing)} differs from what they hold`, differing)
}

/** c^u_{ij}, c^v_{ij}: what Alice keeps of a multiplication. */
export type AliceShares = FromEach<readonly [bigint, bigint]>

/** Round 2 as Alice towards each other signer. @returns `failed`: who failed the test of §C.2, to be banned; then nothing is sent to anybody */
export function round2(s: SigningSession, c: EcdsaCeremony, started: Started, r1: FromEach<Body<typeof R1>>, rng: Rng):
  { readonly failed: readonly Pid[] } | { readonly failed?: never; readonly shares: AliceShares; readonly send: FromEach<Body<typeof R2>> } {
  const { r, phi, sk, opening, asBob } = started
  const runs = r1.map((m1, j) => answerMultiplication(c.pairs.get(j).asAlice, multiplicationId(s.sid, s.me, j), m1, [r, sk], rng))
  const failed = runs.except((run) => run !== undefined)
  const passed = new FromEach(new Map(runs.entries().flatMap(([j, run]) => (run === undefined ? [] : [[j, run] as const]))))
  if (failed.length > 0) return { failed }
  return {
    shares: passed.map(({ outputs }) => outputs),
    send: passed.map(({ m2, outputs: [cu, cv] }, j) => {
      if (cu === 0n || cv === 0n) throw new Disagreement('E_DEGENERATE', 'sign: a product share of zero; try again')
      return { ...opening, gammaU: baseMultiply(ECDSA, cu), gammaV: baseMultiply(ECDSA, cv), psi: mod(phi - asBob.get(j).chi, ECDSA.order), ...m2 }
    }),
  }
}

export function wipeStarted({ opening, asBob }: Started): void {
  opening.blind.fill(0)
  for (const [, { state }] of asBob.entries()) forget(state)
}

export function others({ parties, me }: Session): readonly Pid[] {
  return parties.filter((pid) => pid !== me)
}

export function names(pids: readonly Pid[]): string {
  return pids.map((pid) => `party ${pid}`).join(', ')
}
