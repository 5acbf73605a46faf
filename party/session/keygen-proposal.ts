/** The signed roster of a key generation. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { assignPids, decodeKeygenProposal, encodeKeygenProposal, equalBytes, INVITE, Run, type Pid, type Rng, type Roster } from '@trivet/protocol/core'
import { JOIN } from '@trivet/protocol/epoch'
import { keygen, keygenVocabulary, prepareKeygen, type KeygenCeremony } from '@trivet/protocol/keygen'
import type { SessionId } from '@trivet/signalling/wire'
import type { Card } from '../identity/card.ts'
import { SUITES } from '../pairing/capabilities.ts'
import type { KeygenRequest } from '../policy.ts'
import type { SessionDeps } from './deps.ts'
import { memberOf, type SessionMember } from './member.ts'
import {
  badProposal, mustHaveNames, openInvitation, sealInvitation, type ExpectedInvitation, type Invited, type MakingRuns, type Proposal,
} from './proposal.ts'

interface Draft {
  readonly room: SessionId
  readonly walletName: string
  readonly threshold: number
  readonly expiresAt: number
  /** The others'. */
  readonly cards: readonly Card[]
}

/** The coordinator's word: who takes part, under which share index, with which threshold. */
export async function proposeKeygen(draft: Draft, deps: Pick<SessionDeps, 'identity' | 'rng'>): Promise<Proposal> {
  const cards = [deps.identity.card, ...draft.cards]
  const members = assignPids(cards.map((card) => ({ idKeyHash: hexToBytes(card.partyId), role: card.role })))
  const devices = members.map(({ pid, idKeyHash }) => ({ pid, card: cardOf(cards, idKeyHash) }))
  const roster: Roster = { walletId: new Uint8Array(32), epoch: 1, threshold: draft.threshold, suites: SUITES, members }
  const me = pidOfCard(devices, deps.identity.card)
  const invited = await sealInvitation({ ...draft, ceremony: 'keygen', epoch: 0, payload: encodeKeygenProposal(roster), me, participants: devices }, deps)
  return proposalOf(invited, { roster, devices, me, inviter: me, walletName: draft.walletName })
}

/**
 * Checks a coordinator's word.
 * @throws {Malformed} naming what does not fit
 */
export async function readKeygenProposal(
  bytes: Uint8Array, expected: ExpectedInvitation,
  deps: Pick<SessionDeps, 'identity' | 'ed25519' | 'clock'> & { readonly wallets: Pick<SessionDeps['wallets'], 'has'> },
): Promise<Proposal> {
  const { inviter: from, welcome: { walletName, threshold, total } } = expected
  const { payload, cards, ...invited } = await openInvitation(bytes, 'keygen', 0, expected, deps)
  if (deps.wallets.has(bytesToHex(invited.instance))) throw badProposal('it was used before')
  const roster = decodeKeygenProposal(payload)
  if (roster.epoch !== 1 || roster.walletId.some((byte) => byte !== 0) || roster.suites.join() !== SUITES.join()) throw badProposal('it is not for a new wallet of this version')
  if (roster.threshold !== threshold || roster.members.length !== total) throw badProposal('it has another number of devices or approvals than the lobby')
  const devices = roster.members.map(({ pid, idKeyHash, role }, i) => {
    const card = cards[i]
    if (card === undefined || card.partyId !== bytesToHex(idKeyHash) || card.role !== role || pid !== i + 1) throw badProposal(`the identity of device ${i + 1} does not fit`)
    return { pid, card }
  })
  const inviter = memberOf(devices, from.partyId)
  const mine = memberOf(devices, deps.identity.card.partyId)
  if (cards.length !== devices.length || inviter?.pid !== invited.envelope.header.from || mine === undefined) throw badProposal('this device or the inviter is not in it')
  if (!equalBytes(mine.card.bytes, deps.identity.card.bytes)) throw badProposal('it describes this device wrongly')
  mustHaveNames(devices)
  return proposalOf(invited, { roster, devices, me: mine.pid, inviter: inviter.pid, walletName })
}

function proposalOf(invited: Invited, facts: Pick<Proposal, 'roster' | 'devices' | 'me' | 'inviter' | 'walletName'>): Proposal {
  const { roster, devices, me, walletName } = facts
  return {
    ...facts, ...invited, kind: 'keygen', walletId: bytesToHex(invited.instance), headerEpoch: 0, participants: devices, draft: invited.bytes,
    trusted: new Set(), join: JOIN,
    record: (now) => ({ name: walletName, createdAt: now, descent: { origin: 'made', firstPath: [], madeAt: now, oldEpoch: 0, dealers: [], retired: [], former: [] } }),
    decide: (policy, invitedBy) => {
      const [mine, others] = [devices.filter(({ pid }) => pid === me), devices.filter(({ pid }) => pid !== me)]
      const about = { walletName, threshold: roster.threshold, total: devices.length }
      return policy.keygen(keygenRequest(about, mine.map(({ card }) => card), others.map(({ card }) => card), invitedBy))
    },
    runs: (rng) => keygenRuns(invited, facts, rng),
  }
}

function keygenRuns({ instance, envelope }: Invited, { roster, me, inviter }: Pick<Proposal, 'roster' | 'me' | 'inviter'>, rng: Rng): MakingRuns {
  const ceremony: { -readonly [K in keyof KeygenCeremony]: KeygenCeremony[K] } = { instance, roster, me }
  const run = new Run({
    me, parties: roster.members.map(({ pid }) => pid), vocabulary: keygenVocabulary(roster, me),
    heardBefore: [{ from: inviter, to: 0, suite: 0, type: INVITE, body: envelope.body }],
    script: keygen(ceremony, rng),
  })
  return { runs: [{ instance, run }], prepare: () => { ceremony.baseOts = prepareKeygen(roster, me, rng) } }
}

/** What a policy decides about. */
export function keygenRequest(
  { walletName, threshold, total, suites = SUITES }: Pick<KeygenRequest, 'walletName' | 'threshold' | 'total'> & Partial<Pick<KeygenRequest, 'suites'>>,
  mine: readonly Card[], others: readonly Card[], invitedBy: KeygenRequest['invitedBy'],
): KeygenRequest {
  return {
    walletName, threshold, total, suites, invitedBy,
    parties: [...mine, ...others].map((card) => ({ name: card.name, partyId: card.partyId, role: card.role, me: mine.includes(card) })),
  }
}

function cardOf(cards: readonly Card[], idKeyHash: Uint8Array): Card {
  const id = bytesToHex(idKeyHash)
  const card = cards.find(({ partyId }) => partyId === id)
  if (card === undefined) throw badProposal('a member without a card')
  return card
}

function pidOfCard(devices: readonly SessionMember[], card: Card): Pid {
  const member = memberOf(devices, card.partyId)
  if (member === undefined) throw badProposal('this device is not a member')
  return member.pid
}
