/** Members of a session: share index and identity card. */
import { Malformed, Refused, TransportError, type MpcError, type Pid } from '@trivet/protocol/core'
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

/** A channel does not know share indices; whose it was is known here. */
export function withCulprit(error: MpcError, pid: Pid): MpcError {
  const facts = { culprits: [pid], cause: error }
  if (error instanceof Refused) return new Refused(error.code, error.message, facts)
  if (error instanceof Malformed) return new Malformed(error.code, error.message, facts)
  return new TransportError(error.code === 'E_TRANSPORT' ? 'E_TIMEOUT' : error.code, error.message, facts)
}
