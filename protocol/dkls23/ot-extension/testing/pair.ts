/** A pair's state as base OT and trees would leave it, dealt by one hand. */
import type { Rng } from '../../../core/rng.ts'
import { DEPTH, LEAVES, LEAVES_BYTES, ROW, SEED, TREES } from '../../parameters.ts'
import type { DeltaOwner } from '../index.ts'

export interface DealtPair {
  readonly owner: DeltaOwner
  /** The holder's. */
  readonly leaves: Uint8Array
}

export function dealPair(rng: Rng): DealtPair {
  const leaves = rng(LEAVES_BYTES)
  const delta = rng(ROW)
  const punctured = leaves.slice()
  for (let j = 0; j < TREES; j++) {
    const missing = j * LEAVES + nibble(delta, j)
    punctured.fill(0, missing * SEED, (missing + 1) * SEED)
  }
  return { owner: { delta, leaves: punctured }, leaves }
}

/** Δ_j */
export function nibble(delta: Uint8Array, j: number): number {
  return ((delta[j >> 1] ?? 0) >> (DEPTH * (j & 1))) & (LEAVES - 1)
}
