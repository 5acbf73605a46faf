/** Whose work takes how long, where several parties work in one process. */
import type { Pid } from '@trivet/protocol/core'

/** Milliseconds since any moment. */
export type Stopwatch = () => number

export class Meter {
  readonly #now: Stopwatch
  readonly #spent = new Map<Pid, number>()

  constructor(now: Stopwatch) {
    this.#now = now
  }

  work<T>(who: Pid, does: () => T): T {
    const before = this.#now()
    const made = does()
    this.#add(who, this.#now() - before)
    return made
  }

  /** Nobody else may work meanwhile: whoever calls this waits for its end. */
  async workAsync<T>(who: Pid, does: () => Promise<T>): Promise<T> {
    const before = this.#now()
    const made = await does()
    this.#add(who, this.#now() - before)
    return made
  }

  /** Mean over parties. */
  mean(parties: readonly Pid[]): number {
    return parties.reduce((sum, pid) => sum + (this.#spent.get(pid) ?? 0), 0) / parties.length
  }

  #add(who: Pid, ms: number): void {
    this.#spent.set(who, (this.#spent.get(who) ?? 0) + ms)
  }
}
