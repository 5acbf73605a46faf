/**
 * Arithmetic mod p = 2^256 − 2^32 − 977, the field of secp256k1, in doubles: three to five times as fast as BigInt in Node.
 *
 * An element is 11 limbs of 24 bits, Σ limb_k·2^(24k), in a Float64Array that holds many; the functions take an array and the offset of
 * an element in it, LIMBS·index, and an output may be an input. Limbs are whole numbers of either sign, so that subtracting is adding.
 *
 * Every step is exact, as no number exceeds 2^53: what `reduce` writes has limbs below 1.02·2^23 in absolute value and a top limb below 2^17.7.
 * Call that weight 1; a sum of elements has the sum of their weights. A column of a product of weights v and w is below 11·(1.02·2^23)²·v·w, hence
 * **v·w ≤ 8** for `product` and `squared`. Nothing but additions and multiplications in a fixed order: no time depends on a value.
 */
export type Limbs = Float64Array

export const LIMBS = 11
export const P = 2n ** 256n - 2n ** 32n - 977n

/** (c + CARRY) − CARRY is c rounded to a multiple of 2^24: the sum is of a size at which doubles are that far apart. */
const CARRY = 1.5 * 2 ** 76
const SHIFT = 2 ** -24
/** 2^264 ≡ 2^40 + 2^8·977 = FOLD_1·2^24 + FOLD_0 */
const FOLD_0 = 2 ** 8 * 977
const FOLD_1 = 2 ** 16
/** The same for 2^256 ≡ 2^32 + 977, which stands in the middle of limb 10. */
const TOP_CARRY = 1.5 * 2 ** 68
const TOP_SHIFT = 2 ** -16
const TOP_FOLD_0 = 977
const TOP_FOLD_1 = 2 ** 8

/** What a product is before it is reduced: 21 columns of weight 2^(24k). Between a product and its `reduce`, elements may be added to it. */
const columns = new Float64Array(2 * LIMBS - 1)

/** The columns of A_a · B_b. */
export function product(A: Limbs, a: number, B: Limbs, b: number): void {
  const a0 = A[a] ?? 0, a1 = A[a + 1] ?? 0, a2 = A[a + 2] ?? 0, a3 = A[a + 3] ?? 0, a4 = A[a + 4] ?? 0, a5 = A[a + 5] ?? 0
  const a6 = A[a + 6] ?? 0, a7 = A[a + 7] ?? 0, a8 = A[a + 8] ?? 0, a9 = A[a + 9] ?? 0, a10 = A[a + 10] ?? 0
  const b0 = B[b] ?? 0, b1 = B[b + 1] ?? 0, b2 = B[b + 2] ?? 0, b3 = B[b + 3] ?? 0, b4 = B[b + 4] ?? 0, b5 = B[b + 5] ?? 0
  const b6 = B[b + 6] ?? 0, b7 = B[b + 7] ?? 0, b8 = B[b + 8] ?? 0, b9 = B[b + 9] ?? 0, b10 = B[b + 10] ?? 0
  columns[0] = a0 * b0
  columns[1] = a0 * b1 + a1 * b0
  columns[2] = a0 * b2 + a1 * b1 + a2 * b0
  columns[3] = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0
  columns[4] = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0
  columns[5] = a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0
  columns[6] = a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0
  columns[7] = a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0
  columns[8] = a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0
  columns[9] = a0 * b9 + a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1 + a9 * b0
  columns[10] = a0 * b10 + a1 * b9 + a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2 + a9 * b1 + a10 * b0
  columns[11] = a1 * b10 + a2 * b9 + a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4 + a8 * b3 + a9 * b2 + a10 * b1
  columns[12] = a2 * b10 + a3 * b9 + a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5 + a8 * b4 + a9 * b3 + a10 * b2
  columns[13] = a3 * b10 + a4 * b9 + a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5 + a9 * b4 + a10 * b3
  columns[14] = a4 * b10 + a5 * b9 + a6 * b8 + a7 * b7 + a8 * b6 + a9 * b5 + a10 * b4
  columns[15] = a5 * b10 + a6 * b9 + a7 * b8 + a8 * b7 + a9 * b6 + a10 * b5
  columns[16] = a6 * b10 + a7 * b9 + a8 * b8 + a9 * b7 + a10 * b6
  columns[17] = a7 * b10 + a8 * b9 + a9 * b8 + a10 * b7
  columns[18] = a8 * b10 + a9 * b9 + a10 * b8
  columns[19] = a9 * b10 + a10 * b9
  columns[20] = a10 * b10
}

/** The columns of A_a². */
export function squared(A: Limbs, a: number): void {
  const a0 = A[a] ?? 0, a1 = A[a + 1] ?? 0, a2 = A[a + 2] ?? 0, a3 = A[a + 3] ?? 0, a4 = A[a + 4] ?? 0, a5 = A[a + 5] ?? 0
  const a6 = A[a + 6] ?? 0, a7 = A[a + 7] ?? 0, a8 = A[a + 8] ?? 0, a9 = A[a + 9] ?? 0, a10 = A[a + 10] ?? 0
  const d1 = 2 * a1, d2 = 2 * a2, d3 = 2 * a3, d4 = 2 * a4, d5 = 2 * a5, d6 = 2 * a6, d7 = 2 * a7, d8 = 2 * a8, d9 = 2 * a9, d10 = 2 * a10
  columns[0] = a0 * a0
  columns[1] = a0 * d1
  columns[2] = a0 * d2 + a1 * a1
  columns[3] = a0 * d3 + a1 * d2
  columns[4] = a0 * d4 + a1 * d3 + a2 * a2
  columns[5] = a0 * d5 + a1 * d4 + a2 * d3
  columns[6] = a0 * d6 + a1 * d5 + a2 * d4 + a3 * a3
  columns[7] = a0 * d7 + a1 * d6 + a2 * d5 + a3 * d4
  columns[8] = a0 * d8 + a1 * d7 + a2 * d6 + a3 * d5 + a4 * a4
  columns[9] = a0 * d9 + a1 * d8 + a2 * d7 + a3 * d6 + a4 * d5
  columns[10] = a0 * d10 + a1 * d9 + a2 * d8 + a3 * d7 + a4 * d6 + a5 * a5
  columns[11] = a1 * d10 + a2 * d9 + a3 * d8 + a4 * d7 + a5 * d6
  columns[12] = a2 * d10 + a3 * d9 + a4 * d8 + a5 * d7 + a6 * a6
  columns[13] = a3 * d10 + a4 * d9 + a5 * d8 + a6 * d7
  columns[14] = a4 * d10 + a5 * d9 + a6 * d8 + a7 * a7
  columns[15] = a5 * d10 + a6 * d9 + a7 * d8
  columns[16] = a6 * d10 + a7 * d9 + a8 * a8
  columns[17] = a7 * d10 + a8 * d9
  columns[18] = a8 * d10 + a9 * a9
  columns[19] = a9 * d10
  columns[20] = a10 * a10
}

/** Adds factor·D_d to the columns. @param factor a small whole number */
export function plus(D: Limbs, d: number, factor: number): void {
  columns[0] = (columns[0] ?? 0) + factor * (D[d] ?? 0)
  columns[1] = (columns[1] ?? 0) + factor * (D[d + 1] ?? 0)
  columns[2] = (columns[2] ?? 0) + factor * (D[d + 2] ?? 0)
  columns[3] = (columns[3] ?? 0) + factor * (D[d + 3] ?? 0)
  columns[4] = (columns[4] ?? 0) + factor * (D[d + 4] ?? 0)
  columns[5] = (columns[5] ?? 0) + factor * (D[d + 5] ?? 0)
  columns[6] = (columns[6] ?? 0) + factor * (D[d + 6] ?? 0)
  columns[7] = (columns[7] ?? 0) + factor * (D[d + 7] ?? 0)
  columns[8] = (columns[8] ?? 0) + factor * (D[d + 8] ?? 0)
  columns[9] = (columns[9] ?? 0) + factor * (D[d + 9] ?? 0)
  columns[10] = (columns[10] ?? 0) + factor * (D[d + 10] ?? 0)
}

/** Writes what the columns hold, as an element of weight 1. */
export function reduce(out: Limbs, o: number): void {
  let c0 = columns[0] ?? 0, c1 = columns[1] ?? 0, c2 = columns[2] ?? 0, c3 = columns[3] ?? 0, c4 = columns[4] ?? 0, c5 = columns[5] ?? 0
  let c6 = columns[6] ?? 0, c7 = columns[7] ?? 0, c8 = columns[8] ?? 0, c9 = columns[9] ?? 0, c10 = columns[10] ?? 0, c11 = columns[11] ?? 0
  let c12 = columns[12] ?? 0, c13 = columns[13] ?? 0, c14 = columns[14] ?? 0, c15 = columns[15] ?? 0, c16 = columns[16] ?? 0, c17 = columns[17] ?? 0
  let c18 = columns[18] ?? 0, c19 = columns[19] ?? 0, c20 = columns[20] ?? 0
  // Every column keeps what is nearest to zero, and hands the rest to the next.
  const h0 = (c0 + CARRY) - CARRY, h1 = (c1 + CARRY) - CARRY, h2 = (c2 + CARRY) - CARRY, h3 = (c3 + CARRY) - CARRY
  const h4 = (c4 + CARRY) - CARRY, h5 = (c5 + CARRY) - CARRY, h6 = (c6 + CARRY) - CARRY
  const h7 = (c7 + CARRY) - CARRY, h8 = (c8 + CARRY) - CARRY, h9 = (c9 + CARRY) - CARRY, h10 = (c10 + CARRY) - CARRY
  const h11 = (c11 + CARRY) - CARRY, h12 = (c12 + CARRY) - CARRY, h13 = (c13 + CARRY) - CARRY
  const h14 = (c14 + CARRY) - CARRY, h15 = (c15 + CARRY) - CARRY, h16 = (c16 + CARRY) - CARRY, h17 = (c17 + CARRY) - CARRY
  const h18 = (c18 + CARRY) - CARRY, h19 = (c19 + CARRY) - CARRY, h20 = (c20 + CARRY) - CARRY
  c0 -= h0; c1 += h0 * SHIFT - h1; c2 += h1 * SHIFT - h2; c3 += h2 * SHIFT - h3
  c4 += h3 * SHIFT - h4; c5 += h4 * SHIFT - h5; c6 += h5 * SHIFT - h6; c7 += h6 * SHIFT - h7
  c8 += h7 * SHIFT - h8; c9 += h8 * SHIFT - h9; c10 += h9 * SHIFT - h10; c11 += h10 * SHIFT - h11
  c12 += h11 * SHIFT - h12; c13 += h12 * SHIFT - h13; c14 += h13 * SHIFT - h14; c15 += h14 * SHIFT - h15
  c16 += h15 * SHIFT - h16; c17 += h16 * SHIFT - h17; c18 += h17 * SHIFT - h18; c19 += h18 * SHIFT - h19; c20 += h19 * SHIFT - h20
  // Column 21 has weight 2^240·2^264.
  const c21 = h20 * SHIFT
  c10 += c21 * FOLD_0
  c11 += c21 * FOLD_1
  // Once more above 2^264, so that what is folded is small.
  const i11 = (c11 + CARRY) - CARRY, i12 = (c12 + CARRY) - CARRY, i13 = (c13 + CARRY) - CARRY, i14 = (c14 + CARRY) - CARRY, i15 = (c15 + CARRY) - CARRY
  const i16 = (c16 + CARRY) - CARRY, i17 = (c17 + CARRY) - CARRY, i18 = (c18 + CARRY) - CARRY, i19 = (c19 + CARRY) - CARRY
  c11 -= i11; c12 += i11 * SHIFT - i12; c13 += i12 * SHIFT - i13; c14 += i13 * SHIFT - i14; c15 += i14 * SHIFT - i15
  c16 += i15 * SHIFT - i16; c17 += i16 * SHIFT - i17; c18 += i17 * SHIFT - i18; c19 += i18 * SHIFT - i19; c20 += i19 * SHIFT
  // c_{k+11}·2^264 folds into columns k and k + 1.
  c0 += c11 * FOLD_0; c1 += c12 * FOLD_0 + c11 * FOLD_1; c2 += c13 * FOLD_0 + c12 * FOLD_1; c3 += c14 * FOLD_0 + c13 * FOLD_1
  c4 += c15 * FOLD_0 + c14 * FOLD_1; c5 += c16 * FOLD_0 + c15 * FOLD_1; c6 += c17 * FOLD_0 + c16 * FOLD_1; c7 += c18 * FOLD_0 + c17 * FOLD_1
  c8 += c19 * FOLD_0 + c18 * FOLD_1; c9 += c20 * FOLD_0 + c19 * FOLD_1; c10 += c20 * FOLD_1
  // The last carries; what stands above 2^256 folds into limbs 0 and 1.
  const g0 = (c0 + CARRY) - CARRY, g1 = (c1 + CARRY) - CARRY, g2 = (c2 + CARRY) - CARRY, g3 = (c3 + CARRY) - CARRY, g4 = (c4 + CARRY) - CARRY
  const g5 = (c5 + CARRY) - CARRY, g6 = (c6 + CARRY) - CARRY, g7 = (c7 + CARRY) - CARRY, g8 = (c8 + CARRY) - CARRY, g9 = (c9 + CARRY) - CARRY
  const g10 = (c10 + TOP_CARRY) - TOP_CARRY, top = g10 * TOP_SHIFT
  c0 += top * TOP_FOLD_0 - g0; c1 += g0 * SHIFT - g1 + top * TOP_FOLD_1; c2 += g1 * SHIFT - g2
  const e0 = (c0 + CARRY) - CARRY, e1 = (c1 + CARRY) - CARRY
  out[o] = c0 - e0; out[o + 1] = c1 - e1 + e0 * SHIFT; out[o + 2] = c2 + e1 * SHIFT
  out[o + 3] = c3 - g3 + g2 * SHIFT
  out[o + 4] = c4 - g4 + g3 * SHIFT
  out[o + 5] = c5 - g5 + g4 * SHIFT
  out[o + 6] = c6 - g6 + g5 * SHIFT
  out[o + 7] = c7 - g7 + g6 * SHIFT
  out[o + 8] = c8 - g8 + g7 * SHIFT
  out[o + 9] = c9 - g9 + g8 * SHIFT
  out[o + 10] = c10 - g10 + g9 * SHIFT
}

export function multiply(out: Limbs, o: number, A: Limbs, a: number, B: Limbs, b: number): void {
  product(A, a, B, b)
  reduce(out, o)
}

export function square(out: Limbs, o: number, A: Limbs, a: number): void {
  squared(A, a)
  reduce(out, o)
}

/** out = A − B, of the sum of their weights. */
export function subtract(out: Limbs, o: number, A: Limbs, a: number, B: Limbs, b: number): void {
  out[o] = (A[a] ?? 0) - (B[b] ?? 0)
  out[o + 1] = (A[a + 1] ?? 0) - (B[b + 1] ?? 0)
  out[o + 2] = (A[a + 2] ?? 0) - (B[b + 2] ?? 0)
  out[o + 3] = (A[a + 3] ?? 0) - (B[b + 3] ?? 0)
  out[o + 4] = (A[a + 4] ?? 0) - (B[b + 4] ?? 0)
  out[o + 5] = (A[a + 5] ?? 0) - (B[b + 5] ?? 0)
  out[o + 6] = (A[a + 6] ?? 0) - (B[b + 6] ?? 0)
  out[o + 7] = (A[a + 7] ?? 0) - (B[b + 7] ?? 0)
  out[o + 8] = (A[a + 8] ?? 0) - (B[b + 8] ?? 0)
  out[o + 9] = (A[a + 9] ?? 0) - (B[b + 9] ?? 0)
  out[o + 10] = (A[a + 10] ?? 0) - (B[b + 10] ?? 0)
}
