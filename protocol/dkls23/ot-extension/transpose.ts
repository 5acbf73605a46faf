/** Bit matrices, with the bit order of `protocol.md` §A.2. */
import { N, ROW } from '../parameters.ts'

/**
 * 128 columns to rows of 16 bytes: bit c of row t is bit t of column c. Swaps halves of blocks of 32 × 32 bits, then halves of these.
 * @param columns 128 × columnBytes; columnBytes is a multiple of 4
 * @returns 8·columnBytes rows; who calls wipes it
 */
export function transpose(columns: Uint8Array, columnBytes: number): Uint8Array {
  const rows = new Uint8Array(8 * columnBytes * ROW)
  const from = new DataView(columns.buffer, columns.byteOffset, columns.byteLength)
  const to = new DataView(rows.buffer)
  const block = new Int32Array(32)
  for (let c = 0; c < N; c += 32) {
    for (let byte = 0; byte < columnBytes; byte += 4) {
      for (let i = 0; i < 32; i++) block[i] = from.getInt32((c + i) * columnBytes + byte, true)
      transposeBlock(block)
      for (let i = 0; i < 32; i++) to.setInt32((8 * byte + i) * ROW + c / 8, block[i] ?? 0, true)
    }
  }
  block.fill(0)
  return rows
}

/** In place: bit c of word r ↔ bit r of word c. */
function transposeBlock(block: Int32Array): void {
  for (let half = 16, mask = 0x0000ffff; half !== 0; half >>= 1, mask ^= mask << half) {
    for (let r = 0; r < 32; r = (r + half + 1) & ~half) {
      const [low, high] = [block[r] ?? 0, block[r + half] ?? 0]
      const swap = ((low >>> half) ^ high) & mask
      block[r] = low ^ (swap << half)
      block[r + half] = high ^ swap
    }
  }
}
