import type { MemoryNetwork } from '../../transport/memory.ts'
import type { LinkFactory } from '../../transport/types.ts'

/** Links that end, without their owner's knowledge, at somebody in between who passes everything on. */
export function relayed(inner: LinkFactory, network: MemoryNetwork): LinkFactory {
  const between = network.transport('between').links
  return {
    open: (options, events) => {
      // Towards the owner the somebody answers; towards the peer it offers.
      const outside = between.open({ initiator: true }, { ...events, open: () => toPeer.open(), message: (b) => toOwner.give(b) })
      const inside = between.open({ initiator: false }, {
        signal: (b) => link.signal(b), open: () => toOwner.open(), drain: () => undefined, close: () => undefined,
        message: (b) => toPeer.give(b),
      })
      const toPeer = held((b) => outside.send(b))
      const toOwner = held((b) => inside.send(b))
      const link = inner.open(options, { ...events, signal: (b) => inside.signal(b) })
      return { signal: (b) => outside.signal(b), send: (b) => link.send(b), close: () => link.close() }
    },
  }
}

/** Passes on what it is given, from when it is opened. */
function held(pass: (bytes: Uint8Array) => void): { give(bytes: Uint8Array): void; open(): void } {
  let waiting: Uint8Array[] | undefined = []
  return {
    give: (b) => waiting === undefined ? pass(b) : void waiting.push(b),
    open: () => {
      for (const b of waiting ?? []) pass(b)
      waiting = undefined
    },
  }
}
