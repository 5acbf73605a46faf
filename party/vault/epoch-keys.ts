/**
 * Everything of an epoch is sealed under a key of its own, which lies in one small record under the data key: when that record is erased, all of
 * the epoch is, also what a disk keeps of it. Source: `protocol.md` §E.1.
 */
import type { PartyId } from '@trivet/signalling/wire'
import { openRecord, sealRecord, type RecordName, type SealingTools } from './sealed-record.ts'
import { drawBytes, importAndWipe, KEY_BYTES, type SealingKey } from './sealing.ts'
import type { Store, StoreChange } from './store.ts'
import { recordKey } from './store-keys.ts'

/** Kind of the records that hold them; id: the wallet's. */
export const EPOCH_KEY = 'epoch-key'
/** Vaults of older versions have none: all is sealed under the data key. */
const SINCE_SCHEMA = 3

interface EpochKeysParts {
  readonly store: Store
  readonly tools: SealingTools
  readonly partyId: PartyId
  readonly schema: number
  /** @throws {VaultError} E_LOCKED */
  readonly dataKey: () => SealingKey
}

interface Held {
  readonly key: SealingKey
  /** Its record, until that is stored: it goes with whatever is written under it. */
  unstored: StoreChange | undefined
}

export class EpochKeys {
  readonly #parts: EpochKeysParts
  readonly #held = new Map<string, Promise<Held | undefined>>()

  constructor(parts: EpochKeysParts) {
    this.#parts = parts
  }

  /** What a record is sealed under. @returns undefined where that is erased @throws {VaultError} E_DAMAGED, E_LOCKED, E_STORAGE */
  async find(name: RecordName): Promise<SealingKey | undefined> {
    const at = this.#nameOf(name)
    return at === undefined ? this.#parts.dataKey() : (await this.#hold(at, false))?.key
  }

  /** As `find`, and makes it where there is none. @returns with it what has to be written along */
  async findOrMake(name: RecordName): Promise<{ readonly key: SealingKey; readonly along?: StoreChange }> {
    const at = this.#nameOf(name)
    const held = at === undefined ? undefined : await this.#hold(at, true)
    if (held === undefined) return { key: this.#parts.dataKey() }
    return { key: held.key, ...(held.unstored === undefined ? {} : { along: held.unstored }) }
  }

  /** These were written or erased. */
  async written(changes: readonly StoreChange[]): Promise<void> {
    for (const [place, promise] of this.#held) {
      const change = changes.find(({ key }) => key === place)
      if (change === undefined) continue
      if (change.value === undefined) this.#held.delete(place)
      const held = await promise.catch(() => undefined)
      if (held?.unstored === change) held.unstored = undefined
    }
  }

  forget(): void {
    this.#held.clear()
  }

  /** Of the key that seals this record; the data key seals what has no epoch, and the epochs' keys. */
  #nameOf({ kind, id, epoch }: RecordName): RecordName | undefined {
    const [wallet = ''] = id.split('-')
    return this.#parts.schema < SINCE_SCHEMA || epoch === 0 || kind === EPOCH_KEY ? undefined : { kind: EPOCH_KEY, id: wallet, epoch }
  }

  async #hold(name: RecordName, make: boolean): Promise<Held | undefined> {
    this.#parts.dataKey()
    const at = recordKey(this.#parts.partyId, name)
    const before = this.#held.get(at) ?? Promise.resolve(undefined)
    // One after the other: two writes of a new epoch must not make two keys.
    const now = before.catch(() => undefined).then(async (held) => held ?? await this.#read(name, at) ?? (make ? this.#make(name, at) : undefined))
    this.#held.set(at, now)
    return now
  }

  async #read(name: RecordName, at: string): Promise<Held | undefined> {
    const { store, tools, partyId, schema, dataKey } = this.#parts
    const record = await store.get(at)
    if (record === undefined) return undefined
    const raw = await openRecord(tools.subtle, dataKey(), { ...name, party: partyId, schema }, record)
    return { key: await importAndWipe(tools.subtle, raw), unstored: undefined }
  }

  async #make(name: RecordName, at: string): Promise<Held> {
    const { tools, partyId, schema, dataKey } = this.#parts
    const raw = drawBytes(tools.rng, KEY_BYTES)
    const value = await sealRecord(tools, dataKey(), { ...name, party: partyId, schema }, raw)
    return { key: await importAndWipe(tools.subtle, raw), unstored: { key: at, value } }
  }
}
