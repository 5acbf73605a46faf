import { describe, expect, test } from 'vitest'
import {
  ERROR_STATUS, LIMITS, WireError, loginMessage, parseChallengeRequest, parseErrorShape, parseSessionEvent, parseSessionInfo, parseSessionRequest,
  parseSignalIn, parseSignalOut, partyIdOf,
} from './index.ts'

const key = Uint8Array.from({ length: 32 }, (_, index) => index)
const session = {
  session_id: '6ba7b810-9dad-41d1-80b4-00c04fd430c8',
  session_type: 'keygen',
  status: 'waiting',
  threshold_t: 2,
  threshold_n: 2,
  coordinator: 'a'.repeat(64),
  participants: [{ party_id: 'a'.repeat(64), party_index: 1, status: 'joined', online: true }, { party_index: 2, status: 'invited', online: false }],
  expires_at: '2026-11-22T06:00:00.000Z',
}

describe('party ids and logins', () => {
  // Frozen: every vault, roster and server knows parties by these bytes. A change makes strangers of all of them.
  test('are the bytes that they always were', async () => {
    expect(await partyIdOf(key)).toBe('a29481d4bf2c2bf57512e2d75686220f4b0b267c044d6333c4b5d29650eb34c3')
    expect(Buffer.from(loginMessage('http://localhost:8080', 'AAAA')).toString('hex')).toBe(
      `${Buffer.from('trivet/login/v1').toString('hex')}0015${Buffer.from('http://localhost:8080AAAA').toString('hex')}`,
    )
  })

  test('take no key of another length and no audience beyond ASCII', async () => {
    await expect(partyIdOf(key.subarray(1))).rejects.toThrow(RangeError)
    expect(() => loginMessage('http://löcalhost', 'AAAA')).toThrow(RangeError)
  })

  test('keep audience and challenge apart', () => {
    expect(loginMessage('https://a', 'bc')).not.toEqual(loginMessage('https://ab', 'c'))
  })

  test('refuse base64url with bits to spare', () => {
    const request = { party_id: 'a'.repeat(64), public_key: `${'A'.repeat(42)}E` }
    expect(parseChallengeRequest(request)).toEqual(request)
    expect(() => parseChallengeRequest({ ...request, public_key: `${'A'.repeat(42)}B` })).toThrow(WireError)
  })
})

describe('parsing what came over the wire', () => {
  test('drops what a newer server adds, and refuses what no client may add', () => {
    expect(parseSessionInfo({ ...session, colour: 'red' })).toEqual(session)
    const request = { session_type: 'keygen', threshold_n: 2, threshold_t: 2, participants: [session.participants[0], { place: 2 }], colour: 'red' }
    expect(() => parseSessionRequest(request)).toThrow(WireError)
  })

  test.each([
    ['a status that does not exist', { ...session, status: 'open' }],
    ['a party id in capitals', { ...session, coordinator: 'A'.repeat(64) }],
    ['no participants', { ...session, participants: [] }],
    ['too many participants', { ...session, participants: Array.from({ length: 17 }, () => session.participants[1]) }],
    ['a threshold that is no number', { ...session, threshold_t: '2' }],
    ['a time in another form', { ...session, expires_at: 'tomorrow' }],
    ['a long reason', { ...session, reason: 'x'.repeat(201) }],
    ['nothing', undefined],
    ['text', 'session'],
  ])('refuses a session with or as %s', (_, value) => {
    expect(() => parseSessionInfo(value)).toThrow(WireError)
    expect(() => parseSessionEvent({ session: value })).toThrow(WireError)
  })

  test('takes binary as browsers and as Node give it, and copies it', () => {
    const ids = { session_id: session.session_id, from: session.coordinator }
    for (const payload of [key, key.buffer, Buffer.from(key)]) expect(parseSignalIn({ ...ids, payload }).payload).toEqual(key)
    const { payload } = parseSignalIn({ ...ids, payload: key })
    expect(payload.buffer).not.toBe(key.buffer)
  })

  test.each([['too many bytes', new Uint8Array(LIMITS.signalPayloadBytes + 1)], ['an array', [1, 2]], ['text', 'AAAA'], ['nothing', undefined]])(
    'refuses a payload that is %s', (_, payload) => {
      expect(() => parseSignalOut({ session_id: session.session_id, to: session.coordinator, payload })).toThrow(WireError)
    },
  )

  test('names the field and never the value', () => {
    const secret = 'correct horse battery staple'
    const problem = problemOf(() => parseSessionInfo({ ...session, coordinator: secret, participants: secret, status: secret }))
    expect(Object.keys(problem.details).sort()).toEqual(['coordinator', 'participants', 'status'])
    expect(problem.message + JSON.stringify(problem.details)).not.toContain(secret)
  })

  test('knows every error code', () => {
    for (const error of Object.keys(ERROR_STATUS)) expect(parseErrorShape({ error, message: 'm' })).toEqual({ error, message: 'm' })
    expect(() => parseErrorShape({ error: 'teapot', message: 'm' })).toThrow(WireError)
  })
})

function problemOf(action: () => unknown): WireError {
  try {
    action()
  } catch (error) {
    if (error instanceof WireError) return error
  }
  throw new Error('expected a WireError')
}
