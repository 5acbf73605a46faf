/** Which polynomial points in the exponent lie on. Public data, variable time. */
import { invert } from '../core/polynomial.ts'
import { mod, type Group, type Point } from '../core/group.ts'

/** f(x)·G at x. */
export interface Sample {
  /** Distinct modulo the order from the others'. */
  readonly x: bigint
  readonly point: Point
}

/**
 * The smallest degree of a polynomial in the exponent that all samples lie on, by Newton's divided differences: row m holds those of every window of
 * m + 1 neighbours, and a row of identities says that every window of m + 1 lies on degree m − 1. Neighbouring windows share m samples, which fix a
 * polynomial of that degree, so that all lie on one.
 * @param most stop there: what lies on no polynomial of this degree has none
 */
export function degreeOf(group: Group, samples: readonly Sample[], most: number): number | undefined {
  let row = samples.map(({ point }) => point)
  for (let m = 0; m <= most; m++) {
    const next: Point[] = []
    for (const [i, left] of row.entries()) {
      const right = row[i + 1]
      const [from, to] = [samples[i], samples[i + m + 1]]
      if (right === undefined || from === undefined || to === undefined) break
      next.push(times(group, right.add(left.negate()), invert(mod(to.x - from.x, group.order), group.order)))
    }
    if (next.every((difference) => difference.is0())) return m
    row = next
  }
  return undefined
}

/** The one sample without which the others lie on a polynomial of lower degree than so many would always do. */
export function outlierOf(group: Group, samples: readonly Sample[]): number | undefined {
  const found = samples.findIndex((_, without) => {
    const others = samples.filter((_, i) => i !== without)
    return degreeOf(group, others, others.length - 2) !== undefined
  })
  return found === -1 ? undefined : found
}

function times(group: Group, point: Point, scalar: bigint): Point {
  return point.is0() ? group.identity : point.multiplyUnsafe(scalar)
}
