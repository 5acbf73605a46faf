/**
 * The presignatures that one request holds: taken out of the pool with the yes and used at most once. None goes back: what the
 * others have computed for a request that failed is not known here, so all that it named is over with it, for everybody alike.
 */
import { equalBytes } from '@trivet/protocol/core'
import { wipePresignature, type Presignature } from '@trivet/protocol/dkls23'
import type { Clock } from '../clock.ts'
import type { SignInvitation, SignRequestFacts } from '../session/sign-request.ts'
import { isOfKind, type PoolKey, type PresignaturePool } from './pool.ts'

export class HeldPresignatures {
  readonly #pool: PresignaturePool
  readonly #clock: Clock
  #taken: readonly Presignature[] | undefined
  #isUsed = false
  #isClosed = false

  constructor(pool: PresignaturePool, clock: Clock) {
    this.#pool = pool
    this.#clock = clock
  }

  /** Whether there are some, not used yet. */
  get isReady(): boolean {
    return this.#taken !== undefined && !this.#isUsed && !this.#isClosed
  }

  /** Requester: these were taken out when the request was made. */
  adopt(presignatures: readonly Presignature[] | undefined): void {
    if (this.#isClosed) presignatures?.forEach(wipePresignature)
    else this.#taken = presignatures
  }

  /** Whoever is asked: takes out what the request names, if all of it is there, of this kind, and one for each message. */
  take(request: SignRequestFacts): void {
    const { online, interpretation: { messages } } = request
    if (this.#isClosed || this.#taken !== undefined || online?.ids.length !== messages.length) return
    this.#taken = this.#pool.take(poolKey(request), online.ids, this.#clock.now())
  }

  /** For the run that uses them up: once. */
  use(): readonly Presignature[] | undefined {
    const taken = this.isReady ? this.#taken : undefined
    this.#isUsed = true
    return taken
  }

  /** Not everybody holds what the request names: of this kind the stocks differ, so it is made anew from nothing. */
  giveUp(request: SignRequestFacts): void {
    this.#isUsed = true
    this.#taken?.forEach(wipePresignature)
    const key = poolKey(request)
    this.#pool.drop((wallet, presignature) => isOfKind(key, wallet, presignature))
  }

  /** The request is over, however it ended. @param request if it came */
  close(request: SignInvitation | undefined): void {
    this.#isClosed = true
    this.#taken?.forEach(wipePresignature)
    if (request?.online === undefined) return
    const { wallet: { id }, signers, online: { ids } } = request
    this.#pool.drop((wallet, held) => wallet === id && held.signers.join() === signers.join() && ids.some((named) => equalBytes(named, held.id)))
  }
}

export function poolKey({ wallet, share, signers, interpretation: { path } }: SignRequestFacts): PoolKey {
  return { wallet: wallet.id, keyId: share.keyId, epoch: wallet.epoch.roster.epoch, signers, path }
}
