/**
 * What devices of a wallet may have to tell each other after a change of its epoch: votes that did not arrive everywhere, or the certificate
 * (`protocol.md` §E.4, "Crash" and (b)).
 */
import { hexToBytes } from '@noble/hashes/utils.js'
import { decodeEnvelope, equalBytes, Malformed, type Envelope } from '@trivet/protocol/core'
import { CERT, VOTE } from '@trivet/protocol/epoch'
import type { WalletId } from '../api.ts'
import type { PartyId } from '@trivet/signalling/wire'
import type { SharelessWallet } from '../wallets/shareless.ts'
import type { Wallet } from '../wallets/wallet.ts'
import type { Wallets } from '../wallets/wallets.ts'
import { memberOf, type SessionMember } from './member.ts'

export interface Matter {
  readonly wallet: WalletId
  readonly name: string
  /** Approvals needed. */
  readonly threshold: number
  /** Number of the epoch that was dealt from, 0 after a key generation: every header has it. */
  readonly oldEpoch: number
  /** Everybody in the room, ascending share index, as this device knows them. */
  readonly members: readonly SessionMember[]
  /** What this device voted for, and does not know to count. Absent: it has the certificate, or may be told. */
  readonly record?: Wallet
  /** The others are members of the old epoch alone: they have no vote, and may have the certificate. */
  readonly isQuestion?: true
}

/** An epoch that this device voted for. */
export function waitingMatter(record: Wallet): Matter {
  const { id, name, epoch, members, descent } = record
  return { wallet: id, name, threshold: epoch.roster.threshold, oldEpoch: descent.oldEpoch, members, record }
}

/** As `waitingMatter`, with one who left: it can be the last who has the certificate. */
export function askingMatter(record: Wallet, other: SessionMember, me: PartyId): Matter {
  const mine = memberOf(record.members, me)
  return { ...waitingMatter(record), members: [...mine === undefined ? [] : [mine], other].toSorted((a, b) => a.pid - b.pid), isQuestion: true }
}

/** The epoch that counts here, and what it was made from. @param other whom it is to be told, under the share index that both know */
export function tellingMatter(wallet: Wallet | SharelessWallet, other: SessionMember, me: PartyId): Matter {
  const { id, name } = wallet
  const { roster, oldEpoch, members } = 'epoch' in wallet
    ? { roster: wallet.epoch.roster, oldEpoch: wallet.descent.oldEpoch, members: wallet.members }
    : { ...wallet, members: wallet.met }
  const mine = memberOf(members, me)
  return { wallet: id, name, threshold: roster.threshold, oldEpoch, members: [...mine === undefined ? [] : [mine], other].toSorted((a, b) => a.pid - b.pid) }
}

/** Whether both are about one epoch, among the same parties. */
export function isSameMatter(one: Matter, other: Matter): boolean {
  return one.wallet === other.wallet && one.record?.epoch.roster.epoch === other.record?.epoch.roster.epoch
    && one.members.length === other.members.length && one.members.every(({ card: { partyId } }) => memberOf(other.members, partyId) !== undefined)
}

/**
 * What a room of these parties can be about; none where one of them is a stranger. Which one it is, whoever speaks first says. What was
 * voted for comes before what may be told.
 */
export function mattersOf(wallets: Wallets, parties: readonly PartyId[]): readonly Matter[] {
  const ids = [...wallets.list(), ...wallets.restored.list(), ...wallets.shareless()].map(({ id }) => id)
  const waiting = ids.flatMap((id) => wallets.prepared(id)).filter(({ members }) => members.length === parties.length).map(waitingMatter)
  const counting = wallets.list().filter(({ certificate }) => certificate !== undefined).flatMap((wallet) => {
    const { id, name, epoch: { roster }, members, descent } = wallet
    const about = { wallet: id, name, threshold: roster.threshold, members: [...members, ...wallets.met(id)] }
    // The last change, which somebody missed; or the next one, which this device missed.
    return [{ ...about, oldEpoch: descent.oldEpoch }, { ...about, oldEpoch: roster.epoch }]
  })
  const shareless = wallets.shareless().flatMap(({ id, name, roster, oldEpoch, met: members, standing }) => {
    const about = { wallet: id, name, threshold: roster.threshold, members }
    return [{ ...about, oldEpoch }, ...standing === 'cold' ? [{ ...about, oldEpoch: roster.epoch }] : []]
  })
  return [...waiting, ...counting, ...shareless].flatMap((matter) => {
    const members = parties.flatMap((party) => memberOf(matter.members, party) ?? [])
    return members.length === parties.length ? [{ ...matter, members: members.toSorted((a, b) => a.pid - b.pid) }] : []
  })
}

/**
 * Which of them a message is about. A certificate may also be of a change that follows an epoch of which this device knows nothing: about
 * that one it can only be told.
 */
export function spokenOf(candidates: readonly Matter[], bytes: Uint8Array): Matter | undefined {
  const said = envelopeOf(bytes)
  if (said === undefined) return undefined
  const { type, epoch, instance } = said.header
  const ofWallet = candidates.filter(({ wallet }) => equalBytes(instance, hexToBytes(wallet)))
  const matter = ofWallet.find(({ oldEpoch, record }) => (
    epoch === oldEpoch && (type !== VOTE || record === undefined || equalBytes(said.body.subarray(0, 32), record.epoch.sid))
  ))
  if (matter !== undefined || type !== CERT) return matter
  const told = ofWallet.find(({ oldEpoch, record }) => record === undefined && epoch > oldEpoch)
  return told === undefined ? undefined : { ...told, oldEpoch: epoch }
}

function envelopeOf(bytes: Uint8Array): Envelope | undefined {
  try {
    return decodeEnvelope(bytes)
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}
