/** A signed request to set up one pair of an ECDSA key anew: made by one of the two, checked by the other. Source: `protocol.md` §E.2. */
import {
  decodeEnvelope, decodeInvitation, decodeRepairProposal, encodeHeader, encodeInvitation, encodeRepairProposal, equalBytes, INVITE, InputError,
  Malformed, Run, signedBytes, type Envelope, type KeyShare, type Pid,
} from '@trivet/protocol/core'
import { repairContext, repairPair, repairVocabulary } from '@trivet/protocol/dkls23'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import type { RepairView } from '../api.ts'
import { roomBytes } from '../pairing/link.ts'
import type { RepairRequest } from '../policy.ts'
import { ecdsaShare } from '../presign/presign-request.ts'
import type { Wallet } from '../wallets/wallet.ts'
import type { CeremonyRun } from './ceremony.ts'
import type { SessionDeps } from './deps.ts'
import type { Prepared } from './gathering.ts'
import { memberOf, nameOf } from './member.ts'

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

/** Whether this wallet has such a pair. @throws {InputError} naming what it lacks */
export function checkPair(wallet: Wallet, peer: Pid): KeyShare {
  const share = ecdsaShare(wallet)
  if (wallet.certificate === undefined) throw new InputError('wallet', 'its making was not confirmed by everybody yet')
  if (share === undefined) throw new InputError('wallet', 'it has no ECDSA key')
  if (peer === share.pid || !wallet.members.some(({ pid }) => pid === peer)) throw new InputError('peer', `expected the share index of another device of this wallet, got ${peer}`)
  return share
}

/** @throws {InputError} of a wallet that has no such pair */
export async function makeRepairRequest(
  { wallet, peer, room, expiresAt }: { readonly wallet: Wallet; readonly peer: Pid; readonly room: SessionId; readonly expiresAt: number },
  { identity, rng }: Pick<SessionDeps, 'identity' | 'rng'>,
): Promise<RepairInvitation> {
  const share = checkPair(wallet, peer)
  const signers = pairOf(share, peer)
  const payload = encodeRepairProposal({ keyId: share.keyId, pair: signers })
  const body = encodeInvitation({ ceremony: 'repair', room: roomBytes(room), expires: expiresAt, payload })
  const instance = rng(32)
  const header = { suite: 0, type: INVITE, from: share.pid, to: 0, epoch: wallet.epoch.roster.epoch, instance, bodyLength: body.length } as const
  const envelope = { header, signature: await identity.sign(signedBytes(encodeHeader(header), body)), body }
  return { wallet, share, requester: share.pid, peer, signers, instance, expiresAt, envelope }
}

/**
 * @param expected.from whose channel it came through
 * @throws {Malformed} a request that cannot be meant for this party
 */
export async function readRepairRequest(
  bytes: Uint8Array, expected: { readonly room: SessionId; readonly from: PartyId },
  { wallets, ed25519, clock }: Pick<SessionDeps, 'wallets' | 'ed25519' | 'clock'>,
): Promise<RepairInvitation> {
  const bad = (what: string): Malformed => new Malformed('E_CONFIG', `repair request: ${what}`)
  const envelope = decodeEnvelope(bytes)
  const { header, body, signature } = envelope
  const { ceremony, room, expires, payload } = decodeInvitation(body)
  if (header.type !== INVITE || header.suite !== 0 || header.to !== 0 || ceremony !== 'repair') throw bad('it is for something else')
  if (!equalBytes(room, roomBytes(expected.room)) || expires < clock.now()) throw bad('it is of another meeting, or too old')
  const { keyId, pair } = decodeRepairProposal(payload)
  const wallet = wallets.list().find((candidate) => candidate.certificate !== undefined && equalBytes(ecdsaShare(candidate)?.keyId ?? new Uint8Array(0), keyId))
  const share = wallet === undefined ? undefined : ecdsaShare(wallet)
  if (wallet === undefined || share === undefined) throw bad('this device has no share of that key')
  const requester = memberOf(wallet.members, expected.from)
  if (requester?.pid !== header.from || header.epoch !== wallet.epoch.roster.epoch) throw bad('it is of another party or epoch')
  if (!await ed25519.verify(requester.card.identityKey, signedBytes(encodeHeader(header), body), signature)) throw bad('its signature does not verify')
  const peer = requester.pid
  if (peer === share.pid || pair.join() !== pairOf(share, peer).join()) throw bad('it is about other parties than the two that meet')
  if (wallets.used.has(wallet.id, header.epoch, header.instance)) throw bad('it was answered before')
  return { wallet, share, requester: peer, peer, signers: pair, instance: header.instance, expiresAt: expires, envelope }
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
