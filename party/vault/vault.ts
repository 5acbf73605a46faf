/** The vaults on this device: one a party, each under its own data key. */
import { InputError, VaultError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { makeDataKey, unwrapDataKey, type KeySource } from './key-wrap.ts'
import { openVault, type OpenVault } from './open-vault.ts'
import { openRecord, peekPublicBytes, sealRecord, type SealingTools } from './sealed-record.ts'
import type { Store } from './store.ts'
import { coverPlace, partyOfKey, storeKeys, vaultPrefix } from './store-keys.ts'
import { checkedStore } from './checked-store.ts'

export interface VaultOptions extends SealingTools {
  readonly store: Store
}

export interface VaultEntry {
  readonly partyId: PartyId
  /** The cover as it lies there; authenticated only by `unlock`. `undefined` when it is missing or unreadable. */
  readonly cover: Uint8Array | undefined
}

export interface Vault {
  /**
   * Makes a vault for a party that has none here, and leaves it open.
   * @param cover public bytes that may be shown while the vault is locked
   * @throws InputError when there is one already, or the source cannot be used; VaultError E_STORAGE
   */
  create(partyId: PartyId, cover: Uint8Array, source: KeySource): Promise<OpenVault>
  /**
   * @throws InputError when this device has no such vault; VaultError E_PASSPHRASE, E_DAMAGED (also when the cover was altered), E_STORAGE
   */
  unlock(partyId: PartyId, source: KeySource): Promise<OpenVault>
  /** All vaults on this device, in order of party id; a damaged one is listed too. @throws VaultError E_STORAGE */
  list(): Promise<VaultEntry[]>
}

/**
 * @example
 * const vault = createVault({ store, subtle: crypto.subtle, rng })
 * const open = await vault.create(partyId, cover, { kind: 'passphrase', passphrase })
 * await open.write([{ kind: 'key-share', id: wallet, epoch: 1, value: share }])
 * open.lock()
 */
export function createVault({ store, subtle, rng }: VaultOptions): Vault {
  const tools: SealingTools = { subtle, rng }
  const checked = checkedStore(store)

  const create = async (partyId: PartyId, cover: Uint8Array, source: KeySource): Promise<OpenVault> => {
    const keys = storeKeys(partyId)
    if ((await checked.keys(vaultPrefix(partyId))).length > 0) throw new InputError('partyId', 'this party has a vault on this device already')
    const { key, record } = await makeDataKey(tools, partyId, source)
    await checked.write([
      { key: keys.dataKey, value: record },
      { key: keys.cover, value: await sealRecord(tools, key, coverPlace(partyId), new Uint8Array(0), cover) },
    ])
    return openVault({ store: checked, tools, partyId, key })
  }

  const unlock = async (partyId: PartyId, source: KeySource): Promise<OpenVault> => {
    const keys = storeKeys(partyId)
    const record = await checked.get(keys.dataKey)
    if (record === undefined) {
      if ((await checked.keys(vaultPrefix(partyId))).length === 0) throw new InputError('partyId', 'this party has no vault on this device')
      throw new VaultError('E_DAMAGED', 'record "vault key" is missing')
    }
    const key = await unwrapDataKey(tools, partyId, source, record)
    const cover = await checked.get(keys.cover)
    if (cover === undefined) throw new VaultError('E_DAMAGED', 'record "cover" is missing')
    await openRecord(subtle, key, coverPlace(partyId), cover)
    return openVault({ store: checked, tools, partyId, key })
  }

  const list = async (): Promise<VaultEntry[]> => {
    const found = (await checked.keys(vaultPrefix())).map(partyOfKey).filter((party) => party !== undefined)
    return Promise.all([...new Set(found)].sort().map(async (partyId) => ({ partyId, cover: peekCover(partyId, await checked.get(storeKeys(partyId).cover)) })))
  }

  return { create, unlock, list }
}

/** A list shows a damaged vault rather than nothing at all; `unlock` says what is wrong with it. */
function peekCover(partyId: PartyId, record: Uint8Array | undefined): Uint8Array | undefined {
  if (record === undefined) return undefined
  try {
    return peekPublicBytes(coverPlace(partyId), record)
  } catch (error) {
    if (error instanceof VaultError) return undefined
    throw error
  }
}
