/** Session ids of a key generation. Source: `protocol.md` §A.4, §B.1 step 1. */
import { u16, u8 } from '../core/bytes.ts'
import type { FromEach } from '../core/script.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { TH } from '../core/transcript.ts'

/**
 * sid = TH("dkg/sid", instance, roster_hash, u8 suite, u16 pid_1, nonce_1, …): everybody's fresh nonce is in it.
 * @param ctx roster_hash, 32 bytes
 * @param nonces of all members, 32 bytes each
 * @returns 32 bytes
 */
export function keygenSid(instance: Uint8Array, ctx: Uint8Array, suite: SuiteId | 0, nonces: FromEach<Uint8Array>): Uint8Array {
  return TH('dkg/sid', instance, ctx, u8(suite), ...nonces.entries().flatMap(([pid, nonce]) => [u16(pid), nonce]))
}
