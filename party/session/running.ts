/** The runs of a ceremony as it carries them: what they wait for, and how what others say gets to them. */
import { ABORT_CODES, type AbortCode, type Incoming, type MpcError, type Output, type Pid, type Run, type StepName } from '@trivet/protocol/core'
import { ABORT, readAbort } from './bodies.ts'

export interface CeremonyRun<T> {
  readonly instance: Uint8Array
  readonly run: Run<T>
  /** Under which share index this device takes part in it; the ceremony's `me`, if absent. Two runs of one instance have two of them. */
  readonly me?: Pid
}

/** What runs once everybody has said yes. */
export interface Prepared<T> {
  readonly runs: readonly CeremonyRun<T>[]
  /** More than so many do not run side by side. */
  readonly atOnce?: number
  readonly steps: readonly StepName[]
}

export type Outcome<T> = { readonly results: readonly T[] } | { readonly error: MpcError }

export interface Running<T> extends CeremonyRun<T> {
  readonly me: Pid
  isStarted: boolean
  output: Output<T> | undefined
  /** Whose evidence was looked at: each is heard once (`protocol.md` §A.5). */
  readonly shownBy: Set<Pid>
}

/** Who a run waits for, ascending. */
export function waitsFor<T>({ output }: Running<T>): readonly Pid[] {
  if (output?.state.at === 'running') return output.state.progress?.waitingFor ?? []
  return output?.state.at === 'disputing' ? output.state.waitingFor : []
}

/** Changes whenever somebody said what was waited for. */
export function awaitedBy<T>(runs: readonly Running<T>[]): string {
  return JSON.stringify(runs.map(({ output }) => {
    const state = output?.state
    return state?.at === 'running' ? state.progress : state?.at === 'disputing' ? state.waitingFor : state?.at
  }))
}

/** Anything but evidence, which is read first. */
export function passTo<T>(run: Run<T>, incoming: Incoming): Output<T> {
  if (incoming.type !== ABORT) return run.receive(incoming)
  const abort = readAbort(incoming.body)
  return run.aborted(incoming.from, abort?.code ?? 'E_TIMEOUT', abort?.blamed ?? 0)
}

/** How an error is told in ABORT. */
export function abortCodeOf({ code }: MpcError): AbortCode {
  return isAbortCode(code) ? code : 'E_TIMEOUT'
}

function isAbortCode(code: string): code is AbortCode {
  return code in ABORT_CODES
}
