/** Multiplying many points by one secret scalar, and one point by many. Source: `protocol.md` §K.2 1a, 1b; §J for what depends on secrets. */
import { Bug } from '../../core/errors.ts'
import { groupOfSuite, type Point } from '../../core/group.ts'
import { BatchAdder, emptyBatch, fromBatch, slice, toBatch, type Batch } from './affine.ts'
import { constant } from './element.ts'
import { LIMBS, multiply, type Limbs } from './field.ts'
import { BETA, choose, DIGITS, ODD_MULTIPLES, splitScalar, type Digits } from './scalars.ts'

const group = groupOfSuite(1)
const beta = constant(BETA)
const factors = new Float64Array(ODD_MULTIPLES)

/** Odd multiples of many points: first all P, then all 3P, … 15P. */
interface Table {
  /** How many points. */
  readonly size: number
  readonly multiples: Batch
}

/**
 * scalar·P for each of the points: equal to `multiply` of each.
 * Windows of 4 bits of both halves of the scalar; for every window four doublings and two additions, whatever the digits are.
 * @param points none the identity
 * @param scalar from 1 to q − 1; secret
 */
export function multiplyAll(points: readonly Point[], scalar: bigint): Point[] {
  if (points.length === 0) return []
  // A zero denominator depends on the scalar alone, not on who chose the points, and has probability below 2^-120.
  return multiplyInBatch(toBatch(points), scalar) ?? points.map((point) => point.multiply(scalar))
}

function multiplyInBatch(points: Batch, scalar: bigint): Point[] | undefined {
  const adder = new BatchAdder(points.size)
  const table = oddMultiples(points, adder)
  if (table === undefined) return undefined
  const images = { ...table, multiples: image(table.multiples) }
  const [digits1, digits2] = splitScalar(scalar)
  const [sum, term] = [emptyBatch(points.size), emptyBatch(points.size)]
  for (let i = DIGITS - 1; i >= 0; i--) {
    if (i === DIGITS - 1) {
      lookUp(sum, 0, table, 0, points.size, digits1[i] ?? 0)
    } else {
      for (let bit = 0; bit < 4; bit++) adder.double(sum, sum)
      lookUp(term, 0, table, 0, points.size, digits1[i] ?? 0)
      if (!adder.add(sum, sum, term)) return undefined
    }
    lookUp(term, 0, images, 0, points.size, digits2[i] ?? 0)
    if (!adder.add(sum, sum, term)) return undefined
  }
  return fromBatch(sum)
}

/** @returns undefined where a denominator is zero, which for a single point's small multiples cannot be */
function oddMultiples(points: Batch, adder: BatchAdder): Table | undefined {
  const { size } = points
  const multiples = emptyBatch(ODD_MULTIPLES * size)
  multiples.x.set(points.x)
  multiples.y.set(points.y)
  const twice = emptyBatch(size)
  adder.double(twice, points)
  for (let m = 1; m < ODD_MULTIPLES; m++) {
    const [last, next] = [slice(multiples, (m - 1) * size, m * size), slice(multiples, m * size, (m + 1) * size)]
    if (!adder.add(next, last, twice)) return undefined
  }
  return { size, multiples }
}

/** λ times every point: (β·x, y). */
function image({ size, x, y }: Batch): Batch {
  const out = new Float64Array(x.length)
  for (let at = 0; at < x.length; at += LIMBS) multiply(out, at, x, at, beta, 0)
  return { size, x: out, y }
}

/**
 * The multiple that one digit names, of `count` points. All eight are read, and seven count for nothing.
 * @param o, start index of the first point in `out` and in the table
 */
function lookUp(out: Batch, o: number, { size, multiples }: Table, start: number, count: number, digit: number): void {
  const sign = choose(digit, factors)
  select(out.x, o * LIMBS, multiples.x, start * LIMBS, size * LIMBS, count * LIMBS, 1)
  select(out.y, o * LIMBS, multiples.y, start * LIMBS, size * LIMBS, count * LIMBS, sign)
}

function select(out: Limbs, o: number, from: Limbs, start: number, stride: number, count: number, sign: number): void {
  const [f0, f1, f2, f3] = [sign * (factors[0] ?? 0), sign * (factors[1] ?? 0), sign * (factors[2] ?? 0), sign * (factors[3] ?? 0)]
  const [f4, f5, f6, f7] = [sign * (factors[4] ?? 0), sign * (factors[5] ?? 0), sign * (factors[6] ?? 0), sign * (factors[7] ?? 0)]
  for (let k = 0, i = start; k < count; k++, i++) {
    const low = f0 * (from[i] ?? 0) + f1 * (from[i + stride] ?? 0) + (f2 * (from[i + 2 * stride] ?? 0) + f3 * (from[i + 3 * stride] ?? 0))
    const high = f4 * (from[i + 4 * stride] ?? 0) + f5 * (from[i + 5 * stride] ?? 0) + (f6 * (from[i + 6 * stride] ?? 0) + f7 * (from[i + 7 * stride] ?? 0))
    out[o + k] = low + high
  }
}

/** The table of 16^i·P, i = 0, …, 32, of one public point P. */
type Windows = Table

/** The generator's, once it was needed. */
let generatorWindows: Windows | undefined

/**
 * scalar·P for each of the scalars: equal to `multiply` by each.
 * Both halves of every scalar are a sum of 33 terms, one from each window of P; every window is one addition for all halves.
 * @param point not the identity; public
 * @param scalars from 1 to q − 1; secret
 */
export function multiplyByAll(point: Point, scalars: readonly bigint[]): Point[] {
  if (scalars.length === 0) return []
  // A half's sum never meets ± the next term, which is larger; the two halves' sums would for a few scalars of all 2^256.
  return multiplyByWindows(windowsOf(point), scalars) ?? scalars.map((scalar) => point.multiply(scalar))
}

function windowsOf(point: Point): Windows {
  const isGenerator = point.equals(group.generator)
  if (isGenerator && generatorWindows !== undefined) return generatorWindows
  const bases = [point]
  for (let i = 1, base = point; i < DIGITS; i++) {
    for (let bit = 0; bit < 4; bit++) base = base.add(base)
    bases.push(base)
  }
  const windows = oddMultiples(toBatch(bases), new BatchAdder(DIGITS))
  if (windows === undefined) throw new Bug('a small multiple of a point is the identity')
  if (isGenerator) generatorWindows = windows
  return windows
}

function multiplyByWindows(windows: Windows, scalars: readonly bigint[]): Point[] | undefined {
  const count = scalars.length
  const split = scalars.map(splitScalar)
  const halves = [...split.map(([first]) => first), ...split.map(([, second]) => second)]
  const adder = new BatchAdder(halves.length)
  const [sum, term] = [emptyBatch(halves.length), emptyBatch(halves.length)]
  lookUpEach(sum, windows, 0, halves)
  for (let i = 1; i < DIGITS; i++) {
    lookUpEach(term, windows, i, halves)
    if (!adder.add(sum, sum, term)) return undefined
  }
  const out = emptyBatch(count)
  if (!new BatchAdder(count).add(out, slice(sum, 0, count), image(slice(sum, count, 2 * count)))) return undefined
  return fromBatch(out)
}

/** The multiple that digit i of each half names, from window i. */
function lookUpEach(out: Batch, windows: Windows, i: number, halves: readonly Digits[]): void {
  for (const [j, digits] of halves.entries()) lookUp(out, j, windows, i, 1, digits[i] ?? 0)
}
