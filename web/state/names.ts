import type { PlaceView, SessionView } from '@trivet/party'
import { plainText } from '../parts/plain-text.ts'
import type { Text } from '../text/en.ts'

/** What a place is called on this screen: its party's name, or its number while nobody is there. */
export function placeName(place: PlaceView, text: Text): string {
  if (place.name === undefined) return place.me ? text.common.thisDevice : text.common.device(place.place)
  return plainText(place.name)
}

/** Names of share indices in a session, in the order given; mine is "this device". */
export function namesOf(session: SessionView, indices: readonly number[], text: Text): readonly string[] {
  return indices.map((index) => {
    const place = session.places.find((p) => p.index === index)
    if (place === undefined) return text.common.device(index)
    return place.me ? text.common.thisDevice : placeName(place, text)
  })
}

/** Parties of a session that have a share index, for ticks. */
export function partiesOf(session: SessionView, text: Text): readonly { readonly index: number; readonly name: string }[] {
  return session.places.flatMap((p) => (p.index === undefined ? [] : [{ index: p.index, name: placeName(p, text) }]))
}

/** Who invites to a wallet. */
export function inviterName(session: SessionView, text: Text): string {
  const inviter = session.places.find((p) => p.place === 1)
  return inviter === undefined ? text.common.device(1) : placeName(inviter, text)
}

/** Whether people come to it one by one: a wallet is made, or gets new parts. */
export function hasLobby({ kind }: SessionView): boolean {
  return kind === 'keygen' || kind === 'reshare' || kind === 'import'
}

/** Whether this device takes part in a change of a wallet that somebody else prepares: its turn is still to come. */
export function isCalled({ kind, coordinator, state }: SessionView): boolean {
  return kind === 'reshare' && !coordinator && state.at === 'inviting'
}

/** Whether a device that is known by name is asked to come to a new wallet: before it has joined, nobody has a share index. */
export function isInvited(session: SessionView): boolean {
  const { coordinator, state, places } = session
  return hasLobby(session) && !coordinator && state.at === 'approving' && places.every(({ index }) => index === undefined)
}
