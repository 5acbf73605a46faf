/**
 * A network within one process, for tests and for parties that live side by side: whatever is sent waits in one queue, and one
 * scheduler hands it out, one delivery at a time. Within one flow (one direction of a link, one party's events) order is kept;
 * between flows the network's `pick` decides, so that a seed decides a whole run.
 */

/** One direction of something ordered. */
export interface Flow {
  readonly name: string
}

interface Delivery {
  readonly flow: Flow
  readonly run: () => void
}

/** Deliveries waiting for their turn. Each comes in a microtask of its own: no timers. */
export class DeliveryQueue {
  readonly #waiting: Delivery[] = []
  readonly #pick: (count: number) => number
  #scheduled = false

  /** @param pick which of `count` waiting deliveries comes next: 0 ≤ result < count; first come, first served by default */
  constructor(pick: (count: number) => number = () => 0) {
    this.#pick = pick
  }

  /** Delivers `run` after everything that was put into the same flow before. */
  put(flow: Flow, run: () => void): void {
    this.#waiting.push({ flow, run })
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#deliverOne()
      if (this.#waiting.length > 0) this.#schedule()
    })
  }

  #deliverOne(): void {
    const chosen = this.#waiting[this.#pick(this.#waiting.length)]
    const next = this.#waiting.findIndex((delivery) => delivery.flow === chosen?.flow)
    const [delivery] = this.#waiting.splice(next, 1)
    delivery?.run()
  }
}
