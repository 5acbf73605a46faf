import { equalBytes, type Pid } from '@trivet/protocol/core'
import type { PlaceView } from '../views.ts'
import type { Card } from '../identity/card.ts'
import type { SessionDeps } from './deps.ts'
import { memberOf, type SessionMember } from './member.ts'
import type { Mesh } from './mesh.ts'

/** What is shown of a party by the card that it has just given. */
export function placeFacts(
  card: Card, deps: Pick<SessionDeps, 'identity' | 'known'>,
): Pick<PlaceView, 'partyId' | 'name' | 'role' | 'known' | 'otherBuild'> {
  return { ...lastingFacts(card, deps), ...otherBuild(card, deps) }
}

/** A page and a company's server are different programs: only builds of the same one can be compared. */
function otherBuild({ role, build }: Card, { identity: { card } }: Pick<SessionDeps, 'identity'>): Pick<PlaceView, 'otherBuild'> {
  const isSameProgram = (role === 'enterprise') === (card.role === 'enterprise')
  return isSameProgram && !equalBytes(build, card.build) ? { otherBuild: true } : {}
}

/** Without its build: a card that was stored tells which one it was then. */
function lastingFacts(card: Card, { known }: Pick<SessionDeps, 'known'>): Pick<PlaceView, 'partyId' | 'name' | 'role' | 'known'> {
  return { partyId: card.partyId, name: card.name, role: card.role, ...(known.knows(card) ? { known: true } : {}) }
}

/** One party of a session, as a screen shows it. */
export function placeView({ pid, card }: SessionMember, place: number, about: {
  readonly deps: Pick<SessionDeps, 'identity' | 'known'>
  readonly me: Pid
  readonly members: readonly SessionMember[]
  readonly mesh: Mesh
  readonly answer?: 'yes' | 'no' | undefined
  readonly reason?: string | undefined
}): PlaceView {
  const { deps, me, members, mesh, answer, reason } = about
  const link = mesh.view(card.partyId)
  const linkedTo = link.linkedTo.map((party) => memberOf(members, party)?.pid).filter((index) => index !== undefined)
  const isHere = pid === me || link.connection !== 'none'
  return {
    place, index: pid, ...lastingFacts(card, deps), me: pid === me,
    state: answer === 'yes' ? 'approved' : answer === 'no' ? 'declined' : isHere ? 'joined' : 'empty',
    ...(reason === undefined ? {} : { reason }),
    ...(link.connection === 'up' && link.card !== undefined ? otherBuild(link.card, deps) : {}),
    ...(pid === me ? {} : { connection: link.connection, linkedTo, ...(link.path === undefined ? {} : { path: link.path }) }),
  }
}
