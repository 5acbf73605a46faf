/**
 * The epochs of one wallet on one device, as a reducer: a change is written and read back before anything that depends on it
 * is sent, so that memory and disk cannot drift apart. Source: `protocol.md` §E.4.
 */
import { bytesToHex } from '@noble/hashes/utils.js'
import { equalBytes } from '../core/bytes.ts'
import type { PreparedEpoch } from '../core/change.ts'
import { InputError } from '../core/errors.ts'
import { decodeCertificate } from './certificate.ts'
import { certificateClaims } from './certificate-claims.ts'

export interface WalletEpochs {
  /** The epoch that counts, with the certificate that made it count. */
  readonly active: { readonly epoch: PreparedEpoch; readonly certificate: Uint8Array } | undefined
  /** Stored shares of higher epochs, voted for and not yet certain; ascending. */
  readonly prepared: readonly PreparedEpoch[]
  /** Hex of sessions that this device said it will never vote for. */
  readonly neverVote: readonly string[]
  /** The highest epoch this device ever had, prepared or active: a number is never used twice. */
  readonly highest: number
}

export type WalletChange =
  | { readonly kind: 'prepared'; readonly epoch: PreparedEpoch }
  /** Whose signatures the caller verified (`certificateClaims`). */
  | { readonly kind: 'committed'; readonly certificate: Uint8Array }
  /** To be lasting before ABORT is signed: an ABORT promises never to vote. @see Run.mayAbort */
  | { readonly kind: 'aborted'; readonly sid: Uint8Array }

export const NO_EPOCHS: WalletEpochs = { active: undefined, prepared: [], neverVote: [], highest: 0 }

/**
 * @returns the next state; `state` itself where the change has no effect (an old certificate, an abort after the vote).
 *   Records that are in `state` and not in the result are to be wiped.
 * @throws {InputError} E_CONFIG: a record or certificate that has no place here
 * @throws {Malformed | Disagreement} a certificate that does not hold
 */
export function reduceWallet(state: WalletEpochs, change: WalletChange): WalletEpochs {
  switch (change.kind) {
    case 'prepared': return prepare(state, change.epoch)
    case 'committed': return commit(state, change.certificate)
    case 'aborted': return abort(state, change.sid)
  }
}

function prepare(state: WalletEpochs, epoch: PreparedEpoch): WalletEpochs {
  const number = epoch.roster.epoch
  if (state.neverVote.includes(bytesToHex(epoch.sid))) throw new InputError('epoch', 'this session was aborted', 'E_CONFIG')
  if (number <= state.highest) throw new InputError('epoch', `expected a number above ${state.highest}, got ${number}`, 'E_CONFIG')
  const known = state.active?.epoch ?? state.prepared[0]
  if (known !== undefined && known.walletId !== epoch.walletId) throw new InputError('epoch', 'it is of another wallet', 'E_CONFIG')
  return { ...state, prepared: [...state.prepared, epoch], highest: number }
}

/** ACTIVE := e'; lower epochs go, higher prepared ones stay. */
function commit(state: WalletEpochs, bytes: Uint8Array): WalletEpochs {
  const certificate = decodeCertificate(bytes)
  const number = certificate.roster.epoch
  if (state.active !== undefined && number <= state.active.epoch.roster.epoch) return state
  const epoch = state.prepared.find(({ roster }) => roster.epoch === number)
  if (epoch === undefined) throw new InputError('certificate', `this device holds no shares of epoch ${number}`, 'E_CONFIG')
  certificateClaims(certificate, epoch)
  return {
    // Sessions of the old epoch are over, so what was said of them need not be remembered.
    active: { epoch, certificate: bytes.slice() }, neverVote: [], highest: state.highest,
    prepared: state.prepared.filter(({ roster }) => roster.epoch > number),
  }
}

/** A record that may have been voted for stays: a cheat could vote to one party and abort to another. */
function abort(state: WalletEpochs, sid: Uint8Array): WalletEpochs {
  const name = bytesToHex(sid)
  const voted = [...state.prepared, ...(state.active === undefined ? [] : [state.active.epoch])].some((epoch) => equalBytes(epoch.sid, sid))
  return voted || state.neverVote.includes(name) ? state : { ...state, neverVote: [...state.neverVote, name] }
}
