/** Votes for a new epoch. Source: `protocol.md` §E.4. */
import { bytes, message, sid, uint32 } from '../core/codec.ts'

/** "My share of the new epoch is stored." */
export const Vote = message({ type: 0x71, name: 'VOTE', to: 'all', step: 'confirm', fields: { sid, epoch: uint32, voteHash: bytes(32) } })

/** Message type of ABORT, in which a member that has not voted says that it never will. Body: sid 32 ‖ u16 code ‖ u16 blamed ‖ hash 32. */
export const ABORT = 0x7f
export const ABORT_BODY_BYTES = 68
