/** From the leaves of the trees to the columns of the matrix. Source: `protocol.md` §C.1.2. */
import { DEPTH, LEAVES, N, SEED, TREES } from '../parameters.ts'
import { expand } from '../prg/index.ts'
import { xorInto } from './words.ts'

interface Folded {
  /** v: 128 columns. */
  readonly columns: Uint8Array
  /** ⊕_y R_{j,y} for each of the 32 trees. */
  readonly sums: Uint8Array
}

/**
 * R_{j,y} = PRG(k_{j,y}, info, columnBytes); v_{4j+e} = ⊕_{y : bit e of y = 1} R_{j,y}. Who calls wipes both results.
 *
 * Departure: the owner of Δ folds in the same way, all 16 leaves with the missing one as 0^32, where §C.2.1 leaves it out. As bit e of
 * y ⊕ Δ_j is (bit e of y) ⊕ (bit e of Δ_j), its w_{4j+e} = v_{4j+e} ⊕ (Δ_j bit e)·(u_j ⊕ ⊕_y R_{j,y}), in which the expansion of 0^32
 * cancels. So nothing is read, skipped or multiplied by what Δ says until that one mask.
 *
 * @param leaves 32 × 16 × 32 bytes, secret
 * @param columnBytes a multiple of 4
 */
export function fold(leaves: Uint8Array, info: Uint8Array, columnBytes: number): Folded {
  const columns = new Uint8Array(N * columnBytes)
  const sums = new Uint8Array(TREES * columnBytes)
  const expansions = new Uint8Array(LEAVES * columnBytes)
  const [v, sum, R] = [new Int32Array(columns.buffer), new Int32Array(sums.buffer), new Int32Array(expansions.buffer)]
  const words = columnBytes / 4
  for (let j = 0; j < TREES; j++) {
    for (let y = 0; y < LEAVES; y++) expand(leaves, (j * LEAVES + y) * SEED, info, expansions, y * columnBytes, columnBytes)
    // Halving: what is odd goes to the column of this bit; then pairs are added, and the next bit of y becomes the lowest.
    for (let e = 0, pairs = LEAVES / 2; e < DEPTH; e++, pairs /= 2) {
      for (let y = 0; y < pairs; y++) {
        xorInto(v, (DEPTH * j + e) * words, R, (2 * y + 1) * words, words)
        xorInto(R, 2 * y * words, R, (2 * y + 1) * words, words)
        R.copyWithin(y * words, 2 * y * words, (2 * y + 1) * words)
      }
    }
    xorInto(sum, j * words, R, 0, words)
  }
  expansions.fill(0)
  return { columns, sums }
}
