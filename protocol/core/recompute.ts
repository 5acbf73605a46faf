/** What follows from what was heard: for claims that are made again from shown bodies. */
import type { Pid } from './errors.ts'
import { FromEach } from './script.ts'

/**
 * A hash over one value of each party, or nothing where a party's message is missing.
 * @param value reads it from a body @throws {Malformed} where one is unreadable
 */
export function recompute(
  parties: readonly Pid[], heard: ReadonlyMap<Pid, Uint8Array>, value: (raw: Uint8Array) => unknown, hash: (all: FromEach<Uint8Array>) => Uint8Array,
): Uint8Array | undefined {
  const values = new Map<Pid, Uint8Array>()
  for (const pid of parties) {
    const raw = heard.get(pid)
    const read = raw === undefined ? undefined : value(raw)
    if (!(read instanceof Uint8Array)) return undefined
    values.set(pid, read)
  }
  return hash(new FromEach(values))
}
