/**
 * The driver of a script: bytes in, bytes out; buffering, order, repeats, echo, blame. It knows no keys, no clock and no
 * network: `party` signs, verifies and carries (`protocol.md` §A.5, §A.6, §A.8).
 */
import type { LastingChange } from './change.ts'
import { encodeBody, type StepName } from './codec.ts'
import { Dispute } from './dispute.ts'
import { Bug, Disagreement, MpcError, type AbortCode, type Pid } from './errors.ts'
import { Inbox, type Incoming, type Vocabulary } from './inbox.ts'
import type { Outgoing, Output, RunState } from './output.ts'
import { openRound } from './round.ts'
import type { Effect, Script } from './script.ts'
import { Tasks, type Answer, type Talk, type Task } from './tasks.ts'

interface Unwritten {
  readonly change: LastingChange
  readonly task: Task
}

export class Run<T> {
  readonly #inbox: Inbox
  readonly #dispute: Dispute
  readonly #tasks = new Tasks((task, effect) => this.#carryOut(task, effect))
  readonly #script: Script<T>
  #outbox: Outgoing[] = []
  #persist: Unwritten | undefined
  /** Changes that wait while another is being written. */
  #queue: Unwritten[] = []
  #end: Extract<RunState<T>, { at: 'done' | 'failed' }> | undefined
  #started = false
  #haveShown = false
  #sid: Uint8Array | undefined
  #mayAbort = true

  /**
   * @param vocabulary every message that may be said in this ceremony, by header suite; anything else is dropped
   * @param heardBefore messages that everybody was told before the script starts (the invitation)
   */
  constructor(options: {
    readonly me: Pid
    readonly parties: readonly Pid[]
    readonly vocabulary: readonly Vocabulary[]
    readonly script: Script<T>
    readonly heardBefore?: readonly Incoming[]
  }) {
    this.#inbox = new Inbox(options)
    this.#dispute = new Dispute(this.#inbox, options.me)
    this.#script = options.script
  }

  /**
   * Whether ABORT may be said when the run stops. It promises never to vote, so not once a record was handed out to be stored
   * (`protocol.md` §E.4).
   */
  get mayAbort(): boolean {
    return this.#mayAbort
  }

  /** The session id that ABORT names, 32 bytes; `undefined` before everybody's nonce is known. */
  get sid(): Uint8Array | undefined {
    return this.#sid
  }

  /** Whether a kind of message has a place in this ceremony. */
  knows(suite: number, type: number): boolean {
    return this.#inbox.kindOf(suite, type) !== undefined
  }

  start(): Output<T> {
    if (this.#started) throw new Bug('a run starts once')
    this.#started = true
    return this.#guarded(() => {
      this.#tasks.begin(this.#script, (value) => { this.#end ??= { at: 'done', result: value as T } }) // what its own script returned
    })
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
      this.#tasks.goOn(written.task, undefined)
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
  aborted(from: Pid, code: AbortCode, blamed: Pid): Output<T> {
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
    // While a ban is being written, nobody's ABORT ends the run: it goes on to name whom it bans.
    if (this.#end !== undefined || this.#persist?.change.kind === 'banned') return
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

  #stopTasks(): void {
    this.#tasks.stop()
    // What was said before stays said, unless it had to wait for a record that is not written.
    if (this.#persist !== undefined) this.#outbox = []
    this.#queue = []
    this.#persist = undefined
  }

  #state(): RunState<T> {
    if (this.#end !== undefined) return this.#end
    const open = this.#disputed()
    if (open !== undefined) return { at: 'disputing', ...open }
    const step = this.#tasks.waiting()[0]?.message.step
    return { at: 'running', progress: step === undefined ? undefined : { step, waitingFor: this.#waitingFor() } }
  }

  #output(): Output<T> {
    const state = this.#state()
    const hasStopped = state.at === 'disputing' || state.at === 'failed'
    // New shares are not stored by a run that stopped, and no part of a key leaves it; what a test did to a pair is, whatever else happens.
    if (this.#persist !== undefined && (!hasStopped || !['prepared', 'exported'].includes(this.#persist.change.kind))) {
      if (this.#persist.change.kind === 'prepared') this.#mayAbort = false
      return { send: [], show: [], state, persist: this.#persist.change }
    }
    const send = this.#persist === undefined ? this.#outbox : []
    this.#outbox = []
    if (!hasStopped || this.#haveShown) return { send, show: [], state }
    this.#haveShown = true
    return { send, show: this.#dispute.toShow(state.error), state }
  }

  #waitingFor(): readonly Pid[] {
    return [...new Set(this.#tasks.waiting().flatMap((talk) => this.#inbox.missing(talk)))].toSorted((a, b) => a - b)
  }

  #advanceAll(): void {
    // A task may end, or begin others, while one advances: look again until none is ready.
    for (;;) {
      const ready = this.#tasks.find((talk) => this.#inbox.missing(talk).length === 0)
      if (ready === undefined) return
      this.#tasks.goOn(ready.task, this.#open(ready.task, ready.talk))
    }
  }

  #open(task: Task, talk: Talk): unknown {
    task.waiting = undefined
    const echoed = 'echo' in talk.message.fields ? task.echo : undefined
    if (echoed !== undefined) task.echo = undefined
    return openRound(this.#inbox, talk, echoed)
  }

  #carryOut(task: Task, effect: Exclude<Effect, { kind: 'all' }>): Answer {
    switch (effect.kind) {
      case 'talk': {
        this.#dispute.expects(effect.session, effect.message)
        this.#say(task, effect)
        if (this.#inbox.missing(effect).length > 0) {
          task.waiting = effect
          return 'waits'
        }
        return { value: this.#open(task, effect) }
      }
      case 'identify':
        this.#sid = effect.sid
        return { value: undefined }
      case 'echo':
        task.echo = effect.due
        return { value: undefined }
      case 'judge':
        this.#dispute.judgeBy(effect)
        return { value: undefined }
      case 'persist':
        // What was about to be said may depend on what the ban ends (`protocol.md` §A.8): it is not said any more.
        if (effect.change.kind === 'banned') this.#outbox = []
        if (this.#persist === undefined) this.#persist = { change: effect.change, task }
        else this.#queue.push({ change: effect.change, task })
        return 'waits'
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
}
