import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import { z } from 'zod'
import type { PartyId, SessionId } from '../wire/index.ts'
import { mailRow, sizeRow, toMail, type Mail } from './rows.ts'

/** A receiver in a session. */
export interface Box {
  readonly session: SessionId
  readonly party: PartyId
}

export interface NewMail {
  readonly session: SessionId
  readonly from: PartyId
  readonly to: readonly PartyId[]
  readonly payload: Uint8Array
  readonly leftAt: number
}

/** What waits for parties. A call that wrote has written durably when it returns. */
export interface MailStore {
  /** Stores one for each receiver, or none. */
  put(mail: NewMail): void
  /** How many messages wait in a box, and how many bytes they have. */
  filled(box: Box): { readonly count: number; readonly bytes: number }
  /** Bytes of all payloads stored. */
  bytes(): number
  /** What waits in a box after a number, in order. */
  list(box: Box, after: number, limit: number): Mail[]
  /** The next for a party after a position, in whichever session. */
  next(party: PartyId, after: number): Mail | undefined
  /** Forgets one. @returns bytes freed, as each of these */
  remove(position: number): number
  /** Forgets what is in a box up to a number. */
  removeUpTo(box: Box, number: number): number
  removeOf(session: SessionId): number
  removeOlder(leftBefore: number): number
}

export function mailStore(database: DatabaseSyncInstance): MailStore {
  const count = database.prepare(
    `INSERT INTO mailboxes (session_id, party_id, last) VALUES (:session, :party, 1)
     ON CONFLICT (session_id, party_id) DO UPDATE SET last = last + 1 RETURNING last AS number`,
  )
  const insert = database.prepare('INSERT INTO mail (session_id, from_party, to_party, number, payload, size, left_at) VALUES (?, ?, ?, ?, ?, ?, ?)')
  const filled = database.prepare('SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM mail WHERE session_id = :session AND to_party = :party')
  const all = database.prepare('SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM mail')
  const list = database.prepare('SELECT * FROM mail WHERE session_id = :session AND to_party = :party AND number > :after ORDER BY number LIMIT :limit')
  const next = database.prepare('SELECT * FROM mail WHERE to_party = ? AND position > ? ORDER BY position LIMIT 1')
  const remove = database.prepare('DELETE FROM mail WHERE position = ? RETURNING size AS bytes')
  const upTo = database.prepare('DELETE FROM mail WHERE session_id = :session AND to_party = :party AND number <= :number RETURNING size AS bytes')
  const ofSession = database.prepare('DELETE FROM mail WHERE session_id = ? RETURNING size AS bytes')
  const older = database.prepare('DELETE FROM mail WHERE left_at < ? RETURNING size AS bytes')
  return {
    put({ session, from, to, payload, leftAt }) {
      database.exec('BEGIN IMMEDIATE')
      try {
        for (const party of to) {
          const { number } = numberRow.parse(count.get({ session, party }))
          insert.run(session, from, party, number, payload, payload.length, leftAt)
        }
        database.exec('COMMIT')
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    filled: (box) => sizeRow.parse(filled.get({ ...box })),
    bytes: () => sizeRow.parse(all.get()).bytes,
    list: (box, after, limit) => mailRow.array().parse(list.all({ ...box, after, limit })).map(toMail),
    next(party, after) {
      const row = mailRow.optional().parse(next.get(party, after))
      return row === undefined ? undefined : toMail(row)
    },
    remove: (position) => freed(remove.all(position)),
    removeUpTo: (box, number) => freed(upTo.all({ ...box, number })),
    removeOf: (session) => freed(ofSession.all(session)),
    removeOlder: (leftBefore) => freed(older.all(leftBefore)),
  }
}

const numberRow = z.object({ number: z.number() })

function freed(rows: unknown): number {
  return z.array(z.object({ bytes: z.number() })).parse(rows).reduce((sum, { bytes }) => sum + bytes, 0)
}
