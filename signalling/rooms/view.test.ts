import { describe, expect, test } from 'vitest'
import { NOW, anna, bob, carl, join, keygen, make, named } from './rooms.fixture.ts'
import { apply, takesPart, type RoomEvent } from './session.ts'
import { viewFor } from './view.ts'

const created = make(keygen(named(anna), named(bob), { place: 3 }))
const steps: RoomEvent[] = [
  join(bob, 2), join(carl, 3), ...[anna, bob, carl].map((who): RoomEvent => ({ kind: 'ready', party: who })), { kind: 'start', party: anna },
]
const running = steps.reduce((session, event) => apply(session, event, NOW), created)

describe('a view', () => {
  const everybody = { isOnline: () => true, watchEachOther: () => false }

  test('shows who is online only among those who take part', () => {
    const half = apply(created, join(bob, 2), NOW)
    expect(viewFor(half, anna, everybody, NOW).participants.map(({ online }) => online)).toEqual([true, true, false])
    expect(viewFor(created, bob, everybody, NOW).participants.map(({ online }) => online)).toEqual([false, true, false])
    expect(takesPart(created, bob)).toBe(false)
  })

  test('holds no token, device or result', () => {
    const text = JSON.stringify(viewFor(apply(running, { kind: 'complete', party: anna, resultHash: 'secret result' }, NOW), bob, everybody, NOW))
    expect(text).not.toMatch(/token|hash|secret|browser|tab/)
  })
})
