/** How many envelopes of one member may wait to be looked at: who sends faster is not heard. */
import type { Pid } from '@trivet/protocol/core'

const MAX_WAITING = 32
const MAX_WAITING_PER_RUN = 4

export class Allowance {
  readonly #waiting = new Map<Pid, number>()
  #most = MAX_WAITING

  /** So many runs are side by side. */
  forRuns(count: number): void {
    this.#most = MAX_WAITING + MAX_WAITING_PER_RUN * count
  }

  /** @returns whether one more of this member may wait; if so, `done` is to be called once */
  take(pid: Pid): boolean {
    const waiting = this.#waiting.get(pid) ?? 0
    if (waiting >= this.#most) return false
    this.#waiting.set(pid, waiting + 1)
    return true
  }

  done(pid: Pid): void {
    this.#waiting.set(pid, (this.#waiting.get(pid) ?? 1) - 1)
  }
}
