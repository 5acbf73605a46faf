/** Byte strings: integers are big-endian (`protocol.md` §A.2). */
import { bytesToHex } from '@noble/hashes/utils.js'

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Compares without leaving early, so that the time tells nothing about where two secrets differ. Lengths are public. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (const [i, byte] of a.entries()) difference |= byte ^ (b[i] ?? 0)
  return difference === 0
}

export const u8 = (value: number): Uint8Array => unsigned(value, 1)
export const u16 = (value: number): Uint8Array => unsigned(value, 2)
export const u24 = (value: number): Uint8Array => unsigned(value, 3)
export const u32 = (value: number): Uint8Array => unsigned(value, 4)
/** Up to 2^53 − 1, which is all a JavaScript number holds. */
export const u64 = (value: number): Uint8Array => unsigned(value, 8)

function unsigned(value: number, size: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0 || (size < 7 && value >= 2 ** (8 * size))) {
    throw new RangeError(`expected an unsigned integer of ${size} bytes, got ${value}`)
  }
  const out = new Uint8Array(size)
  let rest = value
  for (let i = size - 1; i >= 0; i--) {
    out[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
  return out
}

/** Reads an unsigned big-endian integer of at most 8 bytes. */
export function toNumber(bytes: Uint8Array): number {
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  if (!Number.isSafeInteger(value)) throw new RangeError('integer above 2^53 − 1')
  return value
}

/** Reads an unsigned big-endian integer of any length. */
export function toBigInt(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytesToHex(bytes)}`)
}
