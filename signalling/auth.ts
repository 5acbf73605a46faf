import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, verify, type KeyObject } from 'node:crypto'
import { SignJWT, jwtVerify } from 'jose'
import { Refusal } from './refusal.ts'
import type { Store } from './store/index.ts'
import {
  LIMITS, isPartyId, loginMessage, partyIdOf, type Challenge, type ChallengeRequest, type IssuedToken, type PartyId, type TokenRequest,
} from './wire/index.ts'

/** Issuer and audience of the tokens: they are for this server alone, whose key nobody else has. */
const SELF = 'trivet-signalling'
/** Challenges waiting for an answer, of all parties together. */
const MAX_PENDING = 10_000
/** A challenge with less time left than this is replaced rather than given out again. */
const MIN_LEFT_MS = 10_000

export interface AuthOptions {
  readonly store: Store
  readonly clock: () => number
  /** Origins that this server answers for: the first is its public one. */
  readonly audiences: () => readonly string[]
}

export interface Caller {
  readonly party: PartyId
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** Logging in by signing a challenge, and the tokens that come of it. */
export interface Auth {
  /** @throws {Refusal} `invalid_request` if the party id is not that of the key, `unavailable` */
  challenge(request: ChallengeRequest): Promise<Challenge>
  /** @throws {Refusal} `unauthorized` */
  token(request: TokenRequest): Promise<IssuedToken>
  /** @throws {Refusal} `unauthorized` for every token that this server did not issue, or that has expired */
  verify(token: string): Promise<Caller>
}

interface Pending {
  readonly challenge: string
  readonly publicKey: string
  readonly expiresAt: number
}

export function createAuth({ store, clock, audiences }: AuthOptions): Auth {
  const privateKey = createPrivateKey(store.secret('token-key', newSigningKey))
  const publicKey = createPublicKey(privateKey)
  const pending = new Map<PartyId, Pending>()

  const forgetOld = (): void => {
    for (const [party, { expiresAt }] of pending) if (expiresAt <= clock()) pending.delete(party)
  }
  return {
    async challenge(request) {
      if (await partyIdOf(Buffer.from(request.public_key, 'base64url')) !== request.party_id) {
        throw new Refusal('invalid_request', 'the party id is not that of the key', { details: { party_id: 'expected the hash of public_key' } })
      }
      const now = clock()
      let entry = pending.get(request.party_id)
      // An open challenge is given out again: otherwise anybody could void another party's by asking for one in its name.
      if (entry === undefined || entry.expiresAt - now < MIN_LEFT_MS) {
        if (pending.size >= MAX_PENDING) forgetOld()
        if (pending.size >= MAX_PENDING) throw new Refusal('unavailable', 'too many logins at once', { retryAfter: LIMITS.challengeSeconds })
        const challenge = randomBytes(32).toString('base64url')
        entry = { challenge, publicKey: request.public_key, expiresAt: now + LIMITS.challengeSeconds * 1000 }
        pending.set(request.party_id, entry)
      }
      const [audience] = audiences()
      return { challenge: entry.challenge, expires_in: Math.floor((entry.expiresAt - now) / 1000), ...(audience === undefined ? {} : { audience }) }
    },

    async token({ party_id: party, signature }) {
      const entry = pending.get(party)
      // A wrong signature does not use the challenge up, or anybody could void it.
      if (entry === undefined || entry.expiresAt <= clock() || !isSigned(entry, signature, audiences())) {
        throw new Refusal('unauthorized', 'no open challenge of this party was signed with its key, for this server')
      }
      pending.delete(party)
      const issuedAt = Math.floor(clock() / 1000)
      const expiresAt = issuedAt + LIMITS.tokenSeconds
      const token = await new SignJWT()
        .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
        .setSubject(party).setIssuer(SELF).setAudience(SELF).setIssuedAt(issuedAt).setExpirationTime(expiresAt)
        .sign(privateKey)
      return { token, expires_at: new Date(expiresAt * 1000).toISOString() }
    },

    async verify(token) {
      const payload = await verified(token, publicKey, clock())
      if (!isPartyId(payload?.sub) || payload.exp === undefined) throw new Refusal('unauthorized', 'the token is not valid')
      return { party: payload.sub, expiresAt: payload.exp * 1000 }
    },
  }
}

/** @returns the claims of a token of ours, or nothing: whatever is wrong with it is the same to its bearer */
async function verified(token: string, key: KeyObject, now: number): Promise<{ readonly sub?: string; readonly exp?: number } | undefined> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['EdDSA'],
      typ: 'JWT',
      issuer: SELF,
      audience: SELF,
      requiredClaims: ['sub', 'iat', 'exp'],
      maxTokenAge: LIMITS.tokenSeconds,
      currentDate: new Date(now),
    })
    return payload
  } catch {
    return undefined
  }
}

function isSigned({ challenge, publicKey }: Pending, signature: string, audiences: readonly string[]): boolean {
  const bytes = Buffer.from(signature, 'base64url')
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' })
    return audiences.some((audience) => verify(null, loginMessage(audience, challenge), key, bytes))
  } catch {
    // 32 bytes that are no point of the curve.
    return false
  }
}

function newSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}
