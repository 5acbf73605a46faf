/** A change of a wallet's devices as everybody who takes part has it before them: what runs, what is stored. Source: `protocol.md` §E. */
import { bytesToHex } from '@noble/hashes/utils.js'
import { Bug, concat, INVITE, Run, type Pid, type PreparedEpoch, type Rng, type Roster } from '@trivet/protocol/core'
import { RESHARE_JOIN } from '@trivet/protocol/epoch'
import {
  encodeReshareProposal, prepareReshare, reshare, reshareParties, reshareVocabulary, type ReshareCeremony, type ReshareProposal,
} from '@trivet/protocol/reshare'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import type { ChangeView } from '../views.ts'
import { partyIdOfCard } from '../identity/card.ts'
import { encodePurpose, type ReshareTarget } from '../pairing/proof.ts'
import type { ReshareRequest } from '../policy.ts'
import type { Descent } from '../wallets/record.ts'
import type { SessionDeps } from './deps.ts'
import { isFirstRefresh } from './first-refresh.ts'
import { memberOf, type SessionMember } from './member.ts'
import { sealInvitation, type Invited, type MakingRuns, type Proposal } from './proposal.ts'
import type { Arrival, ResharePlan } from './reshare-plan.ts'

/** The earliest are given up: a record has room for 255. */
const MAX_UNTOLD = 64

/** What is known of a change once it has been made, or read and checked. */
export interface ReshareFacts {
  readonly change: ReshareProposal
  readonly target: ReshareTarget
  readonly walletName: string
  /** Under every share index, ascending. */
  readonly participants: readonly SessionMember[]
  /** This device's, that of the new roster first. */
  readonly mine: readonly Pid[]
  readonly inviter: Pid
  readonly view: ChangeView
  /** The epoch that is dealt from, where this device holds it: its own, or out of a backup. */
  readonly held: PreparedEpoch | undefined
  /** Members of the old epoch, as far as this device has their cards. */
  readonly former: readonly SessionMember[]
  /** Who was to be told of earlier changes, and may not know of them yet. */
  readonly untold: Descent['former']
  /** It belongs to an import that this device's person has approved. */
  readonly isFirstRefresh: boolean
}

/** The coordinator's word. @param guests everybody else @throws {InputError} where those who are here cannot do it */
export async function proposeReshare(
  plan: ResharePlan, { room, expiresAt, guests }: { readonly room: SessionId; readonly expiresAt: number; readonly guests: readonly Arrival[] },
  deps: Pick<SessionDeps, 'identity' | 'rng'>,
): Promise<Proposal> {
  const { change, participants, view } = plan.propose(guests)
  const mine = indicesOf(change, participants, deps.identity.card.partyId)
  const [me] = mine
  if (me === undefined) throw new Bug('a change without who begins it')
  const payload = encodeReshareProposal(change)
  const invited = await sealInvitation({ ceremony: 'reshare', room, expiresAt, epoch: change.oldRoster.epoch, payload, me, participants }, deps)
  const { target, walletName, held, former, descent: { former: untold } } = plan
  const isFirst = isFirstRefresh(plan, deps.identity.card, view)
  return reshareProposalOf(invited, { change, target, walletName, participants, mine, inviter: me, view, held, former, untold, isFirstRefresh: isFirst })
}

/** The share indices of one device, that of the new roster first. */
export function indicesOf({ roster }: ReshareProposal, participants: readonly SessionMember[], party: PartyId): readonly Pid[] {
  const isMember = (pid: Pid): boolean => roster.members.some((member) => member.pid === pid)
  return participants.filter(({ card }) => card.partyId === party).map(({ pid }) => pid).toSorted((a, b) => Number(isMember(b)) - Number(isMember(a)))
}

/** One entry for each device. */
export function devicesOf(change: ReshareProposal, participants: readonly SessionMember[]): readonly SessionMember[] {
  return participants.filter(({ pid, card }) => indicesOf(change, participants, card.partyId)[0] === pid)
}

export function reshareProposalOf(invited: Invited, facts: ReshareFacts): Proposal {
  const { change, target, walletName, participants, mine, inviter, view, held, former } = facts
  const { roster, oldRoster } = change
  const [me] = mine
  if (me === undefined) throw new Bug('this device takes no part')
  const devices = devicesOf(change, participants)
  return {
    ...invited, kind: 'reshare', walletId: target.walletId, walletName, roster, headerEpoch: oldRoster.epoch, devices, participants, me, inviter,
    draft: concat(encodePurpose(target), invited.bytes), trusted: new Set(held === undefined ? [] : former.map(({ card }) => card.partyId)), join: RESHARE_JOIN,
    change: view,
    record: (now) => ({ name: walletName, createdAt: target.createdAt, descent: descentOf(facts, now) }),
    decide: async (policy, invitedBy) => {
      if (facts.isFirstRefresh) return { answer: 'approve' }
      const from = devices.find(({ pid }) => pid === inviter)?.card.partyId
      const isMember = held !== undefined && from !== undefined && memberOf(former, from) !== undefined
      const request: ReshareRequest = {
        walletName, change: view, invitedBy: invitedBy !== 'self' && isMember ? 'member' : invitedBy,
        ...(oldRoster.members.some(({ pid }) => pid === me) ? { wallet: target.walletId } : {}),
      }
      return policy.reshare(request)
    },
    runs: (rng) => reshareRuns(invited, facts, rng),
  }
}

/** Where the new shares come from, and who is to be told that it is no member any more (`protocol.md` §E.4). */
function descentOf({ change, target: { origin, firstPath }, participants, former, untold }: ReshareFacts, now: number): Descent {
  const { roster, oldRoster, quorum, retired } = change
  const stays = (pid: Pid): boolean => roster.members.some((member) => member.pid === pid)
  const gone = oldRoster.members.map(({ pid }) => pid).filter((pid) => !stays(pid))
  return {
    origin, firstPath, madeAt: now, oldEpoch: oldRoster.epoch,
    dealers: participants.filter(({ pid }) => quorum.includes(pid)).map(({ pid, card: { identityKey } }) => ({ pid, identityKey })),
    retired: [...new Set([...retired, ...gone])].toSorted((a, b) => a - b),
    former: [
      ...untold.filter(({ card }) => !isMemberAgain(roster, card)),
      ...former.filter(({ pid }) => gone.includes(pid)).map(({ pid, card: { bytes } }) => ({ pid, card: bytes })),
    ].slice(-MAX_UNTOLD),
  }
}

function isMemberAgain({ members }: Roster, card: Uint8Array): boolean {
  return members.some(({ idKeyHash }) => bytesToHex(idKeyHash) === partyIdOfCard(card))
}

/** One run for each share index of this device. */
function reshareRuns({ instance, envelope }: Invited, { change, mine, inviter, held }: ReshareFacts, rng: Rng): MakingRuns {
  const parties = reshareParties(change)
  const known = held === undefined ? {} : { held }
  const ceremonies = mine.map((me): { -readonly [K in keyof ReshareCeremony]: ReshareCeremony[K] } => ({ instance, change, me, ...known }))
  const runs = ceremonies.map((ceremony) => ({
    instance, me: ceremony.me,
    run: new Run({
      me: ceremony.me, parties, vocabulary: reshareVocabulary(change, ceremony.me),
      heardBefore: [{ from: inviter, to: 0, suite: 0, type: INVITE, body: envelope.body }],
      script: reshare(ceremony, rng),
    }),
  }))
  const [first] = ceremonies
  return { runs, prepare: () => { if (first !== undefined) first.baseOts = prepareReshare(change.roster, first.me, rng) } }
}
