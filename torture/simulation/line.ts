/**
 * One direction of a line that loses packets. What runs over it resends (TCP, SCTP), so a loss is a delay for everything behind it, and a line
 * on which nothing gets through for long is dead: it takes what it is given, and nothing of it arrives.
 */
import { pick } from '@trivet/protocol/testing'
import type { Rng } from '@trivet/protocol/core'
import type { Clock } from '@trivet/party'

const LATENCY_MS = 20
const JITTER_MS = 60
const FIRST_RESEND_MS = 200
const LONGEST_RESEND_MS = 3_000
/** SCTP and TCP with a heartbeat above them do not hold out longer. */
const DEAD_AFTER_MS = 12_000

export interface LineOptions {
  readonly clock: Clock
  readonly rng: Rng
  /** Of packets, 0…1. */
  readonly loss: number
  /** Nothing gets through before then; ms since 1970. */
  readonly outageUntil: () => number
}

export class Line {
  readonly #options: LineOptions
  #last = 0
  #isDead = false

  constructor(options: LineOptions) {
    this.#options = options
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** Delivers behind everything before it, or never. */
  carry(deliver: () => void): void {
    const { clock } = this.#options
    if (this.#isDead) return
    const now = clock.now()
    const arrival = Math.max(this.#last, this.#arrival(now))
    if (arrival - now > DEAD_AFTER_MS) {
      this.#isDead = true
      return
    }
    this.#last = arrival
    clock.after(arrival - now, () => { if (!this.#isDead) deliver() })
  }

  #arrival(now: number): number {
    const { rng, loss, outageUntil } = this.#options
    const isLost = (): boolean => pick(rng, 1_000_000) < loss * 1_000_000
    let sent = now
    for (let resend = FIRST_RESEND_MS; sent < outageUntil() || isLost(); resend = Math.min(2 * resend, LONGEST_RESEND_MS)) {
      sent += resend
      if (sent - now > DEAD_AFTER_MS) break
    }
    return sent + LATENCY_MS + pick(rng, JITTER_MS)
  }
}
