/** One session of the introduction server within one process. The same steps and refusals as the real one's: both pass one suite. */
import { LIMITS, isSessionId } from '@trivet/signalling/wire'
import type { ErrorCode, ParticipantInfo, PartyId, PartyStatus, SessionId, SessionInfo, SessionRequest, SessionStatus } from '@trivet/signalling/wire'
import { base64url } from './base64url.ts'
import { errorOf } from './server-errors.ts'

interface Place {
  party: PartyId | undefined
  status: PartyStatus
  readonly token: string
  resultHash: string | undefined
}

export class MemoryRoom {
  readonly id: SessionId
  readonly expiresAt: number
  readonly #request: SessionRequest
  readonly #coordinator: PartyId
  readonly #places: readonly Place[]
  readonly #now: () => number
  #status: SessionStatus = 'created'
  #reason: string | undefined

  /** @param fresh gives 32 bytes that no other call gives */
  constructor(caller: PartyId, request: SessionRequest, fresh: () => Uint8Array, now: () => number) {
    const { participants, threshold_n, expires_in_seconds = LIMITS.sessionSecondsDefault } = request
    const [first] = participants
    if (first === undefined || !('party_id' in first) || first.party_id !== caller) throw refusal('forbidden', 'the coordinator is the first participant')
    if (participants.length !== threshold_n) throw refusal('invalid_request', 'threshold_n is the number of participants')
    this.id = uuid(fresh())
    this.expiresAt = now() + expires_in_seconds * 1000
    this.#request = request
    this.#coordinator = caller
    this.#now = now
    this.#places = participants.map((place, i) => ({
      party: 'party_id' in place ? place.party_id : undefined,
      status: i === 0 ? 'joined' : 'invited',
      token: base64url(fresh().slice(0, 16)),
      resultHash: undefined,
    }))
  }

  get isLive(): boolean {
    return (this.#status === 'created' || this.#status === 'waiting' || this.#status === 'in_progress') && this.#now() < this.expiresAt
  }

  /** Those who have a place, joined or not. */
  get parties(): readonly PartyId[] {
    return this.#places.flatMap(({ party }) => party ?? [])
  }

  /** As `CreatedSession` names them. */
  get tokens(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#places.map(({ party, token }, i) => [party ?? `place:${i + 1}`, token]))
  }

  /** Of a party that was named and has not joined. */
  invitationOf(party: PartyId): string | undefined {
    const place = this.#placeOf(party)
    return place?.status === 'invited' ? place.token : undefined
  }

  takesPart(party: PartyId): boolean {
    const status = this.#placeOf(party)?.status
    return status !== undefined && status !== 'invited' && status !== 'declined'
  }

  /** @returns whether the token is one of this room's; if so, the caller has its place */
  join(caller: PartyId, token: string): boolean {
    const place = this.#places.find((candidate) => candidate.token === token)
    if (place === undefined) return false
    if (place.party !== undefined && place.party !== caller) {
      throw place.status === 'invited' ? refusal('unauthorized', 'this join token is another party\'s') : refusal('session_full', 'this place has been taken')
    }
    if (place.status !== 'invited') return true
    this.#mustBeLive()
    if (place.party === undefined && this.#placeOf(caller) !== undefined) throw refusal('conflict', 'this party has another place')
    place.party = caller
    place.status = 'joined'
    this.#status = 'waiting'
    return true
  }

  ready(caller: PartyId): void {
    const place = this.#mustHave(caller)
    this.#mustBeLive()
    if (place.status === 'invited') throw refusal('conflict', 'a party has to join first')
    if (place.status === 'joined') place.status = 'ready'
  }

  start(caller: PartyId): void {
    this.#mustHave(caller)
    if (caller !== this.#coordinator) throw refusal('forbidden', 'only the coordinator may start')
    if (this.#status === 'in_progress') return
    this.#mustBeLive()
    if (this.#places.some(({ status }) => status !== 'ready')) throw refusal('conflict', 'not everybody is ready')
    this.#status = 'in_progress'
    for (const place of this.#places) place.status = 'computing'
  }

  complete(caller: PartyId, resultHash: string): void {
    const place = this.#mustHave(caller)
    if (place.resultHash === resultHash) return
    this.#mustBeLive()
    if (this.#status !== 'in_progress' || place.resultHash !== undefined) throw refusal('conflict', 'not started, or another result was reported')
    place.resultHash = resultHash
    place.status = 'completed'
    const reported = this.#places.map((each) => each.resultHash)
    if (reported.some((hash) => hash !== undefined && hash !== resultHash)) this.#status = 'failed'
    else if (reported.every((hash) => hash === resultHash)) this.#status = 'completed'
  }

  cancel(caller: PartyId, reason: string): void {
    const place = this.#mustHave(caller)
    if (this.#status === 'cancelled') return
    this.#mustBeLive()
    this.#status = 'cancelled'
    this.#reason = reason
    if (caller !== this.#coordinator) place.status = place.status === 'computing' ? 'failed' : 'declined'
  }

  /** @param isOnline whether the one it is told to may know that this party is connected, and it is */
  describe(isOnline: (party: PartyId) => boolean): SessionInfo {
    const participants = this.#places.map(({ party, status }, i): ParticipantInfo => ({
      ...(party === undefined ? {} : { party_id: party }), party_index: i + 1, status, online: party !== undefined && isOnline(party),
    }))
    const { session_type, threshold_n, threshold_t } = this.#request
    const reason = this.#reason === undefined ? {} : { reason: this.#reason }
    const expires_at = new Date(this.expiresAt).toISOString()
    const coordinator = this.#coordinator
    return { session_id: this.id, session_type, status: this.#status, threshold_t, threshold_n, coordinator, participants, expires_at, ...reason }
  }

  #placeOf(party: PartyId): Place | undefined {
    return this.#places.find((place) => place.party === party)
  }

  #mustHave(party: PartyId): Place {
    const place = this.#placeOf(party)
    if (place === undefined) throw noSuchSession()
    return place
  }

  #mustBeLive(): void {
    if (this.#now() >= this.expiresAt) throw refusal('session_expired', 'this session has expired')
    if (!this.isLive) throw refusal('conflict', `this session is ${this.#status}`)
  }
}

/** What a stranger is told, whether the session exists or not. */
export function noSuchSession(): Error {
  return refusal('not_found', 'there is no such session')
}

export function refusal(error: ErrorCode, message: string): Error {
  return errorOf({ error, message })
}

/** Bytes in the shape of a UUID v4. */
function uuid(bytes: Uint8Array): SessionId {
  const hex = Array.from(bytes.slice(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
  if (!isSessionId(id)) throw new RangeError('no session id')
  return id
}
