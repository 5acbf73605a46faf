/**
 * Secret scalars as digits, the same number of them and none zero whatever the scalar is, so that multiplying takes the same steps for all.
 * The BigInt arithmetic here takes time by the size of its numbers, which is that of uniform 256-bit scalars (`protocol.md` §J).
 */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { numberToBytesBE } from '@noble/curves/utils.js'
import { Bug } from '../../core/errors.ts'

/** The curve's endomorphism is (x, y) ↦ (β·x, y), which multiplies by λ. */
export const BETA = 0x7ae96a2b657c07106e64479eac3434e99cf0497512f58995c1396c28719501een
/** Short vectors (a, b) with a + b·λ ≡ 0 mod q: those of Gallant, Lambert and Vanstone for this curve, as the library has them. */
const [A1, B1] = [0x3086d221a7d46bcde86c90e49284eb15n, -0xe4437ed6010e88286f547fa90abfe4c3n]
const [A2, B2] = [0x114ca50f7a8e2f3f657c1108d9d44cfd8n, 0x3086d221a7d46bcde86c90e49284eb15n]
const q = secp256k1.Point.Fn.ORDER

/** Digits of one half of a scalar: 33·4 = 132 bits. */
export const DIGITS = 33
/** Odd multiples that a digit may name. */
export const ODD_MULTIPLES = 8

/** An odd number below 2^132 in absolute value, as Σ d_i·16^i of odd d_i from −15 to 15: digit i is (d_i + 15)/2, from 0 to 15. */
export type Digits = Uint8Array

/**
 * k = k_1 + k_2·λ mod q.
 * @param k 1 ≤ k < q, secret
 * @returns the digits of k_1 and of k_2, lowest first
 */
export function splitScalar(k: bigint): readonly [Digits, Digits] {
  if (k < 1n || k >= q) throw new Bug('expected a scalar from 1 to the order less 1')
  const [c1, c2] = [(B2 * k + q / 2n) / q, (-B1 * k + q / 2n) / q]
  let [k1, k2] = [k - c1 * A1 - c2 * A2, -c1 * B1 - c2 * B2]
  // Digits are of odd numbers alone. (A1, B1) is (odd, odd) and (A2, B2) is (even, odd), so adding the one, then the other, makes first
  // k_1 and then k_2 odd where they are not. Both stay below 2^130.
  const even1 = 1n - (k1 & 1n)
  ;[k1, k2] = [k1 + even1 * A1, k2 + even1 * B1]
  const even2 = 1n - (k2 & 1n)
  ;[k1, k2] = [k1 + even2 * A2, k2 + even2 * B2]
  return [digitsOf(k1), digitsOf(k2)]
}

/** With e_i = (d_i + 15)/2, Σ d_i·16^i = n means Σ e_i·16^i = (n + 16^33 − 1)/2: digits of that, of either sign of n alike. */
function digitsOf(n: bigint): Digits {
  const bytes = numberToBytesBE((n + 16n ** BigInt(DIGITS) - 1n) / 2n, (DIGITS + 1) / 2).reverse()
  const digits = Uint8Array.from({ length: DIGITS }, (_, i) => ((bytes[i >> 1] ?? 0) >> (4 * (i & 1))) & 15)
  bytes.fill(0)
  return digits
}

/**
 * How a digit is looked up: every odd multiple is read, times 1 if it is the one, times 0 if not.
 * @param factors room for 8, of which one becomes 1: multiple 2m + 1 has factor m
 * @returns the sign of the digit
 */
export function choose(digit: number, factors: Float64Array): number {
  const negative = (digit - ODD_MULTIPLES) >> 31
  // |d| = 2m + 1, where m is the digit less 8, or 7 less the digit.
  const m = (digit ^ negative) & (ODD_MULTIPLES - 1)
  for (let i = 0; i < ODD_MULTIPLES; i++) factors[i] = -(((m ^ i) - 1) >> 31)
  return 1 + 2 * negative
}
