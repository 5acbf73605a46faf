/** Decoding many points at once, in the fast field. Public data. */
import { Malformed } from '../../core/errors.ts'
import type { Point } from '../../core/group.ts'
import { emptyBatch, fromBatch } from './affine.ts'
import { constant, elements, isZero, parity, powerOfQuarter, writeBytes } from './element.ts'
import { LIMBS, multiply, plus, product, reduce, square, squared } from './field.ts'

const POINT_BYTES = 33
const SEVEN = constant(7n)
const [gx, root] = [elements(1), elements(1)]

/**
 * Points one after the other, SEC1 compressed: equal to the group's `decodePoint` of each.
 * @throws {Malformed} E_POINT: one of them is no point (the identity has no encoding)
 */
export function decodeAll(bytes: Uint8Array): Point[] {
  if (bytes.length % POINT_BYTES !== 0) throw new Malformed('E_POINT', `expected points of ${POINT_BYTES} bytes, got ${bytes.length} bytes`)
  const out = emptyBatch(bytes.length / POINT_BYTES)
  for (let i = 0; i < out.size; i++) {
    const [at, from] = [i * LIMBS, i * POINT_BYTES]
    const prefix = bytes[from] ?? 0
    const isBelowP = writeBytes(out.x, at, bytes.subarray(from + 1, from + POINT_BYTES))
    // y = (x³ + 7)^((p+1)/4), if that is a root.
    square(gx, 0, out.x, at)
    product(gx, 0, out.x, at)
    plus(SEVEN, 0, 1)
    reduce(gx, 0)
    powerOfQuarter(root, 0, gx, 0)
    multiply(out.y, at, root, 0, gx, 0)
    squared(out.y, at)
    plus(gx, 0, -1)
    reduce(root, 0)
    if ((prefix !== 2 && prefix !== 3) || !isBelowP || !isZero(root, 0)) throw new Malformed('E_POINT', `point ${i} of ${out.size} is none of the curve`)
    const sign = parity(out.y, at) === (prefix & 1) ? 1 : -1
    for (let k = 0; k < LIMBS; k++) out.y[at + k] = sign * (out.y[at + k] ?? 0)
  }
  return fromBatch(out)
}
