import { createSubscriber } from 'svelte/reactivity'

/** The time of day for countdowns, told anew each second while a screen shows it. */
export class Clock {
  readonly #now: () => number
  readonly #subscribe: () => void

  /** @param now ms since epoch */
  constructor(now: () => number) {
    this.#now = now
    this.#subscribe = createSubscriber((update) => {
      const timer = setInterval(update, 1000)
      return () => {
        clearInterval(timer)
      }
    })
  }

  /** ms since epoch */
  get now(): number {
    this.#subscribe()
    return this.#now()
  }
}
