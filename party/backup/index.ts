/** Backups of a party that is not running, for whoever has the key of its vault. */
import { InputError } from '@trivet/protocol/core'
import type { WalletId } from '../api.ts'
import type { Clock } from '../clock.ts'
import { openDevice } from '../device.ts'
import { chooseEd25519, type SigningSubtle } from '../identity/ed25519.ts'
import { Tenancy } from '../one-writer.ts'
import type { MainKeySource, Vault } from '../vault/index.ts'
import { backupVerbs } from './backup-verbs.ts'

export interface IdleParty {
  /** Those that can be backed up. */
  readonly wallets: readonly { readonly id: WalletId; readonly name: string }[]
  /** As the verbs of a running party. */
  readonly makeBackup: ReturnType<typeof backupVerbs>['makeBackup']
  readonly proveBackup: ReturnType<typeof backupVerbs>['proveBackup']
  /** Its keys are gone from memory. */
  close(): void
}

export interface IdlePartyOptions<Key> {
  readonly vault: Vault
  readonly subtle: SigningSubtle<Key>
  readonly clock: Pick<Clock, 'now'>
  readonly source: MainKeySource
}

/**
 * Opens the one party of this store without connecting it to anything.
 * @throws InputError when there is none; VaultError E_PASSPHRASE, E_DAMAGED, E_VERSION
 */
export async function openIdleParty<Key>({ vault, subtle, clock, source }: IdlePartyOptions<Key>): Promise<IdleParty> {
  const [entry] = await vault.list()
  if (entry === undefined) throw new InputError('party', 'there is none here yet')
  const ed25519 = await chooseEd25519(subtle)
  // The store belongs to one process, and what is signed by its card is not said to anybody.
  const tenancy = new Tenancy(undefined, false, () => undefined)
  const device = await openDevice(entry.partyId, source, { vault, ed25519, rng: vault.tools.rng, role: 'enterprise', build: new Uint8Array(32), tenancy, clock })
  const { makeBackup, proveBackup } = backupVerbs({
    vault, clock, ed25519, device: () => device, changed: () => undefined,
    makeDevice: () => Promise.reject(new InputError('party', 'this one is only backed up')),
  })
  return {
    wallets: device.wallets.list().filter(({ certificate }) => certificate !== undefined).map(({ id, name }) => ({ id, name })),
    makeBackup, proveBackup,
    close: () => {
      device.wallets.wipe()
      device.identity.forget()
      device.vault.lock()
    },
  }
}
