import { Refused, TransportError } from '@trivet/protocol/core'
import { LIMITS, loginMessage, parseChallenge, parseIssuedToken } from '@trivet/signalling/wire'
import type { PartyId } from '@trivet/signalling/wire'
import type { Clock } from '../clock.ts'
import { base64url } from './base64url.ts'
import type { Rest } from './rest.ts'
import type { Login } from './types.ts'

/** Renewed so long before its end. */
const MARGIN_MS = 60_000
/** However short the server makes a token, and however wrong a clock is: not more often. */
const SHORTEST_MS = 30_000

/** A login at the introduction server, renewed when it is asked for and near its end. */
export class Token {
  readonly #rest: Rest
  readonly #clock: Clock
  /** Scheme, host and port that this client connects to: what the signature is bound to. */
  readonly #audience: string
  readonly #login: Login
  readonly #party: PartyId
  #value: string | undefined
  #renewAt = 0
  #renewing: Promise<string> | undefined

  constructor(rest: Rest, clock: Clock, audience: string, login: Login, party: PartyId) {
    this.#rest = rest
    this.#clock = clock
    this.#audience = audience
    this.#login = login
    this.#party = party
  }

  /** Milliseconds until it should be renewed. */
  get renewIn(): number {
    return Math.max(0, this.#renewAt - this.#clock.now())
  }

  /** Another must be had: the server took this one no more. */
  forget(): void {
    this.#value = undefined
  }

  /** @throws {Refused} if the server does not believe the identity key, or takes itself for another */
  async get(): Promise<string> {
    if (this.#value !== undefined && this.renewIn > 0) return this.#value
    this.#renewing ??= this.#logIn().finally(() => { this.#renewing = undefined })
    return this.#renewing
  }

  async #logIn(): Promise<string> {
    const party_id = this.#party
    const { challenge, audience } = await this.#rest.call({
      method: 'POST', path: '/api/v1/auth/challenge', body: { party_id, public_key: base64url(this.#login.publicKey) },
    }, parseChallenge)
    if (audience !== undefined && audience !== this.#audience) {
      throw new Refused('E_UNAUTHORIZED', `the introduction server takes itself for ${audience}, but was reached as ${this.#audience}`)
    }
    const signature = await this.#login.sign(loginMessage(this.#audience, challenge))
    const issued = await this.#rest.call({ method: 'POST', path: '/api/v1/auth/token', body: { party_id, signature: base64url(signature) } }, parseIssuedToken)
    const lifetime = Date.parse(issued.expires_at) - this.#clock.now()
    if (Number.isNaN(lifetime)) throw new TransportError('E_TRANSPORT', 'the introduction server\'s token has no end that can be read')
    this.#renewAt = this.#clock.now() + Math.max(SHORTEST_MS, Math.min(lifetime, LIMITS.tokenSeconds * 1000) - MARGIN_MS)
    this.#value = issued.token
    return issued.token
  }
}
