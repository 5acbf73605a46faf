/** What one party keeps of one key. */
import { u8 } from './bytes.ts'
import type { Pid } from './errors.ts'
import type { SuiteId } from './suite-id.ts'
import { TH } from './transcript.ts'

export interface KeyShare {
  readonly suite: SuiteId
  /** Share index of this party. */
  readonly pid: Pid
  /** key_id of `protocol.md` §A.4, 32 bytes. */
  readonly keyId: Uint8Array
  /** Encoded point, 32 or 33 bytes. */
  readonly groupKey: Uint8Array
  /** 32 bytes. */
  readonly chainCode: Uint8Array
  /** Encoded points of all members, ascending pid. */
  readonly verifyingShares: readonly { readonly pid: Pid; readonly point: Uint8Array }[]
  /** Encoded scalar, 32 bytes. Secret: whoever holds the record wipes it. */
  readonly signingShare: Uint8Array
  /** fin of §B.1.5, 32 bytes: binds the key, chain code and all verifying shares. */
  readonly confirmation: Uint8Array
}

/** key_id = TH("key/id", u8 suite, pk, cc), 32 bytes. */
export function keyIdOf(suite: SuiteId, groupKey: Uint8Array, chainCode: Uint8Array): Uint8Array {
  return TH('key/id', u8(suite), groupKey, chainCode)
}
