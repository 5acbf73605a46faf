/** Session ids of a reshare. Source: `protocol.md` §A.4, §E. */
import type { FromEach } from '../core/script.ts'
import { ceremonySid } from '../core/session-id.ts'
import type { SuiteId } from '../core/suite-id.ts'

/** @param ctx `reshareContext`, 32 bytes @param nonces of all of Q ∪ P', 32 bytes each @returns 32 bytes */
export function reshareSid(instance: Uint8Array, ctx: Uint8Array, suite: SuiteId | 0, nonces: FromEach<Uint8Array>): Uint8Array {
  return ceremonySid('reshare/sid', instance, ctx, suite, nonces)
}
