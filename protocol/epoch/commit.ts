/**
 * The epochs of one wallet on one device, as a reducer: a change is written and read back before anything that depends on it
 * is sent, so that memory and disk cannot drift apart. Source: `protocol.md` §E.3, §E.4.
 */
import { bytesToHex } from '@noble/hashes/utils.js'
import { equalBytes } from '../core/bytes.ts'
import type { PreparedEpoch } from '../core/change.ts'
import { InputError } from '../core/errors.ts'
import type { Roster } from '../core/roster.ts'
import { checkAborts } from './aborts.ts'
import { decodeCertificate, type Certificate, type Signed } from './certificate.ts'
import { certificateClaims, consentClaims, type SignatureClaim } from './certificate-claims.ts'

export interface ActiveEpoch {
  readonly epoch: PreparedEpoch
  /** What made it count. */
  readonly certificate: Uint8Array
  /** Where the share came out of a backup: the id-key hash of this device, which is not the one in the roster. It may deal, and never sign. */
  readonly restoredAs?: Uint8Array
}

/** An epoch counts, and this device holds no share of it. */
export interface Shareless {
  /** `cold`: this device is a member and its share is lost. `left`: it is no member any more. */
  readonly standing: 'cold' | 'left'
  readonly walletId: string
  readonly roster: Roster
  readonly certificate: Uint8Array
  /** Id-key hash of this device, 32 bytes. */
  readonly identity: Uint8Array
}

export interface WalletEpochs {
  /** The epoch that counts and of which this device holds a share. */
  readonly active: ActiveEpoch | undefined
  /** COLD or LEFT; then nothing is active. */
  readonly shareless?: Shareless
  /** Stored shares of higher epochs, voted for and not yet certain; ascending. */
  readonly prepared: readonly PreparedEpoch[]
  /** Sessions that this device said it will never vote for. */
  readonly neverVote: readonly NeverVote[]
  /** The highest epoch this device ever had, prepared or active: a number is never used twice. */
  readonly highest: number
}

export interface NeverVote {
  /** Hex. */
  readonly sid: string
  /** Number of the epoch that the session was to make. */
  readonly epoch: number
}

export type WalletChange =
  | { readonly kind: 'prepared'; readonly epoch: PreparedEpoch }
  /** Whose signatures the caller verified (`committedClaims`). */
  | { readonly kind: 'committed'; readonly certificate: Uint8Array }
  /** To be lasting before ABORT is signed: an ABORT promises never to vote. @see mayAbort */
  | { readonly kind: 'aborted'; readonly sid: Uint8Array; readonly epoch: number }
  /** ABORT of others, whose signatures the caller verified. */
  | { readonly kind: 'abortedByOthers'; readonly sid: Uint8Array; readonly aborts: readonly Signed[] }
  /** Out of a backup whose certificate the caller checked. `identity`: id-key hash of this device, 32 bytes. */
  | { readonly kind: 'restored'; readonly epoch: PreparedEpoch; readonly certificate: Uint8Array; readonly identity: Uint8Array }

export const NO_EPOCHS: WalletEpochs = { active: undefined, prepared: [], neverVote: [], highest: 0 }

/**
 * @returns the next state; `state` itself where the change has no effect (an old certificate, an abort after the vote).
 *   Records that are in `state` and not in the result are to be wiped.
 * @throws {InputError} E_CONFIG: a record or certificate that has no place here
 * @throws {Malformed | Disagreement} a certificate that does not hold, or too few aborts
 */
export function reduceWallet(state: WalletEpochs, change: WalletChange): WalletEpochs {
  switch (change.kind) {
    case 'prepared': return prepare(state, change.epoch)
    case 'committed': return commit(state, change.certificate)
    case 'aborted': return abort(state, change.sid, change.epoch)
    case 'abortedByOthers': return dropAborted(state, change.sid, change.aborts)
    case 'restored': return restore(state, change)
  }
}

/**
 * The signatures that must verify before `committed` is reduced in this state; none for a certificate that changes nothing.
 * @throws as `reduceWallet`
 */
export function committedClaims(state: WalletEpochs, certificate: Uint8Array): readonly SignatureClaim[] {
  return judge(state, decodeCertificate(certificate))?.claims ?? []
}

function prepare(state: WalletEpochs, epoch: PreparedEpoch): WalletEpochs {
  const number = epoch.roster.epoch
  if (isNeverVotedFor(state, epoch.sid)) throw new InputError('epoch', 'this session was aborted', 'E_CONFIG')
  if (number <= state.highest) throw new InputError('epoch', `expected a number above ${state.highest}, got ${number}`, 'E_CONFIG')
  const known = state.active?.epoch ?? state.shareless ?? state.prepared[0]
  if (known !== undefined && known.walletId !== epoch.walletId) throw new InputError('epoch', 'it is of another wallet', 'E_CONFIG')
  return { ...state, prepared: [...state.prepared, epoch], highest: number }
}

/** ACTIVE := e'; lower epochs go, higher prepared ones stay. */
function commit(state: WalletEpochs, bytes: Uint8Array): WalletEpochs {
  const certificate = decodeCertificate(bytes)
  const verdict = judge(state, certificate)
  if (verdict === undefined) return state
  const { roster } = certificate
  const kept = {
    prepared: state.prepared.filter((epoch) => epoch.roster.epoch > roster.epoch),
    neverVote: state.neverVote.filter(({ epoch }) => epoch > roster.epoch),
    highest: Math.max(state.highest, roster.epoch),
  }
  const { then } = verdict
  if ('record' in then) return { active: { epoch: then.record, certificate: bytes.slice() }, ...kept }
  const { walletId, identity } = then.without
  const isMember = roster.members.some(({ idKeyHash }) => equalBytes(idKeyHash, identity))
  return { active: undefined, shareless: { standing: isMember ? 'cold' : 'left', walletId, roster, certificate: bytes.slice(), identity }, ...kept }
}

/** What the epoch before is for this device: what a certificate that it took no part in is judged by. */
interface Standing {
  readonly walletId: string
  readonly roster: Roster
  /** Id-key hash, 32 bytes. */
  readonly identity: Uint8Array
}

interface Verdict {
  /** Case (a): what counts from now on. Case (b): whom it leaves without a share. */
  readonly then: { readonly record: PreparedEpoch } | { readonly without: Standing }
  readonly claims: readonly SignatureClaim[]
}

/** @returns `undefined` for an epoch that is over @throws as `reduceWallet` */
function judge(state: WalletEpochs, certificate: Certificate): Verdict | undefined {
  const number = certificate.roster.epoch
  if (number <= countingEpoch(state)) return undefined
  const standing = standingOf(state)
  const old = standing?.roster.epoch === certificate.oldEpoch ? standing.roster : undefined
  const record = state.prepared.find(({ roster }) => roster.epoch === number)
  if (record !== undefined && (standing === undefined || isOfSession(certificate, record))) {
    return { then: { record }, claims: certificateClaims(certificate, record, old) }
  }
  if (standing === undefined) throw new InputError('certificate', `this device holds no shares of epoch ${number}`, 'E_CONFIG')
  return { then: { without: standing }, claims: consentClaims(certificate, standing.roster, standing.walletId) }
}

function standingOf({ active, shareless }: WalletEpochs): Standing | undefined {
  if (active === undefined) return shareless?.standing === 'cold' ? shareless : undefined
  const { epoch: { roster, walletId, keys }, restoredAs } = active
  const identity = restoredAs ?? roster.members.find(({ pid }) => pid === keys[0]?.pid)?.idKeyHash
  return identity === undefined ? undefined : { roster, walletId, identity }
}

/** Whether somebody voted in it for what the record is of; if so, all of it must hold against the record. */
function isOfSession({ votes }: Certificate, { sid }: PreparedEpoch): boolean {
  return votes.some(({ body }) => equalBytes(body.subarray(0, 32), sid))
}

/** A record that may have been voted for stays: a cheat could vote to one party and abort to another. What is over needs no promise. */
function abort(state: WalletEpochs, sid: Uint8Array, epoch: number): WalletEpochs {
  if (epoch <= countingEpoch(state)) return state
  const voted = [...state.prepared, ...(state.active === undefined ? [] : [state.active.epoch])].some((record) => equalBytes(record.sid, sid))
  return voted || isNeverVotedFor(state, sid) ? state : { ...state, neverVote: [...state.neverVote, { sid: bytesToHex(sid), epoch }] }
}

/** Its number stays used. */
function dropAborted(state: WalletEpochs, sid: Uint8Array, aborts: readonly Signed[]): WalletEpochs {
  const record = state.prepared.find((prepared) => equalBytes(prepared.sid, sid))
  if (record === undefined) return state
  checkAborts(aborts, record)
  return { ...state, prepared: state.prepared.filter((prepared) => prepared !== record) }
}

function restore(state: WalletEpochs, { epoch, certificate, identity }: Extract<WalletChange, { kind: 'restored' }>): WalletEpochs {
  const isNew = state.active === undefined && state.shareless === undefined && state.prepared.length === 0
  if (!isNew) throw new InputError('backup', 'this device has this wallet already', 'E_CONFIG')
  if (identity.length !== 32) throw new InputError('identity', `expected a hash of 32 bytes, got ${identity.length}`, 'E_CONFIG')
  return { ...state, active: { epoch, certificate, restoredAs: identity }, highest: Math.max(state.highest, epoch.roster.epoch) }
}

export function isNeverVotedFor({ neverVote }: WalletEpochs, sid: Uint8Array): boolean {
  return neverVote.some((never) => never.sid === bytesToHex(sid))
}

/** The highest epoch that a certificate showed to count, with or without a share of it here; 0 before any. */
export function countingEpoch({ active, shareless }: WalletEpochs): number {
  return active?.epoch.roster.epoch ?? shareless?.roster.epoch ?? 0
}
