/**
 * Wallets that came out of a backup file. Their shares belong to a party that this device is not (`protocol.md` §E.3): they are shown,
 * and may be dealt from once the others let this device in.
 */
import { concat, toNumber, u64, u8, VaultError } from '@trivet/protocol/core'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import type { PartyId } from '@trivet/signalling/wire'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { OpenVault, VaultChange } from '../vault/index.ts'
import { encodeWalletRecord } from './record.ts'
import { readWallet, type Wallet } from './wallet.ts'

const KIND = 'restored'
const VERSION = 1
const HEAD_BYTES = 1 + 8 + 8 + 32

export interface Restored {
  readonly wallet: Wallet
  /** Whose share it is. */
  readonly from: PartyId
  /** When the backup was made and when it was restored, ms since 1970. */
  readonly madeAt: number
  readonly restoredAt: number
}

/** u8 version ‖ u64 restored ‖ u64 made ‖ party 32 ‖ wallet record. The caller wipes the value. */
export function restoredChange({ wallet, from, madeAt, restoredAt }: Restored): VaultChange {
  const record = encodeWalletRecord(wallet)
  try {
    return { kind: KIND, id: wallet.id, epoch: wallet.epoch.roster.epoch, value: concat(u8(VERSION), u64(restoredAt), u64(madeAt), hexToBytes(from), record) }
  } finally {
    record.fill(0)
  }
}

export function restoredErasure({ wallet }: Restored): VaultChange {
  return { kind: KIND, id: wallet.id, epoch: wallet.epoch.roster.epoch, value: undefined }
}

/** @throws {VaultError} E_DAMAGED */
export async function readRestored(vault: OpenVault, ed25519: Ed25519): Promise<readonly Restored[]> {
  const records = await vault.readAll(KIND)
  try {
    return await Promise.all(records.map(({ value }) => read(value, ed25519)))
  } finally {
    for (const { value } of records) value.fill(0)
  }
}

async function read(value: Uint8Array, ed25519: Ed25519): Promise<Restored> {
  if (value[0] !== VERSION || value.length < HEAD_BYTES) throw new VaultError('E_DAMAGED', 'restored wallet: it cannot be read')
  const [restoredAt, madeAt, party] = [toNumber(value.subarray(1, 9)), toNumber(value.subarray(9, 17)), bytesToHex(value.subarray(17, HEAD_BYTES))]
  const wallet = await readWallet(value.subarray(HEAD_BYTES), 'restored wallet', ed25519)
  return { wallet, from: party as PartyId, madeAt, restoredAt } // 32 bytes in hex
}
