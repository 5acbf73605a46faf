/** The rounds of one key generation of one suite, each a pure function. Source: `protocol.md` §B.1; step numbers are its. */
import { concat, equalBytes, u16 } from '../core/bytes.ts'
import { commitments as commitmentsField, type Body } from '../core/codec.ts'
import { Blame, Bug, Disagreement, type ErrorCode, type Pid } from '../core/errors.ts'
import { baseMultiply, mod, randomScalar, sumPoints, type Point } from '../core/group.ts'
import { keyIdOf, type KeyShare } from '../core/key-share.ts'
import { evaluate, evaluateInExponent } from '../core/polynomial.ts'
import { prove, verifyProof } from '../core/proof.ts'
import type { Rng } from '../core/rng.ts'
import type { FromEach, Session } from '../core/script.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { TH } from '../core/transcript.ts'
import { R1, R2, R3, R4 } from './messages.ts'

/** A session of one suite whose id is known. */
export interface KeygenSession extends Session {
  readonly suite: SuiteId
  readonly sid: Uint8Array
}

/** What a dealer holds until its shares are sent. `coefficients`, `cc` and `blind` are secret. */
export interface Dealing {
  readonly coefficients: readonly bigint[]
  readonly F: readonly Point[]
  readonly cc: Uint8Array
  readonly blind: Uint8Array
}

/** Step 2: the polynomial and the commitment to everything public about it. */
export function round1(s: KeygenSession, rng: Rng): { readonly dealing: Dealing; readonly broadcast: Body<typeof R1> } {
  const { group, threshold } = s.shape
  // Non-zero: an identity F_k has no encoding.
  const coefficients = Array.from({ length: threshold }, () => randomScalar(group, rng))
  const F = coefficients.map((a) => baseMultiply(group, a))
  const dealing = { coefficients, F, cc: rng(32), blind: rng(32) }
  return { dealing, broadcast: { com: commitmentTo(s, s.me, dealing) } }
}

/** Step 3: opens the commitment and proves knowledge of the constant term, bound to the session. */
export function round2(s: KeygenSession, { coefficients, F, cc, blind }: Dealing, rng: Rng): Body<typeof R2> {
  const [a0, F0] = [coefficients[0], F[0]]
  if (a0 === undefined || F0 === undefined) throw new Bug('a polynomial without a constant term')
  return { F, pop: prove(s.shape.group, 'dkg/pop', proofContext(s, s.me), a0, F0, rng), cc, blind }
}

/** Step 4: checks everybody's opening; `r1`, `r2` include mine. @returns f_i(j) for each other party */
export function round3(s: KeygenSession, dealing: Dealing, r1: FromEach<Body<typeof R1>>, r2: FromEach<Body<typeof R2>>): FromEach<Body<typeof R3>> {
  // The lengths of F were checked when it was read: exactly t points, none the identity.
  blame(s, 'E_COMMIT', 'the commitment is not opened', R2.type, r2.except((opened, j) => equalBytes(commitmentTo(s, j, opened), r1.get(j).com)))
  blame(s, 'E_POP', 'the proof of possession is wrong', R2.type, r2.except(({ F, pop }, j) => {
    const [F0] = F
    return F0 !== undefined && verifyProof(s.shape.group, 'dkg/pop', proofContext(s, j), F0, pop)
  }))
  return r2.map((_, j) => ({ share: evaluate(s.shape.group, dealing.coefficients, j) }))
}

/** Whether f_j(i) lies on the polynomial that j committed to. */
export function shareIsRight(s: KeygenSession, F: readonly Point[], receiver: Pid, share: bigint): boolean {
  return baseMultiply(s.shape.group, share).equals(evaluateInExponent(s.shape.group, F, receiver))
}

/** What step 5 gives: the key as this party sees it, to be confirmed by all. `share` is secret. */
export interface Outcome {
  readonly share: bigint
  readonly groupKey: Point
  readonly chainCode: Uint8Array
  readonly verifyingShares: FromEach<Point>
  readonly fin: Uint8Array
}

/** Step 5: checks every share by itself, adds them up, and derives key, chain code and verifying shares. `r2`, `r3` include mine. */
export function round4(
  s: KeygenSession, r2: FromEach<Body<typeof R2>>, r3: FromEach<Body<typeof R3>>, echoes: readonly [Uint8Array, Uint8Array],
): Outcome {
  const { group, threshold } = s.shape
  blame(s, 'E_SHARE', 'the share is not on the committed polynomial', R3.type, r3.except(({ share }, j) => shareIsRight(s, r2.get(j).F, s.me, share)))
  const share = r3.entries().reduce((sum, [, { share: part }]) => mod(sum + part, group.order), 0n)
  const F = Array.from({ length: threshold }, (_, k) => sumPoints(group, r2.entries().map(([, body]) => at(body.F, k))))
  const groupKey = at(F, 0)
  if (share === 0n || F.some((point) => point.is0())) throw new Disagreement('E_DEGENERATE', 'the sum of the polynomials is degenerate; try again')
  const verifyingShares = r2.map((_, j) => evaluateInExponent(group, F, j))
  if (!baseMultiply(group, share).equals(verifyingShares.get(s.me))) throw new Bug('my share does not fit my verifying share')
  const chainCode = TH('dkg/cc', s.sid, ...r2.entries().map(([, { cc }]) => cc))
  const fin = TH(
    'dkg/final', s.sid, ...echoes, group.encodePoint(groupKey), chainCode,
    ...verifyingShares.entries().flatMap(([j, X]) => [u16(j), group.encodePoint(X)]),
  )
  return { share, groupKey, chainCode, verifyingShares, fin }
}

/** Step 5, what goes out to all. */
export function confirmation(s: KeygenSession, { fin, share, verifyingShares }: Outcome, rng: Rng): Pick<Body<typeof R4>, 'fin' | 'pok'> {
  return { fin, pok: prove(s.shape.group, 'dkg/fin', finContext(fin, s.me), share, verifyingShares.get(s.me), rng) }
}

/** Whether j confirmed the same key and holds the share that belongs to it. */
export function confirmationIsRight(s: KeygenSession, outcome: Outcome, j: Pid, { fin, pok }: Pick<Body<typeof R4>, 'fin' | 'pok'>): boolean {
  return equalBytes(fin, outcome.fin) && verifyProof(s.shape.group, 'dkg/fin', finContext(outcome.fin, j), outcome.verifyingShares.get(j), pok)
}

/** Step 6: everybody confirmed; only now may anything be stored. */
export function round5(s: KeygenSession, outcome: Outcome, r4: FromEach<Body<typeof R4>>): KeyShare {
  // fin follows from what the two echoes already showed to be equal, so another fin is its sender's own doing.
  blame(s, 'E_ECHO', 'another key was confirmed', R4.type, r4.except(({ fin }) => equalBytes(fin, outcome.fin)))
  blame(s, 'E_FINAL', 'the proof of the share is wrong', R4.type, r4.except((body, j) => confirmationIsRight(s, outcome, j, body)))
  const { group } = s.shape
  const groupKey = group.encodePoint(outcome.groupKey)
  return {
    suite: s.suite, pid: s.me, groupKey, chainCode: outcome.chainCode, confirmation: outcome.fin,
    keyId: keyIdOf(s.suite, groupKey, outcome.chainCode),
    verifyingShares: outcome.verifyingShares.entries().map(([pid, X]) => ({ pid, point: group.encodePoint(X) })),
    signingShare: group.encodeScalar(outcome.share),
  }
}

/** com_i, also for checking somebody else's. */
function commitmentTo(s: KeygenSession, i: Pid, { F, cc, blind }: Pick<Dealing, 'F' | 'cc' | 'blind'>): Uint8Array {
  return TH('dkg/com', s.sid, u16(i), commitmentsField.encode(s.shape, F), cc, blind)
}

function proofContext(s: KeygenSession, i: Pid): Uint8Array {
  return concat(s.sid, u16(i))
}

function finContext(fin: Uint8Array, i: Pid): Uint8Array {
  return concat(fin, u16(i))
}

function blame(s: KeygenSession, code: ErrorCode, what: string, type: number, culprits: readonly Pid[]): void {
  if (culprits.length === 0) return
  throw new Blame(code, `key generation: ${what} (${culprits.map((pid) => `party ${pid}`).join(', ')})`, {
    culprits, evidence: culprits.map((from) => ({ suite: s.suite, type, from })),
  })
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index]
  if (value === undefined) throw new Bug(`nothing at ${index}`)
  return value
}
