/** Shamir polynomials and their Feldman commitments over any of the groups. */
import { Bug } from './errors.ts'
import { mod, type Group, type Point } from './group.ts'

/** f(x) = Σ a_k x^k mod order, by Horner. @param x a share index, public */
export function evaluate(group: Group, coefficients: readonly bigint[], x: number): bigint {
  return coefficients.reduceRight((sum, a) => mod(sum * BigInt(x) + a, group.order), 0n)
}

/** Σ x^k F_k: the commitment to f(x). Public data, variable time. */
export function evaluateInExponent(group: Group, commitments: readonly Point[], x: number): Point {
  return commitments.reduceRight((sum, F) => sum.multiplyUnsafe(BigInt(x)).add(F), group.identity)
}

/** λ_i for interpolation at zero over the indices in `set`. Source: `protocol.md` §D.3. @param set distinct share indices, i among them */
export function lagrangeAtZero(group: Group, i: number, set: readonly number[]): bigint {
  return lagrangeAt(group, 0n, BigInt(i), set.map(BigInt))
}

/** λ for interpolation at `at` of the value at `own`. @param xs distinct mod the group order, `own` among them; public */
export function lagrangeAt({ order }: Group, at: bigint, own: bigint, xs: readonly bigint[]): bigint {
  if (!xs.includes(own) || new Set(xs).size !== xs.length) throw new Bug('expected distinct share indices, the own one among them')
  let numerator = 1n
  let denominator = 1n
  for (const x of xs) {
    if (x === own) continue
    numerator = mod(numerator * (x - at), order)
    denominator = mod(denominator * (x - own), order)
  }
  return mod(numerator * invert(denominator, order), order)
}

/** Inverse mod a prime by the extended Euclidean algorithm; public values alone. */
export function invert(value: bigint, order: bigint): bigint {
  let [r0, r1] = [order, mod(value, order)]
  let [s0, s1] = [0n, 1n]
  while (r1 !== 0n) {
    const q = r0 / r1
    ;[r0, r1] = [r1, r0 - q * r1]
    ;[s0, s1] = [s1, s0 - q * s1]
  }
  return mod(s0, order)
}
