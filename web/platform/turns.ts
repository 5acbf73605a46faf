import { afterFrame } from './after-frame.ts'

/** Lets acts take turns. */
export class Turns {
  readonly #pace: (act: () => void) => void
  readonly #waiting = new Set<() => void>()
  #isCalled = false

  /** @param pace acts, when it is time for the next turn */
  constructor(pace: (act: () => void) => void) {
    this.#pace = pace
  }

  /** @param act once, after those that came before. @returns a function that gives the turn up */
  take(act: () => void): () => void {
    this.#waiting.add(act)
    this.#call()
    return () => this.#waiting.delete(act)
  }

  #call(): void {
    if (this.#isCalled || this.#waiting.size === 0) return
    this.#isCalled = true
    this.#pace(() => {
      this.#isCalled = false
      const [act] = this.#waiting
      if (act !== undefined) this.#waiting.delete(act)
      act?.()
      this.#call()
    })
  }
}

/**
 * Changes of what is on the screen that need not come at once: no more than one between two frames, so that the browser can answer
 * a finger in between.
 */
export const drawing = new Turns((act) => {
  afterFrame(window, act)
})
