import type { Pid } from '@trivet/protocol/core'
import type { PlaceView } from '../api.ts'
import { memberOf, type SessionMember } from './member.ts'
import type { Mesh } from './mesh.ts'

/** One party of a session, as a screen shows it. */
export function placeView({ pid, card }: SessionMember, place: number, about: {
  readonly me: Pid
  readonly members: readonly SessionMember[]
  readonly mesh: Mesh
  readonly answer?: 'yes' | 'no' | undefined
  readonly reason?: string | undefined
}): PlaceView {
  const { me, members, mesh, answer, reason } = about
  const link = mesh.view(card.partyId)
  const linkedTo = link.linkedTo.map((party) => memberOf(members, party)?.pid).filter((index) => index !== undefined)
  const isHere = pid === me || link.connection !== 'none'
  return {
    place, index: pid, partyId: card.partyId, name: card.name, role: card.role, me: pid === me,
    state: answer === 'yes' ? 'approved' : answer === 'no' ? 'declined' : isHere ? 'joined' : 'empty',
    ...(reason === undefined ? {} : { reason }),
    ...(pid === me ? {} : { connection: link.connection, linkedTo, ...(link.path === undefined ? {} : { path: link.path }) }),
  }
}
