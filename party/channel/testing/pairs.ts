/** Two ends on a network of their own. */
import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { createMemoryNetwork } from '../../transport/memory.ts'
import type { MemoryNetwork } from '../../transport/memory.ts'
import { ManualClock, openPair, settle } from './two-ends.ts'
import type { Bend, End } from './two-ends.ts'

/** Typed as what it stands for in a pattern; vitest says any. */
export const contains = (part: string): unknown => expect.stringContaining(part)

export const bytes = (size: number, fill: number): Uint8Array => new Uint8Array(size).fill(fill)

/** Messages by their hashes: comparing megabytes element by element takes seconds. */
export const digests = (messages: readonly Uint8Array[]): string[] => messages.map((message) => createHash('sha256').update(message).digest('hex'))

export async function pair(options: { bend?: Bend; contexts?: readonly [Uint8Array, Uint8Array]; network?: MemoryNetwork } = {}): Promise<{
  clock: ManualClock; network: MemoryNetwork; one: End; two: End
}> {
  const clock = new ManualClock()
  const network = options.network ?? createMemoryNetwork()
  const links = [network.transport('one').links, network.transport('two').links] as const
  const [one, two] = await openPair({ ...options, clock, links })
  await settle()
  return { clock, network, one, two }
}
