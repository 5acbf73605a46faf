/** Refresh, reshare, recovery and import on one page: one ceremony, one approval, one certificate for all suites. Source: `protocol.md` §E, §F. */
import { approve } from '../core/approval.ts'
import type { PreparedEpoch } from '../core/change.ts'
import type { Message } from '../core/codec.ts'
import { Bug, InputError, type Pid } from '../core/errors.ts'
import type { Vocabulary } from '../core/inbox.ts'
import { INVITE } from '../core/invitation.ts'
import type { Rng } from '../core/rng.ts'
import { all, listen, type Claim, type Script } from '../core/script.ts'
import type { SuiteId } from '../core/suite-id.ts'
import type { Receiver } from '../dkls23/base-ot/index.ts'
import { isFromItsRole, pairMessages } from '../dkls23/pair-setup/messages.ts'
import { Vote } from '../epoch/messages.ts'
import { checkVotes, voteHash } from '../epoch/vote.ts'
import { makeEpoch } from '../keygen/store.ts'
import { checkChange } from './checks.ts'
import { holdingsOf, type Holding, type Holdings } from './holdings.ts'
import { dealKey, receiveKey } from './key.ts'
import { C1, C2, Join, R1, R2, R3, R4 } from './messages.ts'
import { changeContext, invitedContext, type Change } from './proposal.ts'
import type { ReshareSession } from './rounds.ts'
import { reshareSid } from './session-id.ts'

/**
 * One party's part. A device with two share indices (restored from a backup, or importing) takes part once under each of them: as a dealer
 * that leaves and as a member that joins.
 */
export interface ReshareCeremony extends Holdings {
  /** 32 random bytes of the initiator; after an import it names the wallet. */
  readonly instance: Uint8Array
  readonly change: Change
  readonly me: Pid
  /** What was made beforehand to save time in the ceremony: `prepareBaseOts`. Secret; used up by it. */
  readonly baseOts?: readonly Receiver[]
}

export interface Reshared {
  /** Of suite 0. */
  readonly sid: Uint8Array
  /** D of §E.4: what all members of the new epoch voted for. */
  readonly voteHash: Uint8Array
  /** Stored and voted for; `undefined` for a dealer that is no member. */
  readonly epoch: PreparedEpoch | undefined
}

/** Everybody who takes part, ascending: all dealers and all members of the new epoch. */
export function reshareParties(change: Change): readonly Pid[] {
  return [...new Set([...dealersOf(change), ...membersOf(change)])].toSorted((a, b) => a - b)
}

/** What each suite of the header may say to `me` in this ceremony. */
export function reshareVocabulary(change: Change, me: Pid): readonly Vocabulary[] {
  const [dealers, members] = [dealersOf(change), membersOf(change)]
  const amMember = members.includes(me)
  const saidBy = (message: Message, from: Pid): boolean => {
    if (message === R1 || message === R2) return dealers.includes(from)
    if (message === R3) return amMember && dealers.includes(from)
    if (message === C1 || message === C2 || message === Vote) return members.includes(from)
    return message === Join || (amMember && members.includes(from) && isFromItsRole(message, from, me, members))
  }
  const parts = change.roster.suites.map((suite) => ({
    suite, expects: saidBy,
    messages: [R1, ...(makesChainCode(change, suite) ? [C1, C2] : []), ...(suite === 1 ? pairMessages : []), R2, R3, R4],
  }))
  return [{ suite: 0, messages: [Join, Vote], expects: saidBy }, ...parts]
}

/**
 * Whether it may run, and with what this party holds: before anybody is asked.
 * @throws {InputError} E_CONFIG: a change that may not run, or a share that is not of this key
 */
export function checkReshare(c: ReshareCeremony): void {
  beginning(c)
}

function beginning(c: ReshareCeremony): readonly Holding[] {
  const { instance, change, me } = c
  checkChange(change)
  if (instance.length !== 32) throw new InputError('instance', `expected 32 bytes, got ${instance.length}`, 'E_CONFIG')
  if (!reshareParties(change).includes(me)) throw new InputError('me', `party ${me} neither deals nor receives`, 'E_CONFIG')
  return holdingsOf(change, c, me)
}

/**
 * Gives the same keys new shares, among the members of the new epoch.
 * @throws {InputError} as `checkReshare`; nothing was sent
 */
export function* reshare(c: ReshareCeremony, rng: Rng): Script<Reshared> {
  const { instance, change, me } = c
  const holdings = beginning(c)
  const [dealers, members, parties] = [dealersOf(change), membersOf(change), reshareParties(change)]
  const ctx = changeContext(change)
  const { ceremony, under } = yield* approve({
    me, parties, threshold: change.roster.threshold, message: Join, ctx, from: CONTEXT_FROM,
    sidOf: (suite, nonces) => reshareSid(instance, ctx, suite, nonces),
  }, rng)
  const sessionOf = ({ suite, old }: Holding): ReshareSession => ({ ...under(suite), dealers, members, old })
  const walletId = change.kind === 'import' ? instance : change.roster.walletId
  const { epoch: number } = change.roster
  if (!members.includes(me)) {
    const made = yield* all(holdings.map((holding) => dealKey(sessionOf(holding), shareOf(holding), rng)))
    const hash = voteHash(walletId, change.roster, made.map(({ fin }) => ({ confirmation: fin })))
    checkVotes(yield* listen(ceremony, Vote, members, undefined), number, hash)
    return { sid: ceremony.sid, voteHash: hash, epoch: undefined }
  }
  const scripts = holdings.map((holding) => receiveKey(sessionOf(holding), holding.share, rng, c.baseOts))
  const epoch = yield* makeEpoch(walletId, ceremony.sid, change.roster, scripts)
  checkVotes(yield* listen(ceremony, Vote, members, { epoch: number, voteHash: epoch.voteHash }), number, epoch.voteHash)
  return { sid: ceremony.sid, voteHash: epoch.voteHash, epoch }
}

function dealersOf(change: Change): readonly Pid[] {
  return change.kind === 'reshare' ? change.quorum : change.dealers.map(({ pid }) => pid)
}

function membersOf({ roster }: Change): readonly Pid[] {
  return roster.members.map(({ pid }) => pid)
}

/** An imported key that has no chain code is given one. */
function makesChainCode(change: Change, suite: SuiteId): boolean {
  return change.kind === 'import' && change.sharings.some((sharing) => sharing.suite === suite && sharing.keyId === undefined)
}

function shareOf({ share }: Holding): bigint {
  if (share === undefined) throw new Bug('a dealer without a share')
  return share
}

const CONTEXT_FROM: Claim = {
  suite: 0, type: INVITE,
  recompute: (heard) => {
    const [invitation] = heard.values()
    return invitation === undefined ? undefined : invitedContext(invitation)
  },
}
