/** What the members of a new epoch vote for. Source: `protocol.md` §E.4. */
import { equalBytes, u32 } from '../core/bytes.ts'
import type { Body } from '../core/codec.ts'
import { Blame } from '../core/errors.ts'
import type { KeyShare } from '../core/key-share.ts'
import { rosterHash, type Roster } from '../core/roster.ts'
import type { FromEach } from '../core/script.ts'
import { TH } from '../core/transcript.ts'
import { Vote } from './messages.ts'

/** D = TH("epoch/vote", wallet_id, u32 e', roster_hash', fin of each suite ascending). @param keys ascending suite */
export function voteHash(walletId: Uint8Array, roster: Roster, keys: readonly Pick<KeyShare, 'confirmation'>[]): Uint8Array {
  return TH('epoch/vote', walletId, u32(roster.epoch), rosterHash(roster), ...keys.map(({ confirmation }) => confirmation))
}

/** D follows from the confirmations, which were equal: another vote is its sender's own doing. */
export function checkVotes(votes: FromEach<Body<typeof Vote>>, epoch: number, hash: Uint8Array): void {
  const culprits = votes.except((vote) => vote.epoch === epoch && equalBytes(vote.voteHash, hash))
  if (culprits.length === 0) return
  throw new Blame('E_FINAL', `vote: ${culprits.map((pid) => `party ${pid}`).join(', ')} voted for something else`, {
    culprits, evidence: culprits.map((from) => ({ suite: 0, type: Vote.type, from })),
  })
}
