import type { KnownView, LinkPreview, NewPlace } from '@trivet/party'

/** Where one of the other devices is. `read` is what the party made of the invitation; `known` a device that was paired with before. */
export interface PlaceChoice {
  readonly key: number
  readonly kind: NewPlace['kind']
  readonly invitation: string
  readonly read?: LinkPreview
  readonly known?: KnownView['partyId']
}

/** What a person chooses of a place. */
export type Choice = Partial<Omit<PlaceChoice, 'key'>>

export type MissingInPlaces = 'missingInvitation' | 'sameInvitation' | 'sameKnown'

/** Nothing chosen yet: somebody who gets a link. */
export function emptyPlace(key: number): PlaceChoice {
  return { key, kind: 'link', invitation: '' }
}

/** A new invitation has not been read yet. */
export function chosen(place: PlaceChoice, choice: Choice): PlaceChoice {
  const { read, ...rest } = place
  const same = choice.invitation === undefined || choice.invitation === place.invitation
  return { ...rest, ...(same && read !== undefined ? { read } : {}), ...choice, key: place.key }
}

/** What is still missing, for the first thing to say. */
export function missingIn(places: readonly PlaceChoice[]): MissingInPlaces | undefined {
  const known = knownIn(places)
  if (known.some((id, i) => known.indexOf(id) !== i)) return 'sameKnown'
  const invitations = places.filter((p) => p.kind === 'company').map((p) => p.invitation.trim())
  if (invitations.some((i) => i === '')) return 'missingInvitation'
  return invitations.some((invitation, i) => invitations.indexOf(invitation) !== i) ? 'sameInvitation' : undefined
}

/** Devices that have a place by name; `but`: not counting this place. */
export function knownIn(places: readonly PlaceChoice[], but?: number): readonly KnownView['partyId'][] {
  return places.flatMap((p) => (p.kind === 'known' && p.known !== undefined && p.key !== but ? [p.known] : []))
}

export function newPlaceOf({ kind, invitation, known }: PlaceChoice): NewPlace {
  if (kind === 'known' && known !== undefined) return { kind, partyId: known }
  return kind === 'company' ? { kind, invitation: invitation.trim() } : { kind: 'link' }
}

export function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value))
}
