import {
  Blame, Bug, Disagreement, InputError, Malformed, MpcError, Refused, TransportError, VaultError,
} from '@trivet/protocol/core'
import type { ErrorCode, MessageRef, Pid } from '@trivet/protocol/core'

const KINDS = { Blame, Disagreement, Malformed, TransportError, Refused, VaultError } as const

/** An `MpcError` as plain data: what a message port, which keeps no classes, can carry. Its cause stays behind. */
export interface FlatError {
  /** Not the constructor's name, which a minified build changes. */
  readonly kind: keyof typeof KINDS | 'InputError' | 'Bug'
  readonly code: ErrorCode
  readonly message: string
  readonly culprits: readonly Pid[]
  readonly evidence: readonly MessageRef[]
  /** `InputError` only. */
  readonly field?: string
}

/** @param error whatever was thrown; what is no `MpcError` becomes a `Bug` */
export function flattenError(error: unknown): FlatError {
  if (!(error instanceof MpcError)) return flattenError(new Bug(error instanceof Error ? `unexpected: ${error.message}` : 'unexpected failure', error))
  const { code, message, culprits, evidence } = error
  const facts = { code, message, culprits, evidence }
  if (error instanceof InputError) return { kind: 'InputError', field: error.field, ...facts }
  for (const kind of kinds()) if (error instanceof KINDS[kind]) return { kind, ...facts }
  return { kind: 'Bug', ...facts }
}

export function reviveError(flat: FlatError): MpcError {
  const { kind, code, message, culprits, evidence } = flat
  if (kind === 'Bug') return new Bug(message)
  if (kind === 'InputError') {
    const field = flat.field ?? 'value'
    // Its constructor writes the field before the message.
    return new InputError(field, message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message, code)
  }
  return new KINDS[kind](code, message, { culprits, evidence })
}

function kinds(): readonly (keyof typeof KINDS)[] {
  return ['Blame', 'Disagreement', 'Malformed', 'TransportError', 'Refused', 'VaultError']
}
