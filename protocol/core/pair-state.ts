/** What two members of an ECDSA key hold together, as one of them keeps it. Source: `protocol.md` §B.4, §B.6. */
import type { Pid } from './errors.ts'

/** Secret, all but the ids: whoever holds it wipes it. It never leaves the device, also not in a backup. */
export interface PairState {
  /** Share index of the other one. */
  readonly peer: Pid
  /** For multiplications in which I am Alice: Δ is mine. */
  readonly asAlice: {
    /** pair_id, 32 bytes. */
    readonly id: Uint8Array
    /** Δ packed, 16 bytes: bit c belongs to column c. */
    readonly delta: Uint8Array
    /** 32 trees of 16 leaves of 32 bytes; the one of each tree that I lack is zeros. */
    readonly leaves: Uint8Array
  }
  /** For multiplications in which I am Bob: all leaves are mine. */
  readonly asBob: {
    readonly id: Uint8Array
    readonly leaves: Uint8Array
  }
  /** z, 32 bytes: both derive the shares of zero from it. */
  readonly zeroSeed: Uint8Array
}

export function wipePair({ asAlice, asBob, zeroSeed }: PairState): void {
  for (const secret of [asAlice.delta, asAlice.leaves, asBob.leaves, zeroSeed]) secret.fill(0)
}
