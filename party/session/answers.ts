/** Who said yes, who no and why, and who yes with a reserve. */
import type { Pid } from '@trivet/protocol/core'
import type { Answer } from './bodies.ts'

export class Answers {
  readonly #members: readonly Pid[]
  readonly #all = new Map<Pid, Answer>()

  /** @param members whose answers are awaited, mine too */
  constructor(members: readonly Pid[]) {
    this.#members = members
  }

  /** The first answer of a member counts. @returns whether it was that */
  put(from: Pid, answer: Answer): boolean {
    if (this.#all.has(from)) return false
    this.#all.set(from, answer)
    return true
  }

  of(pid: Pid): 'yes' | 'no' | undefined {
    const answer = this.#all.get(pid)
    return answer === undefined ? undefined : answer.yes ? 'yes' : 'no'
  }

  /** What a member said beside its no. */
  reasonOf(pid: Pid): string | undefined {
    const answer = this.#all.get(pid)
    return answer?.yes === false ? answer.reason : undefined
  }

  get isAgreed(): boolean {
    return this.missing().length === 0
  }

  /** Whether nobody wants it done by all rounds. */
  get isShort(): boolean {
    return [...this.#all.values()].every(({ byRounds }) => byRounds !== true)
  }

  /** Who has not said yes. */
  missing(): readonly Pid[] {
    return this.#members.filter((pid) => this.of(pid) !== 'yes')
  }
}
