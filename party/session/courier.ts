/** Hands bytes to members over the introduction server, also to those who are not there yet: it tries again when they come. */
import { InputError } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { Signalling } from '../transport/types.ts'

export class Courier {
  readonly #signalling: Signalling
  readonly #sessionId: SessionId
  readonly #waiting = new Map<PartyId, Uint8Array[]>()
  readonly #present = new Set<PartyId>()
  #tail: Promise<void> = Promise.resolve()
  #closed = false

  constructor(signalling: Signalling, sessionId: SessionId) {
    this.#signalling = signalling
    this.#sessionId = sessionId
  }

  /** In order; kept until the member is here. */
  post(to: PartyId, payload: Uint8Array): void {
    if (this.#closed) return
    this.#waiting.set(to, [...(this.#waiting.get(to) ?? []), payload])
    this.#deliver(to)
  }

  /** Once, now. @throws {MpcError} if the member is not here */
  async hand(to: PartyId, payload: Uint8Array): Promise<void> {
    await this.#signalling.send(this.#sessionId, to, payload)
  }

  /** Nothing more is handed over. */
  close(): void {
    this.#closed = true
    this.#waiting.clear()
  }

  told(info: SessionInfo): void {
    if (this.#closed) return
    this.#present.clear()
    for (const { party_id: party, status, online } of info.participants) {
      if (party !== undefined && online && status !== 'invited') {
        this.#present.add(party)
        this.#deliver(party)
      }
    }
  }

  #deliver(to: PartyId): void {
    if (!this.#present.has(to)) return
    this.#tail = this.#tail.then(async () => {
      const waiting = this.#waiting.get(to) ?? []
      const [next] = waiting
      if (next === undefined) return
      try {
        await this.#signalling.send(this.#sessionId, to, next)
        if (!this.#closed) this.#waiting.set(to, (this.#waiting.get(to) ?? []).slice(1))
        if (waiting.length > 1) this.#deliver(to)
      } catch (error) {
        if (error instanceof InputError) this.#waiting.delete(to)
        this.#present.delete(to) // it comes back with the next word about the session
      }
    })
  }
}
