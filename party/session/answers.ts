/** Who said yes, who no and why, and who yes with a reserve. */
import { Refused, type Pid } from '@trivet/protocol/core'
import type { Answer } from './bodies.ts'

export class Answers {
  readonly #members: readonly Pid[]
  readonly #all = new Map<Pid, Answer>()
  #isMineTold = false

  /** @param members whose answers are awaited, mine too */
  constructor(members: readonly Pid[]) {
    this.#members = members
  }

  /** The first answer of a member counts. @returns `other`: it has given another one before, and nobody honest does */
  put(from: Pid, answer: Answer): 'first' | 'again' | 'other' {
    const before = this.#all.get(from)
    if (before === undefined) {
      this.#all.set(from, answer)
      return 'first'
    }
    return before.yes === answer.yes && isByRounds(before) === isByRounds(answer) ? 'again' : 'other'
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

  /** My answer was handed to the channels. */
  mineIsTold(): void {
    this.#isMineTold = true
  }

  /**
   * Everybody said yes, and mine is on its way: signing it takes a while, in which the last of the others can come. Nothing of the
   * ceremony may overtake it, for who lacks an answer may not know yet what runs, and drops what belongs to it.
   */
  get isAgreed(): boolean {
    return this.#isMineTold && this.missing().length === 0
  }

  /** Whether nobody wants it done by all rounds. */
  get isShort(): boolean {
    return ![...this.#all.values()].some(isByRounds)
  }

  /** Who has not said yes. */
  missing(): readonly Pid[] {
    return this.#members.filter((pid) => this.of(pid) !== 'yes')
  }
}

function isByRounds({ yes, byRounds }: Answer): boolean {
  return yes && byRounds === true
}

/** A no, as everybody reads it. @param name whose it is */
export function refusalOf({ reason, wordsDiffer }: Answer, name: string, from: Pid): Refused {
  if (wordsDiffer === true) return new Refused('E_WORDS', `${name} found that the words on the screens differ`)
  return new Refused('E_DECLINED', `${name} declined${reason === '' ? '' : `: ${reason}`}`, { culprits: [from] })
}
