/** What everybody says yes to: who deals which key to whom. Source: `protocol.md` §E, §F. */
import { concat, u16, u32, u8 } from '../core/bytes.ts'
import type { Pid } from '../core/errors.ts'
import { encodeRoster, rosterHash, type Roster } from '../core/roster.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { TH } from '../core/transcript.ts'

/** Whose identity key is another one than the old roster says: a device restored from a backup (§E.3), or an importing dealer. */
export interface Replacement {
  /** Under which it deals: its old share index, or an importing dealer's label. */
  readonly pid: Pid
  /** Of the identity key that it has now, 32 bytes. */
  readonly idKeyHash: Uint8Array
}

/** Somebody else's sharing of a key, as its files say. Source: `protocol.md` §F.1, §F.2. */
export interface ImportedSharing {
  readonly suite: SuiteId
  /** Encoded point. */
  readonly groupKey: Uint8Array
  /** How many of the holders are needed: 1 for a private key, T + 1 for tss-lib. */
  readonly threshold: number
  /** x-coordinate mod the group order and encoded share·G of every holder, in the order of their labels. */
  readonly holders: readonly { readonly x: bigint; readonly point: Uint8Array }[]
  /** key_id, 32 bytes; `undefined` where there is no chain code and the members make one. */
  readonly keyId: Uint8Array | undefined
}

/** The label of the k-th holder of an imported key, k from 0. */
export function importLabel(k: number): Pid {
  return 0xff00 + k
}

/**
 * ctx = TH("reshare/ctx", roster', roster_hash(old), u32 old_epoch, u16 of each of Q, (u16 pid ‖ id-key hash) of each replacement), 32 bytes
 * @param facts.roster of the new epoch
 * @param facts.quorum share indices of the dealers, ascending
 * @param facts.replacements ascending pid
 */
export function reshareContext({ roster, oldRoster, quorum, replacements }: {
  readonly roster: Roster
  readonly oldRoster: Roster
  readonly quorum: readonly Pid[]
  readonly replacements: readonly Replacement[]
}): Uint8Array {
  return contextOf(roster, rosterHash(oldRoster), oldRoster.epoch, quorum, replacements)
}

/**
 * As `reshareContext`, with TH("import/tss", …) of what is imported in place of the old roster's hash, and epoch 0.
 * @param facts.dealers all of Q under their labels, with their identities
 */
export function importContext({ roster, sharings, dealers }: {
  readonly roster: Roster
  readonly sharings: readonly ImportedSharing[]
  readonly dealers: readonly Replacement[]
}): Uint8Array {
  return contextOf(roster, importHash(sharings), 0, dealers.map(({ pid }) => pid), dealers)
}

function contextOf(roster: Roster, old: Uint8Array, oldEpoch: number, quorum: readonly Pid[], replacements: readonly Replacement[]): Uint8Array {
  return TH(
    'reshare/ctx', encodeRoster(roster), old, u32(oldEpoch), ...quorum.map(u16),
    ...replacements.map(({ pid, idKeyHash }) => concat(u16(pid), idKeyHash)),
  )
}

/** TH("import/tss", for each suite: u8 suite, u16 threshold, pk, key_id or nothing, u16 holders, and of each: x 32 big-endian, X), 32 bytes */
export function importHash(sharings: readonly ImportedSharing[]): Uint8Array {
  return TH('import/tss', ...sharings.flatMap(({ suite, threshold, groupKey, keyId, holders }) => [
    u8(suite), u16(threshold), groupKey, keyId ?? new Uint8Array(0), u16(holders.length),
    ...holders.flatMap(({ x, point }) => [bigEndian(x), point]),
  ]))
}

/** 32 bytes, in every suite. */
export function bigEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * (31 - i))) & 0xffn))
}
