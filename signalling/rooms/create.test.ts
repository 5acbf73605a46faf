import { describe, expect, test } from 'vitest'
import type { SessionRequest } from '../wire/index.ts'
import { NOW, anna, bob, carl, codeOf, keygen, make, named } from './rooms.fixture.ts'

describe('making a session', () => {
  test('joins the coordinator and invites the others', () => {
    const session = make(keygen(named(anna), named(bob), { place: 3 }))
    expect(session.status).toBe('created')
    expect(session.places.map(({ status }) => status)).toEqual(['joined', 'invited', 'invited'])
    expect(session.expiresAt).toBe(NOW + 900_000)
  })

  test.each([
    ['a coordinator who is not the caller', keygen(named(bob), named(anna)), 'forbidden'],
    ['a place instead of the coordinator', keygen({ place: 1 }, named(anna)), 'invalid_request'],
    ['a place with another number than its own', keygen(named(anna), { place: 3 }), 'invalid_request'],
    ['a party named twice', keygen(named(anna), named(bob), named(bob)), 'invalid_request'],
    ['a threshold above the number of parties', { ...keygen(named(anna), named(bob)), threshold_t: 3 }, 'invalid_request'],
    ['a key generation without all of its parties', { ...keygen(named(anna), named(bob)), threshold_n: 3 }, 'invalid_request'],
    ['more signers than there are parties', { ...keygen(named(anna), named(bob), named(carl)), session_type: 'sign', threshold_n: 2 }, 'invalid_request'],
    ['fewer signers than the threshold', { ...keygen(named(anna), named(bob)), session_type: 'sign', threshold_t: 3, threshold_n: 5 }, 'threshold_not_met'],
  ] satisfies [string, SessionRequest, string][])('refuses %s', (_, request, code) => {
    expect(codeOf(() => make(request))).toBe(code)
  })
})
