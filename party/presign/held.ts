/** The presignatures that one request holds: taken out of the pool with the yes, used once, put back only if nothing was made of them. */
import type { Presignature } from '@trivet/protocol/dkls23'
import type { Clock } from '../clock.ts'
import type { SignRequestFacts } from '../session/sign-request.ts'
import type { PoolKey, PresignaturePool } from './pool.ts'

export class HeldPresignatures {
  readonly #pool: PresignaturePool
  readonly #clock: Clock
  #held: { readonly key: PoolKey; readonly presignatures: readonly Presignature[] } | undefined

  constructor(pool: PresignaturePool, clock: Clock) {
    this.#pool = pool
    this.#clock = clock
  }

  /** What is held and not yet used. */
  get taken(): readonly Presignature[] | undefined {
    return this.#held?.presignatures
  }

  /** Requester: these were taken out when the request was made. */
  adopt(request: SignRequestFacts, presignatures: readonly Presignature[] | undefined): void {
    this.#held = presignatures === undefined ? undefined : { key: poolKey(request), presignatures }
  }

  /** Whoever is asked: takes out what the request names, if all of it is there, of this kind, and one for each message. */
  take(request: SignRequestFacts): void {
    const { online, interpretation: { messages } } = request
    if (this.#held !== undefined || online?.ids.length !== messages.length) return
    const key = poolKey(request)
    const presignatures = this.#pool.take(key, online.ids, this.#clock.now())
    this.#held = presignatures === undefined ? undefined : { key, presignatures }
  }

  /** For the run that uses them up. From here on they are never put back. */
  use(): readonly Presignature[] | undefined {
    const held = this.#held
    this.#held = undefined
    return held?.presignatures
  }

  /** The request is over. Nothing was computed from what is still held here. */
  close(): void {
    const held = this.#held
    this.#held = undefined
    if (held !== undefined) this.#pool.put(held.key, held.presignatures, this.#clock.now())
  }
}

export function poolKey({ wallet, share, signers, interpretation: { path } }: SignRequestFacts): PoolKey {
  return { wallet: wallet.id, keyId: share.keyId, epoch: wallet.epoch.roster.epoch, signers, path }
}
