import { DeliveryQueue } from './delivery-queue.ts'
import { MemoryClient } from './memory-client.ts'
import { MemoryLinks } from './memory-links.ts'
import { MemoryServer } from './memory-server.ts'
import type { Relay } from './memory-server.ts'
import type { Transport } from './types.ts'

export interface MemoryNetworkOptions {
  /** Which of `count` waiting deliveries comes next: 0 ≤ result < count. First come, first served by default. */
  readonly pick?: (count: number) => number
  /** What the introduction server does to a payload it relays. Passes it on by default. */
  readonly relay?: Relay
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

export interface MemoryNetwork {
  /** The transport of one device. The name is only what the other calls go by. */
  transport(name: string): Transport
  /** Breaks the links of one device, or those between two. Both ends are told; what was on its way is lost. @returns how many ends closed */
  cut(name: string, other?: string): number
  /** Takes a device's line to the introduction server away, or gives it back. Links stay. */
  setOnline(name: string, online: boolean): void
}

/** A whole network within one process: introduction server and links. No timers: everything is delivered in microtasks. */
export function createMemoryNetwork(options: MemoryNetworkOptions = {}): MemoryNetwork {
  const queue = new DeliveryQueue(options.pick)
  const links = new MemoryLinks(queue)
  const server = new MemoryServer(queue, options.now ?? Date.now, options.relay ?? (({ payload }) => payload))
  const clients = new Map<string, MemoryClient>()
  return {
    transport(name) {
      const signalling = new MemoryClient(server)
      clients.set(name, signalling)
      return { signalling, links: links.factory(name) }
    },
    cut: (name, other) => links.cut(name, other),
    setOnline(name, online) {
      const client = clients.get(name)
      if (online) client?.goOnline()
      else client?.goOffline()
    },
  }
}
