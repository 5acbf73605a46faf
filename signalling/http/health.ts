import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { Refusal } from '../refusal.ts'

export interface HealthOptions {
  /** What the server cannot do without, by name; throws if it is away. */
  readonly parts: Readonly<Record<string, () => void>>
  readonly version: string
  readonly clock: () => number
  readonly log: FastifyBaseLogger
}

/** Whether the server can do its work; 503 names the parts that are away. */
export function bindHealth(app: FastifyInstance, { parts, version, clock, log }: HealthOptions): void {
  const startedAt = clock()
  const isAway = ([part, check]: [string, () => void]): boolean => {
    try {
      check()
      return false
    } catch (error) {
      log.error({ err: error, part }, 'a needed part is away')
      return true
    }
  }
  app.get('/health', () => {
    const away = Object.entries(parts).filter(isAway).map(([part]) => part)
    if (away.length > 0) {
      throw new Refusal('unavailable', `the ${away.join(' and the ')} is away`, { details: Object.fromEntries(away.map((part) => [part, 'away'])), retryAfter: 5 })
    }
    return { status: 'ok', service: 'signalling', version, uptime: Math.floor((clock() - startedAt) / 1000) }
  })
}
