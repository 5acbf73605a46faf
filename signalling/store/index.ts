import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import type { Session } from '../rooms/session.ts'
import type { PartyId, SessionId, SessionStatus, SessionType } from '../wire/index.ts'
import { countRow, idRow, partyRow, placeRow, secretRow, sessionRow, toPlace, toSession } from './rows.ts'
import { mailStore, type MailStore } from './mail.ts'
import { migrate } from './schema.ts'

/** Where a page of a list ends: the last session on it. */
export interface Cursor {
  readonly createdAt: number
  readonly id: SessionId
}

export interface ListQuery {
  readonly party: PartyId
  readonly limit: number
  readonly after?: Cursor
  readonly status?: SessionStatus
  readonly type?: SessionType
}

/** What survives a restart: sessions and the server's own secrets. A call that wrote has written durably when it returns. */
export interface Store {
  /** A secret of this server, made at the first call. */
  secret(name: string, make: () => string): string
  save(session: Session): void
  session(id: SessionId): Session | undefined
  sessionByToken(tokenHash: string): Session | undefined
  /** Sessions that a party is named in or has joined, newest first. */
  list(query: ListQuery): Session[]
  /** The same, of those that have not ended, at most `limit`. */
  liveOf(party: PartyId, now: number, limit: number): Session[]
  /** Live sessions in which a party takes part. */
  countOf(party: PartyId, now: number): number
  countLive(now: number): number
  /** Those who take part in a live session together with a party. */
  peersOf(party: PartyId, now: number): PartyId[]
  /** Sessions that have not ended although their time is over. */
  overdue(now: number): Session[]
  /** Forgets sessions that ended before a time. */
  forget(endedBefore: number): void
  /** Forgets the ended sessions that a party coordinated, but the newest. */
  trim(coordinator: PartyId, keep: number): void
  readonly mail: MailStore
  /** Reads something. @throws {Error} if the database cannot be read */
  check(): void
  close(): void
}

const TAKES_PART = 'status NOT IN (\'invited\', \'declined\')'
const LIVE = 's.ended_at IS NULL AND s.expires_at > :now'

/**
 * Opens the embedded database, making the folder (mode 0700) and the file (0600) if need be.
 * @throws {Error} if it cannot be opened, or is of a newer version
 */
export function openStore(dataDir: string): Store {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const file = join(dataDir, 'signalling.db')
  const database = new DatabaseSync(file)
  chmodSync(file, 0o600)
  // With the write-ahead log, only FULL makes a commit survive loss of power. What was taken out of the mailbox is overwritten.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 2000; PRAGMA secure_delete = ON')
  migrate(database)
  const schema = database.prepare('SELECT count(*) AS count FROM sqlite_schema')
  return {
    ...secrets(database),
    ...sessions(database),
    ...queries(database),
    mail: mailStore(database),
    check: () => void countRow.parse(schema.get()),
    close: () => database.close(),
  }
}

type Database = InstanceType<typeof DatabaseSync>

function secrets(database: Database): Pick<Store, 'secret'> {
  const read = database.prepare('SELECT value FROM secrets WHERE name = ?')
  const insert = database.prepare('INSERT INTO secrets (name, value) VALUES (?, ?)')
  return {
    secret(name, make) {
      const found = secretRow.optional().parse(read.get(name))
      if (found !== undefined) return found.value
      const value = make()
      insert.run(name, value)
      return value
    },
  }
}

/** One session, read and written whole. */
function sessions(database: Database): Pick<Store, 'save' | 'session' | 'sessionByToken'> {
  const read = database.prepare('SELECT * FROM sessions WHERE id = ?')
  const readPlaces = database.prepare('SELECT * FROM places WHERE session_id = ? ORDER BY number')
  const byToken = database.prepare('SELECT session_id AS id FROM places WHERE token_hash = ?')
  const write = database.prepare(
    `INSERT INTO sessions (id, type, status, threshold_t, threshold_n, created_at, expires_at, ended_at, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, ended_at = excluded.ended_at, reason = excluded.reason`,
  )
  const writePlace = database.prepare(
    `INSERT INTO places (session_id, number, party_id, device_type, device_id, status, token_hash, token, result_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (session_id, number) DO UPDATE SET party_id = excluded.party_id, device_type = excluded.device_type,
       device_id = excluded.device_id, status = excluded.status, token = excluded.token, result_hash = excluded.result_hash`,
  )
  const session = (id: SessionId): Session | undefined => {
    const row = sessionRow.optional().parse(read.get(id))
    return row === undefined ? undefined : toSession(row, placeRow.array().parse(readPlaces.all(id)).map(toPlace))
  }
  return {
    session,
    sessionByToken(tokenHash) {
      const row = idRow.optional().parse(byToken.get(tokenHash))
      return row === undefined ? undefined : session(row.id)
    },
    save(s) {
      database.exec('BEGIN IMMEDIATE')
      try {
        write.run(s.id, s.type, s.status, s.thresholdT, s.thresholdN, s.createdAt, s.expiresAt, s.endedAt ?? null, s.reason ?? null)
        for (const [position, p] of s.places.entries()) {
          const device = p.device ?? { type: null, id: null }
          writePlace.run(s.id, position + 1, p.party ?? null, device.type, device.id, p.status, p.tokenHash ?? null, p.token ?? null, p.resultHash ?? null)
        }
        database.exec('COMMIT')
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
  }
}

/** Questions over many sessions. */
function queries(database: Database): Omit<Store, 'secret' | 'save' | 'session' | 'sessionByToken' | 'mail' | 'check' | 'close'> {
  const { session } = sessions(database)
  const load = (rows: unknown): Session[] => idRow.array().parse(rows).flatMap(({ id }) => session(id) ?? [])
  const list = database.prepare(
    `SELECT s.id FROM sessions s WHERE s.id IN (SELECT session_id FROM places WHERE party_id = :party)
       AND (:status IS NULL OR s.status = :status) AND (:type IS NULL OR s.type = :type)
       AND (:before IS NULL OR (s.created_at, s.id) < (:before, :beforeId))
     ORDER BY s.created_at DESC, s.id DESC LIMIT :limit`,
  )
  const live = database.prepare(
    `SELECT s.id FROM sessions s JOIN places p ON p.session_id = s.id WHERE p.party_id = :party AND ${LIVE}
     ORDER BY s.created_at DESC LIMIT :limit`,
  )
  const count = database.prepare(
    `SELECT count(*) AS count FROM sessions s JOIN places p ON p.session_id = s.id WHERE p.party_id = :party AND p.${TAKES_PART} AND ${LIVE}`,
  )
  const countAll = database.prepare(`SELECT count(*) AS count FROM sessions s WHERE ${LIVE}`)
  const peers = database.prepare(
    `SELECT DISTINCT o.party_id FROM places p JOIN sessions s ON s.id = p.session_id JOIN places o ON o.session_id = s.id
     WHERE p.party_id = :party AND p.${TAKES_PART} AND o.party_id <> :party AND o.${TAKES_PART} AND ${LIVE}`,
  )
  const overdue = database.prepare('SELECT id FROM sessions WHERE ended_at IS NULL AND expires_at <= ?')
  const forget = database.prepare('DELETE FROM sessions WHERE ended_at < ?')
  const trim = database.prepare(
    `DELETE FROM sessions WHERE id IN (SELECT s.id FROM sessions s JOIN places p ON p.session_id = s.id
       WHERE p.party_id = :coordinator AND p.number = 1 AND s.ended_at IS NOT NULL ORDER BY s.created_at DESC LIMIT -1 OFFSET :keep)`,
  )
  return {
    list: ({ party, limit, after, status, type }) =>
      load(list.all({ party, limit, status: status ?? null, type: type ?? null, before: after?.createdAt ?? null, beforeId: after?.id ?? null })),
    liveOf: (party, now, limit) => load(live.all({ party, now, limit })),
    countOf: (party, now) => countRow.parse(count.get({ party, now })).count,
    countLive: (now) => countRow.parse(countAll.get({ now })).count,
    peersOf: (party, now) => partyRow.array().parse(peers.all({ party, now })).map((row) => row.party_id),
    overdue: (now) => load(overdue.all(now)),
    forget: (endedBefore) => {
      forget.run(endedBefore)
    },
    trim: (coordinator, keep) => {
      trim.run({ coordinator, keep })
    },
  }
}
