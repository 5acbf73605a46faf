import { isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { Auth } from '../auth.ts'
import { Refusal } from '../refusal.ts'
import { RateLimiter } from '../rooms/rate.ts'
import { LIMITS, type PartyId } from '../wire/index.ts'

/** Requests from one address; many parties may share it. */
const ADDRESS_PER_SECOND = 100
const ADDRESS_BURST = 300

/** What one address is for counting: IPv4 whole, IPv6 by its /64, which one subscriber has to itself. */
export function addressKey(address: string | undefined): string {
  if (address === undefined) return 'unknown'
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail = ''] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const groups = address.includes('::') ? [...left, ...new Array<string>(8 - left.length - right.length).fill('0'), ...right] : left
  return groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}

/** Who may call how often. */
export interface Guard {
  /** @throws {Refusal} `rate_limited` */
  address(request: FastifyRequest): void
  /** @returns the party whose token the request bears. @throws {Refusal} `unauthorized`, `rate_limited` */
  caller(request: FastifyRequest): Promise<PartyId>
  sweep(): void
}

export function createGuard(auth: Auth, clock: () => number): Guard {
  const addresses = new RateLimiter(ADDRESS_PER_SECOND, ADDRESS_BURST)
  const parties = new RateLimiter(LIMITS.eventsPerSecond, LIMITS.eventBurst)
  const take = (limiter: RateLimiter, key: string): void => {
    if (limiter.take(key, clock()) === 'pass') return
    throw new Refusal('rate_limited', 'too many requests', { retryAfter: limiter.retryAfter(key, clock()) })
  }
  return {
    address: (request) => take(addresses, addressKey(request.ip)),
    async caller(request) {
      const token = /^Bearer ([\w.-]{1,2048})$/i.exec(request.headers.authorization ?? '')?.[1]
      if (token === undefined) throw new Refusal('unauthorized', 'a bearer token is needed')
      const { party } = await auth.verify(token)
      take(parties, party)
      return party
    },
    sweep() {
      addresses.sweep(clock())
      parties.sweep(clock())
    },
  }
}
