/** A wallet as the unlocked party holds it: its record, and who its members are. */
import type { WalletId } from '../api.ts'
import type { SessionMember } from '../session/member.ts'
import type { WalletRecord } from './record.ts'

export interface Wallet extends WalletRecord {
  readonly id: WalletId
  /** Ascending share index. */
  readonly members: readonly SessionMember[]
}
