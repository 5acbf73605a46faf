/** Scripts that run side by side: what each waits for, and what it goes on with. `Run` decides what their effects do. */
import type { EchoDue, Effect, Script } from './script.ts'

export type Talk = Extract<Effect, { kind: 'talk' }>

/** An effect's answer to its script, or that the script has to wait for one. */
export type Answer = 'waits' | { readonly value: unknown }

export interface Task {
  readonly script: Script<unknown>
  readonly finish: (value: unknown) => void
  /** What it said and waits to hear back, if that is what it waits for. */
  waiting: Talk | undefined
  /** The hash that rides in its next message and what it was made from. */
  echo: EchoDue | undefined
}

export class Tasks {
  readonly #carryOut: (task: Task, effect: Exclude<Effect, { kind: 'all' }>) => Answer
  #tasks: readonly Task[] = []

  constructor(carryOut: (task: Task, effect: Exclude<Effect, { kind: 'all' }>) => Answer) {
    this.#carryOut = carryOut
  }

  /** Runs a script until it waits. @param finish gets its result */
  begin(script: Script<unknown>, finish: (value: unknown) => void): void {
    const task: Task = { script, finish, waiting: undefined, echo: undefined }
    this.#tasks = [...this.#tasks, task]
    this.goOn(task, undefined)
  }

  /** Runs one script until it waits for somebody, for the disk, or for its children. @param value the answer to its last effect */
  goOn(task: Task, value: unknown): void {
    let input = value
    for (;;) {
      const { done, value: yielded } = task.script.next(input)
      if (done === true) {
        this.#tasks = this.#tasks.filter((other) => other !== task)
        task.finish(yielded)
        return
      }
      const answer = yielded.kind === 'all' ? this.#fork(task, yielded.scripts) : this.#carryOut(task, yielded)
      if (answer === 'waits') return
      input = answer.value
    }
  }

  /** The first that waits for something of which `isReady` holds. */
  find(isReady: (talk: Talk) => boolean): { readonly task: Task; readonly talk: Talk } | undefined {
    for (const task of this.#tasks) {
      if (task.waiting !== undefined && isReady(task.waiting)) return { task, talk: task.waiting }
    }
    return undefined
  }

  /** What is waited for, in the order of the scripts. */
  waiting(): readonly Talk[] {
    return this.#tasks.flatMap(({ waiting }) => waiting ?? [])
  }

  /** Lets every `finally` run, the innermost first, so that secrets are wiped. */
  stop(): void {
    const stopped = this.#tasks.toReversed()
    this.#tasks = []
    for (const { script } of stopped) script.return(undefined)
  }

  /** The parent goes on with all results, in order, when the last child is done. */
  #fork(parent: Task, scripts: readonly Script<unknown>[]): Answer {
    if (scripts.length === 0) return { value: [] }
    const results = new Map<number, unknown>()
    for (const [i, script] of scripts.entries()) {
      this.begin(script, (value) => {
        results.set(i, value)
        if (results.size === scripts.length) this.goOn(parent, scripts.map((_, k) => results.get(k)))
      })
    }
    return 'waits'
  }
}
