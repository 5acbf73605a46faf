/** What a run gives back after every input, and what its caller does with it. */
import type { LastingChange } from './change.ts'
import type { StepName } from './codec.ts'
import type { MpcError, Pid } from './errors.ts'
import type { Incoming } from './inbox.ts'
import type { SuiteId } from './suite-id.ts'

export interface Outgoing {
  readonly suite: SuiteId | 0
  readonly type: number
  /** 0: to everybody. */
  readonly to: Pid
  readonly body: Uint8Array
}

export interface Progress {
  readonly step: StepName
  readonly waitingFor: readonly Pid[]
}

/** What the caller does next. */
export interface Output<T> {
  /** Envelopes to sign and carry, in this order. Empty while a change waits to be written. */
  readonly send: readonly Outgoing[]
  /** To be written and read back; then call `written()`. */
  readonly persist?: LastingChange
  /**
   * Received messages to show to everybody, signed as they came (EVIDENCE), once, before ABORT: an ABORT of a party that
   * showed nothing makes its claims look like lies.
   */
  readonly show: readonly Incoming[]
  readonly state: RunState<T>
}

export type RunState<T> =
  | { readonly at: 'running'; readonly progress: Progress | undefined }
  /** Something is wrong and the others' evidence may still tell who caused it. */
  | { readonly at: 'disputing'; readonly error: MpcError; readonly waitingFor: readonly Pid[] }
  | { readonly at: 'done'; readonly result: T }
  | { readonly at: 'failed'; readonly error: MpcError }
