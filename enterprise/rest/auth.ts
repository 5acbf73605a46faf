import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiKeys, Scope } from '../keys/api-keys.ts'
import { ApiError } from './errors.ts'
import type { RateLimit } from './rate-limit.ts'

export type KeyCheck = (scope: Scope) => (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** Lets a request through whose `X-API-Key` has the scope; before its body is read. */
export function createKeyCheck(apiKeys: ApiKeys, limit: RateLimit): KeyCheck {
  function spend(caller: string): void {
    const seconds = limit.take(caller)
    if (seconds > 0) throw new ApiError('rate_limited', 'Too many requests.', { retryAfterSeconds: seconds })
  }

  return (scope) => async (request) => {
    const presented = request.headers['x-api-key']
    const key = typeof presented === 'string' ? await apiKeys.check(presented) : undefined
    spend(key === undefined ? `address:${request.ip}` : `key:${key.name}`)
    if (presented === undefined) throw new ApiError('unauthorized', 'An API key is needed: send it as X-API-Key.')
    if (key === undefined) throw new ApiError('unauthorized', 'The API key is unknown, revoked or expired.')
    if (!key.scopes.includes(scope)) throw new ApiError('forbidden', `This API key lacks the scope ${scope}.`, { details: { scope } })
  }
}
