/** How it is stored when members were last seen, and what they said of their backups. See `docs/storage.md`. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { concat, Malformed, Reader, u16, u32, u64, u8 } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import type { WalletId } from '../api.ts'

const VERSION = 1
const ID_BYTES = 32
/** More is not kept: of as many wallets as people have, with as many members as a wallet can have. */
export const MAX_ENTRIES = 1_024

export interface HealthRecord {
  readonly seen: readonly Seen[]
  readonly backups: readonly ToldBackup[]
}

export interface Seen {
  readonly party: PartyId
  /** ms since 1970. */
  readonly at: number
}

/** That of a member, as it says itself. */
export interface ToldBackup {
  readonly wallet: WalletId
  readonly party: PartyId
  /** Of the shares that are in the file. */
  readonly epoch: number
  /** When it was last read back, ms since 1970. */
  readonly at: number
}

/** u8 version ‖ u16 s ‖ s × (party id 32 ‖ u64 at) ‖ u16 b ‖ b × (wallet id 32 ‖ party id 32 ‖ u32 epoch ‖ u64 at) */
export function encodeHealth({ seen, backups }: HealthRecord): Uint8Array {
  const [allSeen, allBackups] = [seen.slice(0, MAX_ENTRIES), backups.slice(0, MAX_ENTRIES)]
  return concat(
    u8(VERSION),
    u16(allSeen.length), ...allSeen.map(({ party, at }) => concat(hexToBytes(party), u64(at))),
    u16(allBackups.length), ...allBackups.map(({ wallet, party, epoch, at }) => concat(hexToBytes(wallet), hexToBytes(party), u32(epoch), u64(at))),
  )
}

/** @returns nothing in it, where it cannot be read: it is only shown, and comes again */
export function decodeHealth(bytes: Uint8Array | undefined): HealthRecord {
  if (bytes?.[0] !== VERSION) return NOTHING
  try {
    const reader = new Reader(bytes.subarray(1), 'health')
    const id = (): string => bytesToHex(reader.take(ID_BYTES))
    const seen = Array.from({ length: reader.number(2) }, () => ({ party: id() as PartyId, at: reader.number(8) }))
    const backups = Array.from({ length: reader.number(2) }, () => ({ wallet: id(), party: id() as PartyId, epoch: reader.number(4), at: reader.number(8) }))
    reader.end()
    return { seen, backups }
  } catch (error) {
    if (error instanceof Malformed) return NOTHING
    throw error
  }
}

const NOTHING: HealthRecord = { seen: [], backups: [] }
