/** A signed request to set up one pair of an ECDSA key anew: made by one of the two, checked by the other. Source: `protocol.md` §E.2. */
import {
  decodeInvitation, decodeRepairProposal, encodeRepairProposal, INVITE, InputError, Run, type Envelope, type KeyShare, type Pid,
} from '@trivet/protocol/core'
import { repairContext, repairPair, repairVocabulary } from '@trivet/protocol/dkls23'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import type { RepairView } from '../views.ts'
import type { RepairRequest } from '../policy.ts'
import { ecdsaShare } from '../presign/presign-request.ts'
import type { Wallet } from '../wallets/wallet.ts'
import type { CeremonyRun, Prepared } from './running.ts'
import type { SessionDeps } from './deps.ts'
import { nameOf } from './member.ts'
import { badRequest, openRequest, sealRequest } from './request-envelope.ts'
import { mustMaySign, signersOf } from './sign-request.ts'

export interface RepairInvitation {
  readonly wallet: Wallet
  /** Of the ECDSA key. */
  readonly share: KeyShare
  readonly requester: Pid
  /** The other one of the two. */
  readonly peer: Pid
  /** Both, ascending. */
  readonly signers: readonly Pid[]
  readonly instance: Uint8Array
  readonly expiresAt: number
  readonly envelope: Envelope
}

/** Whether this wallet has such a pair, of two that may sign. @throws {InputError} naming what it lacks */
export function checkPair(wallet: Wallet, peer: Pid): KeyShare {
  const share = ecdsaShare(wallet)
  if (wallet.certificate === undefined) throw new InputError('wallet', 'its making was not confirmed by everybody yet')
  if (share === undefined) throw new InputError('wallet', 'it has no ECDSA key')
  if (peer === share.pid || !wallet.members.some(({ pid }) => pid === peer)) throw new InputError('peer', `expected the share index of another device of this wallet, got ${peer}`)
  mustMaySign(signersOf(wallet, [share.pid, peer]), 'peer')
  return share
}

/** @throws {InputError} of a wallet that has no such pair */
export async function makeRepairRequest(
  { wallet, peer, room, expiresAt }: { readonly wallet: Wallet; readonly peer: Pid; readonly room: SessionId; readonly expiresAt: number },
  deps: Pick<SessionDeps, 'identity' | 'rng'>,
): Promise<RepairInvitation> {
  const share = checkPair(wallet, peer)
  const signers = pairOf(share, peer)
  const payload = encodeRepairProposal({ keyId: share.keyId, pair: signers })
  const envelope = await sealRequest({ ceremony: 'repair', wallet, share, payload, room, expiresAt }, deps)
  return { wallet, share, requester: share.pid, peer, signers, instance: envelope.header.instance, expiresAt, envelope }
}

/**
 * @param expected.from whose channel it came through
 * @throws {Malformed} a request that cannot be meant for this party
 */
export async function readRepairRequest(
  bytes: Uint8Array, expected: { readonly room: SessionId; readonly from: PartyId },
  deps: Pick<SessionDeps, 'wallets' | 'ed25519' | 'clock'>,
): Promise<RepairInvitation> {
  const { proposal: { pair }, ...opened } = await openRequest(bytes, { ...expected, ceremony: 'repair', decode: decodeRepairProposal }, deps)
  const { wallet, share, requester: peer, instance } = opened
  if (share.suite !== 1) throw badRequest('repair', 'it is for a key that has no pairs')
  if (peer === share.pid || pair.join() !== pairOf(share, peer).join()) throw badRequest('repair', 'it is about other parties than the two that meet')
  mustMaySign(signersOf(wallet, pair), 'peer')
  if (deps.wallets.used.has(wallet.id, wallet.epoch.roster.epoch, instance)) throw badRequest('repair', 'it was answered before')
  return { ...opened, peer, signers: pair }
}

/** What runs once both have said yes. */
export function repairRuns({ wallet, share, peer, signers, instance, requester, envelope }: RepairInvitation, rng: SessionDeps['rng']): Prepared<void> {
  const { epoch, members } = wallet.epoch.roster
  const contextOf = (told: Uint8Array | undefined): Uint8Array | undefined => {
    if (told === undefined) return undefined
    const asked = decodeRepairProposal(decodeInvitation(told).payload)
    return repairContext(asked.keyId, epoch, asked.pair)
  }
  const contextFrom = { suite: 0, type: INVITE, recompute: (heard: ReadonlyMap<Pid, Uint8Array>) => contextOf(heard.get(requester)) } as const
  const run: CeremonyRun<void>['run'] = new Run<void>({
    me: share.pid, parties: signers, vocabulary: [repairVocabulary(share.pid, members.map(({ pid }) => pid))],
    heardBefore: [{ from: requester, to: 0, suite: 0, type: INVITE, body: envelope.body }],
    script: repairPair({ instance, epoch, share, peer, contextFrom }, rng),
  })
  return { runs: [{ instance, run }], steps: ['hello', 'commit', 'exchange', 'check'] }
}

/** For a screen. */
export function repairView({ wallet, requester, peer }: RepairInvitation, pairing: RepairView['pairing']): RepairView {
  const who = (index: Pid): RepairView['from'] => ({ index, name: nameOf(wallet.members, index) })
  return { from: who(requester), peer: who(peer), pairing }
}

/** For whoever decides in this party's place. */
export function policyRepair({ wallet, peer }: RepairInvitation, facts: Pick<RepairRequest, 'pairing' | 'askedHere' | 'failedBefore'>): RepairRequest {
  return { wallet: wallet.id, walletName: wallet.name, from: { index: peer, name: nameOf(wallet.members, peer) }, ...facts }
}

function pairOf({ pid }: KeyShare, peer: Pid): readonly Pid[] {
  return [pid, peer].toSorted((a, b) => a - b)
}
