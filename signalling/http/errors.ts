import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { Refusal, errorShape, toRefusal } from '../refusal.ts'
import { ERROR_STATUS } from '../wire/index.ts'

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

function answer(reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.retryAfter !== undefined) void reply.header('Retry-After', refusal.retryAfter)
  return reply.code(ERROR_STATUS[refusal.code]).send(errorShape(refusal))
}
