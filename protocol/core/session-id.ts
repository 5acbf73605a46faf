/** Session ids of the ceremonies in which every suite has one of its own. Source: `protocol.md` §A.4. */
import { u16, u8 } from './bytes.ts'
import type { FromEach } from './script.ts'
import type { SuiteId } from './suite-id.ts'
import { TH, type Tag } from './transcript.ts'

/**
 * TH(tag, instance, ctx, u8 suite, u16 pid_1, nonce_1, …): everybody's fresh nonce is in it.
 * @param ctx 32 bytes
 * @param nonces of everybody who takes part, 32 bytes each
 * @returns 32 bytes
 */
export function ceremonySid(tag: Tag, instance: Uint8Array, ctx: Uint8Array, suite: SuiteId | 0, nonces: FromEach<Uint8Array>): Uint8Array {
  return TH(tag, instance, ctx, u8(suite), ...nonces.entries().flatMap(([pid, nonce]) => [u16(pid), nonce]))
}
