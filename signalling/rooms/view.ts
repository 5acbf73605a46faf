import type { ParticipantInfo, PartyId, SessionInfo } from '../wire/index.ts'
import { isLive, placeOf, takesPart, type Session } from './session.ts'

/** Who is connected, and who wants to know of whom. */
export interface PresenceView {
  isOnline(party: PartyId): boolean
  watchEachOther(one: PartyId, other: PartyId): boolean
}

/** The party that asked for the session. */
export function coordinatorOf(session: Session): PartyId {
  const coordinator = session.places[0]?.party
  if (coordinator === undefined) throw new TypeError('a session has a coordinator')
  return coordinator
}

/** A session as one of its members may see it. */
export function viewFor(session: Session, viewer: PartyId, presence: PresenceView, now: number): SessionInfo {
  const together = isLive(session, now) && takesPart(session, viewer)
  const participants = session.places.map((place, position): ParticipantInfo => {
    const { party } = place
    if (party === undefined) return { party_index: position + 1, status: place.status, online: false }
    const visible = party === viewer || (together && takesPart(session, party)) || presence.watchEachOther(viewer, party)
    return { party_id: party, party_index: position + 1, status: place.status, online: visible && presence.isOnline(party) }
  })
  return {
    session_id: session.id,
    session_type: session.type,
    status: session.status,
    threshold_t: session.thresholdT,
    threshold_n: session.thresholdN,
    coordinator: coordinatorOf(session),
    participants,
    expires_at: new Date(session.expiresAt).toISOString(),
    ...(session.reason === undefined ? {} : { reason: session.reason }),
  }
}

/** The join token that a member is told: only to whom it was made for, and only until it has joined. */
export function tokenFor(session: Session, viewer: PartyId): string | undefined {
  return placeOf(session, viewer)?.token
}
