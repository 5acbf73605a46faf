/**
 * Bulk expansion, tuned: BLAKE3 in keyed mode for messages of one block, equal to `PRG` of core for every input it takes.
 * A signature makes several thousand of these calls with each peer; core's library takes seven times as long.
 * Words are read and written through DataView, so the byte order of the machine plays no part. Only additions, rotations and XOR by fixed
 * amounts: nothing here depends on the seed but the values. Source: `protocol.md` §A.3; BLAKE3 specification §2.2, §2.4, §2.6.
 */

export const BLOCK = 64
const KEY = 32

/** CHUNK_START | CHUNK_END | ROOT | KEYED_HASH: the message is one block, hence the first, the last and the root at once. */
const FLAGS = 1 | 2 | 8 | 16

const keyBytes = new Uint8Array(KEY)
const key = new DataView(keyBytes.buffer)
const blockBytes = new Uint8Array(BLOCK)
const block = new DataView(blockBytes.buffer)
const outputBytes = new Uint8Array(BLOCK)
const output = new DataView(outputBytes.buffer)

/**
 * `PRG(seeds[seedAt..seedAt+32], info, size)` of core, written into `out` from `outAt`. Allocates nothing.
 * @param seeds secret; the seed's 32 bytes begin at `seedAt`
 * @param info at most 64 bytes, what the output is for; begins with the label byte of its use
 * @param out who gave it wipes it; no copy of seed or output stays here
 * @param size bytes wanted
 * @throws {RangeError} if something does not fit: a mistake of the caller
 */
export function expand(seeds: Uint8Array, seedAt: number, info: Uint8Array, out: Uint8Array, outAt: number, size: number): void {
  if (seedAt < 0 || seedAt + KEY > seeds.length) throw new RangeError(`expected a seed of ${KEY} bytes at ${seedAt} of ${seeds.length}`)
  if (info.length > BLOCK) throw new RangeError(`expected at most ${BLOCK} bytes, got ${info.length}`)
  if (outAt < 0 || size < 0 || outAt + size > out.length) throw new RangeError(`expected room for ${size} bytes at ${outAt} of ${out.length}`)
  for (let i = 0; i < KEY; i++) keyBytes[i] = seeds[seedAt + i] ?? 0
  for (let i = 0; i < info.length; i++) blockBytes[i] = info[i] ?? 0
  for (let done = 0, counter = 0; done < size; done += BLOCK, counter++) {
    compress(info.length, counter)
    const end = Math.min(BLOCK, size - done)
    for (let i = 0; i < end; i++) out[outAt + done + i] = outputBytes[i] ?? 0
  }
  keyBytes.fill(0)
  blockBytes.fill(0)
  outputBytes.fill(0)
}

/** One compression of `block` under `key`; all 64 bytes of its output go to `output`. */
function compress(length: number, counter: number): void {
  let m0 = block.getInt32(0, true), m1 = block.getInt32(4, true), m2 = block.getInt32(8, true), m3 = block.getInt32(12, true)
  let m4 = block.getInt32(16, true), m5 = block.getInt32(20, true), m6 = block.getInt32(24, true), m7 = block.getInt32(28, true)
  let m8 = block.getInt32(32, true), m9 = block.getInt32(36, true), m10 = block.getInt32(40, true), m11 = block.getInt32(44, true)
  let m12 = block.getInt32(48, true), m13 = block.getInt32(52, true), m14 = block.getInt32(56, true), m15 = block.getInt32(60, true)
  let v0 = key.getInt32(0, true), v1 = key.getInt32(4, true), v2 = key.getInt32(8, true), v3 = key.getInt32(12, true)
  let v4 = key.getInt32(16, true), v5 = key.getInt32(20, true), v6 = key.getInt32(24, true), v7 = key.getInt32(28, true)
  let v8 = 0x6a09e667, v9 = 0xbb67ae85 | 0, v10 = 0x3c6ef372, v11 = 0xa54ff53a | 0
  let v12 = counter, v13 = 0, v14 = length, v15 = FLAGS
  for (let round = 0; ; round++) {
    // Columns.
    v0 = (v0 + v4 + m0) | 0; v12 ^= v0; v12 = (v12 << 16) | (v12 >>> 16); v8 = (v8 + v12) | 0; v4 ^= v8; v4 = (v4 << 20) | (v4 >>> 12)
    v1 = (v1 + v5 + m2) | 0; v13 ^= v1; v13 = (v13 << 16) | (v13 >>> 16); v9 = (v9 + v13) | 0; v5 ^= v9; v5 = (v5 << 20) | (v5 >>> 12)
    v2 = (v2 + v6 + m4) | 0; v14 ^= v2; v14 = (v14 << 16) | (v14 >>> 16); v10 = (v10 + v14) | 0; v6 ^= v10; v6 = (v6 << 20) | (v6 >>> 12)
    v3 = (v3 + v7 + m6) | 0; v15 ^= v3; v15 = (v15 << 16) | (v15 >>> 16); v11 = (v11 + v15) | 0; v7 ^= v11; v7 = (v7 << 20) | (v7 >>> 12)
    v0 = (v0 + v4 + m1) | 0; v12 ^= v0; v12 = (v12 << 24) | (v12 >>> 8); v8 = (v8 + v12) | 0; v4 ^= v8; v4 = (v4 << 25) | (v4 >>> 7)
    v1 = (v1 + v5 + m3) | 0; v13 ^= v1; v13 = (v13 << 24) | (v13 >>> 8); v9 = (v9 + v13) | 0; v5 ^= v9; v5 = (v5 << 25) | (v5 >>> 7)
    v2 = (v2 + v6 + m5) | 0; v14 ^= v2; v14 = (v14 << 24) | (v14 >>> 8); v10 = (v10 + v14) | 0; v6 ^= v10; v6 = (v6 << 25) | (v6 >>> 7)
    v3 = (v3 + v7 + m7) | 0; v15 ^= v3; v15 = (v15 << 24) | (v15 >>> 8); v11 = (v11 + v15) | 0; v7 ^= v11; v7 = (v7 << 25) | (v7 >>> 7)
    // Diagonals.
    v0 = (v0 + v5 + m8) | 0; v15 ^= v0; v15 = (v15 << 16) | (v15 >>> 16); v10 = (v10 + v15) | 0; v5 ^= v10; v5 = (v5 << 20) | (v5 >>> 12)
    v1 = (v1 + v6 + m10) | 0; v12 ^= v1; v12 = (v12 << 16) | (v12 >>> 16); v11 = (v11 + v12) | 0; v6 ^= v11; v6 = (v6 << 20) | (v6 >>> 12)
    v2 = (v2 + v7 + m12) | 0; v13 ^= v2; v13 = (v13 << 16) | (v13 >>> 16); v8 = (v8 + v13) | 0; v7 ^= v8; v7 = (v7 << 20) | (v7 >>> 12)
    v3 = (v3 + v4 + m14) | 0; v14 ^= v3; v14 = (v14 << 16) | (v14 >>> 16); v9 = (v9 + v14) | 0; v4 ^= v9; v4 = (v4 << 20) | (v4 >>> 12)
    v0 = (v0 + v5 + m9) | 0; v15 ^= v0; v15 = (v15 << 24) | (v15 >>> 8); v10 = (v10 + v15) | 0; v5 ^= v10; v5 = (v5 << 25) | (v5 >>> 7)
    v1 = (v1 + v6 + m11) | 0; v12 ^= v1; v12 = (v12 << 24) | (v12 >>> 8); v11 = (v11 + v12) | 0; v6 ^= v11; v6 = (v6 << 25) | (v6 >>> 7)
    v2 = (v2 + v7 + m13) | 0; v13 ^= v2; v13 = (v13 << 24) | (v13 >>> 8); v8 = (v8 + v13) | 0; v7 ^= v8; v7 = (v7 << 25) | (v7 >>> 7)
    v3 = (v3 + v4 + m15) | 0; v14 ^= v3; v14 = (v14 << 24) | (v14 >>> 8); v9 = (v9 + v14) | 0; v4 ^= v9; v4 = (v4 << 25) | (v4 >>> 7)
    if (round === 6) break
    // The next round takes the message words in the order 2 6 3 10 7 0 4 13 1 11 12 5 9 14 15 8.
    const w0 = m0, w1 = m1
    m0 = m2; m2 = m3; m3 = m10; m10 = m12; m12 = m9; m9 = m11; m11 = m5; m5 = w0
    m1 = m6; m6 = m4; m4 = m7; m7 = m13; m13 = m14; m14 = m15; m15 = m8; m8 = w1
  }
  output.setInt32(0, v0 ^ v8, true); output.setInt32(4, v1 ^ v9, true); output.setInt32(8, v2 ^ v10, true); output.setInt32(12, v3 ^ v11, true)
  output.setInt32(16, v4 ^ v12, true); output.setInt32(20, v5 ^ v13, true); output.setInt32(24, v6 ^ v14, true); output.setInt32(28, v7 ^ v15, true)
  output.setInt32(32, v8 ^ key.getInt32(0, true), true); output.setInt32(36, v9 ^ key.getInt32(4, true), true)
  output.setInt32(40, v10 ^ key.getInt32(8, true), true); output.setInt32(44, v11 ^ key.getInt32(12, true), true)
  output.setInt32(48, v12 ^ key.getInt32(16, true), true); output.setInt32(52, v13 ^ key.getInt32(20, true), true)
  output.setInt32(56, v14 ^ key.getInt32(24, true), true); output.setInt32(60, v15 ^ key.getInt32(28, true), true)
}
