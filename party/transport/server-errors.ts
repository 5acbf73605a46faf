import { InputError, Refused, TransportError } from '@trivet/protocol/core'
import type { MpcError } from '@trivet/protocol/core'
import type { ErrorShape } from '@trivet/signalling/wire'

/** What the introduction server's refusal means to a party: caller's mistake, somebody's no, or try again. */
export function errorOf(shape: ErrorShape): MpcError {
  const message = `introduction server: ${shape.message}`
  switch (shape.error) {
    case 'invalid_request':
    case 'threshold_not_met':
    case 'payload_too_large': {
      const [field, problem] = Object.entries(shape.details ?? {})[0] ?? ['request', shape.message]
      return new InputError(field, problem)
    }
    case 'unauthorized':
    case 'forbidden':
      return new Refused('E_UNAUTHORIZED', message)
    case 'session_expired':
      return new Refused('E_EXPIRED_LINK', message)
    case 'session_full':
      return new Refused('E_USED_LINK', message)
    case 'not_found':
    case 'conflict':
      return new Refused('E_CANCELLED', message)
    case 'policy_refused':
      return new Refused('E_POLICY', message)
    case 'rate_limited':
    case 'internal_error':
    case 'unavailable':
      return new TransportError('E_TRANSPORT', message)
  }
}
