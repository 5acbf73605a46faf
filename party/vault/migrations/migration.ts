import type { PartyId } from '@trivet/signalling/wire'
import type { VaultChange, VaultRecord } from '../open-vault.ts'

/** A vault of the version before, open. */
export interface OlderVault {
  readonly partyId: PartyId
  readonly cover: Uint8Array
  /** By id and epoch; those that cannot be opened are left out, and stay as they are. The caller wipes the values. */
  readonly readAll: (kind: string) => Promise<readonly VaultRecord[]>
}

/**
 * What changes from one version of a vault's contents to the next; everything else stays as it is.
 * The layouts that it reads and writes are those of its time: it imports nothing that may change after it, and is not edited any more.
 * @throws VaultError E_DAMAGED: then nothing is changed
 */
export type Migration = (older: OlderVault) => Promise<{
  /** New and changed records, and erasures. Their values are wiped once they are sealed. */
  readonly changes: readonly VaultChange[]
  /** Where it changes. */
  readonly cover?: Uint8Array
}>
