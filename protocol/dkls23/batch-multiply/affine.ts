/**
 * Many points of secp256k1 in affine coordinates, on which one operation runs at a time: the inversions that affine formulas need are then
 * one for all (`protocol.md` §K.2 1). The formulas fail where a denominator is zero; it is said, and the caller takes another way.
 */
import { normalizeZ } from '@noble/curves/abstract/curve.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { Bug } from '../../core/errors.ts'
import type { Point } from '../../core/group.ts'
import { elements, invertAll, read, write } from './element.ts'
import { LIMBS, multiply, plus, product, reduce, square, squared, subtract, type Limbs } from './field.ts'

/** Points other than the identity: their coordinates as elements of weight 1, one point after the other. */
export interface Batch {
  readonly size: number
  readonly x: Limbs
  readonly y: Limbs
}

export function emptyBatch(size: number): Batch {
  return { size, x: elements(size), y: elements(size) }
}

/** @throws {Bug} for the identity, or a point of another curve */
export function toBatch(points: readonly Point[]): Batch {
  const batch = emptyBatch(points.length)
  const own = points.map((point) => {
    if (!(point instanceof secp256k1.Point) || point.is0()) throw new Bug('expected points of secp256k1 other than the identity')
    return point
  })
  for (const [i, { x, y }] of normalizeZ(secp256k1.Point, own).entries()) {
    write(batch.x, i * LIMBS, x)
    write(batch.y, i * LIMBS, y)
  }
  return batch
}

/** @throws {Error} if a point is not on the curve: the library checks, in its own arithmetic, what was computed here */
export function fromBatch(batch: Batch): Point[] {
  return Array.from({ length: batch.size }, (_, i) => {
    const point = secp256k1.Point.fromAffine({ x: read(batch.x, i * LIMBS), y: read(batch.y, i * LIMBS) })
    point.assertValidity()
    return point
  })
}

/** The part from point `start` up to point `end`, not copied. */
export function slice({ x, y }: Batch, start: number, end: number): Batch {
  return { size: end - start, x: x.subarray(start * LIMBS, end * LIMBS), y: y.subarray(start * LIMBS, end * LIMBS) }
}

/** Does one operation after another on as many points, in room of its own. */
export class BatchAdder {
  readonly #inverses: Limbs
  readonly #products: Limbs
  readonly #slope = elements(1)
  readonly #x = elements(1)
  readonly #difference = elements(1)

  constructor(size: number) {
    this.#inverses = elements(size)
    this.#products = elements(size)
  }

  /** out_i = A_i + B_i; `out` may be one of them. @returns false, and nothing useful, if some A_i = ±B_i */
  add(out: Batch, A: Batch, B: Batch): boolean {
    const inverses = this.#inverses
    for (let i = 0; i < inverses.length; i++) inverses[i] = (B.x[i] ?? 0) - (A.x[i] ?? 0)
    if (!invertAll(inverses, this.#products)) return false
    for (let at = 0; at < inverses.length; at += LIMBS) {
      // λ = (y_B − y_A) / (x_B − x_A)
      subtract(this.#difference, 0, B.y, at, A.y, at)
      multiply(this.#slope, 0, this.#difference, 0, inverses, at)
      this.#finish(out, at, A, B.x)
    }
    return true
  }

  /** out_i = 2·A_i; `out` may be A. Never fails: no point has y = 0, as the order is odd. */
  double(out: Batch, A: Batch): void {
    const inverses = this.#inverses
    for (let i = 0; i < inverses.length; i++) inverses[i] = 2 * (A.y[i] ?? 0)
    if (!invertAll(inverses, this.#products)) throw new Bug('a point of order two')
    for (let at = 0; at < inverses.length; at += LIMBS) {
      // λ = 3x² / 2y
      square(this.#slope, 0, A.x, at)
      for (let k = 0; k < LIMBS; k++) this.#slope[k] = 3 * (this.#slope[k] ?? 0)
      multiply(this.#slope, 0, this.#slope, 0, inverses, at)
      this.#finish(out, at, A, A.x)
    }
  }

  /** x = λ² − x_A − x_B, y = λ(x_A − x) − y_A. */
  #finish(out: Batch, at: number, A: Batch, xB: Limbs): void {
    squared(this.#slope, 0)
    plus(A.x, at, -1)
    plus(xB, at, -1)
    reduce(this.#x, 0)
    subtract(this.#difference, 0, A.x, at, this.#x, 0)
    product(this.#slope, 0, this.#difference, 0)
    plus(A.y, at, -1)
    reduce(out.y, at)
    for (let k = 0; k < LIMBS; k++) out.x[at + k] = this.#x[k] ?? 0
  }
}
