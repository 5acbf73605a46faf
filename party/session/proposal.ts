/**
 * What a making is to make: signed by its coordinator, checked by everybody before anyone is asked to approve. A key generation and a reshare
 * differ in how that is made and read, in what runs, and in what is stored; all else is the same.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import {
  concat, decodeEnvelope, decodeInvitation, encodeEnvelope, encodeHeader, encodeInvitation, equalBytes, INVITE, Malformed, signedBytes,
  type Ceremony, type Envelope, type Pid, type Rng, type Roster, type StepName,
} from '@trivet/protocol/core'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import type { WalletId } from '../api.ts'
import type { ChangeView } from '../views.ts'
import { readCard, type Card } from '../identity/card.ts'
import { isSameName } from '../known/known-parties.ts'
import { roomBytes } from '../pairing/link.ts'
import type { Purpose, Welcome } from '../pairing/proof.ts'
import type { Decision, KeygenRequest, Policy } from '../policy.ts'
import type { WalletRecord } from '../wallets/record.ts'
import type { SessionDeps } from './deps.ts'
import { decodeMakingInvitation, encodeMakingInvitation } from './frames.ts'
import type { SessionMember } from './member.ts'
import type { CeremonyRun } from './running.ts'

const CONTEXT_TAG = utf8ToBytes('trivet/keygen-channel/v1')

export const MAKING_STEPS: readonly StepName[] = ['hello', 'commit', 'exchange', 'check', 'confirm']

/** What a run of a making gives. */
export interface Made {
  /** What everybody voted for, 32 bytes. */
  readonly voteHash: Uint8Array
}

export interface Proposal {
  readonly kind: Purpose['kind']
  readonly walletId: WalletId
  readonly walletName: string
  /** 32 bytes; after a key generation the wallet's id. */
  readonly instance: Uint8Array
  /** Of the epoch that is made. */
  readonly roster: Roster
  /** In the header of every envelope: the epoch that is dealt from, 0 where there is none. */
  readonly headerEpoch: number
  /** Every device that takes part, ascending share index: one with two of them under that in the new roster. */
  readonly devices: readonly SessionMember[]
  /** Everybody who takes part, under every share index, ascending. */
  readonly participants: readonly SessionMember[]
  /** Among `devices`. */
  readonly me: Pid
  readonly inviter: Pid
  readonly expiresAt: number
  readonly envelope: Envelope
  /** What the coordinator sends to everybody. */
  readonly bytes: Uint8Array
  /** What the words stand for, besides the name. */
  readonly draft: Uint8Array
  /** Parties that this device knows by key from the wallet itself. */
  readonly trusted: ReadonlySet<PartyId>
  /** Message type of everybody's approval in the ceremony. */
  readonly join: number
  readonly change?: ChangeView
  /** What is stored beside the shares. @param now ms since 1970 */
  record(now: number): Pick<WalletRecord, 'name' | 'createdAt' | 'descent'>
  /** Whether this party says yes, before its person is asked. */
  decide(policy: Policy, invitedBy: KeygenRequest['invitedBy']): Promise<Decision>
  runs(rng: Rng): MakingRuns
}

export interface MakingRuns {
  /** The first is of `me`. */
  readonly runs: readonly CeremonyRun<Made>[]
  /** Works out beforehand what saves time in the ceremony; to be called before it starts. */
  readonly prepare: () => void
}

/** The coordinator's signed word. */
export interface Invited {
  readonly instance: Uint8Array
  readonly expiresAt: number
  readonly envelope: Envelope
  readonly bytes: Uint8Array
}

export interface InvitationDraft {
  readonly ceremony: Ceremony
  readonly room: SessionId
  readonly expiresAt: number
  readonly epoch: number
  readonly payload: Uint8Array
  readonly me: Pid
  readonly participants: readonly SessionMember[]
}

export async function sealInvitation(
  { ceremony, room, expiresAt, epoch, payload, me, participants }: InvitationDraft, { identity, rng }: Pick<SessionDeps, 'identity' | 'rng'>,
): Promise<Invited> {
  const instance = rng(32)
  const body = encodeInvitation({ ceremony, room: roomBytes(room), expires: expiresAt, payload })
  const header = { suite: 0, type: INVITE, from: me, to: 0, epoch, instance, bodyLength: body.length } as const
  const envelope = { header, signature: await identity.sign(signedBytes(encodeHeader(header), body)), body }
  const bytes = encodeMakingInvitation({ envelope: encodeEnvelope(envelope), cards: participants.map(({ card }) => card.bytes) })
  return { instance, expiresAt, envelope, bytes }
}

/** What a guest was told in the lobby, with its inviter's proof. */
export interface ExpectedInvitation {
  readonly room: SessionId
  readonly inviter: Card
  readonly welcome: Omit<Welcome, 'card'>
}

export interface OpenedInvitation extends Invited {
  readonly payload: Uint8Array
  /** In the order in which they stand there. */
  readonly cards: readonly Card[]
}

/** Checks all but what is proposed. @throws {Malformed} naming what does not fit */
export async function openInvitation(
  bytes: Uint8Array, ceremony: Ceremony, epoch: number, expected: Pick<ExpectedInvitation, 'room' | 'inviter'>,
  { ed25519, clock }: Pick<SessionDeps, 'ed25519' | 'clock'>,
): Promise<OpenedInvitation> {
  const invitation = decodeMakingInvitation(bytes)
  const envelope = decodeEnvelope(invitation.envelope)
  const { header, body, signature } = envelope
  if (!await ed25519.verify(expected.inviter.identityKey, signedBytes(encodeHeader(header), body), signature)) {
    throw new Malformed('E_INTERCEPTED', 'the introduction server altered the invitation')
  }
  const { ceremony: kind, room, expires, payload } = decodeInvitation(body)
  const isMeant = kind === ceremony && header.type === INVITE && header.suite === 0 && header.epoch === epoch && header.to === 0
  if (!isMeant) throw badProposal('it is for something else than the lobby')
  if (!equalBytes(room, roomBytes(expected.room)) || expires < clock.now()) throw badProposal('it is of another meeting, or too old')
  const cards = await Promise.all(invitation.cards.map((card) => readCard(card, ed25519)))
  return { instance: header.instance, expiresAt: expires, envelope, bytes, payload, cards }
}

/** People tell devices apart by their names. @throws {Malformed} */
export function mustHaveNames(devices: readonly SessionMember[]): void {
  const isTwice = devices.some(({ card }, i) => devices.slice(0, i).some((other) => isSameName(other.card.name, card.name)))
  if (isTwice) throw badProposal('two of its devices have the same name')
}

export function badProposal(what: string): Malformed {
  return new Malformed('E_CONFIG', what)
}

/**
 * Binds the channels to the room: 32 bytes. Not to the roster: parties that were invited to different ones have to be able to
 * talk, to find out that it was the inviter. That all agreed on one is the first thing that the ceremony makes sure of.
 */
export function makingChannelContext(room: SessionId): Uint8Array {
  return sha256(concat(CONTEXT_TAG, roomBytes(room)))
}
