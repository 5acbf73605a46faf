/** How far a ceremony is, for people to watch: its steps, who was heard in each, how long each took. */
import type { Pid, StepName } from '@trivet/protocol/core'
import type { StepView } from '../views.ts'
import type { Clock } from '../clock.ts'

type Heard = readonly { readonly step: StepName; readonly from: readonly Pid[] }[]

export class Progress {
  readonly #steps: readonly StepName[]
  readonly #me: Pid
  readonly #others: readonly Pid[]
  readonly #clock: Clock
  readonly #ended = new Map<StepName, number>()
  #startedAt: number | undefined

  constructor(options: { readonly steps: readonly StepName[]; readonly me: Pid; readonly others: readonly Pid[]; readonly clock: Clock }) {
    this.#steps = options.steps
    this.#me = options.me
    this.#others = options.others
    this.#clock = options.clock
  }

  start(): void {
    this.#startedAt = this.#clock.now()
  }

  /** To be called after each change, so that the times are right. */
  note(heard: Heard): void {
    for (const { name, state } of this.views(heard)) if (state === 'done' && !this.#ended.has(name)) this.#ended.set(name, this.#clock.now())
  }

  views(heard: Heard): readonly StepView[] {
    let before = this.#startedAt !== undefined
    return this.#steps.map((name, i) => {
      const from = heard.find(({ step }) => step === name)?.from ?? []
      const complete = this.#others.every((pid) => from.includes(pid))
      const state = before ? (complete ? 'done' : 'now') : 'todo'
      before &&= complete
      const ended = this.#ended.get(name)
      return {
        name, state, heard: state === 'todo' ? from : [...from, this.#me].toSorted((a, b) => a - b),
        ...(ended === undefined ? {} : { ms: ended - this.#began(i) }),
      }
    })
  }

  /** The step that is under way; the last one when all are done. `since`: ms since 1970. */
  current(heard: Heard): { readonly round: number; readonly of: number; readonly since: number } {
    const now = this.views(heard).findIndex(({ state }) => state === 'now')
    const round = now < 0 ? this.#steps.length - 1 : now
    return { round: round + 1, of: this.#steps.length, since: this.#began(round) }
  }

  #began(index: number): number {
    const before = this.#steps[index - 1]
    return (before === undefined ? undefined : this.#ended.get(before)) ?? this.#startedAt ?? this.#clock.now()
  }
}
