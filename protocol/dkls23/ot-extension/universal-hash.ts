/** The linear hash U of the consistency check, over GF(2^128) = GF(2)[z] / (z^128 + z^7 + z^2 + z + 1). Source: `protocol.md` §A.2, §C.1.4. */
import { bitOf, xorInto } from './words.ts'

const DEGREE = 128
/** z^128 = z^7 + z^2 + z + 1 */
const TAPS = [0, 1, 2, 7] as const

/**
 * U(w) = Σ χ_b·w_b ⊕ (last 128 bits of w), for all columns w at once. Row t holds bit t of every column, so it is the coefficient of
 * z^(t mod 128) in block t div 128, and a multiplication by z^k is a shift by k rows.
 * Time depends on χ alone, which is public as soon as u is; the rows are secret and are only ever added up.
 * @param rows `width` words each; the last 128 are the mask, the last block before it may be short (it counts as filled up with zeros)
 * @param chi 16 bytes for each block
 * @returns 128 rows: bit i of U of every column; who calls wipes it
 */
export function universalHash(rows: Int32Array, width: number, chi: Uint8Array): Int32Array {
  const mask = rows.length - DEGREE * width
  const sum = new Int32Array(2 * DEGREE * width)
  for (let bit = 0; bit < 8 * chi.length; bit++) {
    if (bitOf(chi, bit) === 0) continue
    const k = bit % DEGREE
    const block = (bit - k) * width
    xorInto(sum, k * width, rows, block, Math.min(DEGREE * width, mask - block))
  }
  for (let k = 2 * DEGREE - 1; k >= DEGREE; k--) {
    for (const tap of TAPS) xorInto(sum, (k - DEGREE + tap) * width, sum, k * width, width)
  }
  xorInto(sum, 0, rows, mask, DEGREE * width)
  const hash = sum.slice(0, DEGREE * width)
  sum.fill(0)
  return hash
}
