/** What a locked vault shows of itself: public. */
import type { WalletId } from '../api.ts'

export interface Cover {
  readonly deviceName: string
  /** `epoch` tells a backup file of an older state, also while the vault is locked. */
  readonly wallets: readonly { readonly id: WalletId; readonly name: string; readonly threshold: number; readonly total: number; readonly epoch?: number }[]
}

export function encodeCover(cover: Cover): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(cover))
}

/** @returns undefined for bytes that are no cover */
export function decodeCover(bytes: Uint8Array | undefined): Cover | undefined {
  if (bytes === undefined) return undefined
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return isCover(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isCover(value: unknown): value is Cover {
  if (typeof value !== 'object' || value === null || !('deviceName' in value) || !('wallets' in value)) return false
  return typeof value.deviceName === 'string' && Array.isArray(value.wallets) && value.wallets.every((wallet: unknown) =>
    typeof wallet === 'object' && wallet !== null && 'id' in wallet && 'name' in wallet && 'threshold' in wallet && 'total' in wallet
    && (!('epoch' in wallet) || typeof wallet.epoch === 'number')
    && typeof wallet.id === 'string' && typeof wallet.name === 'string' && typeof wallet.threshold === 'number' && typeof wallet.total === 'number')
}
