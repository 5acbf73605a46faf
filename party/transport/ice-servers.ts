import { Refused } from '@trivet/protocol/core'
import { LIMITS } from '@trivet/signalling/wire'
import type { IceAnswer, IceServer } from '@trivet/signalling/wire'
import type { Clock } from '../clock.ts'

/** Asked for anew so long before their end. */
const MARGIN_MS = 60_000
/** However short the server makes them, and however wrong a clock is: not more often. */
const SHORTEST_MS = 30_000

/** The STUN and TURN servers that the introduction server names, kept fresh for as long as there is a live session. */
export class IceServers {
  readonly #ask: () => Promise<IceAnswer>
  readonly #clock: Clock
  readonly #failed: (error: unknown) => void
  #servers: readonly IceServer[] = []
  #freshUntil = 0
  #asking: Promise<void> | undefined
  #cancel: () => void = () => undefined

  /** @param failed told why they could not be had: links are then tried with the last ones, or with none */
  constructor(ask: () => Promise<IceAnswer>, clock: Clock, failed: (error: unknown) => void) {
    this.#ask = ask
    this.#clock = clock
    this.#failed = failed
  }

  get current(): readonly IceServer[] {
    return this.#servers
  }

  /** There is a live session. Resolves when they are fresh, or cannot be had now. */
  async want(): Promise<void> {
    if (this.#clock.now() < this.#freshUntil) return
    this.#asking ??= this.#renew().finally(() => { this.#asking = undefined })
    await this.#asking
  }

  /** Forgets them. */
  close(): void {
    this.#cancel()
    this.#servers = []
    this.#freshUntil = 0
  }

  async #renew(): Promise<void> {
    this.#cancel()
    try {
      const { ice_servers, expires_at } = await this.#ask()
      const lifetime = Math.min(Date.parse(expires_at) - this.#clock.now(), LIMITS.iceSeconds * 1000)
      const fresh = Math.max(SHORTEST_MS, lifetime - MARGIN_MS)
      this.#servers = ice_servers
      this.#freshUntil = this.#clock.now() + fresh
      this.#cancel = this.#clock.after(fresh, () => void this.want())
    } catch (error) {
      // No session lives any more: whoever joins the next one asks again.
      if (error instanceof Refused) this.close()
      else {
        this.#failed(error)
        this.#cancel = this.#clock.after(SHORTEST_MS, () => void this.want())
      }
    }
  }
}
