/** A signed request for a signature: made by who asks, checked by everybody who is asked. */
import { sha256 } from '@noble/hashes/sha2.js'
import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, decodeSignProposal, encodeSignProposal, InputError, type Envelope, type KeyShare, type Pid, type SignProposal } from '@trivet/protocol/core'
import type { GroupKey, Interpret, Interpretation } from '@trivet/protocol/intent'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import { roomBytes } from '../pairing/link.ts'
import type { SignRequest } from '../policy.ts'
import { firstWithout } from '../roles.ts'
import type { Wallet } from '../wallets/wallet.ts'
import type { SessionDeps } from './deps.ts'
import { nameOf, type SessionMember } from './member.ts'
import { checkPairs, withWarning } from './pair-check.ts'
import { badRequest, openRequest, sealRequest } from './request-envelope.ts'

const CONTEXT_TAG = utf8ToBytes('trivet/sign-channel/v1')

/** More messages than this are not signed under one approval: the inputs of a large transaction. */
const MAX_MESSAGES = 256

/** Who asks whom for what: checked, but not yet understood. */
export interface SignInvitation {
  readonly wallet: Wallet
  /** Of the key that the requester named. */
  readonly share: KeyShare
  /** Ascending share indices. */
  readonly signers: readonly Pid[]
  readonly requester: Pid
  readonly intent: Uint8Array
  readonly instance: Uint8Array
  readonly expiresAt: number
  readonly envelope: Envelope
  /** Which presignatures to use, if everybody still holds them (`protocol.md` §D.7). */
  readonly online?: SignProposal['online'] | undefined
}

export interface SignRequestFacts extends SignInvitation {
  /** What this party derived itself from the intent. */
  readonly interpretation: Interpretation
}

/**
 * @throws {InputError} naming what cannot be signed or who cannot sign
 * @throws {Refused} naming with whom this party may not sign; nothing was sent
 */
export async function makeSignRequest(
  draft: { readonly wallet: Wallet; readonly signers: readonly Pid[]; readonly intent: Uint8Array; readonly room: SessionId; readonly expiresAt: number; readonly online?: SignProposal['online'] },
  deps: Pick<SessionDeps, 'identity' | 'rng' | 'interpret' | 'wallets'>,
): Promise<SignRequestFacts> {
  const { wallet, intent, room, expiresAt, online } = draft
  const { interpret, wallets } = deps
  const signers = checkSigners(wallet, draft.signers)
  const read = readIntent(wallet, intent, interpret)
  const share = shareOf(wallet, read)
  checkPairs({ wallet, share, signers }, wallets.pairs)
  const payload = encodeSignProposal({ keyId: share.keyId, signers, intent, ...(online === undefined ? {} : { online }) })
  const envelope = await sealRequest({ ceremony: 'sign', wallet, share, payload, room, expiresAt }, deps)
  const invitation = { wallet, share, signers, requester: share.pid, intent, instance: envelope.header.instance, expiresAt, envelope, online }
  return { ...invitation, interpretation: withWarning(read, invitation, wallets.pairs) }
}

/**
 * Checks a request: everything but what its intent says.
 * @param from whose channel it came through
 * @throws {Malformed} a request that cannot be meant for this party
 */
export async function readSignInvitation(
  bytes: Uint8Array, expected: { readonly room: SessionId; readonly from: PartyId; readonly participants: readonly PartyId[] },
  deps: Pick<SessionDeps, 'wallets' | 'ed25519' | 'clock'>,
): Promise<SignInvitation> {
  const { proposal, ...opened } = await openRequest(bytes, { ...expected, ceremony: 'sign', decode: decodeSignProposal }, deps)
  const { wallet, instance } = opened
  const { signers, intent, online } = proposal
  if (!areExactly(expected.participants, wallet, signers)) throw badRequest('sign', 'it names other signers than this meeting has')
  checkSigners(wallet, signers)
  if (deps.wallets.used.has(wallet.id, wallet.epoch.roster.epoch, instance)) throw badRequest('sign', 'it was answered before')
  return { ...opened, signers, intent, online }
}

/**
 * Derives from a request's intent what would be signed.
 * @throws {MpcError} where this party cannot read it, reads something else than it was asked for, or may not sign with these parties
 */
export function understand(invitation: SignInvitation, { interpret, wallets }: Pick<SessionDeps, 'interpret' | 'wallets'>): SignRequestFacts {
  const interpretation = readIntent(invitation.wallet, invitation.intent, interpret)
  if (shareOf(invitation.wallet, interpretation) !== invitation.share) throw new InputError('intent', 'it needs another key than the request names')
  checkPairs(invitation, wallets.pairs)
  return { ...invitation, interpretation: withWarning(interpretation, invitation, wallets.pairs) }
}

export function signersOf(wallet: Wallet, signers: readonly Pid[]): readonly SessionMember[] {
  return wallet.members.filter(({ pid }) => signers.includes(pid))
}

/** @throws {InputError} naming the first whose role is to take part in key generation alone */
export function mustMaySign(signers: readonly SessionMember[], field = 'signers'): void {
  const guest = firstWithout('sign', signers)
  if (guest !== undefined) throw new InputError(field, `${guest.card.name} only takes part in making keys (role ${guest.card.role})`, 'E_CONFIG')
}

/** Whether these signers of a wallet are the parties of a meeting, all of them and nobody else. */
export function areExactly(participants: readonly PartyId[], wallet: Wallet, signers: readonly Pid[]): boolean {
  const named = signersOf(wallet, signers)
  return named.length === participants.length && named.every(({ card }) => participants.includes(card.partyId))
}

/** Binds the channels to the room and exactly these parties: 32 bytes. */
export function signChannelContext(room: SessionId, participants: readonly PartyId[]): Uint8Array {
  return sha256(concat(CONTEXT_TAG, roomBytes(room), ...participants.toSorted().map(hexToBytes)))
}

export function groupKeys(wallet: Wallet): readonly GroupKey[] {
  return wallet.epoch.keys.map(({ suite, groupKey, chainCode }) => ({ suite, publicKey: groupKey, chainCode }))
}

function readIntent(wallet: Wallet, intent: Uint8Array, interpret: Interpret): Interpretation {
  const interpretation = interpret(intent, groupKeys(wallet))
  const count = interpretation.messages.length
  if (count < 1 || count > MAX_MESSAGES) throw new InputError('intent', `expected 1 to ${MAX_MESSAGES} messages to sign, got ${count}`)
  return interpretation
}

function shareOf(wallet: Wallet, { suite }: Interpretation): KeyShare {
  const share = wallet.epoch.keys.find((key) => key.suite === suite)
  if (share === undefined) throw new InputError('intent', 'this wallet has no key for it')
  return share
}

function checkSigners(wallet: Wallet, signers: readonly Pid[]): readonly Pid[] {
  const { threshold } = wallet.epoch.roster
  const sorted = [...new Set(signers)].toSorted((a, b) => a - b)
  if (wallet.certificate === undefined) throw new InputError('wallet', 'its making was not confirmed by everybody yet')
  if (sorted.length !== threshold || signers.length !== threshold) throw new InputError('signers', `expected ${threshold} different devices, got ${signers.length}`, 'E_QUORUM')
  if (signersOf(wallet, sorted).length !== threshold) throw new InputError('signers', 'not all of them hold this wallet', 'E_CONFIG')
  const mine = wallet.epoch.keys[0]?.pid
  if (mine === undefined || !sorted.includes(mine)) throw new InputError('signers', 'this device has to be one of them', 'E_CONFIG')
  mustMaySign(signersOf(wallet, sorted))
  return sorted
}

export function policyRequest(request: SignRequestFacts, me: PartyId): SignRequest {
  const { wallet, requester, signers, intent, interpretation } = request
  const partyId = wallet.members.find(({ pid }) => pid === requester)?.card.partyId ?? me
  return {
    wallet: wallet.id, walletName: wallet.name, signers, intent, interpretation,
    from: { index: requester, name: nameOf(wallet.members, requester), partyId, me: partyId === me },
  }
}
