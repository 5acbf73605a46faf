import * as z from 'zod/mini'
import { LIMITS } from './limits.ts'
import { parser } from './parse.ts'
import { instant } from './session.ts'

/** A STUN or TURN server, as WebRTC takes it. */
export interface IceServer {
  readonly urls: readonly string[]
  /** Of a TURN server: both or neither. Good until `expires_at`; names no party. */
  readonly username?: string
  readonly credential?: string
}

/** Answer of `GET /api/v1/ice`, to members of a live session. */
export interface IceAnswer {
  /** Empty where the operator named none. */
  readonly ice_servers: readonly IceServer[]
  /** ISO 8601, UTC. */
  readonly expires_at: string
}

// RFC 7064 §3.1 and RFC 7065 §3.1.
const STUN_URL = /^stuns?:(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::\d{1,5})?$/
const TURN_URL = /^turns?:(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::\d{1,5})?(?:\?transport=(?:udp|tcp))?$/

/** Whether this is the address of a STUN server: `stun:host`, `stuns:host:port`. */
export function isStunUrl(text: string): boolean {
  return STUN_URL.test(text)
}

/** Whether this is the address of a TURN server: `turn:host`, `turns:host:port?transport=tcp`. */
export function isTurnUrl(text: string): boolean {
  return TURN_URL.test(text)
}

const url = z.string().check(z.maxLength(300), z.refine((text) => isStunUrl(text) || isTurnUrl(text), 'expected the address of a STUN or TURN server'))
const word = z.string().check(z.regex(/^[\x21-\x7e]{1,256}$/, 'expected at most 256 printable characters'))

const iceAnswer: z.ZodMiniType<IceAnswer> = z.object({
  ice_servers: z.array(z.object({
    urls: z.array(url).check(z.minLength(1), z.maxLength(LIMITS.iceUrls)),
    username: z.exactOptional(word),
    credential: z.exactOptional(word),
  })).check(z.maxLength(LIMITS.iceUrls)),
  expires_at: instant,
})

/** What the client takes: the server may be hostile. @throws {WireError} */
export const parseIceAnswer = parser(iceAnswer)
