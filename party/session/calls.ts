/** How a party that did not follow a link comes into somebody's new wallet: by an invitation of its own, or by name by a party that it knows. */
import type { PartyId, SessionInfo } from '@trivet/signalling/wire'
import type { SessionDeps } from './deps.ts'
import type { KeygenRole } from './entrance.ts'
import type { GuestPass } from './guest.ts'
import type { Invitations } from './invitations.ts'
import { keygenRequest } from './keygen-proposal.ts'

type GuestRole = Extract<KeygenRole, { readonly kind: 'guest' }>

interface Call {
  readonly role: GuestRole
  /** Whether a person decides here about what somebody it knows invites to. Rules are asked later, with the roster. */
  readonly asksPerson: boolean
}

/** @returns undefined where nobody who may has called this party */
export async function keygenCall(
  { session_id: room, coordinator, participants, expires_at: expiry, threshold_t: threshold, threshold_n: total }: SessionInfo, me: PartyId,
  invitations: Invitations, { known, policy, identity }: Pick<SessionDeps, 'known' | 'policy' | 'identity'>,
): Promise<Call | undefined> {
  const inviter = known.find(coordinator)?.card
  const secrets = await invitations.open()
  if (inviter === undefined && secrets.length === 0) return undefined
  const place = participants.find(({ party_id: party }) => party === me)?.party_index ?? 0
  const pass: GuestPass = { room, place, secrets, ...(inviter === undefined ? {} : { known: inviter }), used: (secret) => invitations.use(secret) }
  const role: GuestRole = { kind: 'guest', pass, expiresAt: Date.parse(expiry) }
  // Somebody may have been given an invitation, and which way this one calls turns out when it does.
  if (inviter === undefined || secrets.length > 0) return { role, asksPerson: false }
  const decision = await policy.keygen(keygenRequest({ walletName: '', threshold, total }, identity.card, [inviter], 'known'))
  return { role, asksPerson: decision.answer === 'ask' }
}
