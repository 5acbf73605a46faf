/** XOR of many bits at once: on 32-bit words, whatever the machine's byte order. */

/** target[at..at+count] ⊕= source[from..from+count] */
export function xorInto(target: Int32Array, at: number, source: Int32Array, from: number, count: number): void {
  // Two running indices: with sums as indices the engine checks every one twice, at half the speed.
  for (let to = at, of = from, end = at + count; to < end; to++, of++) target[to] = (target[to] ?? 0) ^ (source[of] ?? 0)
}

/** Bit i of a byte string (`protocol.md` §A.2). @returns 0 or 1 */
export function bitOf(bytes: Uint8Array, i: number): number {
  return ((bytes[i >> 3] ?? 0) >> (i & 7)) & 1
}
