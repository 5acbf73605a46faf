/** Session ids of a key generation. Source: `protocol.md` §A.4, §B.1 step 1. */
import type { FromEach } from '../core/script.ts'
import { ceremonySid } from '../core/session-id.ts'
import type { SuiteId } from '../core/suite-id.ts'

/** @param ctx roster_hash, 32 bytes @param nonces of all members, 32 bytes each @returns 32 bytes */
export function keygenSid(instance: Uint8Array, ctx: Uint8Array, suite: SuiteId | 0, nonces: FromEach<Uint8Array>): Uint8Array {
  return ceremonySid('dkg/sid', instance, ctx, suite, nonces)
}
