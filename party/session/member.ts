/** Members of a session: share index and identity card. */
import type { Pid } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import type { Card } from '../identity/card.ts'

export interface SessionMember {
  readonly pid: Pid
  readonly card: Card
}

export function memberOf(members: readonly SessionMember[], partyId: PartyId): SessionMember | undefined {
  return members.find(({ card }) => card.partyId === partyId)
}

export function nameOf(members: readonly SessionMember[], pid: Pid): string {
  return members.find((member) => member.pid === pid)?.card.name ?? `device ${pid}`
}
