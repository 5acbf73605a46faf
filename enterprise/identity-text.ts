/** How this party's identity is written for people who compare it with what another screen shows. */
import type { PartyView } from '@trivet/party'

type PartyId = NonNullable<PartyView['me']>['partyId']

/** Of 256 bits, what a person reads to another: the first 64. */
const SHORT_DIGITS = 16

/** The whole party id: 64 hexadecimal digits in groups of four. */
export function groupedPartyId(partyId: PartyId): string {
  return grouped(partyId)
}

/** The first 16 of them. */
export function fingerprintOf(partyId: PartyId): string {
  return grouped(partyId.slice(0, SHORT_DIGITS))
}

function grouped(digits: string): string {
  return digits.match(/.{1,4}/g)?.join(' ') ?? ''
}
