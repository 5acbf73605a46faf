/** The REST door of the headless party. Its contract is in this folder's README. */
import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { watchParty } from '../watch.ts'
import { createKeyCheck } from './auth.ts'
import type { RestContext, RestOptions } from './context.ts'
import { ApiError, toApiError, unavailable } from './errors.ts'
import { infoRoutes } from './info.ts'
import { keygenRoutes } from './keygen.ts'
import { keyRoutes } from './keys.ts'
import { createRateLimit } from './rate-limit.ts'
import { pairRoutes } from './pairs.ts'
import { reshareRoutes } from './reshare.ts'
import { sessionRoutes } from './sessions.ts'
import { signRoutes } from './sign.ts'
import { verifyRoutes } from './verify.ts'

export type { RestOptions } from './context.ts'

const BODY_LIMIT_BYTES = 1_048_576

/** Builds the server; `listen` and `close` are the caller's. Closing ends every wait, lets requests finish and refuses new ones. */
export function createRest(options: RestOptions): FastifyInstance {
  const app: FastifyInstance = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: () => randomUUID(),
    // Refused below, in the shape of the contract.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => { answerError(options, error, request, reply) },
    https: options.tls ?? null,
  })
  const stopping = new AbortController()
  const watch = watchParty(options.party)
  const context: RestContext = { ...options, watch, startedAt: options.now(), stopping: stopping.signal }

  app.removeContentTypeParser('text/plain')
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    if (stopping.signal.aborted) throw unavailable('The server is shutting down.')
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions: { url } } = request
    options.log.info({ id: request.id, method, route: url ?? 'none', status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered')
  })
  app.addHook('preClose', async () => { stopping.abort() })
  app.addHook('onClose', async () => { watch.stop() })
  app.setErrorHandler((error, request, reply) => { answerError(options, error, request, reply) })
  app.setNotFoundHandler((request, reply) => {
    answerError(options, new ApiError('not_found', 'There is no such call.'), request, reply)
  })

  const requireKey = createKeyCheck(options.apiKeys, createRateLimit(options.now))
  const all = [infoRoutes, keyRoutes, keygenRoutes, reshareRoutes, signRoutes, verifyRoutes, sessionRoutes, pairRoutes]
  for (const routes of all) routes(app, context, requireKey)
  return app
}

function answerError({ log }: RestOptions, thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toApiError(thrown, request.id)
  if (error.code === 'internal_error') {
    const stack = thrown instanceof Error ? thrown.stack ?? thrown.message : 'what was thrown is no error'
    log.error({ id: request.id, stack }, 'a request failed')
  }
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds)
  reply.code(error.status).send(error.shape())
}
