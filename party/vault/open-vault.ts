import { InputError, VaultError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { EpochKeys } from './epoch-keys.ts'
import { openRecord, sealRecord, type RecordName, type SealingTools } from './sealed-record.ts'
import type { SealingKey } from './sealing.ts'
import type { Store, StoreChange } from './store.ts'
import { coverPlace, kindPrefix, nameOfKey, recordKey, storeKeys } from './store-keys.ts'

export interface VaultRecord {
  readonly id: string
  readonly epoch: number
  /** The caller wipes it. */
  readonly value: Uint8Array
}

/** The new value of a record (the caller wipes it after the write), or `undefined` to erase it. */
export interface VaultChange {
  /** A lower-case word of at most 32 characters. */
  readonly kind: string
  /** At most 128 letters, digits, `-` and `_`; the wallet's id for all that belongs to a wallet. Empty where there is only one. */
  readonly id?: string
  /** Generation of the shares; 0 where it has no meaning. */
  readonly epoch?: number
  readonly value: Uint8Array | undefined
}

/** A vault whose data key is in memory. After `lock` everything but `lock` throws VaultError E_LOCKED. */
export interface OpenVault {
  readonly partyId: PartyId
  /** @returns the value, which the caller wipes; `undefined` when there is none. @throws VaultError E_DAMAGED, E_LOCKED, E_STORAGE */
  read(kind: string, id?: string, epoch?: number): Promise<Uint8Array | undefined>
  /** All records of a kind, by id and epoch. @throws VaultError E_DAMAGED for the first that cannot be opened, E_LOCKED, E_STORAGE */
  readAll(kind: string): Promise<VaultRecord[]>
  /**
   * Seals all changes and writes them in one transaction, with a new cover if one is given; resolves once all of it was read back.
   * Writes reach the store in the order of the calls.
   * @throws InputError for a name that cannot be or occurs twice; VaultError E_LOCKED, E_STORAGE
   */
  write(changes: readonly VaultChange[], cover?: Uint8Array): Promise<void>
  /** Replaces the public bytes that are shown while the vault is locked. @throws VaultError E_LOCKED, E_STORAGE */
  setCover(cover: Uint8Array): Promise<void>
  /** Drops the key. A write that has reached the store is finished; reads under way throw. */
  lock(): void
}

export interface OpenVaultParts {
  readonly store: Store
  readonly tools: SealingTools
  readonly partyId: PartyId
  readonly key: SealingKey
  /** Of its records. */
  readonly schema: number
}

export function openVault(parts: OpenVaultParts): OpenVault {
  return new OpenedVault(parts)
}

class OpenedVault implements OpenVault {
  readonly partyId: PartyId
  readonly #parts: Omit<OpenVaultParts, 'key'>
  readonly #epochKeys: EpochKeys
  #key: SealingKey | undefined
  readonly #put = inOrder(async (sealed: readonly StoreChange[]) => {
    this.#usableKey()
    await this.#parts.store.write(sealed)
    await this.#epochKeys.written(sealed)
  })

  constructor({ key, ...parts }: OpenVaultParts) {
    this.partyId = parts.partyId
    this.#parts = parts
    this.#key = key
    this.#epochKeys = new EpochKeys({ ...parts, dataKey: () => this.#usableKey() })
  }

  async read(kind: string, id = '', epoch = 0): Promise<Uint8Array | undefined> {
    return this.#open({ kind, id, epoch })
  }

  async readAll(kind: string): Promise<VaultRecord[]> {
    const { store, partyId } = this.#parts
    this.#usableKey()
    const names = (await store.keys(kindPrefix(partyId, kind))).map((found) => nameOfKey(partyId, kind, found)).filter((name) => name !== undefined)
    const records: VaultRecord[] = []
    for (const name of names.sort(byIdAndEpoch)) {
      const value = await this.#open(name)
      if (value !== undefined) records.push({ id: name.id, epoch: name.epoch, value })
    }
    return records
  }

  async write(changes: readonly VaultChange[], cover?: Uint8Array): Promise<void> {
    await this.#put(this.#sealAll(changes, cover))
  }

  async #sealAll(changes: readonly VaultChange[], cover?: Uint8Array): Promise<readonly StoreChange[]> {
    this.#usableKey()
    const records = (await Promise.all(changes.map((change) => this.#seal(change)))).flat()
    // Several records of an epoch bring the same key along.
    const sealed = [...new Set(records), ...cover === undefined ? [] : [await this.#sealCover(cover)]]
    const twice = sealed.find((change, i) => sealed.findIndex((other) => other.key === change.key) !== i)
    if (twice !== undefined) throw new InputError('changes', `${twice.key} occurs twice`)
    return sealed
  }

  async setCover(cover: Uint8Array): Promise<void> {
    await this.write([], cover)
  }

  lock(): void {
    this.#key = undefined
    this.#epochKeys.forget()
  }

  #usableKey(): SealingKey {
    if (this.#key === undefined) throw new VaultError('E_LOCKED', 'the vault is locked')
    return this.#key
  }

  async #open(name: RecordName): Promise<Uint8Array | undefined> {
    const { store, tools, partyId, schema } = this.#parts
    this.#usableKey()
    const record = await store.get(recordKey(partyId, name))
    // A record whose epoch's key is erased is erased.
    const openWith = record && (await this.#epochKeys.find(name))
    const secret = record && openWith && (await openRecord(tools.subtle, openWith, { ...name, party: partyId, schema }, record))
    if (this.#key === undefined) secret?.fill(0)
    this.#usableKey()
    return secret
  }

  async #seal({ kind, id = '', epoch = 0, value }: VaultChange): Promise<readonly StoreChange[]> {
    const { tools, partyId, schema } = this.#parts
    const name = { kind, id, epoch }
    const at = recordKey(partyId, name)
    if (value === undefined) return [{ key: at, value }]
    const { key, along } = await this.#epochKeys.findOrMake(name)
    const change = { key: at, value: await sealRecord(tools, key, { ...name, party: partyId, schema }, value) }
    // The key first: on a disk that keeps no transaction whole, nothing lies under a key that is not there.
    return along === undefined ? [change] : [along, change]
  }

  async #sealCover(cover: Uint8Array): Promise<StoreChange> {
    const { tools, partyId, schema } = this.#parts
    const value = await sealRecord(tools, this.#usableKey(), { ...coverPlace(partyId), schema }, new Uint8Array(0), cover)
    return { key: storeKeys(partyId).cover, value }
  }
}

/**
 * What is made for one call after another is acted on in the order of the calls. WebCrypto may be done with what came later first: then
 * the older value of a record would be the one that stays.
 */
function inOrder<T>(act: (made: T) => Promise<void>): (making: Promise<T>) => Promise<void> {
  let last: Promise<unknown> = Promise.resolve()
  return (making) => {
    const done = Promise.all([making, last]).then(([made]) => act(made))
    last = Promise.allSettled([last, done])
    return done
  }
}

function byIdAndEpoch(a: RecordName, b: RecordName): number {
  return a.id === b.id ? a.epoch - b.epoch : a.id < b.id ? -1 : 1
}
