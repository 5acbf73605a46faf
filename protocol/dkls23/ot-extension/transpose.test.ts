import { describe, expect, test } from 'vitest'
import { seededRng } from '../../testing/seeded-rng.ts'
import { N, ROLL_COLUMN, ROW, SIGN_COLUMN } from '../parameters.ts'
import { transpose } from './transpose.ts'
import { bitOf } from './words.ts'

/** Bit by bit. */
function naive(columns: Uint8Array, columnBytes: number): Uint8Array {
  const rows = new Uint8Array(8 * columnBytes * ROW)
  for (let c = 0; c < N; c++) {
    for (let t = 0; t < 8 * columnBytes; t++) {
      const at = t * ROW + (c >> 3)
      rows[at] = (rows[at] ?? 0) | (bitOf(columns.subarray(c * columnBytes), t) << (c & 7))
    }
  }
  return rows
}

describe('transpose', () => {
  test.each([SIGN_COLUMN, ROLL_COLUMN, ROW])('equals the bit-by-bit one for columns of %i bytes', (columnBytes) => {
    const rng = seededRng(`transpose ${columnBytes}`)
    for (let run = 0; run < 5; run++) {
      const columns = rng(N * columnBytes)
      expect(transpose(columns, columnBytes)).toEqual(naive(columns, columnBytes))
    }
  })

  test('twice gives a square matrix back', () => {
    const matrix = seededRng('transpose twice')(N * ROW)
    expect(transpose(transpose(matrix, ROW), ROW)).toEqual(matrix)
  })

  test('reads columns that begin inside a buffer', () => {
    const shifted = seededRng('transpose view')(N * ROW + 1).subarray(1)
    expect(transpose(shifted, ROW)).toEqual(naive(shifted, ROW))
  })
})
