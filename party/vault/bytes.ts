import { toNumber } from '@trivet/protocol/core'

/** Reads fields in order; every read is bounded by what is there. Integers are big-endian. */
export interface ByteReader {
  /** A copy of the next `length` bytes. */
  take(length: number): Uint8Array
  u8(): number
  u16(): number
  u32(): number
  /** How many bytes were read. */
  offset(): number
}

/** The bytes end before the field does, or a field has a value it cannot have. */
export class UnreadableBytes extends Error {
  override readonly name = 'UnreadableBytes'
}

/** @throws UnreadableBytes from each read that goes past the end */
export function byteReader(bytes: Uint8Array): ByteReader {
  let at = 0
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new UnreadableBytes(`it is cut short: wanted ${length} bytes at ${at}, ${bytes.length - at} are left`)
    at += length
    return bytes.slice(at - length, at)
  }
  return { take, u8: () => toNumber(take(1)), u16: () => toNumber(take(2)), u32: () => toNumber(take(4)), offset: () => at }
}
