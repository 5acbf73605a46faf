/** The key that changes hands, as one party knows it. Source: `protocol.md` §E. */
import { u16, u32 } from '../core/bytes.ts'
import type { Pid } from '../core/errors.ts'
import { sumPoints, type Group, type Point } from '../core/group.ts'
import { lagrangeAt } from '../core/polynomial.ts'
import { FromEach } from '../core/script.ts'
import { TH } from '../core/transcript.ts'

export interface OldKey {
  readonly groupKey: Point
  /** 32 bytes: what this party's person approved. `undefined` where the chain code is made in this ceremony. */
  readonly keyId: Uint8Array | undefined
  readonly epoch: number
  /** How many of its holders are needed. */
  readonly threshold: number
  /** x-coordinate of every holder's share, mod the group order. */
  readonly xs: FromEach<bigint>
  /** Verifying share of every holder; a joiner does not know them. */
  readonly verifyingShares: FromEach<Point> | undefined
  /** 32 bytes; a joiner does not know it. */
  readonly chainCode: Uint8Array | undefined
}

/** λ of a dealer for interpolation at zero over all dealers. */
export function weightOf(group: Group, { xs }: OldKey, dealer: Pid, dealers: readonly Pid[]): bigint {
  return lagrangeAt(group, 0n, xs.get(dealer), dealers.map((pid) => xs.get(pid)))
}

/** ks = TH("key/state", pk, cc or nothing, u32 epoch, u16 pid, X_pid of every holder): what a dealer holds the old key to be, 32 bytes. */
export function keyState(group: Group, { groupKey, epoch }: OldKey, verifyingShares: FromEach<Point>, chainCode: Uint8Array | undefined): Uint8Array {
  return TH(
    'key/state', group.encodePoint(groupKey), chainCode ?? new Uint8Array(0), u32(epoch),
    ...verifyingShares.entries().flatMap(([pid, X]) => [u16(pid), group.encodePoint(X)]),
  )
}

/**
 * The verifying shares of all holders from those of some.
 * @param known of at least as many as are needed
 * @returns `undefined` where `known` do not lie on one polynomial of the right degree whose value at zero is the group key
 */
export function extendShares(group: Group, { xs, threshold, groupKey }: OldKey, known: FromEach<Point>): FromEach<Point> | undefined {
  const base = known.entries().slice(0, threshold)
  const baseXs = base.map(([pid]) => xs.get(pid))
  const valueAt = (x: bigint): Point => sumPoints(group, base.map(([pid, X]) => X.multiplyUnsafe(lagrangeAt(group, x, xs.get(pid), baseXs))))
  const given = new Map(base)
  const all = xs.map((x, pid) => given.get(pid) ?? valueAt(x))
  const isOnOne = known.except((X, pid) => X.equals(all.get(pid))).length === 0
  const isDegenerate = all.except((X) => !X.is0()).length > 0
  return base.length === threshold && isOnOne && !isDegenerate && valueAt(0n).equals(groupKey) ? all : undefined
}
