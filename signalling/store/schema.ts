import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import { z } from 'zod'

const versionRow = z.object({ user_version: z.number() })

/** Each step brings the database from its index to the next version; a step is never changed once it was released. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
   CREATE TABLE sessions (
     id TEXT PRIMARY KEY,
     type TEXT NOT NULL,
     status TEXT NOT NULL,
     threshold_t INTEGER NOT NULL,
     threshold_n INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL,
     ended_at INTEGER,
     reason TEXT
   ) STRICT;
   CREATE INDEX sessions_live ON sessions (expires_at) WHERE ended_at IS NULL;
   CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL;
   CREATE TABLE places (
     session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
     number INTEGER NOT NULL,
     party_id TEXT,
     device_type TEXT,
     device_id TEXT,
     status TEXT NOT NULL,
     token_hash TEXT UNIQUE,
     token TEXT,
     result_hash TEXT,
     PRIMARY KEY (session_id, number)
   ) STRICT;
   CREATE INDEX places_party ON places (party_id, session_id);`,
]

/** @throws {Error} if the database was written by a newer version of this program */
export function migrate(database: DatabaseSyncInstance): void {
  const { user_version: found } = versionRow.parse(database.prepare('PRAGMA user_version').get())
  if (found > MIGRATIONS.length) {
    throw new Error(`the database has schema version ${found}; this program knows up to ${MIGRATIONS.length}: use a newer one`)
  }
  for (const [version, sql] of MIGRATIONS.entries()) {
    if (version >= found) database.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${version + 1}; COMMIT`)
  }
}
