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

  test('brings a database of the first version up to date, with everything in it', () => {
    const dir = temporaryDir()
    const first = openStore(dir)
    first.save(created)
    first.close()
    const database = new DatabaseSync(join(dir, 'signalling.db'))
    database.exec('DROP TABLE mail; DROP TABLE mailboxes; PRAGMA user_version = 1')
    database.close()
    const store = openStore(dir)
    expect(store.session(created.id)).toEqual(created)
    store.mail.put({ session: created.id, from: anna, to: [bob], payload: Uint8Array.of(7), leftAt: NOW })
    expect(store.mail.next(bob, 0)).toMatchObject({ from: anna, number: 1, payload: Uint8Array.of(7) })
    store.close()
  })

  test('numbers mail for each receiver and session from 1, and never gives a number or a position twice', () => {
    const store = openStore(temporaryDir())
    const [one, two] = [numbered(created, 1), numbered(created, 2)]
    store.save(one)
    store.save(two)
    const put = (session: Session, ...to: Parameters<typeof store.mail.put>[0]['to'][number][]): void =>
      store.mail.put({ session: session.id, from: anna, to, payload: new Uint8Array(10), leftAt: NOW })
    put(one, bob, carl)
    put(one, bob)
    put(two, bob)
    const box = { session: one.id, party: bob }
    expect(store.mail.list(box, 0, 9).map(({ number }) => number)).toEqual([1, 2])
    expect([store.mail.filled(box), store.mail.bytes()]).toEqual([{ count: 2, bytes: 20 }, 40])
    const last = store.mail.next(bob, store.mail.list(box, 1, 1)[0]?.position ?? 0)
    expect(last).toMatchObject({ session: two.id, number: 1 })
    expect([store.mail.removeUpTo(box, 2), store.mail.remove(last?.position ?? 0), store.mail.bytes()]).toEqual([20, 10, 10])
    put(two, bob)
    expect(store.mail.next(bob, last?.position ?? 0)).toMatchObject({ session: two.id, number: 2 })
    expect([store.mail.removeOlder(NOW), store.mail.removeOlder(NOW + 1), store.mail.bytes()]).toEqual([0, 20, 0])
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
