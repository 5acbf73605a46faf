import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { Refusal, errorShape } from '../refusal.ts'
import { ERROR_STATUS, WireError } from '../wire/index.ts'

/** Every answer that is no success has the one error shape; what is thrown unforeseen is logged and answered with an id. */
export function bindErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) => answer(reply, new Refusal('not_found', 'there is no such thing here')))
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const refusal = toRefusal(error)
    if (refusal !== undefined) return answer(reply, refusal)
    request.log.error({ err: { type: error.name, stack: error.stack } }, 'request failed')
    return answer(reply, new Refusal('internal_error', `something went wrong here; the log has it as ${request.id}`))
  })
}

/** @returns what the caller may know of it, or nothing if it is a fault of ours */
export function toRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error
  if (error instanceof WireError) return new Refusal('invalid_request', 'the request did not parse', { details: error.details })
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  if (status === 413) return new Refusal('payload_too_large', 'the request is too large')
  if (typeof status === 'number' && status >= 400 && status < 500) return new Refusal('invalid_request', 'the request did not parse')
  return undefined
}

function answer(reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.retryAfter !== undefined) void reply.header('Retry-After', refusal.retryAfter)
  return reply.code(ERROR_STATUS[refusal.code]).send(errorShape(refusal))
}
