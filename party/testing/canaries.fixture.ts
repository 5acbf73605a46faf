/** Looks for what must never be seen, in whatever form it may have got somewhere. */
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

export interface Canary {
  readonly name: string
  readonly bytes: Uint8Array
}

const FRAGMENT = 16

/** As the bytes themselves, in hex, base64 (also for URLs) and decimal: the whole, or any sixteen of them in a row that begin at a multiple of eight. */
export function isIn(haystack: Uint8Array, { bytes }: Canary): boolean {
  const all = Buffer.from(haystack)
  return fragmentsOf(bytes).flatMap(formsOf).some((needle) => all.includes(typeof needle === 'string' ? needle : Buffer.from(needle)))
}

/** The names of those that are there. */
export function seenIn(haystack: Uint8Array, canaries: readonly Canary[]): readonly string[] {
  return canaries.filter((canary) => isIn(haystack, canary)).map(({ name }) => name)
}

/** Errors, views and the like as text, with their bytes in hex and what caused them. */
export function textOf(value: unknown): Uint8Array {
  return utf8ToBytes(JSON.stringify(value, (_, inner: unknown) => {
    if (inner instanceof Uint8Array) return bytesToHex(inner)
    return inner instanceof Error ? { ...Object.fromEntries(Object.entries(inner)), message: inner.message, stack: inner.stack, cause: inner.cause } : inner
  }))
}

function fragmentsOf(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes.length <= FRAGMENT) return [bytes]
  return Array.from({ length: Math.floor((bytes.length - FRAGMENT) / 8) + 1 }, (_, i) => bytes.subarray(8 * i, 8 * i + FRAGMENT))
}

function formsOf(bytes: Uint8Array): readonly (Uint8Array | string)[] {
  const hex = bytesToHex(bytes)
  // Base64 of whatever stands before and after it: only the characters that depend on these bytes alone.
  const base64 = [0, 1, 2].map((before) => Buffer.concat([new Uint8Array(before), bytes]).toString('base64').replace(/=+$/, '').slice(before === 0 ? 0 : before + 1, -1))
  return [bytes, hex, hex.toUpperCase(), ...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')), [...bytes].join(',')]
}
