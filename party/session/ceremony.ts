/** Carries one ceremony's runs: signs what they say, checks what comes, keeps time, and makes an end known to everybody. */
import {
  ABORT_CODES, Bug, encodeEnvelope, MpcError, TransportError,
  type AbortCode, type Incoming, type LastingChange, type Outgoing, type Output, type Pid, type Run, type StepName,
} from '@trivet/protocol/core'
import type { Clock } from '../clock.ts'
import { ABORT, abortBody, EVIDENCE, readAbort } from './bodies.ts'
import type { EnvelopeDesk } from './envelopes.ts'
import type { SessionMember } from './member.ts'
import type { Mesh } from './mesh.ts'

/** Without a message for so long, whoever is waited for is named (`protocol.md` §A.8, E_TIMEOUT). */
const IDLE_MS = 30_000
/** How long evidence is waited for once something is known to be wrong. */
const DISPUTE_MS = 5_000

export interface CeremonyRun<T> {
  readonly instance: Uint8Array
  readonly run: Run<T>
}

export interface CeremonyOptions<T> {
  readonly desk: EnvelopeDesk
  readonly mesh: Mesh
  readonly clock: Clock
  readonly me: Pid
  readonly members: readonly SessionMember[]
  /** Side by side: several for several messages under one approval. */
  readonly runs: readonly CeremonyRun<T>[]
  /** More than so many do not run at once: the next begins when one is done. All, if absent. */
  readonly atOnce?: number | undefined
  /** Called before anything else happens; resolves once the change was written and read back. */
  persist(change: LastingChange): Promise<void>
  readonly events: {
    changed(): void
    ended(outcome: { readonly results: readonly T[] } | { readonly error: MpcError }): void
  }
}

interface Running<T> extends CeremonyRun<T> {
  isStarted: boolean
  output: Output<T> | undefined
  /** Whose evidence was looked at: each is heard once (`protocol.md` §A.5). */
  readonly shownBy: Set<Pid>
}

export class Ceremony<T> {
  readonly #options: CeremonyOptions<T>
  readonly #runs: readonly Running<T>[]
  readonly #gone = new Map<Pid, MpcError | undefined>()
  #tail: Promise<void> = Promise.resolve()
  #started = false
  #ended = false
  #halted = false
  #stopTold = false
  #cancelIdle: () => void = () => undefined

  constructor(options: CeremonyOptions<T>) {
    this.#options = options
    this.#runs = options.runs.map((part) => ({ ...part, isStarted: false, output: undefined, shownBy: new Set() }))
  }

  get started(): boolean {
    return this.#started
  }

  start(): void {
    if (this.#started) return
    this.#started = true
    this.#restartIdle(IDLE_MS)
    this.#enqueue(() => this.#startMore())
  }

  /** Whether a kind of message has a place in it. */
  takes(suite: number, type: number): boolean {
    return this.#runs.some(({ run }) => run.knows(suite, type))
  }

  /** Whether an envelope's instance is one of this ceremony's. */
  knows(instance: Uint8Array): boolean {
    return this.#find(instance) !== undefined
  }

  /** A checked envelope of a member. Before the start it is kept for later. */
  receive(incoming: Incoming, instance: Uint8Array): void {
    this.#enqueue(async () => {
      const running = this.#find(instance)
      if (running === undefined || this.#ended) return
      const before = this.#awaited()
      // A run that asks for a change is followed in the same turn: a failed test is a ban before anybody else has a turn.
      const output = incoming.type === EVIDENCE ? await this.#shown(running, incoming) : pass(running.run, incoming)
      if (output !== undefined) await this.#follow(running, output)
      await this.#startMore()
      // Only what was waited for keeps a ceremony alive: who repeats itself does not.
      if (this.#started && this.#awaited() !== before) this.#restartIdle(this.#isDisputing() ? DISPUTE_MS : IDLE_MS)
    })
  }

  /** The channel to a member is over. What came through it before is looked at first: it may say why. */
  gone(pid: Pid, error: MpcError | undefined): void {
    this.#enqueue(async () => {
      this.#gone.set(pid, error)
      await this.#checkGone()
    })
  }

  /** Ends it from this side; the others are told. */
  abandon(error: MpcError): void {
    this.#enqueue(async () => this.#end(error))
  }

  /** As `abandon`, and from this moment on nothing of it leaves but the word that it stopped, also not what is under way. */
  halt(error: MpcError): void {
    this.#halted = true
    this.abandon(error)
  }

  /** Session ids of the runs that have one. */
  sids(): readonly Uint8Array[] {
    return this.#runs.map(({ run }) => run.sid).filter((sid) => sid !== undefined)
  }

  heard(): readonly { readonly step: StepName; readonly from: readonly Pid[] }[] {
    return this.#runs[0]?.run.heard() ?? []
  }

  /** Who is waited for, over all runs. */
  waitingFor(): readonly Pid[] {
    const waiting = this.#runs.flatMap(({ output }) => {
      if (output?.state.at === 'running') return output.state.progress?.waitingFor ?? []
      return output?.state.at === 'disputing' ? output.state.waitingFor : []
    })
    return [...new Set(waiting)].toSorted((a, b) => a - b)
  }

  async #shown({ run, instance, shownBy }: Running<T>, { from, body }: Incoming): Promise<Output<T> | undefined> {
    if (shownBy.has(from)) return undefined
    shownBy.add(from)
    return run.evidence(from, await this.#options.desk.readEvidence(instance, body))
  }

  /** Starts as many runs as may run at once. */
  async #startMore(): Promise<void> {
    const { atOnce = this.#runs.length } = this.#options
    const active = (): number => this.#runs.filter(({ isStarted, output }) => isStarted && output?.state.at !== 'done').length
    while (!this.#ended && this.#started && active() < atOnce) {
      const next = this.#runs.find(({ isStarted }) => !isStarted)
      if (next === undefined) return
      next.isStarted = true
      await this.#follow(next, next.run.start())
    }
  }

  /** Does what a run asks for, in order, until it has nothing more to ask. */
  async #follow(running: Running<T>, first: Output<T>): Promise<void> {
    let output: Output<T> = first
    for (;;) {
      running.output = output
      if (output.persist === undefined) break
      // Nothing is sent or shown while a change waits.
      await this.#options.persist(output.persist)
      output = running.run.written()
    }
    for (const message of output.send) await this.#say(running.instance, message)
    await this.#show(running.instance, output.show)
    await this.#afterwards(running)
  }

  async #afterwards(running: Running<T>): Promise<void> {
    const { state } = running.output ?? {}
    if (state?.at === 'disputing' && !this.#stopTold) {
      await this.#tellStop(running, state.error)
      this.#restartIdle(DISPUTE_MS)
    }
    if (state?.at === 'failed') await this.#end(state.error)
    const results = this.#runs.map(({ output }) => (output?.state.at === 'done' ? output.state : undefined))
    if (!this.#ended && results.every((done) => done !== undefined)) {
      this.#ended = true
      this.#cancelIdle()
      this.#options.events.ended({ results: results.map((done) => done.result) })
      return
    }
    if (!this.#ended) await this.#checkGone()
    this.#options.events.changed()
  }

  /** A member that is gone is missed only by a run that still waits for it. */
  async #checkGone(): Promise<void> {
    if (this.#ended || !this.#started) return
    const missed = this.waitingFor().filter((pid) => this.#gone.has(pid))
    const [first] = missed
    if (first === undefined) return
    const cause = this.#gone.get(first)
    if (cause !== undefined && cause.fault !== 'network') await this.#end(cause)
    else await this.#end(new TransportError('E_TIMEOUT', 'the connection was lost', { culprits: missed, cause }))
  }

  async #end(error: MpcError): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    this.#cancelIdle()
    const [first] = this.#runs
    try {
      for (const { run, output, instance } of this.#runs) {
        if (output?.state.at !== 'failed' && output?.state.at !== 'done') await this.#show(instance, run.abandon(error).show)
      }
      if (first !== undefined) await this.#tellStop(first, error)
    } finally {
      this.#options.events.ended({ error })
    }
  }

  /**
   * ABORT promises never to vote. That this promise is lasting needs no record: it is only given before the shares were handed out
   * to be stored, and nothing but this run, which is over then, could hand them out (`protocol.md` §E.4).
   */
  async #tellStop({ instance, run }: Running<T>, error: MpcError): Promise<void> {
    if (this.#stopTold || !run.mayAbort) return
    this.#stopTold = true
    const code: AbortCode = isAbortCode(error.code) ? error.code : 'E_TIMEOUT'
    await this.#say(instance, { suite: 0, type: ABORT, to: 0, body: abortBody(code, error.culprits[0] ?? 0, run.sid) })
  }

  /** What was received, as evidence; it goes before any ABORT. */
  async #show(instance: Uint8Array, shown: readonly Incoming[]): Promise<void> {
    if (shown.length === 0) return
    await this.#say(instance, { suite: 0, type: EVIDENCE, to: 0, body: this.#options.desk.evidenceBody(instance, shown) })
  }

  async #say(instance: Uint8Array, message: Outgoing): Promise<void> {
    const { desk, mesh, members, me } = this.#options
    const bytes = encodeEnvelope(await desk.seal(instance, message))
    if (this.#halted && message.type !== ABORT) return
    for (const { pid, card } of members) {
      if (pid !== me && (message.to === 0 || message.to === pid)) mesh.send(card.partyId, bytes)
    }
  }

  #restartIdle(ms: number): void {
    this.#cancelIdle()
    if (this.#ended) return
    this.#cancelIdle = this.#options.clock.after(ms, () => {
      this.#enqueue(async () => {
        for (const running of this.#runs) {
          if (!this.#ended) await this.#follow(running, running.run.silence())
        }
      })
    })
  }

  /** Changes whenever somebody said what was waited for. */
  #awaited(): string {
    return JSON.stringify(this.#runs.map(({ output }) => {
      const state = output?.state
      return state?.at === 'running' ? state.progress : state?.at === 'disputing' ? state.waitingFor : state?.at
    }))
  }

  #isDisputing(): boolean {
    return this.#runs.some(({ output }) => output?.state.at === 'disputing')
  }

  #find(instance: Uint8Array): Running<T> | undefined {
    return this.#runs.find((running) => running.instance.every((byte, i) => byte === instance[i]))
  }

  /** One thing at a time, in the order it came. */
  #enqueue(work: () => Promise<void>): void {
    this.#tail = this.#tail.then(work).catch(async (error: unknown) => {
      await this.#end(error instanceof MpcError ? error : new Bug('a ceremony failed', error))
    })
  }
}

function pass<T>(run: Run<T>, incoming: Incoming): Output<T> {
  if (incoming.type !== ABORT) return run.receive(incoming)
  const abort = readAbort(incoming.body)
  return run.aborted(incoming.from, abort?.code ?? 'E_TIMEOUT', abort?.blamed ?? 0)
}

function isAbortCode(code: string): code is AbortCode {
  return code in ABORT_CODES
}
