/** What a change of a wallet's devices means for each of them, as people see it. */
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Pid, Roster } from '@trivet/protocol/core'
import type { ReshareProposal } from '@trivet/protocol/reshare'
import type { PartyId } from '@trivet/signalling/wire'
import type { ChangeWallet } from '../api.ts'
import type { ChangedParty, ChangeView } from '../views.ts'
import type { Card } from '../identity/card.ts'
import type { Wallet } from '../wallets/wallet.ts'
import { memberOf, nameOf, type SessionMember } from './member.ts'

/**
 * Of a signed proposal.
 * @param former members of the old epoch, as far as this device knows them: the invitation has no names of those who are left out
 */
export function changeOf(
  { roster, oldRoster, replacements }: ReshareProposal, participants: readonly SessionMember[], me: PartyId, former: readonly SessionMember[],
): ChangeView {
  const old = oldRoster.members.map(({ pid, idKeyHash, role }): ChangedParty => {
    const partyId = bytesToHex(idKeyHash)
    const stays = roster.members.some((member) => member.pid === pid)
    const leaves = participants.some((one) => one.pid === pid && one.card.partyId === partyId)
    return { ...namedIn(participants, former, pid, partyId), role, me: partyId === me, what: stays ? 'stays' : leaves ? 'leaves' : 'dropped' }
  })
  const isIn = (pid: Pid, { members }: Roster): boolean => members.some((member) => member.pid === pid)
  const joined = participants.filter(({ pid }) => isIn(pid, roster) && !isIn(pid, oldRoster))
  const news = joined.map(({ card }): ChangedParty => {
    const place = replacements.find(({ idKeyHash }) => bytesToHex(idKeyHash) === card.partyId)?.pid
    const came = { name: card.name, role: card.role, me: card.partyId === me }
    return place === undefined ? { ...came, what: 'joins' } : { ...came, what: 'returns', instead: nameOf(former, place) }
  })
  return viewOf(sizeOf(oldRoster), sizeOf(roster), [...old, ...news])
}

function sizeOf({ threshold, members }: Roster): ChangeView['from'] {
  return { threshold, total: members.length }
}

/** While people come. */
export function changeSoFar(
  { epoch: { roster }, members }: Wallet, { threshold, stay, leaving }: ChangeWallet,
  who: { readonly me: Card; readonly guests: readonly Card[]; readonly total: number },
): ChangeView {
  const old = members.map(({ pid, card }): ChangedParty => ({
    name: card.name, role: card.role, me: card.partyId === who.me.partyId, what: stay.includes(pid) ? 'stays' : leaving.includes(pid) ? 'leaves' : 'dropped',
  }))
  const news = [who.me, ...who.guests].filter(({ partyId }) => memberOf(members, partyId) === undefined)
  const joined = news.map((card): ChangedParty => ({ name: card.name, role: card.role, me: card === who.me, what: 'joins' }))
  return viewOf(sizeOf(roster), { threshold, total: who.total }, [...old, ...joined])
}

function viewOf(from: ChangeView['from'], to: ChangeView['to'], parties: readonly ChangedParty[]): ChangeView {
  const isRefresh = from.threshold === to.threshold && from.total === to.total && parties.every(({ what }) => what === 'stays')
  return { from, to, isRefresh, parties }
}

/** A device without a card here has only its key: eight characters of it. */
function namedIn(participants: readonly SessionMember[], former: readonly SessionMember[], pid: number, partyId: string): { readonly name: string } {
  const known = [...participants, ...former].find((one) => one.pid === pid && one.card.partyId === partyId)
  return { name: known?.card.name ?? `device ${pid}` }
}
