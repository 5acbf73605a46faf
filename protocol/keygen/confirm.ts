/** The end of every ceremony that makes shares: everybody confirms the same key and shows that it holds its share. Source: `protocol.md` §B.1, §E. */
import { at } from '../core/at.ts'
import { blameAll } from '../core/blame-all.ts'
import { concat, equalBytes, u16 } from '../core/bytes.ts'
import type { Body } from '../core/codec.ts'
import { Bug, Disagreement, type Pid } from '../core/errors.ts'
import { baseMultiply, sumPoints, type Point } from '../core/group.ts'
import { keyIdOf, type KeyShare } from '../core/key-share.ts'
import { evaluateInExponent } from '../core/polynomial.ts'
import { prove, verifyProof } from '../core/proof.ts'
import type { Rng } from '../core/rng.ts'
import { exchange, FromEach, judgeBy, type Script, type SuiteSession } from '../core/script.ts'
import { TH } from '../core/transcript.ts'
import type { R4 } from './messages.ts'
import type { PairSetUps } from './pairs.ts'

/** The key as this party sees it, to be confirmed by all. */
export interface NewKey {
  readonly groupKey: Point
  readonly chainCode: Uint8Array
  readonly verifyingShares: FromEach<Point>
  readonly fin: Uint8Array
}

/** Feldman: the commitment to the sum of polynomials. @throws {Disagreement} E_DEGENERATE */
export function sumCommitments({ shape: { group, threshold } }: SuiteSession, F: readonly (readonly Point[])[]): readonly Point[] {
  const sums = Array.from({ length: threshold }, (_, k) => sumPoints(group, F.map((points) => at(points, k))))
  if (sums.some((point) => point.is0())) throw new Disagreement('E_DEGENERATE', 'the sum of the polynomials is degenerate; try again')
  return sums
}

/**
 * fin = TH("dkg/final", sid, echoes, pk, cc, u16 pid, X_pid of each member)
 * @param F of the sum of all polynomials
 */
export function newKey(s: SuiteSession, F: readonly Point[], members: readonly Pid[], chainCode: Uint8Array, echoes: readonly Uint8Array[]): NewKey {
  const { group } = s.shape
  const groupKey = at(F, 0)
  const verifyingShares = new FromEach(new Map(members.map((pid) => [pid, evaluateInExponent(group, F, pid)])))
  const fin = TH(
    'dkg/final', s.sid, ...echoes, group.encodePoint(groupKey), chainCode,
    ...verifyingShares.entries().flatMap(([pid, X]) => [u16(pid), group.encodePoint(X)]),
  )
  return { groupKey, chainCode, verifyingShares, fin }
}

type Confirmation = Pick<Body<typeof R4>, 'fin' | 'pok'>

/** Whether j confirmed the same key and holds the share that belongs to it. */
export function confirmationIsRight(s: SuiteSession, key: NewKey, j: Pid, { fin, pok }: Confirmation): boolean {
  return equalBytes(fin, key.fin) && verifyProof(s.shape.group, 'dkg/fin', finContext(key.fin, j), key.verifyingShares.get(j), pok)
}

/**
 * R4 among the members of the new key; only after it may anything be stored.
 * @param s whose parties are the members
 * @param share secret
 */
export function* confirmKey(s: SuiteSession, message: typeof R4, key: NewKey, share: bigint, pairs: PairSetUps, rng: Rng): Script<KeyShare> {
  const { group } = s.shape
  if (share === 0n) throw new Disagreement('E_DEGENERATE', 'the sum of the shares is degenerate; try again')
  const X = key.verifyingShares.get(s.me)
  if (!baseMultiply(group, share).equals(X)) throw new Bug('my share does not fit my verifying share')
  yield* judgeBy(s, message, { code: 'E_FINAL', isRight: (sender, _, body) => confirmationIsRight(s, key, sender, body) })
  const mine = { fin: key.fin, pok: prove(group, 'dkg/fin', finContext(key.fin, s.me), share, X, rng) }
  const r4 = yield* exchange(s, message, key.verifyingShares.without(s.me).map((_, peer) => ({ ...mine, pc: pairs.confirmationFor(peer) })))
  // fin follows from what the echoes already showed to be equal, so another fin is its sender's own doing.
  blameAll(s, message, 'E_ECHO', 'another key was confirmed', r4.except(({ fin }) => equalBytes(fin, key.fin)))
  blameAll(s, message, 'E_FINAL', 'the proof of the share is wrong', r4.except((body, j) => confirmationIsRight(s, key, j, body)))
  pairs.check(message, r4.map(({ pc }) => pc))
  const groupKey = group.encodePoint(key.groupKey)
  return {
    suite: s.suite, pid: s.me, groupKey, chainCode: key.chainCode, confirmation: key.fin,
    keyId: keyIdOf(s.suite, groupKey, key.chainCode),
    verifyingShares: key.verifyingShares.entries().map(([pid, point]) => ({ pid, point: group.encodePoint(point) })),
    signingShare: group.encodeScalar(share),
  }
}

function finContext(fin: Uint8Array, i: Pid): Uint8Array {
  return concat(fin, u16(i))
}
