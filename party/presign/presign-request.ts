/** A signed request for presignatures: made by one member in the background, checked by the others. Source: `protocol.md` §D.7. */
import {
  decodeInvitation, decodePresignProposal, encodePresignProposal, INVITE, InputError, kept, Run, TH, u32,
  type Envelope, type KeyShare, type Malformed, type Pid,
} from '@trivet/protocol/core'
import { ecdsaContext, presign, presignMessages, signingPoint, type PairBook, type Presignature } from '@trivet/protocol/dkls23'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import type { SessionDeps } from '../session/deps.ts'
import { badRequest, openRequest, sealRequest } from '../session/request-envelope.ts'
import { areExactly, mustMaySign, signersOf } from '../session/sign-request.ts'
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
  deps: Pick<SessionDeps, 'identity' | 'rng'>,
): Promise<PresignRequest> {
  const share = ecdsaShare(wallet)
  if (share === undefined) throw new InputError('wallet', 'it has no ECDSA key')
  const path: readonly number[] = []
  const payload = encodePresignProposal({ keyId: share.keyId, signers, path, count })
  const envelope = await sealRequest({ ceremony: 'presign', wallet, share, payload, room, expiresAt }, deps)
  return { wallet, share, signers, path, count, instance: envelope.header.instance, expiresAt, requester: share.pid, envelope }
}

/** @throws {Malformed} a request that cannot be meant for this party */
export async function readPresignRequest(
  bytes: Uint8Array, expected: { readonly room: SessionId; readonly from: PartyId; readonly participants: readonly PartyId[] },
  deps: Pick<SessionDeps, 'wallets' | 'ed25519' | 'clock'>,
): Promise<PresignRequest> {
  const bad = (what: string): Malformed => badRequest('presign', what)
  const { proposal, ...opened } = await openRequest(bytes, { ...expected, ceremony: 'presign', decode: decodePresignProposal }, deps)
  const { wallet, share } = opened
  const { signers, path, count } = proposal
  if (share.suite !== 1) throw bad('it is for a key that has no presignatures')
  if (!areExactly(expected.participants, wallet, signers)) throw bad('it names other signers than this meeting has')
  if (signers.length !== wallet.epoch.roster.threshold || !signers.includes(share.pid)) throw bad('it has another number of signers than this wallet needs')
  mustMaySign(signersOf(wallet, signers))
  if (path.length > 0 || count < 1 || count > MAX_AT_ONCE) throw bad('this device makes none of that kind')
  return { ...opened, signers, path, count }
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
