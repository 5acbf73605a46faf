/** The signed roster of a key generation, made by the coordinator and checked by everybody before anyone is asked to approve. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import {
  assignPids, concat, decodeEnvelope, decodeInvitation, decodeKeygenProposal, encodeEnvelope, encodeHeader, encodeInvitation,
  encodeKeygenProposal, equalBytes, INVITE, Malformed, signedBytes,
  type Envelope, type Pid, type Roster,
} from '@trivet/protocol/core'
import type { SessionId } from '@trivet/signalling/wire'
import { readCard, type Card } from '../identity/card.ts'
import { isSameName } from '../known/known-parties.ts'
import { SUITES } from '../pairing/capabilities.ts'
import { roomBytes } from '../pairing/link.ts'
import type { KeygenRequest } from '../policy.ts'
import type { SessionDeps } from './deps.ts'
import { decodeKeygenInvitation, encodeKeygenInvitation } from './frames.ts'
import { memberOf, type SessionMember } from './member.ts'

const CONTEXT_TAG = utf8ToBytes('trivet/keygen-channel/v1')

export interface KeygenProposal {
  /** 32 bytes; the wallet's id afterwards. */
  readonly instance: Uint8Array
  readonly roster: Roster
  readonly members: readonly SessionMember[]
  readonly me: Pid
  readonly inviter: Pid
  /** From the lobby, where it came with the inviter's proof. */
  readonly walletName: string
  readonly expiresAt: number
  readonly envelope: Envelope
  /** What the coordinator sends to everybody. */
  readonly bytes: Uint8Array
}

interface Draft {
  readonly room: SessionId
  readonly walletName: string
  readonly threshold: number
  readonly expiresAt: number
  /** The others'. */
  readonly cards: readonly Card[]
}

/** The coordinator's word: who takes part, under which share index, with which threshold. */
export async function proposeKeygen(draft: Draft, { identity, rng }: Pick<SessionDeps, 'identity' | 'rng'>): Promise<KeygenProposal> {
  const cards = [identity.card, ...draft.cards]
  const pids = assignPids(cards.map((card) => ({ idKeyHash: hexToBytes(card.partyId), role: card.role })))
  const members = pids.map(({ pid, idKeyHash }) => ({ pid, card: cardOf(cards, idKeyHash) }))
  const roster: Roster = { walletId: new Uint8Array(32), epoch: 1, threshold: draft.threshold, suites: SUITES, members: pids }
  const me = pidOfCard(members, identity.card)
  const instance = rng(32)
  const body = encodeInvitation({ ceremony: 'keygen', room: roomBytes(draft.room), expires: draft.expiresAt, payload: encodeKeygenProposal(roster) })
  const header = { suite: 0, type: INVITE, from: me, to: 0, epoch: 0, instance, bodyLength: body.length } as const
  const envelope = { header, signature: await identity.sign(signedBytes(encodeHeader(header), body)), body }
  const bytes = encodeKeygenInvitation({ envelope: encodeEnvelope(envelope), cards: members.map(({ card }) => card.bytes) })
  return { instance, roster, members, me, inviter: me, walletName: draft.walletName, expiresAt: draft.expiresAt, envelope, bytes }
}

/**
 * Checks a coordinator's word.
 * @param inviter whose card was proved in the lobby
 * @throws {Malformed} naming what does not fit
 */
export async function readKeygenProposal(
  bytes: Uint8Array,
  expected: { readonly room: SessionId; readonly inviter: Card; readonly walletName: string; readonly threshold: number; readonly total: number },
  { identity, ed25519, clock, wallets }: Pick<SessionDeps, 'identity' | 'ed25519' | 'clock'> & { readonly wallets: Pick<SessionDeps['wallets'], 'has'> },
): Promise<KeygenProposal> {
  const bad = (what: string): Malformed => new Malformed('E_CONFIG', what)
  const invitation = decodeKeygenInvitation(bytes)
  const envelope = decodeEnvelope(invitation.envelope)
  const { header, body, signature } = envelope
  if (!await ed25519.verify(expected.inviter.identityKey, signedBytes(encodeHeader(header), body), signature)) {
    throw new Malformed('E_INTERCEPTED', 'the introduction server altered the invitation')
  }
  const { ceremony, room, expires, payload } = decodeInvitation(body)
  if (ceremony !== 'keygen' || header.type !== INVITE || header.suite !== 0 || header.epoch !== 0 || header.to !== 0) throw bad('it is not for a new wallet')
  if (!equalBytes(room, roomBytes(expected.room)) || expires < clock.now()) throw bad('it is of another meeting, or too old')
  if (wallets.has(bytesToHex(header.instance))) throw bad('it was used before')
  const roster = decodeKeygenProposal(payload)
  if (roster.epoch !== 1 || roster.walletId.some((byte) => byte !== 0) || roster.suites.join() !== SUITES.join()) throw bad('it is not for a new wallet of this version')
  if (roster.threshold !== expected.threshold || roster.members.length !== expected.total) throw bad('it has another number of devices or approvals than the lobby')
  const cards = await Promise.all(invitation.cards.map((card) => readCard(card, ed25519)))
  const members = roster.members.map(({ pid, idKeyHash, role }, i) => {
    const card = cards[i]
    if (card === undefined || card.partyId !== bytesToHex(idKeyHash) || card.role !== role || pid !== i + 1) throw bad(`the identity of device ${i + 1} does not fit`)
    return { pid, card }
  })
  const inviter = memberOf(members, expected.inviter.partyId)
  const mine = memberOf(members, identity.card.partyId)
  if (cards.length !== members.length || inviter?.pid !== header.from || mine === undefined) throw bad('this device or the inviter is not in it')
  if (!equalBytes(mine.card.bytes, identity.card.bytes)) throw bad('it describes this device wrongly')
  if (members.some(({ pid, card }) => members.some((other) => other.pid > pid && isSameName(other.card.name, card.name)))) throw bad('two of its devices have the same name')
  const { walletName } = expected
  return { instance: header.instance, roster, members, me: mine.pid, inviter: inviter.pid, walletName, expiresAt: expires, envelope, bytes }
}

/**
 * Binds the channels to the room: 32 bytes. Not to the roster: parties that were invited to different ones have to be able to
 * talk, to find out that it was the inviter. That all agreed on one is the first thing that the ceremony makes sure of.
 */
export function keygenChannelContext(room: SessionId): Uint8Array {
  return sha256(concat(CONTEXT_TAG, roomBytes(room)))
}

/** What a policy decides about. */
export function keygenRequest(
  { walletName, threshold, total }: { readonly walletName: string; readonly threshold: number; readonly total: number },
  mine: Card, others: readonly Card[], invitedBy: KeygenRequest['invitedBy'],
): KeygenRequest {
  return {
    walletName, threshold, total, suites: SUITES, invitedBy,
    parties: [mine, ...others].map((card) => ({ name: card.name, partyId: card.partyId, role: card.role, me: card === mine })),
  }
}

function cardOf(cards: readonly Card[], idKeyHash: Uint8Array): Card {
  const id = bytesToHex(idKeyHash)
  const card = cards.find(({ partyId }) => partyId === id)
  if (card === undefined) throw new Malformed('E_CONFIG', 'a member without a card')
  return card
}

function pidOfCard(members: readonly SessionMember[], card: Card): Pid {
  const member = memberOf(members, card.partyId)
  if (member === undefined) throw new Malformed('E_CONFIG', 'this device is not a member')
  return member.pid
}
