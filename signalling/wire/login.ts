import * as z from 'zod/mini'
import { parser } from './parse.ts'
import { partyId, type PartyId } from './session.ts'

/** The part of WebCrypto used here; browsers, workers and Node all have it as a global. */
declare const crypto: {
  readonly subtle: { digest(algorithm: 'SHA-256', data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> }
}

export interface ChallengeRequest {
  readonly party_id: PartyId
  /** Ed25519, 32 bytes, base64url without padding. */
  readonly public_key: string
}

export interface Challenge {
  /** 32 random bytes, base64url without padding. */
  readonly challenge: string
  /** Seconds left to answer it. */
  readonly expires_in: number
  /** What the server takes itself for: shown in errors, never signed unchecked. */
  readonly audience?: string
}

export interface TokenRequest {
  readonly party_id: PartyId
  /** Ed25519 over `loginMessage`, 64 bytes, base64url without padding. */
  readonly signature: string
}

export interface IssuedToken {
  readonly token: string
  /** ISO 8601, UTC. */
  readonly expires_at: string
}

/**
 * Names a party after its identity key.
 * @param publicKey Ed25519, 32 bytes
 * @throws {RangeError} if the key has another length
 */
export async function partyIdOf(publicKey: Uint8Array): Promise<PartyId> {
  if (publicKey.length !== 32) throw new RangeError(`an Ed25519 public key has 32 bytes, not ${publicKey.length}`)
  const digest = await crypto.subtle.digest('SHA-256', concat([ascii('trivet/party-id/v1'), publicKey]))
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return partyId.parse(hex)
}

/**
 * The bytes that a party signs to log in: "trivet/login/v1" ‖ length of the audience (2 bytes, big-endian) ‖ audience ‖ challenge.
 *
 * The audience is the origin that the *client* connects to (`new URL(url).origin`), so that one server cannot log in at
 * another with what it was given. A client never signs for an audience that only the server named.
 * @param audience origin, ASCII, such as `https://signalling.example:8443`
 * @param challenge as it came: base64url text
 */
export function loginMessage(audience: string, challenge: string): Uint8Array<ArrayBuffer> {
  const name = ascii(audience)
  return concat([ascii('trivet/login/v1'), Uint8Array.of(name.length >> 8, name.length & 0xff), name, ascii(challenge)])
}

/** @throws {RangeError} on anything that is not printable ASCII, or too long for its length prefix */
function ascii(text: string): Uint8Array {
  if (text.length > 0xffff || !/^[\x21-\x7e]*$/.test(text)) throw new RangeError('expected printable ASCII without spaces')
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Base64url without padding of exactly so many bytes, with no bits left over in the last character. */
function base64url(bytes: number): z.ZodMiniString {
  const full = Math.floor((bytes * 8) / 6)
  const last = (bytes * 8) % 6 === 2 ? '[AQgw]' : '[AEIMQUYcgkosw048]'
  return z.string().check(z.regex(new RegExp(`^[A-Za-z0-9_-]{${full}}${last}$`), `expected ${bytes} bytes of base64url`))
}

/** A compact JWT; what is in it is the server's own affair. */
export const token = z.string().check(z.regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/, 'expected a JWT'), z.maxLength(2048))

const challengeRequest: z.ZodMiniType<ChallengeRequest> = z.strictObject({ party_id: partyId, public_key: base64url(32) })
const tokenRequest: z.ZodMiniType<TokenRequest> = z.strictObject({ party_id: partyId, signature: base64url(64) })
const challenge: z.ZodMiniType<Challenge> = z.object({
  challenge: base64url(32),
  expires_in: z.number().check(z.minimum(0), z.maximum(600)),
  audience: z.exactOptional(z.string().check(z.maxLength(300))),
})
const issuedToken: z.ZodMiniType<IssuedToken> = z.object({ token, expires_at: z.string().check(z.maxLength(40)) })

// What the server takes; each throws `WireError`.
export const parseChallengeRequest = parser(challengeRequest)
export const parseTokenRequest = parser(tokenRequest)

// What the client takes; each throws `WireError`.
export const parseChallenge = parser(challenge)
export const parseIssuedToken = parser(issuedToken)
