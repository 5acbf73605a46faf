/** Carries one ceremony's runs: signs what they say, checks what comes, keeps time, and makes an end known to everybody. */
import {
  Bug, encodeEnvelope, equalBytes, MpcError, TransportError, type Incoming, type LastingChange, type Outgoing, type Output, type Pid, type StepName,
} from '@trivet/protocol/core'
import type { Clock } from '../clock.ts'
import { ABORT, abortBody, EVIDENCE } from './bodies.ts'
import type { EnvelopeDesk } from './envelopes.ts'
import type { SessionMember } from './member.ts'
import type { Mesh } from './mesh.ts'
import { abortCodeOf, awaitedBy, passTo, waitsFor, type CeremonyRun, type Running } from './running.ts'

/** Without a message for so long, whoever is waited for is named (`protocol.md` §A.8, E_TIMEOUT). */
const IDLE_MS = 30_000
/** How long evidence is waited for once something is known to be wrong. */
const DISPUTE_MS = 5_000

export interface CeremonyOptions<T> {
  readonly desk: EnvelopeDesk
  readonly mesh: Mesh
  readonly clock: Clock
  readonly me: Pid
  /** Everybody under every share index: a device with two of them stands twice. */
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
    this.#runs = options.runs.map((part) => ({ me: options.me, ...part, isStarted: false, output: undefined, shownBy: new Set() }))
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
    return this.#runsOf(instance).length > 0
  }

  /** A checked envelope of a member. Before the start it is kept for later. */
  receive(incoming: Incoming, instance: Uint8Array): void {
    this.#enqueue(async () => {
      if (this.#ended) return
      const before = awaitedBy(this.#runs)
      for (const running of this.#runsOf(instance)) {
        if (incoming.to === 0 || incoming.to === running.me) await this.#pass(running, incoming)
      }
      await this.#startMore()
      // Only what was waited for keeps a ceremony alive: who repeats itself does not.
      if (this.#started && awaitedBy(this.#runs) !== before) this.#restartIdle(this.#isDisputing() ? DISPUTE_MS : IDLE_MS)
    })
  }

  /** The channel to a member is over. What came through it before is looked at first: it may say why. */
  gone(pid: Pid, error: MpcError | undefined): void {
    this.#enqueue(async () => {
      const party = this.#options.members.find((member) => member.pid === pid)?.card.partyId
      for (const member of this.#options.members) if (member.card.partyId === party) this.#gone.set(member.pid, error)
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

  /** Who is waited for, over all runs; never this device, one of whose runs may wait for the other. */
  waitingFor(): readonly Pid[] {
    return [...new Set(this.#runs.flatMap(waitsFor))].filter((pid) => !this.#isMine(pid)).toSorted((a, b) => a - b)
  }

  /** A run that asks for a change is followed in the same turn: a failed test is a ban before anybody else has a turn. */
  async #pass(running: Running<T>, incoming: Incoming): Promise<void> {
    if (this.#ended || incoming.from === running.me) return
    const output = incoming.type === EVIDENCE ? await this.#shown(running, incoming) : passTo(running.run, incoming)
    if (output !== undefined) await this.#follow(running, output)
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
    for (const message of output.send) await this.#say(running, message)
    await this.#show(running, output.show)
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

  async #end(found: MpcError): Promise<void> {
    if (this.#ended) return
    const error = found.code === 'E_TIMEOUT' ? this.#withoutMe(found) : found
    this.#ended = true
    this.#cancelIdle()
    const [first] = this.#runs
    try {
      for (const running of this.#runs) {
        const { run, output } = running
        if (output?.state.at !== 'failed' && output?.state.at !== 'done') await this.#show(running, run.abandon(error).show)
      }
      if (first !== undefined) await this.#tellStop(first, error)
    } finally {
      this.#options.events.ended({ error })
    }
  }

  /**
   * ABORT promises never to vote. That this promise is lasting needs no record: it is only given before the shares were handed out
   * to be stored, and nothing but this run, which is over then, could hand them out (`protocol.md` §E.4). A device with two share indices
   * stops under both or, once one of them may have voted, under none.
   */
  async #tellStop({ instance }: Running<T>, error: MpcError): Promise<void> {
    const runs = this.#runsOf(instance)
    if (this.#stopTold || runs.some(({ run }) => !run.mayAbort)) return
    this.#stopTold = true
    const code = abortCodeOf(error)
    for (const running of runs) {
      await this.#say(running, { suite: 0, type: ABORT, to: 0, body: abortBody(code, error.culprits[0] ?? 0, running.run.sid) })
    }
  }

  /** What was received, as evidence; it goes before any ABORT. */
  async #show(running: Running<T>, shown: readonly Incoming[]): Promise<void> {
    if (shown.length === 0) return
    await this.#say(running, { suite: 0, type: EVIDENCE, to: 0, body: this.#options.desk.evidenceBody(running.instance, shown) })
  }

  async #say({ instance, me }: Running<T>, message: Outgoing): Promise<void> {
    const { desk, mesh, members } = this.#options
    const envelope = await desk.seal(instance, message, me)
    if (this.#halted && message.type !== ABORT) return
    const receivers = members.filter(({ pid }) => message.to === 0 || message.to === pid)
    // What one run of this device says to the other needs no channel.
    if (receivers.some(({ pid }) => pid !== me && this.#isMine(pid))) this.receive({ ...message, from: me }, instance)
    const bytes = encodeEnvelope(envelope)
    for (const party of new Set(receivers.filter(({ pid }) => !this.#isMine(pid)).map(({ card }) => card.partyId))) mesh.send(party, bytes)
  }

  #restartIdle(ms: number): void {
    this.#cancelIdle()
    if (this.#ended) return
    this.#cancelIdle = this.#options.clock.after(ms, () => {
      this.#enqueue(async () => {
        // Who waits for this device alone waits for what its other run waits for.
        const waitsForOthers = (running: Running<T>): boolean => waitsFor(running).some((pid) => !this.#isMine(pid))
        for (const running of this.#runs.toSorted((a, b) => Number(waitsForOthers(b)) - Number(waitsForOthers(a)))) {
          if (!this.#ended) await this.#follow(running, running.run.silence())
        }
      })
    })
  }

  #isDisputing(): boolean {
    return this.#runs.some(({ output }) => output?.state.at === 'disputing')
  }

  #runsOf(instance: Uint8Array): readonly Running<T>[] {
    return this.#runs.filter((running) => equalBytes(running.instance, instance))
  }

  #isMine(pid: Pid): boolean {
    return pid === this.#options.me || this.#runs.some(({ me }) => me === pid)
  }

  /** One run of this device may have waited for the other, which is not to blame. */
  #withoutMe(error: MpcError): MpcError {
    const culprits = error.culprits.filter((pid) => !this.#isMine(pid))
    return culprits.length === error.culprits.length ? error : new TransportError('E_TIMEOUT', error.message, { culprits, cause: error.cause })
  }

  /** One thing at a time, in the order it came. */
  #enqueue(work: () => Promise<void>): void {
    this.#tail = this.#tail.then(work).catch(async (error: unknown) => {
      await this.#end(error instanceof MpcError ? error : new Bug('a ceremony failed', error))
    })
  }
}
