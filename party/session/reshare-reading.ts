/**
 * A coordinator's change of a wallet's devices, read by who takes part: all of it is held against what this device has of the wallet, or against
 * the lobby, before anybody is asked. Source: `protocol.md` §A.4, §E, §E.3.
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { equalBytes, rosterHash, type Member, type Pid } from '@trivet/protocol/core'
import { checkReshare, decodeReshareProposal, reshareParties, type ReshareProposal } from '@trivet/protocol/reshare'
import type { Card } from '../identity/card.ts'
import { SUITES } from '../pairing/capabilities.ts'
import type { ReshareTarget, Welcome } from '../pairing/proof.ts'
import { firstWithout } from '../roles.ts'
import type { Standing } from '../wallets/entry.ts'
import { changeOf } from './change-view.ts'
import type { SessionDeps } from './deps.ts'
import { isFirstRefresh } from './first-refresh.ts'
import { memberOf, type SessionMember } from './member.ts'
import { badProposal, mustHaveNames, openInvitation, type ExpectedInvitation, type Proposal } from './proposal.ts'
import { devicesOf, indicesOf, reshareProposalOf } from './reshare-proposal.ts'

type Deps = Pick<SessionDeps, 'identity' | 'ed25519' | 'clock'> & { readonly wallets: Pick<SessionDeps['wallets'], 'standing'> }

/** @throws {Malformed} E_CONFIG, naming what does not fit @throws {InputError} E_CONFIG, where the protocol refuses it */
export async function readReshareProposal(bytes: Uint8Array, expected: ExpectedInvitation, target: ReshareTarget, deps: Deps): Promise<Proposal> {
  const { inviter: from, welcome } = expected
  const { payload, cards, ...invited } = await openInvitation(bytes, 'reshare', target.old.epoch, expected, deps)
  const change = decodeReshareProposal(payload)
  if (change.kind !== 'reshare') throw badProposal('it is for something else than the lobby')
  fitsLobby(change, target, welcome)
  const participants = participantsOf(change, cards)
  const devices = devicesOf(change, participants)
  mustHaveNames(devices)
  const wrong = firstWithout('reshare', participants)
  if (wrong !== undefined) throw badProposal(`members: ${wrong.card.name} takes part only while a wallet is made`)
  const mine = indicesOf(change, participants, deps.identity.card.partyId)
  const [me] = mine
  const inviter = memberOf(devices, from.partyId)
  const described = memberOf(participants, deps.identity.card.partyId)
  if (me === undefined || described === undefined || inviter?.pid !== invited.envelope.header.from) throw badProposal('this device or the inviter is not in it')
  if (!equalBytes(described.card.bytes, deps.identity.card.bytes)) throw badProposal('it describes this device wrongly')
  const standing = deps.wallets.standing(target.walletId)
  fitsDevice(change, target, welcome, standing, mine, described.card)
  const isOfThatEpoch = standing?.wallet?.epoch.roster.epoch === change.oldRoster.epoch
  const wallet = isOfThatEpoch ? standing.wallet : undefined
  for (const pid of mine) checkReshare({ instance: invited.instance, change, me: pid, ...(wallet === undefined ? {} : { held: wallet.epoch }) })
  const former = wallet?.members ?? participants.filter(({ pid, card }) => isIn(change.oldRoster.members, pid, card))
  const view = changeOf(change, participants, deps.identity.card.partyId, former)
  const isFirst = wallet !== undefined && isFirstRefresh(wallet, from, view)
  return reshareProposalOf(invited, {
    change, target, walletName: welcome.walletName, participants, mine, inviter: inviter.pid, view, held: wallet?.epoch, former,
    untold: wallet?.descent.former ?? [], isFirstRefresh: isFirst,
  })
}

/** What the inviter said when this device came. */
function fitsLobby({ roster, oldRoster }: ReshareProposal, { walletId, old }: ReshareTarget, { threshold, total }: Omit<Welcome, 'card'>): void {
  if (bytesToHex(roster.walletId) !== walletId) throw badProposal('walletId: it is another wallet than the lobby\'s')
  if (roster.threshold !== threshold) throw badProposal(`threshold: expected ${threshold} as in the lobby, got ${roster.threshold}`)
  if (roster.members.length !== total) throw badProposal(`members: expected ${total} as in the lobby, got ${roster.members.length}`)
  const before = { epoch: oldRoster.epoch, threshold: oldRoster.threshold, total: oldRoster.members.length }
  if (before.epoch !== old.epoch || before.threshold !== old.threshold || before.total !== old.total) throw badProposal('oldRoster: it is another than the lobby\'s')
  const unknown = roster.suites.find((suite) => !SUITES.includes(suite))
  if (unknown !== undefined) throw badProposal(`suites: this device makes no keys of suite ${unknown}`)
}

/**
 * Everybody has the card that belongs to the rosters. Only who replaces a dealer has two share indices: the dealer's, and a new one.
 * New ones are above all that ever were, in ascending order of identity.
 */
function participantsOf(change: ReshareProposal, cards: readonly Card[]): readonly SessionMember[] {
  const { roster, oldRoster, replacements, retired } = change
  const parties = reshareParties(change)
  if (cards.length !== parties.length) throw badProposal(`cards: expected ${parties.length}, got ${cards.length}`)
  const participants = parties.map((pid, i) => {
    const card = cards[i]
    const replaced = replacements.find((one) => one.pid === pid)
    const member = roster.members.find((one) => one.pid === pid) ?? oldRoster.members.find((one) => one.pid === pid)
    const hash = replaced?.idKeyHash ?? member?.idKeyHash
    const isIt = card !== undefined && hash !== undefined && card.partyId === bytesToHex(hash) && (replaced !== undefined || card.role === member?.role)
    if (!isIt) throw badProposal(`cards: the identity of the device with share index ${pid} does not fit`)
    return { pid, card }
  })
  const other = participants.find(({ pid, card }) => isIn(oldRoster.members, pid, card) && oldRoster.members.find((one) => one.pid === pid)?.role !== card.role)
  if (other !== undefined) throw badProposal(`members: ${other.card.name} is a device of another kind than before`)
  for (const { pid, idKeyHash } of replacements) {
    if (!roster.members.some((member) => equalBytes(member.idKeyHash, idKeyHash))) throw badProposal(`replacements: who replaces party ${pid} is no member afterwards`)
  }
  const isTwice = participants.find(({ pid, card }) => participants.some((one) => one.pid !== pid && one.card.partyId === card.partyId
    && ![pid, one.pid].some((index) => replacements.some((replaced) => replaced.pid === index))))
  if (isTwice !== undefined) throw badProposal(`members: ${isTwice.card.name} stands twice`)
  const known = replacements.length === 0 ? undefined : change.quorum.length - replacements.length
  if (known !== undefined && known >= oldRoster.threshold) throw badProposal('replacements: enough devices deal under their own identity')
  const highest = Math.max(...oldRoster.members.map(({ pid }) => pid), ...retired)
  const joiners = roster.members.filter(({ pid }) => !oldRoster.members.some((member) => member.pid === pid))
  const inOrder = joiners.toSorted((a, b) => (bytesToHex(a.idKeyHash) < bytesToHex(b.idKeyHash) ? -1 : 1))
  const wrong = inOrder.find(({ pid }, i) => pid !== highest + 1 + i)
  if (wrong !== undefined) throw badProposal(`members: share index ${wrong.pid} is not the one that a new device gets`)
  return participants
}

/** What this device has of the wallet: the same, or nothing that could be harmed. */
function fitsDevice(
  change: ReshareProposal, { walletId, origin, firstPath }: ReshareTarget, { walletName }: Omit<Welcome, 'card'>, standing: Standing | undefined, mine: readonly Pid[], { partyId }: Card,
): void {
  const { roster, oldRoster, quorum, replacements, retired } = change
  const before = oldRoster.members.find(({ idKeyHash }) => equalBytes(idKeyHash, hexToBytes(partyId)))?.pid
  if (standing === undefined) {
    if (before !== undefined) throw badProposal('oldRoster: this device never was a member of that wallet')
    if (replacements.some(({ pid }) => mine.includes(pid))) throw badProposal('replacements: this device holds no share of that wallet')
    return
  }
  const { wallet, counting, highest, restoredPid } = standing
  if (counting > oldRoster.epoch) throw badProposal(`oldRoster: this device knows a later state of the wallet, ${counting} instead of ${oldRoster.epoch}`)
  if (roster.epoch <= highest) throw badProposal(`epoch: expected a number above ${highest}, got ${roster.epoch}`)
  if (restoredPid === undefined && wallet !== undefined) {
    if (counting !== oldRoster.epoch) throw badProposal(`oldRoster: this device knows state ${counting} of the wallet, and state ${oldRoster.epoch} is to be changed`)
    if (before === undefined) throw badProposal('oldRoster: this device is a member of the wallet, and is not in it')
    if (!quorum.includes(before)) throw badProposal('quorum: this device holds a share, and is not asked to deal')
  }
  const dealsAs = mine.find((pid) => replacements.some((one) => one.pid === pid))
  if (dealsAs !== undefined && dealsAs !== restoredPid) throw badProposal(`replacements: this device does not hold the share of party ${dealsAs}`)
  if (wallet?.epoch.roster.epoch !== oldRoster.epoch) return
  const { epoch, name, descent } = wallet
  if (!equalBytes(rosterHash(oldRoster), rosterHash(epoch.roster))) throw badProposal('oldRoster: it is not the one that this device knows')
  if (walletId !== wallet.id || name !== walletName) throw badProposal('walletName: this device knows the wallet by another name')
  if (origin !== descent.origin || firstPath.join() !== descent.firstPath.join()) throw badProposal('origin: the wallet comes from elsewhere than the inviter says')
  if (retired.join() !== descent.retired.join()) throw badProposal('retired: they are not the share indices that this device knows')
}

function isIn(members: readonly Member[], pid: Pid, { partyId }: Card): boolean {
  return members.some((member) => member.pid === pid && bytesToHex(member.idKeyHash) === partyId)
}
