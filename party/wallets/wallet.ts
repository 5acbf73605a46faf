/** A wallet as the unlocked party holds it: its record, and who its members are. */
import { Bug } from '@trivet/protocol/core'
import type { WalletId } from '../api.ts'
import type { Card } from '../identity/card.ts'
import type { SessionMember } from '../session/member.ts'
import type { Cover } from './cover.ts'
import type { WalletRecord } from './record.ts'

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

export function wipeShares({ epoch }: Pick<Wallet, 'epoch'>): void {
  for (const key of epoch.keys) key.signingShare.fill(0)
}

export function coverEntry({ id, name, epoch: { roster } }: Wallet): Cover['wallets'][number] {
  return { id, name, threshold: roster.threshold, total: roster.members.length, epoch: roster.epoch }
}
