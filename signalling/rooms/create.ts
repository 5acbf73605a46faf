import { Refusal } from '../refusal.ts'
import type { PartyId, SessionId, SessionRequest } from '../wire/index.ts'
import type { Place, Session } from './session.ts'

/** A join token and its SHA-256, lower-case hex. */
export interface JoinToken {
  readonly token: string
  readonly hash: string
}

export interface NewSession {
  readonly id: SessionId
  readonly coordinator: PartyId
  /** One for each participant but the coordinator, who has joined, in their order. */
  readonly tokens: readonly JoinToken[]
  readonly now: number
  /** How long it lives if the request does not say, in seconds. */
  readonly defaultSeconds: number
}

/**
 * The session that a request asks for; its coordinator has joined.
 * @throws {Refusal} `invalid_request` naming the field, `threshold_not_met`, `forbidden` if the caller is not the first participant
 */
export function createSession(request: SessionRequest, { id, coordinator, tokens, now, defaultSeconds }: NewSession): Session {
  checkThreshold(request)
  checkParticipants(request, coordinator)
  const places = request.participants.map((participant, position): Place => {
    const seat = 'place' in participant
      ? {}
      : { party: participant.party_id, device: { type: participant.device_type, id: participant.device_id } }
    if (position === 0) return { ...seat, status: 'joined' }
    const token = tokens[position - 1]
    if (token === undefined) throw new RangeError('a join token for each participant but the coordinator')
    return { ...seat, status: 'invited', tokenHash: token.hash, ...('place' in participant ? {} : { token: token.token }) }
  })
  return {
    id,
    type: request.session_type,
    status: 'created',
    thresholdT: request.threshold_t,
    thresholdN: request.threshold_n,
    places,
    createdAt: now,
    expiresAt: now + (request.expires_in_seconds ?? defaultSeconds) * 1000,
  }
}

function checkThreshold({ session_type: type, threshold_t: t, threshold_n: n, participants }: SessionRequest): void {
  if (t > n) throw invalid('threshold_t', `at most threshold_n, which is ${n}`)
  if (participants.length < t) {
    throw new Refusal('threshold_not_met', `${participants.length} participants are fewer than the threshold of ${t}`)
  }
  if (type === 'keygen' && participants.length !== n) throw invalid('participants', `exactly threshold_n of them, which is ${n}`)
  if ((type === 'sign' || type === 'presign') && participants.length > n) throw invalid('participants', `at most threshold_n of them, which is ${n}`)
}

function checkParticipants({ participants }: SessionRequest, coordinator: PartyId): void {
  const seen = new Set<PartyId>()
  for (const [position, participant] of participants.entries()) {
    if ('place' in participant) {
      if (position === 0) throw invalid('participants.0', 'the coordinator, by its party id')
      if (participant.place !== position + 1) throw invalid(`participants.${position}.place`, `its position, which is ${position + 1}`)
      continue
    }
    if (position === 0 && participant.party_id !== coordinator) {
      throw new Refusal('forbidden', 'the first participant is the coordinator and has to be the caller')
    }
    if (seen.has(participant.party_id)) throw invalid(`participants.${position}.party_id`, 'named twice')
    seen.add(participant.party_id)
  }
}

function invalid(field: string, expected: string): Refusal {
  return new Refusal('invalid_request', 'the session cannot be made like this', { details: { [field]: `expected ${expected}` } })
}
