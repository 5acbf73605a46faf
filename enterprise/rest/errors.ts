/** Every refusal of the REST door, in the one shape of the contract. */
import { MpcError, InputError } from '@trivet/protocol/core'
import type { ErrorCode, ErrorShape } from '@trivet/signalling/wire'

const ERROR_STATUS = {
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
} as const satisfies Readonly<Record<ErrorCode, number>>

interface Refinements {
  readonly details?: Readonly<Record<string, string>>
  /** For `rate_limited` and `unavailable`: goes into `Retry-After`. */
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, string>> | undefined
  readonly retryAfterSeconds: number | undefined

  /** @param sentence one sentence for a person */
  constructor(code: ErrorCode, sentence: string, { details, retryAfterSeconds, cause }: Refinements = {}) {
    super(sentence, { cause })
    this.code = code
    this.details = details
    this.retryAfterSeconds = retryAfterSeconds
  }

  get status(): number {
    return ERROR_STATUS[this.code]
  }

  shape(): ErrorShape {
    const shape = { error: this.code, message: this.message }
    return this.details === undefined ? shape : { ...shape, details: this.details }
  }
}

/** A body, query or path that did not parse. */
export function invalidRequest(details: Readonly<Record<string, string>>): ApiError {
  return new ApiError('invalid_request', `The request is wrong at: ${Object.keys(details).join(', ')}.`, { details })
}

export function unavailable(sentence: string, details?: Readonly<Record<string, string>>, cause?: unknown): ApiError {
  return new ApiError('unavailable', sentence, { retryAfterSeconds: 5, ...(details === undefined ? {} : { details }), cause })
}

/** What a caller is told about anything that was thrown. `id` finds the log line of what is nobody's business. */
export function toApiError(error: unknown, id: string): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof MpcError) return fromParty(error) ?? internal(id, error)
  return fromFramework(error) ?? internal(id, error)
}

function internal(id: string, cause: unknown): ApiError {
  return new ApiError('internal_error', 'Something went wrong here. The id finds the line in the log.', { details: { id }, cause })
}

function fromParty(error: MpcError): ApiError | undefined {
  if (error instanceof InputError) return invalidRequest({ [error.field]: error.message.slice(error.field.length + 2) })
  const options = { cause: error }
  switch (error.code) {
    case 'E_QUORUM': return new ApiError('threshold_not_met', sentenceOf(error), options)
    case 'E_POLICY': return new ApiError('policy_refused', sentenceOf(error), options)
    case 'E_UNAUTHORIZED': return new ApiError('forbidden', sentenceOf(error), options)
    case 'E_EXPIRED':
    case 'E_EXPIRED_LINK': return new ApiError('session_expired', sentenceOf(error), options)
    case 'E_LOCKED': return unavailable('The vault is locked.', undefined, error)
    default:
  }
  if (error.fault === 'refusal') return new ApiError('conflict', sentenceOf(error), options)
  if (error.fault === 'network') return unavailable(sentenceOf(error), undefined, error)
  return undefined
}

/** Errors that Fastify throws before a handler runs. */
function fromFramework(error: unknown): ApiError | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number' || error.statusCode >= 500) return undefined
  if (error.statusCode === 413) return new ApiError('payload_too_large', 'The body is larger than 1 MiB.')
  if (error.statusCode === 415) return invalidRequest({ 'content-type': 'expected application/json' })
  return invalidRequest({ '.': 'expected a JSON object in the body' })
}

function sentenceOf(error: MpcError): string {
  return `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`
}
