/** Sizes that the introduction server may see: what is sealed is filled up to one of them, inside the encryption. */
import { concat, InputError, toNumber, u16 } from '@trivet/protocol/core'

/** Bytes of a whole sealed frame, ascending. The last one is the most that the introduction server takes. */
export const BUCKETS = [256, 1_024, 4_096, 16_384, 45_056] as const

export type Bucket = (typeof BUCKETS)[number]

const LENGTH_BYTES = 2

/**
 * u16 length ‖ frame ‖ zeros, so long that with `around` other bytes it fills a bucket.
 * @param least no smaller bucket than this
 * @throws {InputError} empty, or larger than the largest bucket holds
 */
export function fill(frame: Uint8Array, around: number, least: Bucket): Uint8Array {
  const needed = around + LENGTH_BYTES + frame.length
  const bucket = BUCKETS.find((size) => size >= needed && size >= least)
  const most = BUCKETS[BUCKETS.length - 1] ?? 0
  if (bucket === undefined || frame.length === 0) throw new InputError('frame', `expected 1 to ${most - around - LENGTH_BYTES} bytes, got ${frame.length}`)
  return concat(u16(frame.length), frame, new Uint8Array(bucket - needed))
}

/** @returns the frame, or undefined where `fill` did not write these bytes */
export function emptied(filled: Uint8Array): Uint8Array | undefined {
  const end = LENGTH_BYTES + toNumber(filled.subarray(0, LENGTH_BYTES))
  const isWhole = filled.length >= end && end > LENGTH_BYTES
  return isWhole && filled.subarray(end).every((byte) => byte === 0) ? filled.slice(LENGTH_BYTES, end) : undefined
}

export function isBucket(size: number): boolean {
  return BUCKETS.some((bucket) => bucket === size)
}
