/** A signed request of one member to others: sealed by who asks, checked by who is asked. Source: `protocol.md` §A.5. */
import {
  decodeEnvelope, decodeInvitation, encodeHeader, encodeInvitation, equalBytes, INVITE, Malformed, signedBytes,
  type Ceremony, type Envelope, type KeyShare, type Pid,
} from '@trivet/protocol/core'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import { roomBytes } from '../pairing/link.ts'
import type { Wallet } from '../wallets/wallet.ts'
import type { SessionDeps } from './deps.ts'
import { memberOf } from './member.ts'

export interface RequestDraft {
  readonly ceremony: Ceremony
  readonly wallet: Wallet
  /** Of the key that it is about. */
  readonly share: KeyShare
  readonly payload: Uint8Array
  readonly room: SessionId
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export async function sealRequest({ ceremony, wallet, share, payload, room, expiresAt }: RequestDraft, { identity, rng }: Pick<SessionDeps, 'identity' | 'rng'>): Promise<Envelope> {
  const body = encodeInvitation({ ceremony, room: roomBytes(room), expires: expiresAt, payload })
  const header = { suite: 0, type: INVITE, from: share.pid, to: 0, epoch: wallet.epoch.roster.epoch, instance: rng(32), bodyLength: body.length } as const
  return { header, signature: await identity.sign(signedBytes(encodeHeader(header), body)), body }
}

/** What every request says. */
export interface OpenedRequest<P> {
  readonly wallet: Wallet
  /** Of the key that the requester named. */
  readonly share: KeyShare
  readonly requester: Pid
  readonly proposal: P
  readonly instance: Uint8Array
  readonly expiresAt: number
  readonly envelope: Envelope
}

export interface ExpectedRequest<P> {
  readonly ceremony: Ceremony
  readonly room: SessionId
  /** Whose channel it came through. */
  readonly from: PartyId
  /** @throws {Malformed} */
  readonly decode: (payload: Uint8Array) => P
}

/** A request that cannot be meant for this party. */
export function badRequest(ceremony: Ceremony, what: string): Malformed {
  return new Malformed('E_CONFIG', `${ceremony} request: ${what}`)
}

/** Checks everything but what the proposal asks for. @throws {Malformed} a request that cannot be meant for this party */
export async function openRequest<P extends { readonly keyId: Uint8Array }>(
  bytes: Uint8Array, { ceremony, room, from, decode }: ExpectedRequest<P>, { wallets, ed25519, clock }: Pick<SessionDeps, 'wallets' | 'ed25519' | 'clock'>,
): Promise<OpenedRequest<P>> {
  const bad = (what: string): Malformed => badRequest(ceremony, what)
  const envelope = decodeEnvelope(bytes)
  const { header, body, signature } = envelope
  const invitation = decodeInvitation(body)
  if (header.type !== INVITE || header.suite !== 0 || header.to !== 0 || invitation.ceremony !== ceremony) throw bad('it is for something else')
  if (!equalBytes(invitation.room, roomBytes(room)) || invitation.expires < clock.now()) throw bad('it is of another meeting, or too old')
  const proposal = decode(invitation.payload)
  const isMeant = ({ keyId }: KeyShare): boolean => equalBytes(keyId, proposal.keyId)
  const wallet = wallets.list().find(({ epoch, certificate }) => certificate !== undefined && epoch.keys.some(isMeant))
  const share = wallet?.epoch.keys.find(isMeant)
  if (wallet === undefined || share === undefined) throw bad('this device has no share of that key')
  const requester = memberOf(wallet.members, from)
  if (requester?.pid !== header.from) throw bad('it is of another party')
  if (!await ed25519.verify(requester.card.identityKey, signedBytes(encodeHeader(header), body), signature)) throw bad('its signature does not verify')
  if (header.epoch < wallet.epoch.roster.epoch) wallets.outdated(wallet.id, from)
  if (header.epoch !== wallet.epoch.roster.epoch) throw bad('it is of another epoch')
  return { wallet, share, requester: requester.pid, proposal, instance: header.instance, expiresAt: invitation.expires, envelope }
}
