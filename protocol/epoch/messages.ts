/** Votes for a new epoch. Source: `protocol.md` §E.4. */
import { bytes, message, sid, uint32 } from '../core/codec.ts'

/** "My share of the new epoch is stored." */
export const Vote = message({ type: 0x71, name: 'VOTE', to: 'all', step: 'confirm', fields: { sid, epoch: uint32, voteHash: bytes(32) } })
