/** What can be written into a field instead of what belongs there. Nothing here knows what a field means. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { concat } from '../core/bytes.ts'
import { groupOfSuite, mod } from '../core/group.ts'
import type { Rng } from '../core/rng.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { pick } from './seeded-rng.ts'

/** What a cheat has at hand: the same field of another session, and what it told somebody else in this one. */
export interface Known {
  readonly recorded: Uint8Array
  readonly toAnother: Uint8Array | undefined
}

export interface Mutation {
  readonly name: string
  /** Also worth trying on one party alone. */
  readonly toOneToo: boolean
  change(value: Uint8Array, known: Known): Uint8Array
}

/** For every field of every message: lies to one party alone are enough of them to tell the ways in which views can differ. */
export function fieldMutations(size: number): readonly Mutation[] {
  return [
    { name: 'with a flipped bit', toOneToo: true, change: (value) => flip(value, 8 * size - 8) },
    { name: 'from another session', toOneToo: true, change: (_, { recorded }) => recorded },
    { name: 'of zeros', toOneToo: false, change: () => new Uint8Array(size) },
    { name: 'of ones, above any order', toOneToo: false, change: () => new Uint8Array(size).fill(0xff) },
  ]
}

/** One of many, drawn: for fields of any kind, at any place in them. @param suite whose order and curve are meant */
export function drawMutation(rng: Rng, size: number, suite: SuiteId): Mutation {
  const group = groupOfSuite(suite)
  const drawn = pick(rng, 256)
  // A vector is hit in one of its elements.
  const at = (piece: Uint8Array): Mutation['change'] => (value) => {
    const fitting = piece.subarray(0, size)
    const slots = Math.floor(size / fitting.length)
    const out = value.slice()
    out.set(fitting, (drawn % slots) * fitting.length)
    return out
  }
  const near = (offset: bigint): Uint8Array => (suite === 2 ? little(group.order + offset) : big(group.order + offset))
  const bit = pick(rng, 8 * size)
  const more = 1 + pick(rng, 12)
  const bits = Array.from({ length: more }, () => pick(rng, 8 * size))
  const random = rng(size)
  const all: readonly (readonly [string, Mutation['change']])[] = [
    [`with bit ${bit} flipped`, (value) => flip(value, bit)],
    [`with bits ${bits.join()} flipped`, (value) => bits.reduce(flip, value)],
    ['from another session', (_, { recorded }) => recorded],
    ['meant for another party', (value, { toAnother }) => toAnother ?? value],
    ['of zeros', () => new Uint8Array(size)],
    ['of ones', () => new Uint8Array(size).fill(0xff)],
    ['of random bytes', () => random],
    ['with the order', at(near(0n))],
    ['with the order − 1', at(near(-1n))],
    ['with the order + 1', at(near(1n))],
    ['with zero in one place', at(new Uint8Array(32))],
    ['with one in one place', at(group.encodeScalar(1n))],
    ['with an identity', at(suite === 2 ? new Uint8Array(32).with(0, 1) : new Uint8Array(group.pointBytes))],
    ['with a point off the curve', at(suite === 2 ? new Uint8Array(32).fill(2) : concat(Uint8Array.of(2), big(5n)))],
    ['with the generator', at(group.encodePoint(group.generator))],
    ['with a coordinate above the field prime', at(suite === 2 ? new Uint8Array(32).fill(0xff).with(31, 0x7f) : concat(Uint8Array.of(2), big(secp256k1.Point.CURVE().p)))],
    ['with a negated point', (value) => flip(value, suite === 2 ? 8 * size - 1 : 0)],
  ]
  const [name, change] = all[pick(rng, all.length)] ?? ['unchanged', (value) => value]
  return { name, change, toOneToo: false }
}

function flip(value: Uint8Array, bit: number): Uint8Array {
  return value.with(bit >> 3, (value[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
}

/** 32 bytes */
function big(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number(mod(value >> BigInt(8 * (31 - i)), 256n)))
}

/** 32 bytes */
function little(value: bigint): Uint8Array {
  return big(value).toReversed()
}
