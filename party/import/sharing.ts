/** From what was read to what the ceremony of an import deals. Source: `protocol.md` §F.1, §F.2. */
import { InputError, keyIdOf, type SuiteId } from '@trivet/protocol/core'
import type { TssLibShare } from '@trivet/protocol/import'
import { importHash, type ImportedShare, type ImportedSharing } from '@trivet/protocol/reshare'
import type { ImportedKey } from './imported-key.ts'

/** What one device deals of a key that existed before. */
export interface Dealt {
  /** One for each key of the new wallet, ascending suite. */
  readonly sharings: readonly ImportedSharing[]
  /** Of the same suites. Secret: the owner wipes it, `wipeDealt`. */
  readonly shares: readonly ImportedShare[]
  /** Which of the holders this device is, from 0; its label is `importLabel` of it. */
  readonly holder: number
  /** Path below the group keys of the first address that the old wallet shows. */
  readonly firstPath: readonly number[]
}

/** A private key is a sharing with one holder, whose share is the key: x is 1, and so is λ. */
const ONLY_HOLDER = 1n

/**
 * @param key its scalar is copied; the caller wipes its own
 * @param suites which of `key.suites` the wallet gets; at least one, in any order
 * @throws {InputError} naming `suites`
 */
export function dealtKey(key: ImportedKey, suites: readonly SuiteId[]): Dealt {
  const chosen = [...new Set(suites)].toSorted((a, b) => a - b)
  if (chosen.length === 0) throw new InputError('suites', 'expected at least one')
  const foreign = chosen.find((suite) => !key.suites.includes(suite))
  if (foreign !== undefined) throw new InputError('suites', `this key cannot be one of suite ${foreign}`)
  const { groupKey, chainCode, firstAddress } = key
  return {
    sharings: chosen.map((suite) => ({
      suite, groupKey, threshold: 1, holders: [{ x: ONLY_HOLDER, point: groupKey }],
      keyId: chainCode === undefined ? undefined : keyIdOf(suite, groupKey, chainCode),
    })),
    shares: chosen.map((suite) => ({ suite, share: key.scalar.slice(), chainCode })),
    holder: 0,
    firstPath: firstAddress,
  }
}

/** @param read its share is copied; the caller wipes its own */
export function dealtShare({ sharing, index, share }: TssLibShare): Dealt {
  return { sharings: [sharing], shares: [{ suite: sharing.suite, share: share.slice(), chainCode: undefined }], holder: index, firstPath: [] }
}

/** How many holders have to deal: 1 of a private key. @throws {InputError} there is no key */
export function holdersNeeded({ sharings: [sharing] }: Pick<Dealt, 'sharings'>): number {
  if (sharing === undefined) throw new InputError('sharings', 'expected at least one')
  return sharing.threshold
}

/** Over everything public, 32 bytes: the same for files that belong together, and for those alone. */
export function publicHash({ sharings }: Pick<Dealt, 'sharings'>): Uint8Array {
  return importHash(sharings)
}

export function wipeDealt({ shares }: Dealt): void {
  for (const { share } of shares) share.fill(0)
}
