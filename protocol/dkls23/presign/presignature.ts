/** One party's half-made signature, good for one digest. Source: `protocol.md` §D.7. */
import type { Pid } from '../../core/errors.ts'

/**
 * In memory alone: never stored, never in a backup. Whoever holds it takes it out of its pool before it computes anything from
 * it, and wipes it (`wipePresignature`).
 */
export interface Presignature {
  /** presig_id: the session id it was made under, 32 bytes. */
  readonly id: Uint8Array
  /** Of the ceremony that made it: what is said with it travels under that one, 32 bytes. */
  readonly instance: Uint8Array
  readonly me: Pid
  /** Ascending, mine among them. */
  readonly signers: readonly Pid[]
  readonly epoch: number
  readonly keyId: Uint8Array
  readonly path: readonly number[]
  /** pk', 33 bytes: the key below `path`. */
  readonly publicKey: Uint8Array
  /** R, 33 bytes. */
  readonly nonce: Uint8Array
  /** φ_i, u_i, v_i: 32 bytes each, secret. */
  readonly phi: Uint8Array
  readonly u: Uint8Array
  readonly v: Uint8Array
}

export function wipePresignature({ phi, u, v }: Presignature): void {
  for (const secret of [phi, u, v]) secret.fill(0)
}
