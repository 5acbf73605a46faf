/** Brings an older vault up to what this program reads. */
import { MpcError, VaultError } from '@trivet/protocol/core'
import { MIGRATIONS, SCHEMA_VERSION } from './migrations/index.ts'
import type { Migration } from './migrations/migration.ts'
import { openVault, type OpenVaultParts, type VaultChange, type VaultRecord } from './open-vault.ts'
import { openRecord, peekRecord, type RecordName } from './sealed-record.ts'
import { coverPlace, recordKey, recordNameOf, recordPrefix, storeKeys } from './store-keys.ts'

type Parts = Omit<OpenVaultParts, 'schema'>

/**
 * Runs the migrations that are missing, in order. Each is one transaction that seals everything under the next version: what was there
 * before opens, or what comes after, and never neither.
 * @throws VaultError E_DAMAGED (the cover), E_VERSION (a newer program wrote this vault), E_STORAGE
 */
export async function migrateVault(parts: Parts): Promise<void> {
  let { schema, cover } = await readCover(parts)
  if (schema > SCHEMA_VERSION) {
    throw new VaultError('E_VERSION', `this vault was written by a newer version of Trivet (its version is ${schema}, this one reads up to ${SCHEMA_VERSION}); update, then open it again`)
  }
  for (const migration of MIGRATIONS.slice(schema - 1)) {
    await runMigration(parts, { migration, schema, cover })
    ;({ schema, cover } = await readCover(parts))
  }
}

/** The version of a vault is that of its cover. */
async function readCover({ store, tools, partyId, key }: Parts): Promise<{ readonly schema: number; readonly cover: Uint8Array }> {
  const record = await store.get(storeKeys(partyId).cover)
  if (record === undefined) throw new VaultError('E_DAMAGED', 'record "cover" is missing')
  const place = coverPlace(partyId)
  const { schema, publicBytes } = peekRecord(place, record)
  await openRecord(tools.subtle, key, { ...place, schema }, record)
  if (schema < 1) throw new VaultError('E_DAMAGED', 'record "cover" is damaged: there is no version 0')
  return { schema, cover: publicBytes }
}

interface Step {
  readonly migration: Migration
  /** Before it. */
  readonly schema: number
  readonly cover: Uint8Array
}

async function runMigration(parts: Parts, { migration, schema, cover }: Step): Promise<void> {
  const { store, partyId } = parts
  const older = openVault({ ...parts, schema })
  const names = (await store.keys(recordPrefix(partyId))).map((found) => recordNameOf(partyId, found)).filter((name) => name !== undefined)
  const read = async ({ kind, id, epoch }: RecordName): Promise<Uint8Array | undefined> => unlessDamaged(older.read(kind, id, epoch))
  const readAll = async (kind: string): Promise<readonly VaultRecord[]> => {
    const records: VaultRecord[] = []
    for (const name of names.filter((other) => other.kind === kind).sort(byIdAndEpoch)) {
      const value = await read(name)
      if (value !== undefined) records.push({ id: name.id, epoch: name.epoch, value })
    }
    return records
  }
  const result = await migration({ partyId, cover, readAll })
  const changes: VaultChange[] = [...result.changes]
  try {
    const changed = new Set(changes.map((change) => recordKey(partyId, nameOf(change))))
    for (const name of names.filter((other) => !changed.has(recordKey(partyId, other)))) {
      const value = await read(name)
      if (value !== undefined) changes.push({ ...name, value })
    }
    await openVault({ ...parts, schema: schema + 1 }).write(changes, result.cover ?? cover)
  } finally {
    for (const { value } of changes) value?.fill(0)
  }
}

/** One record that is damaged stays so and keeps nobody from the others. */
async function unlessDamaged(work: Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof MpcError && error.code === 'E_DAMAGED') return undefined
    throw error
  }
}

function nameOf({ kind, id = '', epoch = 0 }: VaultChange): RecordName {
  return { kind, id, epoch }
}

function byIdAndEpoch(a: RecordName, b: RecordName): number {
  return a.id === b.id ? a.epoch - b.epoch : a.id < b.id ? -1 : 1
}
