/** The rounds of one reshare of one key, each a pure function. Source: `protocol.md` §E. */
import { at } from '../core/at.ts'
import { blameAll } from '../core/blame-all.ts'
import { equalBytes, u16 } from '../core/bytes.ts'
import { commitments, type Body } from '../core/codec.ts'
import { Bug, Disagreement, type Pid } from '../core/errors.ts'
import { baseMultiply, mod, randomScalar, sumPoints, type Point } from '../core/group.ts'
import { keyIdOf } from '../core/key-share.ts'
import { evaluate, evaluateInExponent, invert } from '../core/polynomial.ts'
import type { Rng } from '../core/rng.ts'
import { FromEach, type SuiteSession } from '../core/script.ts'
import { TH } from '../core/transcript.ts'
import { R1, R2, R3 } from './messages.ts'
import { extendShares, keyState, weightOf, type OldKey } from './old-key.ts'

/** `parties` are all dealers and all members of the new epoch. */
export interface ReshareSession extends SuiteSession {
  readonly dealers: readonly Pid[]
  readonly members: readonly Pid[]
  readonly old: OldKey
}

/** What a dealer holds until its shares are sent. `coefficients` and `blind` are secret. */
export interface Dealing {
  readonly coefficients: readonly bigint[]
  readonly F: readonly Point[]
  readonly blind: Uint8Array
}

/** f_i of degree t' − 1 with f_i(0) = λ_i x_i, and the commitment to it. @param share x_i, secret */
export function round1(s: ReshareSession, share: bigint, rng: Rng): { readonly dealing: Dealing; readonly broadcast: Body<typeof R1> } {
  const { group, threshold } = s.shape
  const { verifyingShares, chainCode } = s.old
  if (verifyingShares === undefined) throw new Bug('a dealer without the old verifying shares')
  const constant = mod(weightOf(group, s.old, s.me, s.dealers) * share, group.order)
  // Non-zero: an identity F_k has no encoding.
  const coefficients = [constant, ...Array.from({ length: threshold - 1 }, () => randomScalar(group, rng))]
  const dealing = { coefficients, F: coefficients.map((a) => baseMultiply(group, a)), blind: rng(32) }
  return { dealing, broadcast: { com: commitmentTo(s, s.me, dealing), ks: keyState(group, s.old, verifyingShares, chainCode) } }
}

/** com_i, also for checking somebody else's. */
function commitmentTo(s: ReshareSession, i: Pid, { F, blind }: Body<typeof R2>): Uint8Array {
  return TH('reshare/com', s.sid, u16(i), commitments.encode(s.shape, F), blind)
}

/**
 * Everybody's checks on R2. Who holds the old verifying shares names whoever deals something else than its share; a joiner, who
 * does not, only sees that the sum is not the key.
 * @param r1 of all dealers, mine included
 * @returns the old verifying shares of all holders
 * @throws {Blame} E_COMMIT, E_RESHARE_CONST @throws {Disagreement} E_RESHARE_CONST
 */
export function checkOpenings(s: ReshareSession, r1: FromEach<Body<typeof R1>>, r2: FromEach<Body<typeof R2>>): FromEach<Point> {
  const { old, dealers, shape: { group } } = s
  // The lengths of F were checked when it was read: exactly t' points, none the identity.
  blameAll(s, R2, 'E_COMMIT', 'the commitment is not opened', r2.except((opened, i) => equalBytes(commitmentTo(s, i, opened), r1.get(i).com)))
  const { verifyingShares } = old
  if (verifyingShares !== undefined) {
    blameAll(s, R2, 'E_RESHARE_CONST', 'it is not its own share that is dealt', r2.except(({ F }, i) =>
      at(F, 0).equals(verifyingShares.get(i).multiplyUnsafe(weightOf(group, old, i, dealers)))))
    checkStates(s, r1, verifyingShares)
  }
  if (!sumOf(s, r2).equals(old.groupKey)) throw new Disagreement('E_RESHARE_CONST', 'reshare: what is dealt is not the key that was approved')
  if (verifyingShares !== undefined) return verifyingShares
  const dealt = r2.map(({ F }, i) => at(F, 0).multiplyUnsafe(invert(weightOf(group, old, i, dealers), group.order)))
  const extended = extendShares(group, old, dealt)
  const { ks } = at(r1.entries(), 0)[1]
  if (extended === undefined || r1.except((body) => equalBytes(body.ks, ks)).length > 0) {
    throw new Disagreement('E_RESHARE_CONST', 'reshare: the dealers do not agree about the old key')
  }
  return extended
}

/** Whoever knows the chain code too knows what every dealer must hold the old key to be. */
function checkStates(s: ReshareSession, r1: FromEach<Body<typeof R1>>, verifyingShares: FromEach<Point>): void {
  const { old, shape: { group } } = s
  if (old.chainCode === undefined && old.keyId !== undefined) return
  const ks = keyState(group, old, verifyingShares, old.chainCode)
  blameAll(s, R1, 'E_RESHARE_CONST', 'it holds the old key to be another one', r1.except((body) => equalBytes(body.ks, ks)))
}

/** Σ F_{i,0} */
function sumOf({ shape: { group } }: ReshareSession, r2: FromEach<Body<typeof R2>>): Point {
  return sumPoints(group, r2.entries().map(([, { F }]) => at(F, 0)))
}

/** What everybody knows once all R2 are checked, for judging R3. */
export interface Checked {
  readonly r1: FromEach<Body<typeof R1>>
  readonly r2: FromEach<Body<typeof R2>>
  readonly oldShares: FromEach<Point>
  /** Known before R3 by whoever held the key, and by everybody where it was made in this ceremony. */
  readonly chainCode: Uint8Array | undefined
}

/** What a dealer gives each member, itself included. */
export function round3({ shape: { group }, members }: ReshareSession, { coefficients }: Dealing, cc: Uint8Array): FromEach<Body<typeof R3>> {
  return new FromEach(new Map(members.map((j) => [j, { share: evaluate(group, coefficients, j), cc }])))
}

/** Whether f_i(j) lies on the polynomial that i committed to. */
export function shareIsRight({ shape: { group } }: ReshareSession, { r2 }: Checked, dealer: Pid, receiver: Pid, share: bigint): boolean {
  return baseMultiply(group, share).equals(evaluateInExponent(group, r2.get(dealer).F, receiver))
}

/**
 * Whether a dealer gave the right chain code. A joiner, who only knows what its person approved, holds it against what the
 * dealers said before anybody gave a share.
 */
export function chainCodeIsRight(s: ReshareSession, { r1, oldShares, chainCode }: Checked, dealer: Pid, cc: Uint8Array): boolean {
  if (chainCode !== undefined) return equalBytes(cc, chainCode)
  // Of an imported key everybody has the same facts, the key's id among them.
  if (s.old.verifyingShares !== undefined) return isApproved(s, cc)
  return equalBytes(keyState(s.shape.group, s.old, oldShares, cc), r1.get(dealer).ks)
}

function isApproved({ suite, shape: { group }, old: { groupKey, keyId } }: ReshareSession, cc: Uint8Array): boolean {
  return keyId === undefined || equalBytes(keyIdOf(suite, group.encodePoint(groupKey), cc), keyId)
}

/**
 * Checks every share and every chain code by itself, then that the key is the one that was approved. `r3` includes mine.
 * @returns x'_j, secret, and the chain code
 * @throws {Blame} E_SHARE, E_RESHARE_CONST
 * @throws {Disagreement} E_RESHARE_CONST, naming nobody and showing nothing: a joiner that was told of another key than the others
 *   would otherwise show shares that honest dealers gave it.
 */
export function round4(s: ReshareSession, checked: Checked, r3: FromEach<Body<typeof R3>>): { readonly share: bigint; readonly chainCode: Uint8Array } {
  blameAll(s, R3, 'E_SHARE', 'the share is not on the committed polynomial', r3.except(({ share }, i) => shareIsRight(s, checked, i, s.me, share)))
  const wrong = r3.except(({ cc }, i) => chainCodeIsRight(s, checked, i, cc))
  // A joiner to whom all are wrong knows the old shares from the dealers alone, and may have been misled about them.
  if (s.old.verifyingShares !== undefined || wrong.length < r3.entries().length) blameAll(s, R3, 'E_RESHARE_CONST', 'the chain code is another one', wrong)
  const chainCode = at(r3.entries(), 0)[1].cc
  if (wrong.length > 0 || !isApproved(s, chainCode)) {
    throw new Disagreement('E_RESHARE_CONST', 'reshare: the chain code is not that of the key that was approved')
  }
  return { share: r3.entries().reduce((sum, [, { share }]) => mod(sum + share, s.shape.group.order), 0n), chainCode }
}
