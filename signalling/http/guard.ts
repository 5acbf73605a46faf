import type { FastifyRequest } from 'fastify'
import { addressKey } from '../address.ts'
import type { Auth } from '../auth.ts'
import { Refusal } from '../refusal.ts'
import { RateLimiter } from '../rooms/rate.ts'
import { LIMITS, type PartyId } from '../wire/index.ts'

/** Logins and refused tokens of one address; many parties may share it. */
const ADDRESS_PER_SECOND = 100
const ADDRESS_BURST = 300

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
      const address = addressKey(request.ip)
      if (addresses.isEmpty(address, clock())) take(addresses, address)
      const { party } = await auth.verify(token).catch((error: unknown): never => {
        take(addresses, address)
        throw error
      })
      take(parties, party)
      return party
    },
    sweep() {
      addresses.sweep(clock())
      parties.sweep(clock())
    },
  }
}
