/** The rounds of one key generation of one suite, each a pure function. Source: `protocol.md` §B.1; step numbers are its. */
import { at } from '../core/at.ts'
import { blameAll } from '../core/blame-all.ts'
import { concat, equalBytes, u16 } from '../core/bytes.ts'
import { commitments as commitmentsField, type Body } from '../core/codec.ts'
import type { Pid } from '../core/errors.ts'
import { baseMultiply, mod, randomScalar, type Point } from '../core/group.ts'
import { evaluate, evaluateInExponent } from '../core/polynomial.ts'
import { prove, verifyProof } from '../core/proof.ts'
import type { Rng } from '../core/rng.ts'
import type { FromEach, SuiteSession } from '../core/script.ts'
import { TH } from '../core/transcript.ts'
import { R1, R2, R3 } from './messages.ts'

/** What a dealer holds until its shares are sent. `coefficients`, `cc` and `blind` are secret. */
export interface Dealing {
  readonly coefficients: readonly bigint[]
  readonly F: readonly Point[]
  readonly cc: Uint8Array
  readonly blind: Uint8Array
}

/** Step 2: the polynomial and the commitment to everything public about it. */
export function round1(s: SuiteSession, rng: Rng): { readonly dealing: Dealing; readonly broadcast: Body<typeof R1> } {
  const { group, threshold } = s.shape
  // Non-zero: an identity F_k has no encoding.
  const coefficients = Array.from({ length: threshold }, () => randomScalar(group, rng))
  const F = coefficients.map((a) => baseMultiply(group, a))
  const dealing = { coefficients, F, cc: rng(32), blind: rng(32) }
  return { dealing, broadcast: { com: commitmentTo(s, s.me, dealing) } }
}

/** Step 3: opens the commitment and proves knowledge of the constant term, bound to the session. */
export function round2(s: SuiteSession, { coefficients, F, cc, blind }: Dealing, rng: Rng): Body<typeof R2> {
  return { F, pop: prove(s.shape.group, 'dkg/pop', proofContext(s, s.me), at(coefficients, 0), at(F, 0), rng), cc, blind }
}

/** Step 4: checks everybody's opening; `r1`, `r2` include mine. @returns f_i(j) for each other party */
export function round3(s: SuiteSession, dealing: Dealing, r1: FromEach<Body<typeof R1>>, r2: FromEach<Body<typeof R2>>): FromEach<Body<typeof R3>> {
  // The lengths of F were checked when it was read: exactly t points, none the identity.
  blameAll(s, R2, 'E_COMMIT', 'the commitment is not opened', r2.except((opened, j) => equalBytes(commitmentTo(s, j, opened), r1.get(j).com)))
  blameAll(s, R2, 'E_POP', 'the proof of possession is wrong', r2.except(({ F, pop }, j) => verifyProof(s.shape.group, 'dkg/pop', proofContext(s, j), at(F, 0), pop)))
  return r2.map((_, j) => ({ share: evaluate(s.shape.group, dealing.coefficients, j) }))
}

/** Whether f_j(i) lies on the polynomial that j committed to. */
export function shareIsRight(s: SuiteSession, F: readonly Point[], receiver: Pid, share: bigint): boolean {
  return baseMultiply(s.shape.group, share).equals(evaluateInExponent(s.shape.group, F, receiver))
}

/** Step 5: checks every share by itself and adds them up. `r2`, `r3` include mine. @returns x_i, secret */
export function round4(s: SuiteSession, r2: FromEach<Body<typeof R2>>, r3: FromEach<Body<typeof R3>>): bigint {
  blameAll(s, R3, 'E_SHARE', 'the share is not on the committed polynomial', r3.except(({ share }, j) => shareIsRight(s, r2.get(j).F, s.me, share)))
  return r3.entries().reduce((sum, [, { share }]) => mod(sum + share, s.shape.group.order), 0n)
}

/** Jointly random: everybody committed to its part before anybody opened one. */
export function chainCodeOf({ sid }: SuiteSession, r2: FromEach<{ readonly cc: Uint8Array }>): Uint8Array {
  return TH('dkg/cc', sid, ...r2.entries().map(([, { cc }]) => cc))
}

/** com_i, also for checking somebody else's. */
function commitmentTo(s: SuiteSession, i: Pid, { F, cc, blind }: Pick<Dealing, 'F' | 'cc' | 'blind'>): Uint8Array {
  return TH('dkg/com', s.sid, u16(i), commitmentsField.encode(s.shape, F), cc, blind)
}

function proofContext(s: SuiteSession, i: Pid): Uint8Array {
  return concat(s.sid, u16(i))
}
