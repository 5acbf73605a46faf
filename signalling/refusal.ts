import { WireError, type ErrorCode, type ErrorShape } from './wire/index.ts'

interface RefusalOptions {
  /** What was wrong with which field. */
  readonly details?: Readonly<Record<string, string>>
  /** Seconds after which to try again. */
  readonly retryAfter?: number
}

/** A request that is refused for a reason its caller may know. Everything else that is thrown is an internal error. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, string>> | undefined
  readonly retryAfter: number | undefined

  constructor(code: ErrorCode, message: string, options: RefusalOptions = {}) {
    super(message)
    this.code = code
    this.details = options.details
    this.retryAfter = options.retryAfter
  }
}

/** @returns the error as it goes over the wire */
export function errorShape(refusal: Refusal): ErrorShape {
  const details = refusal.retryAfter === undefined ? refusal.details : { ...refusal.details, retry_after: String(refusal.retryAfter) }
  return { error: refusal.code, message: refusal.message, ...(details === undefined ? {} : { details }) }
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
