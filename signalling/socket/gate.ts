import type { IncomingMessage } from 'node:http'
import type { Server } from 'socket.io'
import { addressKey } from '../http/guard.ts'
import { RateLimiter } from '../rooms/rate.ts'

/** Of the sockets allowed at once, how many may be new in a minute once as many have come in a burst. */
const NEW_PER_MINUTE = 0.4
/** Packets on one connection, of whatever kind, before it is cut: pings, acknowledgements and the parts of binary events among them. */
const PACKETS_PER_SECOND = 400
const PACKET_BURST = 2_000

export interface GateOptions {
  readonly clock: () => number
  readonly socketsPerAddress: number
  /** Exact origins of pages that may connect. */
  readonly allowed: () => ReadonlySet<string>
}

/** What is decided before anybody has logged in: by origin, address and number. */
export interface Gate {
  /** For engine.io's `allowRequest`. @returns why not, or nothing */
  refuses(request: IncomingMessage): string | undefined
  /** Counts connections and cuts those that flood. */
  watch(io: Server): void
  sweep(): void
}

export function createGate({ clock, socketsPerAddress, allowed }: GateOptions): Gate {
  const open = new Map<string, number>()
  const fresh = new RateLimiter((socketsPerAddress * NEW_PER_MINUTE) / 60, socketsPerAddress)
  return {
    refuses(request) {
      const { origin } = request.headers
      if (origin !== undefined && !allowed().has(origin)) return 'pages of this origin may not call this server: see ALLOWED_ORIGINS'
      const key = addressKey(request.socket.remoteAddress)
      if ((open.get(key) ?? 0) >= socketsPerAddress || fresh.take(key, clock()) !== 'pass') return 'too many sockets from this address'
      return undefined
    },
    watch(io) {
      // @ts-expect-error -- placeholder
      io.engine.on('connection', () => undefined)
    },
    sweep: () => fresh.sweep(clock()),
  }
}
