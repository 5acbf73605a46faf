/**
 * The driver of a script: bytes in, bytes out; buffering, order, repeats, echo, blame. It knows no keys, no clock and no
 * network: `party` signs, verifies and carries (`protocol.md` §A.5, §A.6, §A.8).
 */
import type { LastingChange } from './change.ts'
import { encodeBody, type Message, type StepName } from './codec.ts'
import { Dispute } from './dispute.ts'
import { Bug, Disagreement, MpcError, type AbortCode, type Pid } from './errors.ts'
import { Inbox, type Incoming } from './inbox.ts'
import { openRound } from './round.ts'
import type { EchoDue, Effect, Script } from './script.ts'
import type { SuiteId } from './suite-id.ts'

export interface Outgoing {
  readonly suite: SuiteId | 0
  readonly type: number
  /** 0: to everybody. */
  readonly to: Pid | 0
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

type Talk = Extract<Effect, { kind: 'talk' }>

interface Task {
  readonly script: Script<unknown>
  readonly finish: (value: unknown) => void
  waiting: Talk | undefined
  /** The hash that rides in this task's next message and what it was made from. */
  echo: EchoDue | undefined
}

interface Unwritten {
  readonly change: LastingChange
  readonly task: Task
}

export class Run<T> {
  readonly #inbox: Inbox
  readonly #dispute: Dispute
  readonly #tasks: Task[] = []
  #outbox: Outgoing[] = []
  #persist: Unwritten | undefined
  /** Changes that wait while another is being written. */
  #queue: Unwritten[] = []
  #end: Extract<RunState<T>, { at: 'done' | 'failed' }> | undefined
  #started = false
  #haveShown = false
  #mayAbort = true
  readonly #root: Task

  /**
   * @param vocabulary every message of this ceremony, by header suite; anything else is dropped
   * @param heardBefore messages that everybody was told before the script starts (the invitation)
   */
  constructor(options: {
    readonly me: Pid
    readonly parties: readonly Pid[]
    readonly vocabulary: readonly { readonly suite: SuiteId | 0; readonly messages: readonly Message[] }[]
    readonly script: Script<T>
    readonly heardBefore?: readonly Incoming[]
  }) {
    this.#inbox = new Inbox(options)
    this.#dispute = new Dispute(this.#inbox, options.me)
    this.#root = { script: options.script, finish: (value) => { this.#end ??= { at: 'done', result: value as T } }, waiting: undefined, echo: undefined }
    this.#tasks.push(this.#root)
  }

  /**
   * Whether ABORT may be said when the run stops. It promises never to vote, so not once a record was handed out to be stored
   * (`protocol.md` §E.4).
   */
  get mayAbort(): boolean {
    return this.#mayAbort
  }

  start(): Output<T> {
    if (this.#started) throw new Bug('a run starts once')
    this.#started = true
    return this.#guarded(() => { this.#advance(this.#root, undefined) })
  }

  /** A message whose envelope was checked: signature, membership, epoch, instance. */
  receive(incoming: Incoming): Output<T> {
    return this.#guarded(() => {
      if (this.#inbox.put(incoming) === 'kept') this.#advanceAll()
    })
  }

  /** The change that the last output asked for is lasting. */
  written(): Output<T> {
    return this.#guarded(() => {
      const written = this.#persist
      if (written === undefined) throw new Bug('nothing was to be written')
      this.#persist = this.#queue.shift()
      this.#advance(written.task, undefined)
    })
  }

  /** EVIDENCE from a member: messages that it received, signed by their senders. */
  evidence(from: Pid, shown: readonly Incoming[]): Output<T> {
    return this.#guarded(() => {
      this.#dispute.shown(from, shown)
      // What was said to all and is signed is as good as heard: so everybody comes to see what made the first one stop.
      for (const message of shown) if (message.to === 0) this.#inbox.put(message)
      this.#advanceAll()
    })
  }

  /** ABORT from a member: information; whom it blames is believed only with evidence. */
  aborted(from: Pid, code: AbortCode, blamed: Pid | 0): Output<T> {
    return this.#guarded(() => {
      this.#dispute.stopped(from, new Disagreement(code, `party ${from} stopped: ${code}${blamed === 0 ? '' : `, blaming party ${blamed}`}`))
    })
  }

  /** Nothing was heard for too long: whoever is waited for is named as silent. */
  silence(): Output<T> {
    return this.#guarded(() => {
      this.#fail(this.#dispute.settle(this.#waitingFor()))
    })
  }

  /** Ends the run from outside (cancelled, lost connection); secrets are wiped. */
  abandon(error: MpcError): Output<T> {
    return this.#guarded(() => { this.#fail(error) })
  }

  /** Steps in order and who was heard in each, for people to watch. */
  heard(): readonly { readonly step: StepName; readonly from: readonly Pid[] }[] {
    return this.#inbox.heardBySteps()
  }

  #guarded(work: () => void): Output<T> {
    const wasStopped = this.#end !== undefined || this.#disputed() !== undefined
    if (this.#end === undefined) {
      try {
        work()
      } catch (error) {
        // A claim may still be settled by evidence; anything else is a verdict.
        this.#dispute.found(error instanceof MpcError ? error : new Bug('a round failed', error))
        this.#stopTasks()
      }
      this.#look()
    }
    // Once somebody stopped, nothing more is said; what still arrives may tell who was at fault.
    if (wasStopped) this.#outbox = []
    return this.#output()
  }

  /** Ends the run once it is known who is at fault, or once everybody stopped and nothing more can come. */
  #look(): void {
    if (this.#end !== undefined) return
    this.#dispute.review()
    const verdict = this.#dispute.verdict()
    if (verdict !== undefined) {
      this.#fail(verdict)
      return
    }
    const open = this.#disputed()
    const missing = this.#waitingFor()
    const allStopped = missing.length > 0 && missing.every((pid) => this.#dispute.hasStopped(pid))
    if (open === undefined ? allStopped : open.waitingFor.length === 0) this.#fail(this.#dispute.settle(missing))
  }

  /** What is disputed. Once a record was handed out, an ABORT stops nobody: a cheat could vote to one party and abort to another (§E.4). */
  #disputed(): ReturnType<Dispute['state']> {
    return this.#mayAbort || this.#dispute.isMyOwn ? this.#dispute.state() : undefined
  }

  #fail(error: MpcError): void {
    this.#end = { at: 'failed', error }
    this.#stopTasks()
  }

  /** Lets every `finally` run, so that secrets are wiped. */
  #stopTasks(): void {
    for (const task of this.#tasks.splice(0).reverse()) task.script.return(undefined)
    // What was said before stays said, unless it had to wait for a record that is not written.
    if (this.#persist !== undefined) this.#outbox = []
    this.#queue = []
    this.#persist = undefined
  }

  #state(): RunState<T> {
    if (this.#end !== undefined) return this.#end
    const open = this.#disputed()
    if (open !== undefined) return { at: 'disputing', ...open }
    const step = this.#tasks.find((task) => task.waiting !== undefined)?.waiting?.message.step
    return { at: 'running', progress: step === undefined ? undefined : { step, waitingFor: this.#waitingFor() } }
  }

  #output(): Output<T> {
    const state = this.#state()
    const hasStopped = state.at === 'disputing' || state.at === 'failed'
    if (this.#persist !== undefined && !hasStopped) {
      this.#mayAbort = false
      return { send: [], show: [], state, persist: this.#persist.change }
    }
    const send = this.#persist === undefined ? this.#outbox : []
    this.#outbox = []
    if (!hasStopped || this.#haveShown) return { send, show: [], state }
    this.#haveShown = true
    return { send, show: this.#dispute.toShow(state.error), state }
  }

  #waitingFor(): readonly Pid[] {
    const missing = new Set<Pid>()
    for (const { waiting } of this.#tasks) {
      if (waiting !== undefined) for (const pid of this.#inbox.missing(waiting)) missing.add(pid)
    }
    return [...missing].toSorted((a, b) => a - b)
  }

  #advanceAll(): void {
    // A task may end, or begin others, while one advances: look again until none is ready.
    for (;;) {
      const ready = this.#tasks.find((task) => task.waiting !== undefined && this.#inbox.missing(task.waiting).length === 0)
      if (ready?.waiting === undefined) return
      this.#advance(ready, this.#open(ready, ready.waiting))
    }
  }

  #open(task: Task, talk: Talk): unknown {
    task.waiting = undefined
    const echoed = 'echo' in talk.message.fields ? task.echo : undefined
    if (echoed !== undefined) task.echo = undefined
    return openRound(this.#inbox, talk, echoed)
  }

  /** Runs one task until it waits for somebody or for the disk. */
  #advance(task: Task, value: unknown): void {
    let input = value
    for (;;) {
      const { done, value: yielded } = task.script.next(input)
      if (done === true) {
        this.#tasks.splice(this.#tasks.indexOf(task), 1)
        task.finish(yielded)
        return
      }
      const outcome = this.#carryOut(task, yielded)
      if (outcome === 'waits') return
      input = outcome.value
    }
  }

  #carryOut(task: Task, effect: Effect): 'waits' | { readonly value: unknown } {
    switch (effect.kind) {
      case 'talk': {
        this.#say(task, effect)
        if (this.#inbox.missing(effect).length > 0) {
          task.waiting = effect
          return 'waits'
        }
        return { value: this.#open(task, effect) }
      }
      case 'echo':
        task.echo = effect.due
        return { value: undefined }
      case 'judge':
        this.#dispute.judgeBy(effect)
        return { value: undefined }
      case 'persist':
        if (this.#persist === undefined) this.#persist = { change: effect.change, task }
        else this.#queue.push({ change: effect.change, task })
        return 'waits'
      case 'all':
        return this.#fork(task, effect.scripts)
    }
  }

  #say(task: Task, { session, message, send }: Talk): void {
    const own = { sid: session.sid, echo: task.echo?.hash }
    for (const [to, body] of send) {
      const raw = encodeBody(message, session.shape, { ...body, ...own })
      this.#outbox.push({ suite: session.suite, type: message.type, to, body: raw })
      this.#inbox.said(session, message, to, raw)
    }
  }

  #fork(parent: Task, scripts: readonly Script<unknown>[]): 'waits' | { readonly value: unknown } {
    const results: unknown[] = Array.from({ length: scripts.length })
    let left = scripts.length
    if (left === 0) return { value: results }
    const children = scripts.map((script, i): Task => ({
      script, waiting: undefined, echo: undefined,
      finish: (value) => {
        results[i] = value
        left -= 1
        if (left === 0) this.#advance(parent, results)
      },
    }))
    this.#tasks.push(...children)
    for (const child of children) this.#advance(child, undefined)
    return 'waits'
  }
}
