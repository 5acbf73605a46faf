/**
 * Keeps the introduction server's list of sessions true: ready, started, completed, cancelled. Nothing here depends on what it answers, and
 * it learns no result, only a hash of it.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { concat } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { Signalling } from '../transport/types.ts'

const RESULT_TAG = utf8ToBytes('trivet/result/v1')

export class ServerList {
  readonly #signalling: Signalling
  readonly #id: SessionId
  readonly #me: PartyId
  #started = false
  #running = false
  #result: string | undefined
  #last: Promise<void> = Promise.resolve()

  constructor(signalling: Signalling, id: SessionId, me: PartyId) {
    this.#signalling = signalling
    this.#id = id
    this.#me = me
  }

  /** This party has approved. */
  ready(): void {
    this.#try(this.#signalling.ready(this.#id))
  }

  told({ status, coordinator, participants }: SessionInfo): void {
    if (coordinator === this.#me && !this.#started && participants.every((participant) => participant.status === 'ready')) {
      this.#started = true
      this.#try(this.#signalling.start(this.#id))
    }
    this.#running = status === 'in_progress'
    this.#report()
  }

  /** @param parts of a result that everybody has alike; the server is told a hash of them */
  complete(...parts: readonly Uint8Array[]): void {
    this.#result = bytesToHex(sha256(concat(RESULT_TAG, ...parts)))
    this.#report()
  }

  /** It is over for this party. The reason is one of two words, so that nothing that people write gets to the server. @param after what to wait for */
  cancel(reason: 'declined' | 'stopped', after: Promise<void> = Promise.resolve()): void {
    this.#try(after.then(() => this.#signalling.cancel(this.#id, reason)))
  }

  #report(): void {
    const result = this.#result
    if (result === undefined || !this.#running) return
    this.#result = undefined
    this.#try(this.#signalling.complete(this.#id, result))
  }

  /** Resolves when the server has answered, whatever it answered. */
  get settled(): Promise<void> {
    return this.#last
  }

  #try(call: Promise<void>): void {
    this.#last = call.catch(() => undefined) // a list that is not true harms nobody
  }
}
