import { closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite'
import { InputError } from '@trivet/protocol/core'
import type { Store, StoreChange } from '@trivet/party/vault'
import { z } from 'zod'
import { refuseOpenMode } from './file-mode.ts'

export const STORE_FILE = 'vault.sqlite'

/** Raised when the table changes; a file of a newer version is refused. */
const USER_VERSION = 1

const Row = z.object({ key: z.string(), value: z.instanceof(Uint8Array) })
const Version = z.object({ user_version: z.int() })

export interface FileStore extends Store {
  /** Nothing may be called afterwards. */
  close(): void
}

/**
 * The vault's store of the headless party: one SQLite file, `vault.sqlite`, mode 0600, in a folder of mode 0700. A write that has
 * resolved survives `kill -9` and loss of power; one that has not is there as a whole or not at all.
 *
 * The file is locked as long as the store is open: two processes with one share would be two signers that do not know of each other.
 * @param dataDir made when missing
 * @throws InputError when another process has it open, when others may read it, or when it was written by a newer version
 */
export function openFileStore(dataDir: string): FileStore {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, STORE_FILE)
  // Made here, since SQLite would make it with the process's umask; its journal takes the mode of this file.
  closeSync(openSync(path, 'a', 0o600))
  refuseOpenMode('DATA_DIR', path, statSync(path).mode)
  const database = new DatabaseSync(path)
  try {
    lockAndMigrate(database, path)
  } catch (error) {
    database.close()
    throw error
  }
  return storeOn(database)
}

/**
 * A rollback journal with `synchronous = FULL` syncs database and journal before a commit returns; `secure_delete` overwrites what is
 * erased, which a write-ahead log would keep until its next checkpoint.
 */
function lockAndMigrate(database: DatabaseSyncInstance, path: string): void {
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; BEGIN EXCLUSIVE')
  } catch (cause) {
    if (cause instanceof Error && /database is locked/.test(cause.message)) throw new InputError('DATA_DIR', `${path} is in use by another process`)
    throw cause
  }
  const { user_version: version } = Version.parse(database.prepare('PRAGMA user_version').get())
  if (version > USER_VERSION) throw new InputError('DATA_DIR', `${path} has version ${version}, this program reads up to ${USER_VERSION}`)
  database.exec(`CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID; PRAGMA user_version = ${USER_VERSION}; COMMIT`)
}

function storeOn(database: DatabaseSyncInstance): FileStore {
  const select = database.prepare('SELECT key, value FROM records WHERE key = ?')
  const selectPrefix = database.prepare('SELECT key, value FROM records WHERE substr(key, 1, length(?1)) = ?1')
  const upsert = database.prepare('INSERT INTO records (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
  const remove = database.prepare('DELETE FROM records WHERE key = ?')

  const write = (changes: readonly StoreChange[]): void => {
    database.exec('BEGIN IMMEDIATE')
    try {
      for (const { key, value } of changes) {
        if (value === undefined) remove.run(key)
        else upsert.run(key, value)
      }
      database.exec('COMMIT')
    } catch (error) {
      // A full disk may have ended the transaction already.
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  return {
    get: (key) => settled(() => {
      const row: unknown = select.get(key)
      return row === undefined ? undefined : Uint8Array.from(Row.parse(row).value)
    }),
    keys: (prefix) => settled(() => selectPrefix.all(prefix).map((row) => Row.parse(row).key)),
    write: (changes) => settled(() => {
      write(changes)
    }),
    close: () => {
      database.close()
    },
  }
}

/** The promise of work that is done at once; what it throws is its rejection. */
function settled<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work())
  })
}
