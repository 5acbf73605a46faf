/** The groups of the three suites behind one interface. Encodings: `protocol.md` §A.2. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { toBigInt } from './bytes.ts'
import { Malformed } from './errors.ts'
import type { Rng } from './rng.ts'
import type { SuiteId } from './suite-id.ts'

/** A point of prime order or the identity; immutable. */
export interface Point {
  add(other: Point): Point
  negate(): Point
  equals(other: Point): boolean
  is0(): boolean
  /** Constant-time in the scalar's bits; 1 ≤ scalar < order. */
  multiply(scalar: bigint): Point
  /** Variable time: for public scalars alone. */
  multiplyUnsafe(scalar: bigint): Point
  toBytes(): Uint8Array
}

export interface Group {
  /** Prime order of the group. */
  readonly order: bigint
  readonly identity: Point
  readonly generator: Point
  /** 33 for secp256k1 (SEC1 compressed), 32 for Ed25519. */
  readonly pointBytes: number
  /** @throws {Malformed} E_POINT: wrong length, off the curve, not canonical, with torsion, or the identity */
  decodePoint(bytes: Uint8Array): Point
  encodePoint(point: Point): Uint8Array
  /** 32 bytes: big-endian for secp256k1, little-endian for Ed25519. @throws {Malformed} E_SCALAR: not below the order */
  decodeScalar(bytes: Uint8Array): bigint
  encodeScalar(scalar: bigint): Uint8Array
}

export const SCALAR_BYTES = 32

interface NobleCurve {
  readonly BASE: Point
  readonly ZERO: Point
  readonly Fn: { readonly ORDER: bigint; toBytes(scalar: bigint): Uint8Array; fromBytes(bytes: Uint8Array): bigint }
  fromBytes(bytes: Uint8Array): Point
}

function groupOf(curve: NobleCurve, pointBytes: number, torsionFree: (point: Point) => boolean): Group {
  const { Fn } = curve
  return {
    order: Fn.ORDER,
    identity: curve.ZERO,
    generator: curve.BASE,
    pointBytes,
    decodePoint(bytes) {
      if (bytes.length !== pointBytes) throw new Malformed('E_POINT', `expected a point of ${pointBytes} bytes, got ${bytes.length}`)
      const point = attempt(() => curve.fromBytes(bytes))
      if (point === undefined || point.is0() || !torsionFree(point)) {
        throw new Malformed('E_POINT', 'expected a point of the prime-order group other than the identity')
      }
      return point
    },
    encodePoint: (point) => point.toBytes(),
    decodeScalar(bytes) {
      const scalar = bytes.length === SCALAR_BYTES ? attempt(() => Fn.fromBytes(bytes)) : undefined
      if (scalar === undefined) throw new Malformed('E_SCALAR', 'expected 32 bytes of a scalar below the group order')
      return scalar
    },
    encodeScalar: (scalar) => Fn.toBytes(scalar),
  }
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch {
    return undefined // noble's parse errors all mean the same here: not a canonical encoding
  }
}

const secp256k1Group = groupOf(secp256k1.Point, 33, () => true)
const ed25519Group = groupOf(ed25519.Point, 32, (point) => point instanceof ed25519.Point && point.isTorsionFree())

const GROUPS: Readonly<Record<SuiteId, Group>> = { 1: secp256k1Group, 2: ed25519Group, 3: secp256k1Group }

export function groupOfSuite(suite: SuiteId): Group {
  return GROUPS[suite]
}

/**
 * Uniform non-zero scalar, by rejection.
 * @param rng secure randomness
 */
export function randomScalar(group: Group, rng: Rng): bigint {
  for (;;) {
    // 48 bytes reduced: bias below 2^-127, so zero is the only value to reject.
    const scalar = toBigInt(rng(48)) % group.order
    if (scalar !== 0n) return scalar
  }
}

/** scalar·G, constant time; also for 0, which noble's `multiply` refuses. Zero has probability 2^-256 unless somebody chose it. */
export function baseMultiply(group: Group, scalar: bigint): Point {
  return scalar === 0n ? group.identity : group.generator.multiply(scalar)
}

export function sumPoints(group: Group, points: Iterable<Point>): Point {
  let sum = group.identity
  for (const point of points) sum = sum.add(point)
  return sum
}

export function mod(value: bigint, order: bigint): bigint {
  const rest = value % order
  return rest < 0n ? rest + order : rest
}
