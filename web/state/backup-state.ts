import type { PartyInWallet, WalletView } from '@trivet/party'

const DAY_MS = 86_400_000
/** After so many days a backup is worth another look: paper fades, sticks die, passphrases are forgotten. */
const DUE_DAYS = 90

/** What this device's backup of a wallet wants: `none` where nothing is to be done. `days` since it was last read back. */
export type BackupNeed = { readonly at: 'none' } | { readonly at: 'missing' } | { readonly at: 'due'; readonly days: number }

/** @param now ms since epoch */
export function backupNeed({ state, backupProvedAt }: Pick<WalletView, 'state' | 'backupProvedAt'>, now: number): BackupNeed {
  if (state !== 'ready') return { at: 'none' }
  if (backupProvedAt === undefined) return { at: 'missing' }
  const days = Math.floor((now - backupProvedAt) / DAY_MS)
  return days < DUE_DAYS ? { at: 'none' } : { at: 'due', days }
}

/** The other devices that say of no backup of these parts that it was read back. */
export function withoutBackup({ state, parties }: Pick<WalletView, 'state' | 'parties'>): readonly PartyInWallet[] {
  return state === 'ready' ? parties.filter((p) => !p.me && p.role !== 'third-party' && p.backupProvedAt === undefined) : []
}
