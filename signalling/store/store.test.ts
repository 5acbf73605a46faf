import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { anna, bob, carl, join as joining, keygen, make, named, NOW } from '../rooms/rooms.fixture.ts'
import { apply, type Session } from '../rooms/session.ts'
import { isSessionId } from '../wire/index.ts'
import { openStore } from './index.ts'

function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'trivet-store-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** The n-th of as many sessions, each with tokens of its own. */
function numbered(session: Session, n: number): Session {
  const id = `6ba7b810-9dad-41d1-80b4-${String(n).padStart(12, '0')}`
  if (!isSessionId(id)) throw new TypeError('a UUID v4')
  const places = session.places.map((place) => (place.tokenHash === undefined ? place : { ...place, tokenHash: `${place.tokenHash} of ${n}` }))
  return { ...session, id, places, createdAt: NOW + n }
}

const created = make(keygen(named(anna), named(bob), { place: 3 }))

describe('the store', () => {
  test('gives back every session as it was saved', () => {
    const store = openStore(temporaryDir())
    const joined = apply(created, joining(carl, 3), NOW)
    const declined = apply(joined, { kind: 'cancel', party: bob, reason: 'no' }, NOW)
    for (const session of [created, joined, declined]) {
      store.save(session)
      expect(store.session(session.id)).toEqual(session)
      expect(store.sessionByToken('hash 3')).toEqual(session)
    }
    store.close()
  })

  test('knows who shares a live session, and for how long', () => {
    const store = openStore(temporaryDir())
    store.save(apply(created, joining(carl, 3), NOW))
    expect(store.peersOf(anna, NOW)).toEqual([carl])
    expect(store.peersOf(bob, NOW)).toEqual([])
    expect(store.peersOf(anna, created.expiresAt)).toEqual([])
    expect([store.countOf(anna, NOW), store.countOf(bob, NOW), store.countLive(created.expiresAt)]).toEqual([1, 0, 0])
    expect(store.overdue(created.expiresAt)).toHaveLength(1)
    store.close()
  })

  test('keeps the newest of a coordinator\'s ended sessions, and all that live', () => {
    const store = openStore(temporaryDir())
    const ended = apply(created, { kind: 'cancel', party: anna, reason: '' }, NOW)
    for (let n = 1; n <= 4; n++) store.save(numbered(ended, n))
    store.save(numbered(created, 5))
    store.trim(bob, 0)
    store.trim(anna, 2)
    expect(store.list({ party: anna, limit: 10 }).map(({ createdAt }) => createdAt - NOW)).toEqual([5, 4, 3])
    store.close()
  })

  test('does not touch a database of a newer version', () => {
    const dir = temporaryDir()
    openStore(dir).close()
    const database = new DatabaseSync(join(dir, 'signalling.db'))
    database.exec('PRAGMA user_version = 99')
    database.close()
    expect(() => openStore(dir)).toThrow(/schema version 99/)
  })

  test('makes each secret once', () => {
    const dir = temporaryDir()
    const first = openStore(dir)
    expect(first.secret('key', () => 'made')).toBe('made')
    first.close()
    const second = openStore(dir)
    expect(second.secret('key', () => 'made again')).toBe('made')
    second.close()
  })
})
