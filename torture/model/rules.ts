/** The rules that every honest device of the model follows: those of `protocol/epoch`, or the same with one of them broken on purpose. */
import { equalBytes, MpcError, type PreparedEpoch } from '@trivet/protocol/core'
import {
  committedClaims, decodeCertificate, mayAbort, mayDeal, mayReceive, maySign, mayVote, reduceWallet, type WalletChange, type WalletEpochs,
} from '@trivet/protocol/epoch'
import { isSymbolicallySigned } from '@trivet/protocol/testing'

export interface Rules {
  /** @throws {MpcError} where it has no place in this state */
  reduce(state: WalletEpochs, change: WalletChange): WalletEpochs
  /** Whether all signatures that count in this state verify. @throws {MpcError} */
  isSigned(state: WalletEpochs, certificate: Uint8Array): boolean
  maySign(state: WalletEpochs, epoch: number): boolean
  mayDeal(state: WalletEpochs, from: number, to: number): boolean
  mayReceive(state: WalletEpochs, from: number, to: number): boolean
  /** @param record which verified, stored or not */
  mayVote(state: WalletEpochs, record: PreparedEpoch): boolean
  mayAbort(state: WalletEpochs, sid: Uint8Array): boolean
  /** Whether it commits to a record once it has voted for it. */
  commitsAlone: boolean
}

export const RULES: Rules = {
  reduce: reduceWallet,
  isSigned: (state, certificate) => committedClaims(state, certificate).every(isSymbolicallySigned),
  maySign, mayDeal, mayReceive, mayAbort,
  mayVote: (state, { sid }) => mayVote(state, sid),
  commitsAlone: false,
}

/** Each breaks one rule of `protocol.md` §E.4. */
export const BROKEN = {
  'commit without a certificate': { ...RULES, commitsAlone: true },
  'delete a voted record on an abort': {
    ...RULES,
    reduce: (state, change) => (change.kind === 'abortedByOthers'
      ? { ...state, prepared: state.prepared.filter(({ sid }) => !equalBytes(sid, change.sid)) }
      : reduceWallet(state, change)),
  },
  'believe a certificate without old consent': {
    ...RULES,
    reduce: (state, change) => (change.kind === 'committed' ? believing(state, change) : reduceWallet(state, change)),
    isSigned: (state, certificate) => !holds(state, certificate) || RULES.isSigned(state, certificate),
  },
  'use a number twice': {
    ...RULES,
    reduce: (state, change) => (change.kind === 'prepared' ? { ...reduceWallet({ ...state, highest: 0 }, change), highest: state.highest } : reduceWallet(state, change)),
    mayDeal: (state, from, to) => mayDeal({ ...state, highest: 0 }, from, to),
    mayReceive: (state, from, to) => mayReceive({ ...state, highest: 0 }, from, to),
  },
  'vote before storing': { ...RULES, mayVote: () => true },
  'abort after the vote': { ...RULES, mayAbort: () => true },
  'vote after an abort': {
    ...RULES,
    reduce: (state, change) => (change.kind === 'prepared' ? reduceWallet({ ...state, neverVote: [] }, change) : reduceWallet(state, change)),
  },
  'delete a higher record for a lower certificate': {
    ...RULES,
    reduce: (state, change) => {
      const next = reduceWallet(state, change)
      return change.kind === 'committed' && next !== state ? { ...next, prepared: [] } : next
    },
  },
} as const satisfies Readonly<Record<string, Rules>>

export type BrokenRule = keyof typeof BROKEN

export const BROKEN_RULES = Object.keys(BROKEN) as readonly BrokenRule[]

/** As the real rule, but a certificate that it refuses is taken for a change of members that others have made. */
function believing(state: WalletEpochs, change: Extract<WalletChange, { kind: 'committed' }>): WalletEpochs {
  if (holds(state, change.certificate)) return reduceWallet(state, change)
  const { roster } = decodeCertificate(change.certificate)
  if (state.active === undefined || roster.epoch <= state.active.epoch.roster.epoch) return state
  const { walletId } = state.active.epoch
  return { ...state, active: undefined, shareless: { standing: 'left', walletId, roster, certificate: change.certificate, identity: new Uint8Array(32) } }
}

function holds(state: WalletEpochs, certificate: Uint8Array): boolean {
  try {
    committedClaims(state, certificate)
    return true
  } catch (error) {
    if (error instanceof MpcError) return false
    throw error
  }
}
