/**
 * Hashing many messages to the curve: RFC 9380, secp256k1_XMD:SHA-256_SSWU_RO_, as the library does it one by one.
 * The inversions of the maps are shared, and the square roots run in the fast field. Section numbers are the RFC's.
 */
import { hash_to_field } from '@noble/curves/abstract/hash-to-curve.js'
import { secp256k1_hasher } from '@noble/curves/secp256k1.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { Bug } from '../../core/errors.ts'
import type { Point } from '../../core/group.ts'
import { BatchAdder, emptyBatch, fromBatch, slice, type Batch } from './affine.ts'
import { constant, elements, invertAll, isZero, parity, powerOfQuarter, write } from './element.ts'
import { LIMBS, multiply, P, plus, product, reduce, square, squared, type Limbs } from './field.ts'

export interface HashInput {
  readonly message: Uint8Array
  /** Domain separation tag. */
  readonly dst: Uint8Array
}

/** @returns a point for each input, equal to the library's `hashToCurve` */
export function hashAllToCurve(inputs: readonly HashInput[]): Point[] {
  if (inputs.length === 0) return []
  // The exceptional cases of the map, which nobody can find a message for, are the library's.
  return hashInBatch(inputs) ?? inputs.map(({ message, dst }) => secp256k1_hasher.hashToCurve(message, { DST: dst }))
}

/** §3, hash_to_curve: two field elements of every message, both mapped, added. */
function hashInBatch(inputs: readonly HashInput[]): Point[] | undefined {
  const count = inputs.length
  const u = elements(2 * count)
  for (const [i, { message, dst }] of inputs.entries()) {
    const pair = hash_to_field(message, 2, { p: P, m: 1, k: 128, expand: 'xmd', hash: sha256, DST: dst })
    for (const [half, [value]] of pair.entries()) {
      if (value === undefined) throw new Bug('hash_to_field gave nothing')
      write(u, (half * count + i) * LIMBS, value)
    }
  }
  const mapped = simpleSwu(u)
  if (mapped === undefined || !isogeny(mapped)) return undefined
  const sum = emptyBatch(count)
  const added = new BatchAdder(count).add(sum, slice(mapped, 0, count), slice(mapped, count, 2 * count))
  return added ? fromBatch(sum) : undefined
}

/** §8.7: the curve y² = x³ + A·x + B that is 3-isogenous to secp256k1, and Z. */
const A = constant(0x3f8731abdd661adca08a5558f0f5d272e953d363cb6f0e5d405447c01a444533n)
const B = constant(1771n)
const Z = constant(P - 11n)
/** √(−Z) = √11, either of the two. */
const ROOT = constant(0x31fdf302724013e57ad13fb38f842afeec184f00a74789dd286729c8303c4a59n)

const [zu2, s, xn, d, d2, d3] = [elements(1), elements(1), elements(1), elements(1), elements(1), elements(1)]
const [gx, root, other, t] = [elements(1), elements(1), elements(1), elements(1)]

/** §6.6.2 and appendix F.2, map_to_curve_simple_swu, of every u. @returns undefined in its exceptional case, u = 0 or Z·u² = −1 */
function simpleSwu(u: Limbs): Batch | undefined {
  const out = emptyBatch(u.length / LIMBS)
  const denominators = elements(out.size)
  for (let at = 0; at < u.length; at += LIMBS) {
    firstCandidate(u, at)
    denominators.set(d, at)
    const isSquare = rootOfRatio()
    // Of the second candidate, x = Z·u²·xn/d and y = Z·u³·other.
    multiply(other, 0, other, 0, zu2, 0)
    multiply(other, 0, other, 0, u, at)
    multiply(t, 0, zu2, 0, xn, 0)
    select(out.y, at, root, other, isSquare)
    select(out.x, at, xn, t, isSquare)
    // sgn0(y) = sgn0(u)
    const sign = 1 - 2 * (parity(u, at) ^ parity(out.y, at))
    for (let k = 0; k < LIMBS; k++) out.y[at + k] = sign * (out.y[at + k] ?? 0)
  }
  if (!invertAll(denominators, elements(out.size))) return undefined
  for (let at = 0; at < u.length; at += LIMBS) multiply(out.x, at, out.x, at, denominators, at)
  return out
}

/** x = xn/d and g(x) = gx/d3 of u. */
function firstCandidate(u: Limbs, at: number): void {
  square(zu2, 0, u, at)
  multiply(zu2, 0, zu2, 0, Z, 0)
  // s = Z²u⁴ + Zu², xn = B(s + 1), d = −As
  squared(zu2, 0)
  plus(zu2, 0, 1)
  reduce(s, 0)
  product(s, 0, B, 0)
  plus(B, 0, 1)
  reduce(xn, 0)
  multiply(d, 0, s, 0, A, 0)
  for (let k = 0; k < LIMBS; k++) d[k] = -(d[k] ?? 0)
  // gx = (xn² + A·d²)·xn + B·d³
  square(d2, 0, d, 0)
  multiply(d3, 0, d2, 0, d, 0)
  square(t, 0, xn, 0)
  product(d2, 0, A, 0)
  plus(t, 0, 1)
  reduce(t, 0)
  multiply(gx, 0, d3, 0, B, 0)
  product(t, 0, xn, 0)
  plus(gx, 0, 1)
  reduce(gx, 0)
}

/**
 * Appendix F.2.1.2, sqrt_ratio for p ≡ 3 mod 4: root = √(gx/d3) if there is one, other = √(Z·gx/d3) if not.
 * @returns 1 if there is, 0 if not
 */
function rootOfRatio(): number {
  // root = (gx·d3³)^((p−3)/4)·gx·d3
  multiply(other, 0, gx, 0, d3, 0)
  square(t, 0, d3, 0)
  multiply(t, 0, t, 0, other, 0)
  powerOfQuarter(root, 0, t, 0)
  multiply(root, 0, root, 0, other, 0)
  multiply(other, 0, root, 0, ROOT, 0)
  square(t, 0, root, 0)
  product(t, 0, d3, 0)
  plus(gx, 0, -1)
  reduce(t, 0)
  return Number(isZero(t, 0))
}

/** out = yes where flag is 1, no where it is 0. */
function select(out: Limbs, o: number, yes: Limbs, no: Limbs, flag: number): void {
  for (let k = 0; k < LIMBS; k++) out[o + k] = flag * (yes[k] ?? 0) + (1 - flag) * (no[k] ?? 0)
}

/** Appendix E.1: coefficients of the rational maps, the highest first. */
const X_NUMERATOR = [
  0x8e38e38e38e38e38e38e38e38e38e38e38e38e38e38e38e38e38e38daaaaa88cn,
  0x534c328d23f234e6e2a413deca25caece4506144037c40314ecbd0b53d9dd262n,
  0x07d3d4c80bc321d5b9f315cea7fd44c5d595d2fc0bf63b92dfff1044f17c6581n,
  0x8e38e38e38e38e38e38e38e38e38e38e38e38e38e38e38e38e38e38daaaaa8c7n,
].map(constant)
const X_DENOMINATOR = [
  1n,
  0xedadc6f64383dc1df7c4b2d51b54225406d36b641f5e41bbc52a56612a8c6d14n,
  0xd35771193d94918a9ca34ccbb7b640dd86cd409542f8487d9fe6b745781eb49bn,
].map(constant)
const Y_NUMERATOR = [
  0x2f684bda12f684bda12f684bda12f684bda12f684bda12f684bda12f38e38d84n,
  0x29a6194691f91a73715209ef6512e576722830a201be2018a765e85a9ecee931n,
  0xc75e0c32d5cb7c0fa9d0a54b12a0a6d5647ab046d686da6fdffc90fc201d71a3n,
  0x4bda12f684bda12f684bda12f684bda12f684bda12f684bda12f684b8e38e23cn,
].map(constant)
const Y_DENOMINATOR = [
  1n,
  0x6484aa716545ca2cf3a70c3fa8fe337e0a3d21162f0d6299a7bf8192bfd2a76fn,
  0x7a06534bb8bdb49fd5e9e6632722c2989467c1bfc8e8d978dfb425d2685c2573n,
  0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffff93bn,
].map(constant)

/** §6.6.3, iso_map, of every point, in place. @returns false in its exceptional case, a denominator that is zero */
function isogeny({ size, x, y }: Batch): boolean {
  const [xDenominators, yDenominators, inverses] = [elements(size), elements(size), elements(size)]
  for (let at = 0; at < x.length; at += LIMBS) {
    evaluate(xDenominators, X_DENOMINATOR, x, at)
    evaluate(yDenominators, Y_DENOMINATOR, x, at)
    multiply(inverses, at, xDenominators, at, yDenominators, at)
  }
  if (!invertAll(inverses, elements(size))) return false
  for (let at = 0; at < x.length; at += LIMBS) {
    // y·yn/yd and xn/xd, where 1/yd = xd·inverse and 1/xd = yd·inverse.
    multiply(xDenominators, at, xDenominators, at, inverses, at)
    multiply(yDenominators, at, yDenominators, at, inverses, at)
    evaluate(inverses, Y_NUMERATOR, x, at)
    multiply(y, at, y, at, inverses, at)
    multiply(y, at, y, at, xDenominators, at)
    evaluate(inverses, X_NUMERATOR, x, at)
    multiply(x, at, inverses, at, yDenominators, at)
  }
  return true
}

/** A polynomial at x, by Horner; both stand at the same offset. */
function evaluate(out: Limbs, coefficients: readonly Limbs[], x: Limbs, at: number): void {
  out.fill(0, at, at + LIMBS)
  for (const coefficient of coefficients) {
    product(out, at, x, at)
    plus(coefficient, 0, 1)
    reduce(out, at)
  }
}
