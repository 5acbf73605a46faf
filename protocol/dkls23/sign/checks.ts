/** Round 3 of an ECDSA signing up to its sums: every check on everybody's R2. Source: `protocol.md` §D.5; numbers are its. */
import { equalBytes, toBigInt } from '../../core/bytes.ts'
import type { Body } from '../../core/codec.ts'
import { Blame, Disagreement, type AbortCode, type Pid } from '../../core/errors.ts'
import { baseMultiply, mod, sumPoints, type Point } from '../../core/group.ts'
import type { Rng } from '../../core/rng.ts'
import type { FromEach } from '../../core/script.ts'
import { finishMultiplication } from '../multiply/index.ts'
import { ECDSA, type SigningPoint } from './ceremony.ts'
import { R1, R2 } from './messages.ts'
import { commitmentTo, names, type AliceShares, type SigningSession, type Started } from './rounds.ts'

/** What is left when all checks have passed: R, and the sums of this party. `phi`, `u`, `v` are secret. */
export interface Sums {
  readonly R: Point
  readonly phi: bigint
  readonly u: bigint
  readonly v: bigint
}

/** Who failed a consistency check, and which was the first: everybody in it is banned before anything else is said. */
export interface Failed {
  readonly code: 'E_RVOLE_CHECK' | 'E_GAMMA_U' | 'E_GAMMA_V'
  /** Who failed the first failing step. */
  readonly culprits: readonly Pid[]
  /** Who failed any. */
  readonly banned: readonly Pid[]
}

/** (4) @throws {Blame} E_COMMIT, provable with R1 and R2 */
export function checkOpenings(s: SigningSession, r1: FromEach<Pick<Body<typeof R1>, 'com'>>, r2: FromEach<Body<typeof R2>>): void {
  const culprits = r2.except((opened, j) => opens(s, j, r1.get(j).com, opened))
  if (culprits.length === 0) return
  throw new Blame('E_COMMIT', `sign: the commitment is not opened (${names(culprits)})`, {
    culprits, evidence: culprits.map((from) => ({ suite: 1, type: R2.type, from })),
  })
}

export function opens(s: SigningSession, j: Pid, com: Uint8Array, opened: Pick<Body<typeof R2>, 'R' | 'pk' | 'blind'>): boolean {
  return equalBytes(commitmentTo(s, j, opened), com)
}

/** What Bob gets of a multiplication: d^u_{ij}, d^v_{ij}. */
type BobShares = FromEach<readonly [bigint, bigint]>

/** (5)–(7) on everybody, whoever fails before. @param rng draws ρ, after all of R2 is held */
export function checkProducts({ asBob }: Started, r2: FromEach<Body<typeof R2>>, rng: Rng): Failed | { readonly code?: never; readonly shares: BobShares } {
  const verdicts = r2.map((body, j): Verdict => {
    const { state, chi } = asBob.get(j)
    const shares = finishMultiplication(state, body)
    return shares === undefined ? { code: 'E_RVOLE_CHECK', shares: NONE } : { code: gammaVerdict(chi, body, shares, rng), shares }
  })
  const failed = (code: Failed['code']): readonly Pid[] => verdicts.except((verdict) => verdict.code !== code)
  const first = STEPS.find((code) => failed(code).length > 0)
  if (first !== undefined) return { code: first, culprits: failed(first), banned: verdicts.except(({ code }) => code === undefined) }
  return { shares: verdicts.map(({ shares }) => shares) }
}

/** What one R2 came to. `shares` is of no use where it failed. */
interface Verdict {
  readonly code: Failed['code'] | undefined
  readonly shares: readonly [bigint, bigint]
}

/** In this order: the first that somebody failed gives the code. */
const STEPS = ['E_RVOLE_CHECK', 'E_GAMMA_U', 'E_GAMMA_V'] as const
const NONE = [0n, 0n] as const

/**
 * (6) χ·R_j − Γu = d^u·G and (7) χ·pk_j − Γv = d^v·G.
 * Departure: verified together under a secret ρ of 128 fresh bits, which j cannot know when it sends R2; only if that fails, (6) alone.
 * χ and d are secret: constant time. R_j, pk_j, Γ are j's own and ρ is used once: variable time.
 */
function gammaVerdict(
  chi: bigint, { R, pk, gammaU, gammaV }: Body<typeof R2>, [du, dv]: readonly [bigint, bigint], rng: Rng,
): 'E_GAMMA_U' | 'E_GAMMA_V' | undefined {
  const rho = toBigInt(rng(16))
  const left = timesChi(chi, R.add(pk.multiplyUnsafe(rho)))
  const right = baseMultiply(ECDSA, mod(du + rho * dv, ECDSA.order)).add(gammaU).add(gammaV.multiplyUnsafe(rho))
  if (left.equals(right)) return undefined
  return timesChi(chi, R).equals(baseMultiply(ECDSA, du).add(gammaU)) ? 'E_GAMMA_V' : 'E_GAMMA_U'
}

/** χ is 0, and noble's `multiply` refuses it, with probability 2^-256. */
function timesChi(chi: bigint, point: Point): Point {
  return chi === 0n || point.is0() ? ECDSA.identity : point.multiply(chi)
}

/**
 * The sums of §D.5, once all checks on all peers have passed.
 * @throws {Blame | Disagreement} E_PKSUM: nobody can be named unless there is only one other signer; E_DEGENERATE
 */
export function addUp(s: SigningSession, { point }: SigningPoint, started: Started, alice: AliceShares, bob: BobShares, r2: FromEach<Body<typeof R2>>): Sums {
  const { r, phi, sk, opening } = started
  const pk = sumPoints(ECDSA, [opening.pk, ...r2.entries().map(([, body]) => body.pk)])
  if (!pk.equals(point)) throw unattributed(s, 'E_PKSUM', 'the parts of the key do not add up to it')
  const R = sumPoints(ECDSA, [opening.R, ...r2.entries().map(([, body]) => body.R)])
  if (R.is0()) throw new Disagreement('E_DEGENERATE', 'sign: the nonce is the identity; try again')
  const phiAll = r2.entries().reduce((sum, [, { psi }]) => sum + psi, phi)
  const cross = (k: 0 | 1): bigint => alice.entries().reduce((sum, [j, c]) => sum + c[k] + bob.get(j)[k], 0n)
  return { R, phi, u: mod(r * phiAll + cross(0), ECDSA.order), v: mod(sk * phiAll + cross(1), ECDSA.order) }
}

/** Of two signers the other one did it; of more nobody can tell who (`protocol.md` §A.8). */
export function unattributed({ me, parties }: Pick<SigningSession, 'me' | 'parties'>, code: AbortCode, what: string): Blame | Disagreement {
  const others = parties.filter((pid) => pid !== me)
  return others.length === 1 ? new Blame(code, `sign: ${what} (${names(others)})`, { culprits: others }) : new Disagreement(code, `sign: ${what}`)
}
