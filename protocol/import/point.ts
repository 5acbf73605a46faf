/** Points as tss-lib writes them: both affine coordinates. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { InputError, Malformed } from '../core/errors.ts'
import { groupOfSuite, type Point } from '../core/group.ts'

interface NoblePoint extends Point {
  assertValidity(): void
}

/** The two suites that tss-lib has; the names are its own (`crypto/ecpoint.go`, `tss/curve.go`). */
const CURVES = {
  1: { name: 'secp256k1', prime: secp256k1.Point.Fp.ORDER, fromAffine: (x: bigint, y: bigint): NoblePoint => secp256k1.Point.fromAffine({ x, y }) },
  2: { name: 'ed25519', prime: ed25519.Point.Fp.ORDER, fromAffine: (x: bigint, y: bigint): NoblePoint => ed25519.Point.fromAffine({ x, y }) },
} as const

export const curveName = (suite: 1 | 2): string => CURVES[suite].name

/**
 * A point of the prime-order group, other than the identity, from its coordinates.
 * @throws {InputError} naming `field`, or the coordinate of it
 */
export function pointFromAffine(suite: 1 | 2, x: bigint, y: bigint, field: string): Point {
  const { name, prime, fromAffine } = CURVES[suite]
  for (const [i, coordinate] of [x, y].entries()) {
    if (coordinate >= prime) throw new InputError(`${field}.Coords[${i}]`, `expected a number below the prime of ${name}`)
  }
  const point = fromAffine(x, y)
  try {
    point.assertValidity()
  } catch {
    throw new InputError(field, `the point is not on the curve ${name}, or is the identity`)
  }
  const group = groupOfSuite(suite)
  try {
    // Decoding what is on the curve fails for one reason alone: a component of small order.
    return group.decodePoint(group.encodePoint(point))
  } catch (cause) {
    if (cause instanceof Malformed) throw new InputError(field, `the point is not in the prime-order group of ${name}`)
    throw cause
  }
}
