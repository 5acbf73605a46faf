/** Two ends on a network of their own. */
import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { createMemoryNetwork } from '../../transport/memory.ts'
import type { MemoryNetwork } from '../../transport/memory.ts'
import type { LinkFactory } from '../../transport/types.ts'
import { ManualClock, openPair, settle } from './two-ends.ts'
import type { End, PairOptions } from './two-ends.ts'

/** Typed as what it stands for in a pattern; vitest says any. */
export const contains = (part: string): unknown => expect.stringContaining(part)

export const bytes = (size: number, fill: number): Uint8Array => new Uint8Array(size).fill(fill)

/** Messages by their hashes: comparing megabytes element by element takes seconds. */
export const digests = (messages: readonly Uint8Array[]): string[] => messages.map((message) => createHash('sha256').update(message).digest('hex'))

export async function pair(options: Partial<PairOptions> & { readonly network?: MemoryNetwork } = {}): Promise<{
  clock: ManualClock; network: MemoryNetwork; one: End; two: End
}> {
  const clock = new ManualClock()
  const network = options.network ?? createMemoryNetwork()
  const links = [network.transport('one').links, network.transport('two').links] as const
  const [one, two] = await openPair({ clock, links, ...options })
  await settle()
  return { clock, network, one, two }
}

/** Links that negotiate and never open, as between two firewalls; those of a barrier that is lifted are as they should be. */
export class Barrier {
  isLifted = false

  before(links: LinkFactory): LinkFactory {
    return {
      open: (options, events) => {
        const isOpen = this.isLifted
        return links.open(options, { ...events, open: (info) => { if (isOpen) events.open(info) } })
      },
    }
  }
}
