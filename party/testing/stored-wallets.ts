import { systemClock } from '../clock.ts'
import { createVault, type Store } from '../vault/index.ts'
import { decodeWalletRecord, type WalletRecord } from '../wallets/record.ts'
import { randomBytes } from './people.ts'

/**
 * The wallets of all epochs in the one vault of a device, as they lie there.
 * @param key that opens the vault
 * @throws {VaultError} E_DAMAGED
 */
export async function storedWallets(store: Store, key: Uint8Array): Promise<readonly WalletRecord[]> {
  const vault = createVault({ store, subtle: crypto.subtle, rng: randomBytes, clock: systemClock })
  const [entry] = await vault.list()
  if (entry === undefined) return []
  const open = await vault.unlock(entry.partyId, { kind: 'raw', key })
  return (await open.readAll('wallet')).map(({ value }) => decodeWalletRecord(value))
}
