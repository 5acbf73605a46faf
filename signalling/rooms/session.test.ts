import { describe, expect, test } from 'vitest'
import type { PartyId } from '../wire/index.ts'
import { NOW, anna, bob, carl, codeOf, join, keygen, make, named, party } from './rooms.fixture.ts'
import { apply, expire, isLive, type RoomEvent, type Session } from './session.ts'
import { tokenFor } from './view.ts'

/** Anna coordinates, Bob is named, the third place is empty. */
const created = make(keygen(named(anna), named(bob), { place: 3 }))
const gathered = [join(bob, 2), join(carl, 3)].reduce((session, event) => apply(session, event, NOW), created)
const allReady = [anna, bob, carl].reduce((session, who) => apply(session, { kind: 'ready', party: who }, NOW), gathered)
const running = apply(allReady, { kind: 'start', party: anna }, NOW)

function report(session: Session, ...reports: [PartyId, string][]): Session {
  return reports.reduce((current, [who, resultHash]) => apply(current, { kind: 'complete', party: who, resultHash }, NOW + 1), session)
}

describe('joining', () => {
  test('binds an empty place to whoever comes first', () => {
    expect(gathered.status).toBe('waiting')
    expect(gathered.places[2]).toMatchObject({ party: carl, status: 'joined' })
    expect(codeOf(() => apply(gathered, join(party('d'), 3), NOW))).toBe('session_full')
  })

  test('again, as the same party, changes nothing', () => {
    expect(apply(gathered, join(carl, 3), NOW)).toBe(gathered)
    expect(apply(running, join(carl, 3), NOW)).toBe(running)
  })

  test('does not let anybody take a place that is for a named party', () => {
    expect(codeOf(() => apply(created, join(carl, 2), NOW))).toBe('unauthorized')
    expect(codeOf(() => apply(created, join(carl, 1), NOW))).toBe('not_found')
  })

  test('does not give one party two places', () => {
    expect(codeOf(() => apply(gathered, join(bob, 3), NOW))).toBe('session_full')
    const half = apply(created, join(bob, 2), NOW)
    expect(codeOf(() => apply(half, join(bob, 3), NOW))).toBe('conflict')
  })

  test('refuses a token that is none', () => {
    expect(codeOf(() => apply(created, join(bob, 9), NOW))).toBe('not_found')
  })

  test('uses up the token that the named party is told', () => {
    expect(tokenFor(created, bob)).toBe('token 2')
    expect(tokenFor(created, carl)).toBeUndefined()
    expect(tokenFor(gathered, bob)).toBeUndefined()
  })
})

describe('starting', () => {
  test('waits until everybody is ready', () => {
    expect(codeOf(() => apply(gathered, { kind: 'start', party: anna }, NOW))).toBe('conflict')
    expect(running.status).toBe('in_progress')
    expect(running.places.every(({ status }) => status === 'computing')).toBe(true)
  })

  test('is the coordinator\'s alone', () => {
    expect(codeOf(() => apply(allReady, { kind: 'start', party: bob }, NOW))).toBe('forbidden')
  })

  test('and being ready, again, change nothing', () => {
    expect(apply(running, { kind: 'start', party: anna }, NOW)).toBe(running)
    expect(apply(running, { kind: 'ready', party: bob }, NOW)).toBe(running)
  })

  test('needs a party to join before it can be ready', () => {
    expect(codeOf(() => apply(created, { kind: 'ready', party: bob }, NOW))).toBe('conflict')
  })
})

describe('completing', () => {
  test('takes the same result from all', () => {
    const partly = report(running, [anna, 'x'], [bob, 'x'])
    expect(partly.status).toBe('in_progress')
    expect(report(partly, [carl, 'x'])).toMatchObject({ status: 'completed', endedAt: NOW + 1 })
  })

  test('fails the session as soon as two reports differ', () => {
    expect(report(running, [anna, 'x'], [bob, 'y'])).toMatchObject({ status: 'failed', reason: 'the parties reported different results' })
  })

  test('again is no error with the same result, and a conflict with another', () => {
    const once = report(running, [anna, 'x'])
    expect(report(once, [anna, 'x'])).toBe(once)
    expect(codeOf(() => report(once, [anna, 'y']))).toBe('conflict')
  })

  test('is refused before the session was started', () => {
    expect(codeOf(() => report(allReady, [anna, 'x']))).toBe('conflict')
  })
})

describe('ending early', () => {
  test('by the coordinator cancels', () => {
    const cancelled = apply(gathered, { kind: 'cancel', party: anna, reason: 'changed my mind' }, NOW)
    expect(cancelled).toMatchObject({ status: 'cancelled', reason: 'changed my mind' })
    expect(apply(cancelled, { kind: 'cancel', party: bob, reason: 'too late' }, NOW)).toBe(cancelled)
    expect(() => apply(cancelled, join(bob, 2), NOW)).not.toThrow()
    expect(codeOf(() => apply(cancelled, { kind: 'ready', party: bob }, NOW))).toBe('conflict')
  })

  test('by a participant says who declined, or failed once it was running', () => {
    expect(apply(created, { kind: 'cancel', party: bob, reason: 'no' }, NOW).places[1]).toMatchObject({ status: 'declined' })
    expect(apply(running, { kind: 'cancel', party: carl, reason: 'no' }, NOW).places[2]).toMatchObject({ status: 'failed' })
  })

  test('by time refuses every further step, noticed or not', () => {
    const late = created.expiresAt
    const expired = expire(created, late)
    expect(expired).toMatchObject({ status: 'expired', endedAt: late })
    expect(expire(created, late - 1)).toBe(created)
    expect(isLive(created, late)).toBe(false)
    for (const session of [created, expired]) {
      expect(codeOf(() => apply(session, join(bob, 2), late))).toBe('session_expired')
    }
    expect(codeOf(() => apply(expire(allReady, late), { kind: 'start', party: anna }, late))).toBe('session_expired')
  })
})

describe('a stranger', () => {
  const stranger = party('f')

  test.each<[string, RoomEvent]>([
    ['being ready', { kind: 'ready', party: stranger }],
    ['starting', { kind: 'start', party: stranger }],
    ['completing', { kind: 'complete', party: stranger, resultHash: 'x' }],
    ['cancelling', { kind: 'cancel', party: stranger, reason: '' }],
  ])('is told by %s that there is no such session', (_, event) => {
    expect(codeOf(() => apply(running, event, NOW))).toBe('not_found')
  })
})
