/** What needs more than one product in the field of secp256k1, and the way in and out of limbs. */
import { bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js'
import { LIMBS, multiply, square, type Limbs } from './field.ts'

const BASE = 2 ** 24
/** Limb 10 holds the bits from 2^240 to 2^256. */
const TOP_BASE = 2 ** 16
const BYTES = 32

/** Elements one after the other, all zero. */
export function elements(count: number): Limbs {
  return new Float64Array(count * LIMBS)
}

/** One constant as an array of its own. */
export function constant(value: bigint): Limbs {
  const out = elements(1)
  write(out, 0, value)
  return out
}

/** Writes a number below p, with weight 1. */
export function write(out: Limbs, o: number, value: bigint): void {
  writeBytes(out, o, numberToBytesBE(value, BYTES))
}

/** Writes the number of 32 bytes, big-endian, with weight 1. @returns whether it is below p, as it has to be */
export function writeBytes(out: Limbs, o: number, bytes: Uint8Array): boolean {
  let carry = 0
  for (let k = 0, end = BYTES; k < LIMBS; k++, end -= 3) {
    const limb = (bytes[end - 1] ?? 0) + (bytes[end - 2] ?? 0) * 2 ** 8 + (bytes[end - 3] ?? 0) * 2 ** 16 + carry
    // Nearest to zero, as `reduce` leaves them; the top limb has but 16 bits.
    carry = Math.round(limb / BASE)
    out[o + k] = limb - carry * BASE
  }
  let difference = 0
  const canonicalBytes = readBytes(out, o)
  for (let i = 0; i < BYTES; i++) difference |= (bytes[i] ?? 0) ^ (canonicalBytes[i] ?? 0)
  return difference === 0
}

/** The number below p. @param A of weight at most 2 */
export function read(A: Limbs, a: number): bigint {
  return bytesToNumberBE(readBytes(A, a))
}

function readBytes(A: Limbs, a: number): Uint8Array {
  canonical(A, a)
  const bytes = new Uint8Array(BYTES)
  for (let k = 0, end = BYTES; k < LIMBS; k++, end -= 3) {
    const digit = digits[k] ?? 0
    bytes[end - 1] = digit
    bytes[end - 2] = digit >> 8
    if (k < LIMBS - 1) bytes[end - 3] = digit >> 16
  }
  return bytes
}

/** @param A of weight at most 2 */
export function isZero(A: Limbs, a: number): boolean {
  canonical(A, a)
  return digits.reduce((sum, digit) => sum + digit, 0) === 0
}

/** Lowest bit of the number below p, as RFC 9380 calls it sgn0. @param A of weight at most 2 */
export function parity(A: Limbs, a: number): number {
  canonical(A, a)
  return (digits[0] ?? 0) & 1
}

/** Where `canonical` leaves the one way to write a number: digits from 0 to 2^24 − 1, in all below p. */
const digits = elements(1)

function canonical(A: Limbs, a: number): void {
  for (let k = 0; k < LIMBS; k++) digits[k] = A[a + k] ?? 0
  // Plus 8p, which is more than any number of weight 2 is below zero.
  addToDigits(-8 * 977, -8 * 2 ** 8, 8 * TOP_BASE)
  // Above 2^256: 2^256 = p + 2^32 + 977.
  const above = Math.floor((digits[LIMBS - 1] ?? 0) / TOP_BASE)
  addToDigits(above * 977, above * 2 ** 8, -above * TOP_BASE)
  // Now 0 ≤ number < 2p, and it is p or more just if 2^32 + 977 more makes 2^256.
  addToDigits(977, 2 ** 8, 0)
  const excess = Math.floor((digits[LIMBS - 1] ?? 0) / TOP_BASE)
  addToDigits((excess - 1) * 977, (excess - 1) * 2 ** 8, -excess * TOP_BASE)
}

/** Adds to the lowest two and the highest digit, then carries; the highest may leave its range. */
function addToDigits(first: number, second: number, top: number): void {
  let carry = first
  for (let k = 0; k < LIMBS; k++) {
    const sum = (digits[k] ?? 0) + carry + (k === 1 ? second : 0) + (k === LIMBS - 1 ? top : 0)
    carry = k === LIMBS - 1 ? 0 : Math.floor(sum / BASE)
    digits[k] = sum - carry * BASE
  }
}

/** A^(2^times), in place of `out`. */
function squareTimes(out: Limbs, A: Limbs, times: number): void {
  square(out, 0, A, 0)
  for (let i = 1; i < times; i++) square(out, 0, out, 0)
}

const [x1, x2, x3, x6, x11, x22, x44, x88] = [elements(1), elements(1), elements(1), elements(1), elements(1), elements(1), elements(1), elements(1)]
const power = elements(1)

/**
 * out = A^((p − 3)/4), on which square roots and inverses rest. The exponent in bits: 223 ones, 0, 22 ones, 0000, 1011.
 * Below, x_n is A to the power of n ones.
 * @param A of weight 1
 */
export function powerOfQuarter(out: Limbs, o: number, A: Limbs, a: number): void {
  x1.set(A.subarray(a, a + LIMBS))
  extend(x2, x1, 1, x1)
  extend(x3, x2, 1, x1)
  extend(x6, x3, 3, x3)
  extend(power, x6, 3, x3)
  extend(x11, power, 2, x2)
  extend(x22, x11, 11, x11)
  extend(x44, x22, 22, x22)
  extend(x88, x44, 44, x44)
  extend(power, x88, 88, x88)
  extend(power, power, 44, x44)
  extend(power, power, 3, x3)
  extend(power, power, 23, x22)
  extend(power, power, 5, x1)
  extend(power, power, 3, x2)
  out.set(power, o)
}

/** out = A^(2^times)·B: the bits of B's exponent behind those of A's. */
function extend(out: Limbs, A: Limbs, times: number, B: Limbs): void {
  squareTimes(out, A, times)
  multiply(out, 0, out, 0, B, 0)
}

/** out = 1/A, or 0 of 0: A^(p−2) = (A^((p−3)/4))^4·A. @param A of weight 1 */
export function invert(out: Limbs, o: number, A: Limbs, a: number): void {
  const own = A.slice(a, a + LIMBS)
  powerOfQuarter(out, o, own, 0)
  square(out, o, out, o)
  square(out, o, out, o)
  multiply(out, o, out, o, own, 0)
}

/**
 * Inverts all elements at the price of one inversion and three products each (Montgomery's trick).
 * @param A of weight 1, overwritten by the inverses
 * @param products room for as many elements
 * @returns false if one of them is zero: then nothing of A is to be used
 */
export function invertAll(A: Limbs, products: Limbs): boolean {
  products.set(A.subarray(0, LIMBS))
  for (let at = LIMBS; at < A.length; at += LIMBS) multiply(products, at, products, at - LIMBS, A, at)
  const last = A.length - LIMBS
  if (isZero(products, last)) return false
  const rest = elements(1)
  invert(rest, 0, products, last)
  for (let at = last; at > 0; at -= LIMBS) {
    multiply(products, at, rest, 0, products, at - LIMBS)
    multiply(rest, 0, rest, 0, A, at)
  }
  products.set(rest)
  A.set(products.subarray(0, A.length))
  return true
}
