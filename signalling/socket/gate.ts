import type { Socket } from 'socket.io'
import { addressKey, isFromHere } from '../address.ts'
import { RateLimiter } from '../rooms/rate.ts'

/** Of the sockets allowed at once, the share that may come anew each minute after a burst of as many. */
const NEW_PER_MINUTE = 0.4
/** Packets of whatever kind on one connection before it is cut: pings, acknowledgements and parts of binary events too. */
const PACKETS_PER_SECOND = 400
const PACKET_BURST = 2_000

/** A connection of engine.io, below socket.io's. */
export type RawSocket = Socket['conn']

export interface GateOptions {
  readonly clock: () => number
  readonly socketsPerAddress: number
  /** Exact origins of pages that may connect. */
  readonly allowed: () => ReadonlySet<string>
}

/** What is known of a connection before it is made. */
interface Asking {
  readonly headers: { readonly origin?: string | undefined }
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** What is decided before anybody has logged in: by origin, address and number. */
export interface Gate {
  /** @returns why a connection is refused, or nothing */
  refuses(request: Asking): string | undefined
  /** Counts a connection until it closes, and cuts it if it floods. */
  watch(raw: RawSocket): void
  sweep(): void
}

export function createGate({ clock, socketsPerAddress, allowed }: GateOptions): Gate {
  const open = new Map<string, number>()
  const fresh = new RateLimiter((socketsPerAddress * NEW_PER_MINUTE) / 60, socketsPerAddress)
  const count = (key: string, change: 1 | -1): void => {
    const now = (open.get(key) ?? 0) + change
    if (now > 0) open.set(key, now)
    else open.delete(key)
  }
  return {
    refuses(request) {
      const { origin } = request.headers
      if (origin !== undefined && !allowed().has(origin)) return 'pages of this origin may not call this server: see ALLOWED_ORIGINS'
      const { remoteAddress } = request.socket
      const key = addressKey(remoteAddress)
      const metered = !isFromHere(remoteAddress)
      if ((open.get(key) ?? 0) >= socketsPerAddress || (metered && fresh.take(key, clock()) !== 'pass')) return 'too many sockets from this address'
      return undefined
    },
    watch(raw) {
      const key = addressKey(raw.remoteAddress)
      const packets = new RateLimiter(PACKETS_PER_SECOND, PACKET_BURST)
      count(key, 1)
      raw.once('close', () => count(key, -1))
      raw.on('packet', () => {
        if (packets.take('all', clock()) !== 'pass') raw.close(true)
      })
    },
    sweep: () => fresh.sweep(clock()),
  }
}
