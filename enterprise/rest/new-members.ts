/** Who holds a wallet after a change that REST asks for: what a body names, as the party's verb takes it. */
import { ROLE_PERMISSIONS, type ChangeWallet, type KnownView, type NewPlace, type PartyInWallet, type PartyView, type ReshareRequest, type WalletView } from '@trivet/party'
import { ApiError, invalidRequest } from './errors.ts'
import type { Participant } from './schemas.ts'

type Change = ReshareRequest['change']
type Newcomer = Pick<Change['parties'][number], 'name' | 'role'> & { readonly place: NewPlace }

export interface NewMembers extends Pick<ChangeWallet, 'threshold' | 'stay' | 'leaving' | 'places'> {
  /** For the policy. Of who comes by a link nothing is known yet: as a person's device, until it has come. */
  readonly change: Change
}

/**
 * This party stays in any case. Who is not named leaves without being asked, unless the shares of those who stay are too few to deal:
 * then as many as are needed, and are there, take part once more.
 * @throws ApiError invalid_request naming the field; threshold_not_met
 */
export function newMembers(threshold: number, participants: readonly Participant[], wallet: WalletView, { known }: Pick<PartyView, 'known'>): NewMembers {
  const named = participants.map((participant, i) => find(participant, i, wallet, known))
  const stay = [wallet.myIndex, ...named.flatMap((one) => ('index' in one && !one.me ? [one.index] : []))].toSorted((a, b) => a - b)
  const newcomers = named.flatMap((one) => ('place' in one ? [one] : []))
  const ids = newcomers.flatMap(({ place }) => (place.kind === 'known' ? [place.partyId] : []))
  if (new Set(stay).size < stay.length || new Set(ids).size < ids.length) throw invalidRequest({ new_participants: 'a party is named twice' })
  const total = stay.length + newcomers.length
  if (total < 2) throw invalidRequest({ new_participants: 'expected at least one other party' })
  if (threshold > total) throw invalidRequest({ new_threshold: 'expected at most the number of parties' })
  return changeOf(wallet, { threshold, stay, leaving: dealersBeside(stay, wallet), newcomers })
}

/** New shares for the same parties. @throws ApiError conflict: a guest holds one of them */
export function sameMembers(wallet: WalletView): NewMembers {
  const guest = wallet.parties.find((party) => !mayChange(party))
  if (guest !== undefined) throw new ApiError('conflict', `${guest.name} ${ONLY_KEYGEN} (role ${guest.role}): make new shares without it first, by a reshare.`)
  return changeOf(wallet, { threshold: wallet.threshold, stay: wallet.parties.map(({ index }) => index), leaving: [], newcomers: [] })
}

interface Draft extends Pick<ChangeWallet, 'threshold' | 'stay' | 'leaving'> {
  readonly newcomers: readonly Newcomer[]
}

function changeOf(wallet: WalletView, { threshold, stay, leaving, newcomers }: Draft): NewMembers {
  const { parties } = wallet
  const members = parties.map(({ index, name, role, me }) => (
    { name, role, me, what: stay.includes(index) ? 'stays' : leaving.includes(index) ? 'leaves' : 'dropped' } as const
  ))
  return {
    threshold, stay, leaving, places: newcomers.map(({ place }) => place),
    change: {
      from: { threshold: wallet.threshold, total: parties.length },
      to: { threshold, total: stay.length + newcomers.length },
      isRefresh: threshold === wallet.threshold && stay.length === parties.length && newcomers.length === 0,
      parties: [...members, ...newcomers.map(({ name, role }) => ({ name, role, me: false, what: 'joins' as const }))],
    },
  }
}

/** Who deals besides those who stay, where these are too few. @throws ApiError threshold_not_met */
function dealersBeside(stay: readonly number[], { threshold, parties }: WalletView): readonly number[] {
  const missing = threshold - stay.length
  if (missing <= 0) return []
  const able = parties.filter((party) => !stay.includes(party.index) && party.online && mayChange(party)).map(({ index }) => index)
  if (able.length < missing) throw new ApiError('threshold_not_met', `${threshold} parties of the wallet have to take part, ${stay.length + able.length} can.`)
  return able.slice(0, missing)
}

function find(participant: Participant, i: number, wallet: WalletView, known: readonly KnownView[]): PartyInWallet | Newcomer {
  if (typeof participant !== 'string') return { name: `place ${participant.place}`, role: 'mobile-app', place: { kind: 'link' } }
  const field = `new_participants[${i}]`
  const isMeant = ({ partyId, name }: { readonly partyId: string; readonly name: string }): boolean => participant === partyId || participant === name
  const members = wallet.parties.filter(isMeant)
  const others = known.filter((party) => isMeant(party) && !wallet.parties.some(({ partyId }) => partyId === party.partyId))
  const [found, ...more] = [...members, ...others]
  if (found === undefined) throw invalidRequest({ [field]: 'is no member of this wallet, and no known party' })
  if (more.length > 0) throw invalidRequest({ [field]: 'several parties have this name: expected a party id' })
  if (!mayChange(found)) throw invalidRequest({ [field]: `${found.name} ${ONLY_KEYGEN} (role ${found.role})` })
  return 'index' in found ? found : { name: found.name, role: found.role, place: { kind: 'known', partyId: found.partyId } }
}

const ONLY_KEYGEN = 'only takes part in making keys'

function mayChange({ role }: Pick<PartyInWallet, 'role'>): boolean {
  return ROLE_PERMISSIONS[role].includes('reshare')
}
