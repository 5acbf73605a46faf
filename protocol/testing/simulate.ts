/**
 * Runs a protocol among parties in one place: any order of delivery, repeats, late redelivery, and cheats. The seed decides
 * everything, so a failing run can be run again.
 */
import type { LastingChange } from '../core/change.ts'
import { ABORT_CODES, Bug, type AbortCode, type Pid } from '../core/errors.ts'
import type { Incoming } from '../core/inbox.ts'
import type { Output, RunState } from '../core/output.ts'
import type { Run } from '../core/run.ts'
import { pick, seededRng } from './seeded-rng.ts'

/** A message on its way to one receiver. */
export interface Letter extends Incoming {
  readonly receiver: Pid
}

/**
 * What a cheat does with a message of its own: other bytes (signed by the cheat like everything it sends), several, or none.
 * `undefined` lets it pass.
 */
export type Tamper = (letter: Letter) => readonly Uint8Array[] | undefined

/** What a cheat says besides its messages, as soon as a letter was delivered. */
export type Interjection =
  | { readonly kind: 'evidence'; readonly from: Pid; readonly receiver: Pid; readonly shown: readonly Incoming[] }
  | { readonly kind: 'abort'; readonly from: Pid; readonly receiver: Pid; readonly code: AbortCode; readonly blamed: Pid }

export interface SimulationOptions {
  readonly seed: string
  readonly tamper?: Tamper
  readonly interject?: (delivered: Letter) => readonly Interjection[]
  /** What storing a change does on a device. */
  readonly persisted?: (pid: Pid, change: LastingChange) => void
  /** Whether a cheat keeps its evidence and its ABORT to itself. */
  readonly isMute?: (pid: Pid) => boolean
}

export interface Simulation<T> {
  readonly states: ReadonlyMap<Pid, RunState<T>>
  /** What each party was asked to store. */
  readonly stored: ReadonlyMap<Pid, readonly LastingChange[]>
  /** Messages delivered. */
  readonly letters: readonly Letter[]
}

type Parcel =
  | { readonly kind: 'letter'; readonly letter: Letter }
  | Interjection
  | { readonly kind: 'written'; readonly receiver: Pid }

export function simulate<T>(parties: readonly Pid[], makeRun: (pid: Pid) => Run<T>, options: SimulationOptions): Simulation<T> {
  const rng = seededRng(`order ${options.seed}`)
  const runs = new Map(parties.map((pid) => [pid, makeRun(pid)]))
  const states = new Map<Pid, RunState<T>>()
  const stored = new Map<Pid, LastingChange[]>(parties.map((pid) => [pid, []]))
  const aborted = new Set<Pid>()
  const delivered: Letter[] = []
  let waiting: Parcel[] = []

  const run = (pid: Pid): Run<T> => {
    const found = runs.get(pid)
    if (found === undefined) throw new Bug(`no party ${pid}`)
    return found
  }
  const others = (pid: Pid): readonly Pid[] => parties.filter((other) => other !== pid)

  const handle = (pid: Pid, output: Output<T>): void => {
    for (const { suite, type, to, body } of output.send) {
      for (const receiver of to === 0 ? others(pid) : [to]) {
        const letter = { from: pid, to, suite, type, body, receiver }
        for (const sent of options.tamper?.(letter) ?? [body]) waiting.push({ kind: 'letter', letter: { ...letter, body: sent } })
      }
    }
    if (output.persist !== undefined && !waiting.some((parcel) => parcel.kind === 'written' && parcel.receiver === pid)) {
      stored.get(pid)?.push(output.persist)
      options.persisted?.(pid, output.persist)
      waiting.push({ kind: 'written', receiver: pid })
    }
    states.set(pid, output.state)
    if (options.isMute?.(pid) === true) return
    if (output.show.length > 0) for (const receiver of others(pid)) waiting.push({ kind: 'evidence', from: pid, receiver, shown: output.show })
    const { state } = output
    if ((state.at === 'failed' || state.at === 'disputing') && run(pid).mayAbort && !aborted.has(pid)) {
      aborted.add(pid)
      const code = state.error.code in ABORT_CODES ? state.error.code as AbortCode : 'E_TIMEOUT'
      for (const receiver of others(pid)) waiting.push({ kind: 'abort', from: pid, receiver, code, blamed: state.error.culprits[0] ?? 0 })
    }
  }

  const deliver = (parcel: Parcel): void => {
    switch (parcel.kind) {
      case 'letter': {
        delivered.push(parcel.letter)
        handle(parcel.letter.receiver, run(parcel.letter.receiver).receive(parcel.letter))
        waiting.push(...options.interject?.(parcel.letter) ?? [])
        break
      }
      case 'evidence': handle(parcel.receiver, run(parcel.receiver).evidence(parcel.from, parcel.shown)); break
      case 'abort': handle(parcel.receiver, run(parcel.receiver).aborted(parcel.from, parcel.code, parcel.blamed)); break
      case 'written': handle(parcel.receiver, run(parcel.receiver).written())
    }
  }

  /** Letters overtake each other; evidence and aborts come after whatever their sender said before (one channel, in order). */
  const mayGo = (parcel: Parcel, i: number): boolean =>
    parcel.kind === 'letter' || parcel.kind === 'written' ||
    !waiting.slice(0, i).some((before) => before.kind !== 'written' && senderOf(before) === parcel.from && receiverOf(before) === parcel.receiver)

  const drain = (): void => {
    while (waiting.length > 0) {
      const ready = waiting.filter(mayGo)
      const next = ready[pick(rng, ready.length)]
      if (next === undefined) throw new Bug('nothing may be delivered')
      const repeat = next.kind === 'letter' && pick(rng, 8) === 0
      if (!repeat) waiting = waiting.filter((parcel) => parcel !== next)
      deliver(next)
    }
  }

  for (const pid of parties) handle(pid, run(pid).start())
  drain()
  // Nothing is on its way: whoever still waits, waits in vain.
  for (const pid of parties) {
    const at = states.get(pid)?.at
    if (at === 'running' || at === 'disputing') handle(pid, run(pid).silence())
    drain()
  }
  // Late redelivery of everything must change nothing.
  for (const letter of [...delivered]) {
    const before = states.get(letter.receiver)
    const { state, send } = run(letter.receiver).receive(letter)
    if (send.length > 0 || state.at !== before?.at) throw new Bug('a late repeat changed something')
  }
  return { states, stored, letters: delivered }
}

function senderOf(parcel: Exclude<Parcel, { kind: 'written' }>): Pid {
  return parcel.kind === 'letter' ? parcel.letter.from : parcel.from
}

function receiverOf(parcel: Exclude<Parcel, { kind: 'written' }>): Pid {
  return parcel.kind === 'letter' ? parcel.letter.receiver : parcel.receiver
}
