/** The vaults on this device: one a party, each under its own data key. */
import { InputError, MpcError, VaultError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import type { Clock } from '../clock.ts'
import { checkedStore } from './checked-store.ts'
import { addPasskeyWrap, makeDataKey, passkeysOf, removePasskeyWrap, rewrapMain, unwrapDataKey, type AddedPasskey, type KeySource, type MainKeySource } from './key-wrap.ts'
import type { PasskeyFacts } from './key-wrap-codec.ts'
import { migrateVault } from './migrate.ts'
import { SCHEMA_VERSION } from './migrations/index.ts'
import { openVault, type OpenVault, type VaultChange } from './open-vault.ts'
import { peekRecord, sealRecord, type SealingTools } from './sealed-record.ts'
import type { Store } from './store.ts'
import { coverPlace, partyOfKey, storeKeys, vaultPrefix } from './store-keys.ts'
import { Tries } from './tries.ts'

export interface VaultOptions extends SealingTools {
  readonly store: Store
  readonly clock: Pick<Clock, 'now'>
}

export interface VaultEntry {
  readonly partyId: PartyId
  /** The cover as it lies there; authenticated only by `unlock`. `undefined` when it is missing or unreadable. */
  readonly cover: Uint8Array | undefined
  /** Passkeys that open it; public, and each authenticated only when it opens it. */
  readonly passkeys: readonly PasskeyFacts[]
  /** After wrong passphrases: ms since 1970 before which no other is looked at. */
  readonly waitUntil: number | undefined
}

/** What is in a vault from its beginning. */
export interface FirstContents {
  /** Public bytes that may be shown while the vault is locked. */
  readonly cover: Uint8Array
  /** The caller wipes the values. */
  readonly records?: readonly VaultChange[]
}

export interface Vault {
  /** What it seals with: for files that leave the device. */
  readonly tools: SealingTools
  /**
   * Makes a vault for a party that has none here, in one transaction, and leaves it open.
   * @throws InputError when there is one already, or the source cannot be used; VaultError E_STORAGE
   */
  create(partyId: PartyId, contents: FirstContents, source: MainKeySource): Promise<OpenVault>
  /**
   * Opens a vault, and brings an older one up to the present version.
   * @param claim called once the source has turned out right and before records are read or changed: what it throws ends the unlocking
   * @throws InputError when this device has no such vault; VaultError E_PASSPHRASE, E_THROTTLED, E_DAMAGED (also when the cover was altered),
   * E_VERSION (a newer program wrote it), E_STORAGE
   */
  unlock(partyId: PartyId, source: KeySource, claim?: () => Promise<void>): Promise<OpenVault>
  /** Wraps the data key under another passphrase; no record is sealed again, passkeys stay. @throws as `unlock` */
  changePassphrase(partyId: PartyId, now: KeySource, passphrase: string): Promise<void>
  /** @throws InputError: too many, there already, does not fit; and as `unlock` */
  addPasskey(partyId: PartyId, now: KeySource, passkey: AddedPasskey): Promise<void>
  /** @throws InputError: no such passkey opens it; VaultError E_DAMAGED, E_STORAGE */
  removePasskey(partyId: PartyId, credential: Uint8Array): Promise<void>
  /** All vaults on this device, in order of party id; a damaged one is listed too. @throws VaultError E_STORAGE */
  list(): Promise<VaultEntry[]>
}

/**
 * @example
 * const vault = createVault({ store, subtle: crypto.subtle, rng, clock: systemClock })
 * const open = await vault.create(partyId, { cover }, { kind: 'passphrase', passphrase })
 * await open.write([{ kind: 'key-share', id: wallet, epoch: 1, value: share }])
 * open.lock()
 */
export function createVault(options: VaultOptions): Vault {
  return new StoredVault(options)
}

class StoredVault implements Vault {
  readonly tools: SealingTools
  readonly #store: Store
  readonly #tries: Tries
  #tail: Promise<unknown> = Promise.resolve()

  constructor({ store, subtle, rng, clock }: VaultOptions) {
    this.#store = checkedStore(store)
    this.tools = { subtle, rng }
    this.#tries = new Tries(this.#store, clock)
  }

  async create(partyId: PartyId, { cover, records = [] }: FirstContents, source: MainKeySource): Promise<OpenVault> {
    const keys = storeKeys(partyId)
    if ((await this.#store.keys(vaultPrefix(partyId))).length > 0) throw new InputError('partyId', 'this party has a vault on this device already')
    const { key, record } = await makeDataKey(this.tools, partyId, source)
    const place = { ...coverPlace(partyId), schema: SCHEMA_VERSION }
    const first = [{ key: keys.dataKey, value: record }, { key: keys.cover, value: await sealRecord(this.tools, key, place, new Uint8Array(0), cover) }]
    // The key in the same transaction as the first records: a vault without an identity is of no use to anybody.
    const open = (store: Store): OpenVault => openVault({ store, tools: this.tools, partyId, key, schema: SCHEMA_VERSION })
    await open({ ...this.#store, write: (changes) => this.#store.write([...first, ...changes]) }).write(records)
    return open(this.#store)
  }

  async unlock(partyId: PartyId, source: KeySource, claim?: () => Promise<void>): Promise<OpenVault> {
    const record = await this.#keyRecord(partyId)
    const key = await this.#attempt(partyId, source, () => unwrapDataKey(this.tools, partyId, source, record))
    await claim?.()
    const parts = { store: this.#store, tools: this.tools, partyId, key }
    await migrateVault(parts)
    return openVault({ ...parts, schema: SCHEMA_VERSION })
  }

  async changePassphrase(partyId: PartyId, now: KeySource, passphrase: string): Promise<void> {
    await this.#rewrap(partyId, (record) => this.#attempt(partyId, now, () => rewrapMain(this.tools, partyId, record, now, { kind: 'passphrase', passphrase })))
  }

  async addPasskey(partyId: PartyId, now: KeySource, passkey: AddedPasskey): Promise<void> {
    await this.#rewrap(partyId, (record) => this.#attempt(partyId, now, () => addPasskeyWrap(this.tools, partyId, record, now, passkey)))
  }

  async removePasskey(partyId: PartyId, credential: Uint8Array): Promise<void> {
    await this.#rewrap(partyId, async (record) => removePasskeyWrap(partyId, record, credential))
  }

  async list(): Promise<VaultEntry[]> {
    const found = (await this.#store.keys(vaultPrefix())).map(partyOfKey).filter((party) => party !== undefined)
    return Promise.all([...new Set(found)].sort().map(async (partyId) => {
      const keys = storeKeys(partyId)
      const [record, cover, waitUntil] = await Promise.all([this.#store.get(keys.dataKey), this.#store.get(keys.cover), this.#tries.waitUntil(partyId)])
      const passkeys = record && unlessUnreadable(() => passkeysOf(partyId, record))
      return { partyId, cover: cover && unlessUnreadable(() => peekRecord(coverPlace(partyId), cover).publicBytes), passkeys: passkeys ?? [], waitUntil }
    }))
  }

  /** Only a passphrase can be guessed. */
  #attempt<T>(partyId: PartyId, { kind }: KeySource, open: () => Promise<T>): Promise<T> {
    return kind === 'passphrase' ? this.#tries.attempt(partyId, open) : open()
  }

  async #keyRecord(partyId: PartyId): Promise<Uint8Array> {
    const record = await this.#store.get(storeKeys(partyId).dataKey)
    if (record !== undefined) return record
    if ((await this.#store.keys(vaultPrefix(partyId))).length === 0) throw new InputError('partyId', 'this party has no vault on this device')
    throw new VaultError('E_DAMAGED', 'record "vault key" is missing')
  }

  /** One at a time: each begins with what the one before has left. */
  async #rewrap(partyId: PartyId, make: (record: Uint8Array) => Promise<Uint8Array>): Promise<void> {
    const done = this.#tail.then(async () => {
      const record = await make(await this.#keyRecord(partyId))
      await this.#store.write([{ key: storeKeys(partyId).dataKey, value: record }])
    })
    this.#tail = done.catch(() => undefined)
    await done
  }
}

/** A list shows a damaged vault rather than nothing at all; `unlock` says what is wrong with it. */
function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof MpcError) return undefined
    throw error
  }
}
