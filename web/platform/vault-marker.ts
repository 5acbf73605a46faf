/** What should be on this device, written down apart from it: public covers only, so that a browser that clears its database is noticed. */
import type { VaultView } from '@trivet/party'

/** One party of this browser as it was last seen. */
export interface MarkedVault {
  readonly partyId: string
  readonly deviceName: string
  readonly wallets: readonly { readonly id: string; readonly name: string }[]
}

export type MarkerStore = Pick<Storage, 'getItem' | 'setItem'>

const KEY = 'vaults'
/** More is nothing this page has written. */
const MAX_CHARACTERS = 65_536

/** What was marked; nothing where there is no mark, or one that cannot be read. */
export function readMarks(store: MarkerStore | undefined): readonly MarkedVault[] {
  const text = store?.getItem(KEY) ?? ''
  if (text.length > MAX_CHARACTERS) return []
  try {
    const marks: unknown = JSON.parse(text)
    return Array.isArray(marks) && marks.every(isMark) ? marks : []
  } catch {
    return []
  }
}

/** @returns whether it is written: a browser may refuse */
export function writeMarks(store: MarkerStore | undefined, marks: readonly MarkedVault[]): boolean {
  try {
    store?.setItem(KEY, JSON.stringify(marks))
    return store !== undefined
  } catch {
    return false
  }
}

/**
 * The marks after these vaults were seen. What is not among them stays marked. A vault without a wallet has nothing to lose; one whose
 * cover cannot be read shows none either, and does not change what is known of it.
 */
export function marksWith(marks: readonly MarkedVault[], vaults: readonly VaultView[]): readonly MarkedVault[] {
  const seen = vaults.filter(({ wallets }) => wallets.length > 0).map(({ partyId, deviceName, wallets }): MarkedVault =>
    ({ partyId, deviceName, wallets: wallets.map(({ id, name }) => ({ id, name })) }))
  return [...marks.filter((mark) => seen.every(({ partyId }) => partyId !== mark.partyId)), ...seen]
}

/** Marked, and not there. */
export function missingVaults(marks: readonly MarkedVault[], vaults: readonly VaultView[]): readonly MarkedVault[] {
  return marks.filter((mark) => vaults.every(({ partyId }) => partyId !== mark.partyId))
}

function isMark(value: unknown): value is MarkedVault {
  return hasTexts(value, ['partyId', 'deviceName']) && Array.isArray(value['wallets']) && value['wallets'].every((wallet) => hasTexts(wallet, ['id', 'name']))
}

function hasTexts(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && names.every((name) => typeof Reflect.get(value, name) === 'string')
}
