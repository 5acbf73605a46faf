/**
 * One error class for everything that can go wrong, by whose fault it is and what the program does next (`docs/vocabulary.md`).
 * Messages are lower case, say what was expected and what came, and never hold secret bytes.
 */

/** Codes of `protocol.md` §A.8 that travel in ABORT, with their numbers. */
export const ABORT_CODES = {
  E_LEN: 1, E_SCALAR: 2, E_POINT: 3, E_SID: 4, E_ECHO: 5, E_EQUIVOCATE: 6, E_COMMIT: 7, E_POP: 8, E_FINAL: 9, E_SHARE: 10,
  E_POLY_LEN: 11, E_RESHARE_CONST: 12, E_PPRF: 13, E_PAIR_STATE: 14, E_OT_CHECK: 15, E_RVOLE_CHECK: 16, E_GAMMA_U: 17,
  E_GAMMA_V: 18, E_PKSUM: 19, E_SIG_INVALID: 20, E_FROST_SHARE: 21, E_PRESIG_USED: 22, E_EXPIRED: 23, E_BANNED: 24,
  E_QUORUM: 25, E_TIMEOUT: 26, E_CONFIG: 27, E_DEGENERATE: 28, E_ROLL: 29,
} as const

export type AbortCode = keyof typeof ABORT_CODES

/** Codes that never travel in ABORT. */
export type LocalCode =
  | 'E_INPUT' | 'E_TRANSPORT' | 'E_DECLINED' | 'E_POLICY' | 'E_BUSY' | 'E_VERSION' | 'E_EXPIRED_LINK' | 'E_USED_LINK' | 'E_INTERCEPTED' | 'E_UNAUTHORIZED' | 'E_CANCELLED'
  | 'E_WORDS' | 'E_IDENTITY'
  | 'E_LOCKED' | 'E_PASSPHRASE' | 'E_THROTTLED' | 'E_DAMAGED' | 'E_STALE' | 'E_STORAGE' | 'E_BUG'

export type ErrorCode = AbortCode | LocalCode

/** Share index of a party: from 1. Where 0 may stand instead, the field says what it means (everybody, nobody). */
export type Pid = number

export type Fault = 'caller' | 'party' | 'unknown' | 'network' | 'refusal' | 'vault' | 'program'

/** A received message by its slot: enough to find the signed envelope that proves a charge. */
export interface MessageRef {
  readonly suite: number
  readonly type: number
  readonly from: Pid
}

interface ErrorFacts {
  readonly culprits?: readonly Pid[]
  readonly evidence?: readonly MessageRef[]
  readonly cause?: unknown
}

/** Base of all errors. `culprits` are share indices: shown to have broken the protocol (`Blame`, `Malformed`), or silent (`TransportError` with E_TIMEOUT). */
export abstract class MpcError extends Error {
  abstract readonly fault: Fault
  readonly code: ErrorCode
  readonly culprits: readonly Pid[]
  /** Messages that show it, where it can be shown to others. */
  readonly evidence: readonly MessageRef[]

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = new.target.name
    this.code = code
    this.culprits = facts.culprits ?? []
    this.evidence = facts.evidence ?? []
  }
}

/** The caller gave something that cannot be used; nothing was sent, nothing changed. */
export class InputError extends MpcError {
  readonly fault = 'caller'
  /** The name of the field that is wrong. */
  readonly field: string
  constructor(field: string, message: string, code: ErrorCode = 'E_INPUT') {
    super(code, `${field}: ${message}`)
    this.field = field
  }
}

/** Named parties broke the protocol; the evidence is their signed messages. */
export class Blame extends MpcError {
  readonly fault = 'party'
}

/** Honest parties may have seen different things; who caused it is not known (yet). */
export class Disagreement extends MpcError {
  readonly fault = 'unknown'
}

/** A party sent bytes that are no message: wrong length, range, point. */
export class Malformed extends MpcError {
  readonly fault = 'party'
}

/** The network or a silent party; trying again may help. */
export class TransportError extends MpcError {
  readonly fault = 'network'
}

/** Somebody or some rule said no; the message says why. */
export class Refused extends MpcError {
  readonly fault = 'refusal'
}

/** Locked, wrong passphrase, damaged or missing records. */
export class VaultError extends MpcError {
  readonly fault = 'vault'
}

/** Our own mistake. */
export class Bug extends MpcError {
  readonly fault = 'program'
  constructor(message: string, cause?: unknown) {
    super('E_BUG', message, { cause })
  }
}
