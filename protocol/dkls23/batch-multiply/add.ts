/** Adding points pairwise, and putting them in an order that is secret. */
import { groupOfSuite, type Point } from '../../core/group.ts'
import { bitOf } from '../ot-extension/words.ts'
import { BatchAdder, emptyBatch, fromBatch, toBatch } from './affine.ts'
import { LIMBS, type Limbs } from './field.ts'

const group = groupOfSuite(1)

/** a_i + b_i. @param a, b as many points, none the identity */
export function addAll(a: readonly Point[], b: readonly Point[]): Point[] {
  const sum = emptyBatch(a.length)
  // Where two are equal or opposite the formula fails. Only points that somebody chose so are, and those are public.
  if (new BatchAdder(a.length).add(sum, toBatch(a), toBatch(b))) return fromBatch(sum)
  return a.map((point, i) => point.add(b[i] ?? group.identity))
}

/**
 * Pairs in an order that nobody can see: first_0, second_0, first_1, …, but second_i before first_i where bit i is 1.
 * The coordinates are swapped by arithmetic, limb for limb.
 * @param first, second as many points, none the identity
 * @param bits secret; bit i of byte i >> 3, the lowest first
 */
export function placeAll(first: readonly Point[], second: readonly Point[], bits: Uint8Array): Point[] {
  const [a, b] = [toBatch(first), toBatch(second)]
  const out = emptyBatch(2 * a.size)
  for (let i = 0; i < a.size; i++) {
    const bit = bitOf(bits, i)
    place(out.x, a.x, b.x, i * LIMBS, bit)
    place(out.y, a.y, b.y, i * LIMBS, bit)
  }
  return fromBatch(out)
}

function place(out: Limbs, A: Limbs, B: Limbs, from: number, bit: number): void {
  for (let k = from; k < from + LIMBS; k++) {
    const [a, b] = [A[k] ?? 0, B[k] ?? 0]
    const moved = bit * (b - a)
    out[from + k] = a + moved
    out[from + LIMBS + k] = b - moved
  }
}
