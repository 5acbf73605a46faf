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
  // Positions are never given twice, or a reader that is behind would miss what came; the numbers of a mailbox tell its owner nothing of others.
  `CREATE TABLE mailboxes (
     session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
     party_id TEXT NOT NULL,
     last INTEGER NOT NULL,
     PRIMARY KEY (session_id, party_id)
   ) STRICT;
   CREATE TABLE mail (
     position INTEGER PRIMARY KEY AUTOINCREMENT,
     session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
     from_party TEXT NOT NULL,
     to_party TEXT NOT NULL,
     number INTEGER NOT NULL,
     payload BLOB NOT NULL,
     size INTEGER NOT NULL,
     left_at INTEGER NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX mail_box ON mail (session_id, to_party, number);
   CREATE INDEX mail_receiver ON mail (to_party, position);
   CREATE INDEX mail_age ON mail (left_at);`,
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
