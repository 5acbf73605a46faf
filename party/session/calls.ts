/**
 * How a party that did not follow a link comes into somebody's lobby: as a member of the wallet that is changed, by an invitation of its own, or by
 * name by a party that it knows.
 */
import type { PartyId, SessionInfo } from '@trivet/signalling/wire'
import type { ChangedParty } from '../views.ts'
import type { Card } from '../identity/card.ts'
import type { Decision } from '../policy.ts'
import type { SessionDeps } from './deps.ts'
import type { MakingRole } from './entrance.ts'
import type { GuestPass } from './guest.ts'
import type { Invitations } from './invitations.ts'
import { keygenRequest } from './keygen-proposal.ts'
import { memberOf } from './member.ts'

type GuestRole = Extract<MakingRole, { readonly kind: 'guest' }>

interface Call {
  readonly role: GuestRole
  /** Whether a person decides here about what somebody it knows invites to. Rules are asked later, with the roster. */
  readonly asksPerson: boolean
}

type Deps = Pick<SessionDeps, 'known' | 'policy' | 'identity' | 'wallets'>

/** @returns undefined where nobody who may has called this party */
export async function callOf(info: SessionInfo, me: PartyId, invitations: Invitations, deps: Deps): Promise<Call | undefined> {
  const { session_id: room, session_type: type, coordinator, participants, expires_at: expiry } = info
  const fellow = type === 'reshare' ? fellowOf(coordinator, deps) : undefined
  const inviter = fellow ?? deps.known.find(coordinator)?.card
  const secrets = await invitations.open()
  if (inviter === undefined && secrets.length === 0) return undefined
  const place = participants.find(({ party_id: party }) => party === me)?.party_index ?? 0
  const pass: GuestPass = { room, place, secrets, ...(inviter === undefined ? {} : { known: inviter }), used: (secret) => invitations.use(secret) }
  const role: GuestRole = { kind: 'guest', pass, expiresAt: Date.parse(expiry) }
  // Somebody may have been given an invitation, and which way this one calls turns out when it does. Who shares a wallet with the caller comes
  // by itself: what is decided is decided with the roster.
  if (inviter === undefined || fellow !== undefined || secrets.length > 0) return { role, asksPerson: false }
  const { answer } = await firstAnswer(info, inviter, deps)
  return { role, asksPerson: answer === 'ask' }
}

/** Another member of one of this device's wallets, of one that it holds out of a backup, or of one that it left. */
function fellowOf(party: PartyId, { wallets }: Deps): Card | undefined {
  const held = [...wallets.list(), ...wallets.restored.list()].map(({ members }) => members)
  const lists = [...held, ...wallets.shareless().map(({ met }) => met)]
  return lists.flatMap((members) => memberOf(members, party) ?? [])[0]?.card
}

/** Before it is known who else takes part. */
async function firstAnswer(info: SessionInfo, inviter: Card, { policy, identity: { card } }: Deps): Promise<Decision> {
  const { session_type: type, threshold_t: threshold, threshold_n: total } = info
  if (type !== 'reshare') return policy.keygen(keygenRequest({ walletName: '', threshold, total }, [card], [inviter], 'known'))
  const parties: readonly ChangedParty[] = [
    { name: card.name, role: card.role, me: true, what: 'joins' }, { name: inviter.name, role: inviter.role, me: false, what: 'stays' },
  ]
  const change = { from: { threshold: 0, total: 0 }, to: { threshold, total: 0 }, isRefresh: false, parties }
  return policy.reshare({ walletName: '', change, invitedBy: 'known' })
}
