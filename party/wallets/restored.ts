/**
 * Wallets that came out of a backup file. Their shares belong to a party that this device is not (`protocol.md` §E.3): they are shown,
 * and no session can be made with them.
 */
import { concat, MpcError, u64, u8, VaultError } from '@trivet/protocol/core'
import { hexToBytes } from '@noble/hashes/utils.js'
import type { PartyId } from '@trivet/signalling/wire'
import type { WalletId } from '../api.ts'
import { readCard } from '../identity/card.ts'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { OpenVault, VaultChange } from '../vault/index.ts'
import { decodeWalletRecord, encodeWalletRecord } from './record.ts'
import { walletOf, wipeShares, type Wallet } from './wallet.ts'

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

export class RestoredWallets {
  readonly #all: Map<WalletId, Wallet>

  private constructor(all: Map<WalletId, Wallet>) {
    this.#all = all
  }

  /** @throws {VaultError} E_DAMAGED */
  static async open(vault: OpenVault, ed25519: Ed25519): Promise<RestoredWallets> {
    const restored = new RestoredWallets(new Map())
    for (const { value } of await vault.readAll(KIND)) {
      try {
        if (value[0] !== VERSION || value.length < HEAD_BYTES) throw new VaultError('E_DAMAGED', 'restored wallet: it cannot be read')
        const record = decodeWalletRecord(value.subarray(HEAD_BYTES))
        const wallet = walletOf(record, await Promise.all(record.cards.map((card) => readCard(card, ed25519))))
        restored.#all.set(wallet.id, wallet)
      } catch (error) {
        restored.wipe()
        throw error instanceof VaultError || !(error instanceof MpcError) ? error : new VaultError('E_DAMAGED', `restored wallet: ${error.message}`, { cause: error })
      } finally {
        value.fill(0)
      }
    }
    return restored
  }

  list(): readonly Wallet[] {
    return [...this.#all.values()]
  }

  has(id: WalletId): boolean {
    return this.#all.has(id)
  }

  wipe(): void {
    for (const wallet of this.#all.values()) wipeShares(wallet)
    this.#all.clear()
  }
}
