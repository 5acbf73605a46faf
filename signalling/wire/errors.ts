import * as z from 'zod/mini'
import { parser } from './parse.ts'

/** Every error code and its HTTP status. */
export const ERROR_STATUS = {
  invalid_request: 400,
  threshold_not_met: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  session_full: 409,
  session_expired: 410,
  payload_too_large: 413,
  rate_limited: 429,
  policy_refused: 422,
  internal_error: 500,
  unavailable: 503,
} as const

export type ErrorCode = keyof typeof ERROR_STATUS

/** The one shape of every error: REST body, socket acknowledgement, `error` event and `data` of a refused handshake. */
export interface ErrorShape {
  readonly error: ErrorCode
  /** One sentence for a person. */
  readonly message: string
  /** What was wrong with which field; with `rate_limited`, `retry_after` in seconds. */
  readonly details?: Readonly<Record<string, string>>
}

const errorCode: z.ZodMiniType<ErrorCode> = z.enum([
  'invalid_request',
  'threshold_not_met',
  'unauthorized',
  'forbidden',
  'not_found',
  'conflict',
  'session_full',
  'session_expired',
  'payload_too_large',
  'rate_limited',
  'policy_refused',
  'internal_error',
  'unavailable',
] satisfies ErrorCode[])

const errorShape: z.ZodMiniType<ErrorShape> = z.object({
  error: errorCode,
  message: z.string().check(z.maxLength(500)),
  details: z.exactOptional(z.record(z.string().check(z.maxLength(100)), z.string().check(z.maxLength(500)))),
})

/** @throws {WireError} if this is not the error shape */
export const parseErrorShape = parser(errorShape)
