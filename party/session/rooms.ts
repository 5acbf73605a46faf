/** What this party asks the introduction server for, and reads from its answers. */
import { Bug, InputError, Refused, type Rng } from '@trivet/protocol/core'
import type { CreatedSession, PartyId, SessionId, SessionInfo, SessionRequest } from '@trivet/signalling/wire'
import type { Clock } from '../clock.ts'
import type { NewPlace } from '../api.ts'
import type { Card } from '../identity/card.ts'
import type { KnownParties } from '../known/known-parties.ts'
import { readLink, type CompanyInvitation } from '../pairing/link.ts'
import type { OpenPlace } from './lobby.ts'

/** How long a lobby or request waits for people. */
export const PATIENCE_SECONDS = 600

/** Only to check a request before there is a room for it. */
export const NO_ROOM = '00000000-0000-4000-8000-000000000000' as SessionId

/** A live session that this party was in before it was restarted: what it held for it is gone, so nobody should wait. */
export function isLeftOver({ status, participants }: SessionInfo, me: PartyId): boolean {
  const mine = participants.find(({ party_id: party }) => party === me)?.status
  const isLive = status === 'created' || status === 'waiting' || status === 'in_progress'
  return isLive && mine !== undefined && mine !== 'invited' && mine !== 'completed'
}

/** Who comes to a place of a new wallet, where that is said: a company by its invitation, or a device that this one knows. */
export type Expected = { readonly company: CompanyInvitation } | { readonly known: Card } | undefined

/** @throws {InputError} where that cannot be @throws {Refused} E_EXPIRED_LINK; E_IDENTITY: the company goes by the name of another that is known */
export function expectedAt(place: NewPlace, { clock, known }: { readonly clock: Clock; readonly known: KnownParties }): Expected {
  if (place.kind === 'company') {
    const company = companyOf(place.invitation, clock)
    known.mustNotPassFor(company)
    return { company }
  }
  if (place.kind === 'link') return undefined
  const party = known.find(place.partyId)
  if (party === undefined) throw new InputError('places', 'this device does not know that one')
  return { known: party.card }
}

export function partyOf(guest: Expected): PartyId | undefined {
  if (guest === undefined) return undefined
  return 'known' in guest ? guest.known.partyId : guest.company.partyId
}

export function openPlace(place: number, guest: Expected, tokens: CreatedSession['join_tokens'], rng: Rng): OpenPlace {
  if (guest !== undefined) return { place, ...guest }
  const joinToken = tokens[`place:${place}`]
  if (joinToken === undefined) throw new Bug(`no token for place ${place}`)
  return { place, link: { secret: rng(16), joinToken } }
}

/** A room for these parties, of which the first is this one; anybody may come to a place without a name. */
export function roomFor(type: 'keygen' | 'reshare' | 'sign' | 'presign' | 'recover' | 'refresh' | 'export', threshold: number, places: readonly (PartyId | undefined)[]): SessionRequest {
  return {
    session_type: type, threshold_n: places.length, threshold_t: threshold, expires_in_seconds: PATIENCE_SECONDS,
    participants: places.map((party, i) => (party === undefined ? { place: i + 1 } : { party_id: party, device_type: 'party', device_id: party.slice(0, 16) })),
  }
}

/** @throws {InputError} something else @throws {Refused} E_EXPIRED_LINK */
function companyOf(invitation: string, clock: Clock): CompanyInvitation {
  const read = readLink(invitation)
  if (read.kind !== 'company') throw new InputError('invitation', 'this is a link for a device, not a company server\'s invitation')
  if (read.company.expiresAt < clock.now()) throw new Refused('E_EXPIRED_LINK', 'this invitation has expired; ask for a new one')
  return read.company
}
