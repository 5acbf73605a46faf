/** What a device may do in the state it is in. Source: `protocol.md` §E, §E.3, §E.4. */
import { equalBytes } from '../core/bytes.ts'
import { countingEpoch, isNeverVotedFor, type WalletEpochs } from './commit.ts'

/**
 * Whether it may sign under this epoch: the one that counts, also while a higher one is prepared. Not with a share out of a backup,
 * whose nonces and bans nobody knows any more.
 */
export function maySign({ active }: WalletEpochs, epoch: number): boolean {
  return active?.epoch.roster.epoch === epoch && active.restoredAs === undefined
}

/**
 * Whether it may deal from epoch `from` to epoch `to`: from the one that counts alone, to a number never used here. While a record waits
 * for its certificate this takes an explicit decision of its person.
 */
export function mayDeal(state: WalletEpochs, from: number, to: number): boolean {
  return state.active?.epoch.roster.epoch === from && mayReceive(state, from, to)
}

/** Whether it may become a member of epoch `to`, made from `from`: not from one that is over here, not to a number used before. */
export function mayReceive(state: WalletEpochs, from: number, to: number): boolean {
  return from >= countingEpoch(state) && to > state.highest
}

/** Whether VOTE may be said, for the first time or again: the record is stored. @param sid 32 bytes */
export function mayVote({ prepared }: WalletEpochs, sid: Uint8Array): boolean {
  return prepared.some((record) => equalBytes(record.sid, sid))
}

/** Whether ABORT may be signed: "never vote" is stored, so no record was and none will be. @param sid 32 bytes */
export function mayAbort(state: WalletEpochs, sid: Uint8Array): boolean {
  return isNeverVotedFor(state, sid)
}
