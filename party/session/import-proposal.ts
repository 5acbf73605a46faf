/** An import as everybody who takes part has it before them: a new wallet, whose keys are dealt by who has them. Source: `protocol.md` §F.1, §F.2. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { assignPids, Bug, concat, equalBytes, INVITE, Run, type Pid, type Rng, type Roster } from '@trivet/protocol/core'
import { RESHARE_JOIN } from '@trivet/protocol/epoch'
import {
  checkReshare, decodeReshareProposal, encodeReshareProposal, importHash, importLabel, prepareReshare, reshare, reshareParties, reshareVocabulary,
  type ImportedShare, type ImportProposal, type ReshareCeremony,
} from '@trivet/protocol/reshare'
import type { SessionId } from '@trivet/signalling/wire'
import type { Card } from '../identity/card.ts'
import type { Dealt } from '../import/index.ts'
import { SUITES } from '../pairing/capabilities.ts'
import { encodePurpose, type ImportTarget } from '../pairing/proof.ts'
import { firstWithout } from '../roles.ts'
import type { SessionDeps } from './deps.ts'
import type { ImportPlan } from './import-plan.ts'
import { keygenRequest } from './keygen-proposal.ts'
import { memberOf, type SessionMember } from './member.ts'
import { badProposal, mustHaveNames, openInvitation, sealInvitation, type ExpectedInvitation, type Invited, type MakingRuns, type Proposal } from './proposal.ts'

interface Facts {
  readonly change: ImportProposal
  readonly target: ImportTarget
  readonly walletName: string
  /** Members of the new wallet, ascending share index. */
  readonly devices: readonly SessionMember[]
  /** Under their labels, ascending. */
  readonly dealers: readonly SessionMember[]
  readonly me: Pid
  readonly inviter: Pid
  /** What this device deals. Secret: whoever has it wipes it. */
  readonly dealt: Dealt | undefined
}

interface Draft {
  readonly room: SessionId
  readonly walletName: string
  readonly threshold: number
  readonly expiresAt: number
  /** The others'. */
  readonly cards: readonly Card[]
}

/** The coordinator's word: who takes part, and who deals what. @throws {InputError} while files are missing */
export async function proposeImport(plan: ImportPlan, draft: Draft, deps: Pick<SessionDeps, 'identity' | 'rng'>): Promise<Proposal> {
  const { walletName, threshold } = draft
  const { dealt, target } = plan
  const cards = [deps.identity.card, ...draft.cards]
  const dealers = plan.dealers(cards)
  const members = assignPids(cards.map((card) => ({ idKeyHash: hexToBytes(card.partyId), role: card.role })))
  const devices = members.map(({ pid, idKeyHash }) => ({ pid, card: ofParty(cards, bytesToHex(idKeyHash)) }))
  const roster: Roster = { walletId: new Uint8Array(32), epoch: 1, threshold, suites: dealt.sharings.map(({ suite }) => suite), members }
  const change: ImportProposal = {
    kind: 'import', roster, sharings: dealt.sharings, dealers: dealers.map(({ pid, card }) => ({ pid, idKeyHash: hexToBytes(card.partyId) })),
  }
  const me = pidOf(devices, deps.identity.card)
  const participants = [...devices, ...dealers]
  const invited = await sealInvitation({ ...draft, ceremony: 'reshare', epoch: 0, payload: encodeReshareProposal(change), me, participants }, deps)
  return proposalOf(invited, { change, target, walletName, devices, dealers, me, inviter: me, dealt })
}

/**
 * Checks a coordinator's word.
 * @param dealt of the file that was given here, where one was
 * @throws {Malformed} E_CONFIG, naming what does not fit @throws {InputError} E_CONFIG, where the protocol refuses it
 */
export async function readImportProposal(
  bytes: Uint8Array, expected: ExpectedInvitation, target: ImportTarget, dealt: Dealt | undefined,
  deps: Pick<SessionDeps, 'identity' | 'ed25519' | 'clock'> & { readonly wallets: Pick<SessionDeps['wallets'], 'has'> },
): Promise<Proposal> {
  const { inviter: from, welcome: { walletName, threshold, total } } = expected
  const { payload, cards, ...invited } = await openInvitation(bytes, 'reshare', 0, expected, deps)
  if (deps.wallets.has(bytesToHex(invited.instance))) throw badProposal('it was used before')
  const change = decodeReshareProposal(payload)
  if (change.kind !== 'import') throw badProposal('it is for something else than the lobby')
  const { roster } = change
  if (roster.threshold !== threshold || roster.members.length !== total) throw badProposal('it has another number of devices or approvals than the lobby')
  const unknown = roster.suites.find((suite) => !SUITES.includes(suite))
  if (unknown !== undefined) throw badProposal(`suites: this device makes no keys of suite ${unknown}`)
  const { devices, dealers } = participantsOf(change, cards)
  const [mine, inviter] = [memberOf(devices, deps.identity.card.partyId), memberOf(devices, from.partyId)]
  if (mine === undefined || inviter?.pid !== invited.envelope.header.from) throw badProposal('this device or the inviter is not in it')
  if (!equalBytes(mine.card.bytes, deps.identity.card.bytes)) throw badProposal('it describes this device wrongly')
  mustHaveNames(devices)
  const wrong = firstWithout('reshare', devices)
  if (wrong !== undefined) throw badProposal(`members: ${wrong.card.name} takes part only while a wallet is made anew`)
  fitsLobby(change, target, dealers, from)
  const facts = { change, target, walletName, devices, dealers, me: mine.pid, inviter: inviter.pid, dealt }
  for (const ceremony of ceremoniesOf(invited, facts, deps.identity.card)) checkReshare(ceremony)
  return proposalOf(invited, facts)
}

/** Everybody has the card that belongs to the roster, and whoever deals is a member. */
function participantsOf({ roster, dealers }: ImportProposal, cards: readonly Card[]): Pick<Facts, 'devices' | 'dealers'> {
  if (cards.length !== roster.members.length + dealers.length) throw badProposal(`cards: expected ${roster.members.length + dealers.length}, got ${cards.length}`)
  const devices = roster.members.map(({ pid, idKeyHash, role }, i) => {
    const card = cards[i]
    if (card === undefined || card.partyId !== bytesToHex(idKeyHash) || card.role !== role || pid !== i + 1) throw badProposal(`the identity of device ${i + 1} does not fit`)
    return { pid, card }
  })
  const dealing = dealers.map(({ pid, idKeyHash }) => {
    const member = devices.find(({ card }) => card.partyId === bytesToHex(idKeyHash))
    if (member === undefined) throw badProposal('dealers: somebody deals who is no member')
    return { pid, card: member.card }
  })
  return { devices, dealers: dealing }
}

/** What the inviter said when this device came. */
function fitsLobby({ sharings }: ImportProposal, { hash, holders, needed }: ImportTarget, dealers: readonly SessionMember[], inviter: Card): void {
  if (!equalBytes(importHash(sharings), hash)) throw badProposal('sharings: it is another key than the lobby\'s')
  if (sharings.some((sharing) => sharing.holders.length !== holders || sharing.threshold !== needed)) throw badProposal('sharings: it has other holders than the lobby')
  if (needed === 1 && dealers.some(({ card }) => card.partyId !== inviter.partyId)) throw badProposal('dealers: only the device that invites has the key')
}

function proposalOf(invited: Invited, facts: Facts): Proposal {
  const { change: { roster }, target, walletName, devices, dealers, me } = facts
  const mine = memberByPid(devices, me).card
  return {
    ...invited, kind: 'import', walletId: bytesToHex(invited.instance), walletName, roster, headerEpoch: 0, devices, participants: [...devices, ...dealers],
    me, inviter: facts.inviter, draft: concat(encodePurpose(target), invited.bytes), trusted: new Set(), join: RESHARE_JOIN,
    record: (now) => ({
      name: walletName, createdAt: now,
      descent: {
        origin: 'imported', firstPath: target.firstPath, madeAt: now, oldEpoch: 0, retired: [], former: [],
        dealers: dealers.map(({ pid, card: { identityKey } }) => ({ pid, identityKey })),
      },
    }),
    decide: (policy, invitedBy) => {
      const others = devices.filter(({ pid }) => pid !== me).map(({ card }) => card)
      const about = { walletName, threshold: roster.threshold, total: devices.length, suites: roster.suites }
      return policy.keygen({ ...keygenRequest(about, [mine], others, invitedBy), imported: true })
    },
    runs: (rng) => runsOf(invited, facts, mine, rng),
  }
}

type Beginning = { -readonly [K in keyof ReshareCeremony]: ReshareCeremony[K] }

/** One for each share index of this device: as a member, and as a dealer under its label. @throws {Malformed} where it is to deal what it does not have */
function ceremoniesOf({ instance }: Pick<Invited, 'instance'>, { change, dealers, me, dealt }: Facts, card: Card): readonly Beginning[] {
  const labels = dealers.filter((dealer) => dealer.card.partyId === card.partyId).map(({ pid }) => pid)
  const dealing = labels.map((label): Beginning => ({ instance, change, me: label, imported: sharesOf(dealt, label) }))
  return [{ instance, change, me }, ...dealing]
}

function sharesOf(dealt: Dealt | undefined, label: Pid): readonly ImportedShare[] {
  if (dealt === undefined || importLabel(dealt.holder) !== label) throw badProposal('dealers: this device has no such part of the key')
  return dealt.shares
}

/** One run for each share index of this device. */
function runsOf(invited: Invited, facts: Facts, card: Card, rng: Rng): MakingRuns {
  const { change, inviter, me } = facts
  const parties = reshareParties(change)
  const ceremonies = ceremoniesOf(invited, facts, card)
  const runs = ceremonies.map((ceremony) => ({
    instance: invited.instance, me: ceremony.me,
    run: new Run({
      me: ceremony.me, parties, vocabulary: reshareVocabulary(change, ceremony.me),
      heardBefore: [{ from: inviter, to: 0, suite: 0, type: INVITE, body: invited.envelope.body }],
      script: reshare(ceremony, rng),
    }),
  }))
  const [first] = ceremonies
  return { runs, prepare: () => { if (first !== undefined) first.baseOts = prepareReshare(change.roster, me, rng) } }
}

function ofParty(cards: readonly Card[], partyId: string): Card {
  const card = cards.find((one) => one.partyId === partyId)
  if (card === undefined) throw new Bug('a member without a card')
  return card
}

function pidOf(devices: readonly SessionMember[], { partyId }: Card): Pid {
  const member = memberOf(devices, partyId)
  if (member === undefined) throw new Bug('this device is not a member')
  return member.pid
}

function memberByPid(devices: readonly SessionMember[], me: Pid): SessionMember {
  const member = devices.find(({ pid }) => pid === me)
  if (member === undefined) throw new Bug('this device is not a member')
  return member
}
