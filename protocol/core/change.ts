/** Lasting changes that a protocol asks for: values, written and read back by `party` before anything that depends on them is sent. */
import type { Pid } from './errors.ts'
import type { KeyShare } from './key-share.ts'
import type { PairState } from './pair-state.ts'
import type { Roster } from './roster.ts'

export type LastingChange =
  /** `pairs`: one for each other member where the roster has suite 1, none elsewhere. */
  | { readonly kind: 'prepared'; readonly epoch: PreparedEpoch; readonly pairs: readonly PairState[] }
  | PairChange
  /** A pair set up anew, in place of the old one: a ban of it is lifted. */
  | { readonly kind: 'paired'; readonly pair: PairState }
  /** This device's part of the key is about to leave it: for ever after the key counts as being in one place (`protocol.md` §F.3). */
  | { readonly kind: 'exported'; readonly sid: Uint8Array; readonly keyId: Uint8Array }

/** What a signing does to the pairs of its key (`protocol.md` §A.8, ban rule). */
export type PairChange =
  /** Their first messages are about to be tested: whoever finds this mark after a crash takes the test as failed. */
  | { readonly kind: 'testing'; readonly sid: Uint8Array; readonly peers: readonly Pid[] }
  /** All tests of the session passed. */
  | { readonly kind: 'tested'; readonly sid: Uint8Array; readonly peers: readonly Pid[] }
  /** A consistency check failed, which may have told the peer something: its pair state is erased before anything else is said. */
  | { readonly kind: 'banned'; readonly sid: Uint8Array; readonly peers: readonly Pid[] }

/** New shares that verified, waiting for everybody's vote (`protocol.md` §E.4). */
export interface PreparedEpoch {
  /** Hex of the wallet's id. */
  readonly walletId: string
  /** Session id of the ceremony's suite 0, 32 bytes. */
  readonly sid: Uint8Array
  readonly roster: Roster
  /** D of §E.4, 32 bytes: what the members vote for. */
  readonly voteHash: Uint8Array
  /** One for each suite, ascending. */
  readonly keys: readonly KeyShare[]
}
