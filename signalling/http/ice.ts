import { createHmac, randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Refusal } from '../refusal.ts'
import { LIMITS, type IceAnswer, type PartyId } from '../wire/index.ts'
import type { Guard } from './guard.ts'

/** STUN and TURN servers of this operator. */
export interface IceServers {
  readonly stunUrls: readonly string[]
  readonly turn?: {
    readonly urls: readonly string[]
    /** Shared with the TURN server, coturn's `static-auth-secret`. */
    readonly secret: string
  }
}

export interface IceOptions {
  readonly guard: Guard
  readonly servers: IceServers
  /** Whether a party takes part in a live session. */
  readonly isMember: (party: PartyId) => boolean
  readonly clock: () => number
}

/** Which STUN and TURN servers members of a live session may use, with credentials for ten minutes. */
export function bindIce(app: FastifyInstance, { guard, servers, isMember, clock }: IceOptions): void {
  app.get('/api/v1/ice', async (request): Promise<IceAnswer> => {
    const caller = await guard.caller(request)
    if (!isMember(caller)) throw new Refusal('forbidden', 'only members of a live session may use the TURN server')
    const { stunUrls, turn } = servers
    const expires = Math.floor(clock() / 1000) + LIMITS.iceSeconds
    return {
      ice_servers: [
        ...(stunUrls.length === 0 ? [] : [{ urls: stunUrls }]),
        ...(turn === undefined ? [] : [{ urls: turn.urls, ...turnCredentials(turn.secret, expires) }]),
      ],
      expires_at: new Date(expires * 1000).toISOString(),
    }
  })
}

/**
 * A user of a TURN server that shares a secret with this one. Its name is random: the TURN server need not learn which party it is.
 * Source: draft-uberti-behave-turn-rest-00 §2.2; coturn's `use-auth-secret`.
 * @param expires seconds since 1970
 */
function turnCredentials(secret: string, expires: number): { readonly username: string; readonly credential: string } {
  const username = `${expires}:${randomBytes(9).toString('base64url')}`
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') }
}
