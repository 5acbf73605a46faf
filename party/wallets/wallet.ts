/** A wallet as the unlocked party holds it: its record, and who its members are. */
import { Bug, MpcError, VaultError, type Roster } from '@trivet/protocol/core'
import type { WalletId } from '../api.ts'
import { readCard, type Card } from '../identity/card.ts'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { SessionMember } from '../session/member.ts'
import type { Cover } from './cover.ts'
import { decodeWalletRecord, type WalletRecord } from './record.ts'

export interface Wallet extends WalletRecord {
  readonly id: WalletId
  /** Ascending share index. */
  readonly members: readonly SessionMember[]
}

/** @param cards in the order of the roster */
export function walletOf(record: WalletRecord, cards: readonly Card[]): Wallet {
  const members = record.epoch.roster.members.map(({ pid }, i) => {
    const card = cards[i]
    if (card === undefined) throw new Bug('a member without a card')
    return { pid, card }
  })
  return { ...record, id: record.epoch.walletId, members }
}

/** @param what stands first in an error @throws {VaultError} E_DAMAGED */
export async function readWallet(bytes: Uint8Array, what: string, ed25519: Ed25519): Promise<Wallet> {
  try {
    const record = decodeWalletRecord(bytes)
    return walletOf(record, await Promise.all(record.cards.map((card) => readCard(card, ed25519))))
  } catch (error) {
    throw error instanceof VaultError || !(error instanceof MpcError) ? error : new VaultError('E_DAMAGED', `${what}: ${error.message}`, { cause: error })
  }
}

export function wipeShares({ epoch }: Pick<Wallet, 'epoch'>): void {
  for (const key of epoch.keys) key.signingShare.fill(0)
}

export function coverEntry({ id, name }: Pick<Wallet, 'id' | 'name'>, roster: Roster): Cover['wallets'][number] {
  return { id, name, threshold: roster.threshold, total: roster.members.length, epoch: roster.epoch }
}
