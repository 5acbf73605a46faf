/** A signed request for presignatures: made by one member in the background, checked by the others. Source: `protocol.md` §D.7. */
import { TH } from '@trivet/protocol/core'
import {
  decodeEnvelope, decodeInvitation, decodePresignProposal, encodeHeader, encodeInvitation, encodePresignProposal, equalBytes, INVITE, InputError,
  kept, Malformed, Run, signedBytes, u32, type Envelope, type KeyShare, type Pid,
} from '@trivet/protocol/core'
import { ecdsaContext, presign, presignMessages, signingPoint, type PairBook, type Presignature } from '@trivet/protocol/dkls23'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import { roomBytes } from '../pairing/link.ts'
import type { SessionDeps } from '../session/deps.ts'
import { memberOf } from '../session/member.ts'
import { signersOf } from '../session/sign-request.ts'
import type { Wallet } from '../wallets/wallet.ts'

/** So many side by side in one session. */
export const MAX_AT_ONCE = 8

export interface PresignRequest {
  readonly wallet: Wallet
  readonly share: KeyShare
  readonly signers: readonly Pid[]
  readonly path: readonly number[]
  readonly count: number
  readonly instance: Uint8Array
  readonly expiresAt: number
  readonly requester: Pid
  readonly envelope: Envelope
}

/** The ECDSA key of a wallet, if it has one. */
export function ecdsaShare({ epoch }: Wallet): KeyShare | undefined {
  return epoch.keys.find(({ suite }) => suite === 1)
}

/** @throws {InputError} of a wallet without an ECDSA key */
export async function makePresignRequest(
  { wallet, signers, count, room, expiresAt }: Pick<PresignRequest, 'wallet' | 'signers' | 'count' | 'expiresAt'> & { readonly room: SessionId },
  { identity, rng }: Pick<SessionDeps, 'identity' | 'rng'>,
): Promise<PresignRequest> {
  const share = ecdsaShare(wallet)
  if (share === undefined) throw new InputError('wallet', 'it has no ECDSA key')
  const path: readonly number[] = []
  const payload = encodePresignProposal({ keyId: share.keyId, signers, path, count })
  const body = encodeInvitation({ ceremony: 'presign', room: roomBytes(room), expires: expiresAt, payload })
  const instance = rng(32)
  const header = { suite: 0, type: INVITE, from: share.pid, to: 0, epoch: wallet.epoch.roster.epoch, instance, bodyLength: body.length } as const
  const envelope = { header, signature: await identity.sign(signedBytes(encodeHeader(header), body)), body }
  return { wallet, share, signers, path, count, instance, expiresAt, requester: share.pid, envelope }
}

/** @throws {Malformed} a request that cannot be meant for this party */
export async function readPresignRequest(
  bytes: Uint8Array, expected: { readonly room: SessionId; readonly from: PartyId; readonly participants: readonly PartyId[] },
  { wallets, ed25519, clock }: Pick<SessionDeps, 'wallets' | 'ed25519' | 'clock'>,
): Promise<PresignRequest> {
  const bad = (what: string): Malformed => new Malformed('E_CONFIG', `presign request: ${what}`)
  const envelope = decodeEnvelope(bytes)
  const { header, body, signature } = envelope
  const { ceremony, room, expires, payload } = decodeInvitation(body)
  if (header.type !== INVITE || header.suite !== 0 || header.to !== 0 || ceremony !== 'presign') throw bad('it is for something else')
  if (!equalBytes(room, roomBytes(expected.room)) || expires < clock.now()) throw bad('it is of another meeting, or too old')
  const { keyId, signers, path, count } = decodePresignProposal(payload)
  const wallet = wallets.list().find((candidate) => candidate.certificate !== undefined && equalBytes(ecdsaShare(candidate)?.keyId ?? new Uint8Array(0), keyId))
  const share = wallet === undefined ? undefined : ecdsaShare(wallet)
  if (wallet === undefined || share === undefined) throw bad('this device has no share of that key')
  const requester = memberOf(wallet.members, expected.from)
  if (requester?.pid !== header.from || header.epoch !== wallet.epoch.roster.epoch) throw bad('it is of another party or epoch')
  if (!await ed25519.verify(requester.card.identityKey, signedBytes(encodeHeader(header), body), signature)) throw bad('its signature does not verify')
  const named = signersOf(wallet, signers).map(({ card }) => card.partyId)
  if (named.length !== expected.participants.length || named.some((party) => !expected.participants.includes(party))) throw bad('it names other signers than this meeting has')
  if (signers.length !== wallet.epoch.roster.threshold || !signers.includes(share.pid)) throw bad('it has another number of signers than this wallet needs')
  if (path.length > 0 || count < 1 || count > MAX_AT_ONCE) throw bad('this device makes none of that kind')
  return { wallet, share, signers, path, count, instance: header.instance, expiresAt: expires, requester: requester.pid, envelope }
}

/**
 * One run for each presignature.
 * @param made holds each from the moment it is there, also where another one fails
 */
export function presignRuns(request: PresignRequest, pairs: PairBook, rng: SessionDeps['rng'], made: Presignature[]): readonly { readonly instance: Uint8Array; readonly run: Run<Presignature> }[] {
  const { wallet, share, signers, path, count, envelope, requester } = request
  const { epoch, threshold } = wallet.epoch.roster
  const nothing = new Uint8Array(0)
  const contextOf = (told: Uint8Array | undefined): Uint8Array | undefined => {
    if (told === undefined) return undefined
    const asked = decodePresignProposal(decodeInvitation(told).payload)
    return ecdsaContext({ share, epoch, signers: asked.signers, message: nothing, intent: nothing }, 'presign', signingPoint(share, asked.path).publicKey)
  }
  return Array.from({ length: count }, (_, i) => {
    const instance = TH('sign/item', request.instance, u32(i))
    const contextFrom = { suite: 0, type: INVITE, recompute: (heard: ReadonlyMap<Pid, Uint8Array>) => contextOf(heard.get(requester)) } as const
    const ceremony = { instance, epoch, threshold, share, pairs, signers, path, message: nothing, intent: nothing, contextFrom }
    const heardBefore = [{ from: requester, to: 0, suite: 0, type: INVITE, body: envelope.body } as const]
    const vocabulary = [{ suite: 1 as const, messages: presignMessages }]
    return { instance, run: new Run({ me: share.pid, parties: signers, vocabulary, heardBefore, script: kept(made, presign(ceremony, rng)) }) }
  })
}
