/** What the party knows of every kind of session. */
import { Bug, InputError, MpcError, Refused, TransportError } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { WalletId } from '../api.ts'
import type { SessionView } from '../views.ts'
import { memberOf, type SessionMember } from './member.ts'

export interface LiveSession {
  readonly id: SessionId
  view(): SessionView
  /** The introduction server's view of the session has changed. */
  told(info: SessionInfo): void
  /** Bytes of a member, over the introduction server. */
  signal(from: PartyId, payload: Uint8Array): void
  /** @throws {InputError} when there is nothing to approve (any more) */
  approve(): Promise<void>
  /** @throws {InputError} when it is over */
  decline(reason: string): Promise<void>
  /** Leaves it at once, whatever state it is in. Resolves when the introduction server has heard of it, or cannot. */
  leave(): Promise<void>
  readonly isOver: boolean
  /** Another epoch of this wallet counts, or none any more: whatever runs under the one before ends at once, and nothing more of it leaves. */
  walletMoved?(wallet: WalletId): void
  /** Not shown to people. */
  readonly isBackground?: boolean
  /** It is forgotten: what it held for somebody to fetch is erased. */
  wipe?(): void
}

/** A reason on its way over a channel gets so long to arrive before the server's bare word counts. */
export const CANCEL_GRACE_MS = 1_500

/** A no goes over the channels, with its reason; the server, at whose word the channels can no longer come up, hears of it then or after this. */
export const DECLINE_GRACE_MS = 3_000

/** How the end of a session begins for whoever declined it. */
export const YOU_DECLINED = 'you declined'

export function youDeclined(reason: string): Refused {
  return new Refused('E_DECLINED', reason === '' ? YOU_DECLINED : `${YOU_DECLINED}: ${reason}`)
}

export function devicesChanged(): Refused {
  return new Refused('E_CANCELLED', 'the devices of this wallet have changed')
}

export function tooLate(): InputError {
  return new InputError('session', 'it is over')
}

/**
 * What the server says about the end of a session. It is believed that it ended; why, in one of two words.
 * @param nameFor a party before there are members
 */
export function endedByServer(
  { status, reason, participants }: SessionInfo, members: readonly SessionMember[], nameFor: (party: PartyId) => string | undefined = () => undefined,
): MpcError | undefined {
  if (status === 'expired') return new TransportError('E_TIMEOUT', 'not everybody came in time')
  if (status !== 'cancelled' && status !== 'failed') return undefined
  const decliner = participants.find((participant) => participant.status === 'declined')?.party_id
  const member = decliner === undefined ? undefined : memberOf(members, decliner)
  const culprits = member === undefined ? [] : [member.pid]
  const who = member?.card.name ?? (decliner === undefined ? undefined : nameFor(decliner)) ?? 'another device'
  return reason === 'declined' ? new Refused('E_DECLINED', `${who} declined`, { culprits }) : new Refused('E_CANCELLED', `${who} stopped`, { culprits })
}

/** What went wrong, as an error of ours. */
export function knownError(error: unknown, otherwise: string): MpcError {
  return error instanceof MpcError ? error : new Bug(otherwise, error)
}
