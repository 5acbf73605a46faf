/** Where pairs and their marks lie in the vault. See `docs/storage.md`. */
import type { PairState, Pid } from '@trivet/protocol/core'
import { encodePairState } from '@trivet/protocol/dkls23'
import type { WalletId } from '../api.ts'
import type { VaultChange } from '../vault/index.ts'
import { encodePairMarks, type PairMarks } from './pair-marks.ts'

export const PAIR = 'pair'
export const MARKS = 'pair-marks'

/** The pairs of one epoch of a wallet. */
export interface Shelf {
  readonly wallet: WalletId
  readonly epoch: number
  readonly live: Map<Pid, PairState>
  marks: PairMarks
  /** Whose record is still to be erased. */
  readonly stale: Set<Pid>
  /** Who turned out to hold another pair; in memory alone. */
  readonly differing: Set<Pid>
}

export function nameOf(wallet: WalletId, epoch: number): string {
  return `${wallet}/${epoch}`
}

export function pairId(wallet: WalletId, peer: Pid): string {
  return `${wallet}-${peer}`
}

export function pairChange(wallet: WalletId, epoch: number, pair: PairState): VaultChange {
  return { kind: PAIR, id: pairId(wallet, pair.peer), epoch, value: encodePairState(pair) }
}

export function marksChange(wallet: WalletId, epoch: number, marks: PairMarks): VaultChange {
  return { kind: MARKS, id: wallet, epoch, value: encodePairMarks(marks) }
}

export function pairErasure(wallet: WalletId, epoch: number, peer: Pid): VaultChange {
  return { kind: PAIR, id: pairId(wallet, peer), epoch, value: undefined }
}

/** Everything of an epoch that ends. @param peers with whom there were pairs, also those whose record cannot be read */
export function erasureOf({ wallet, epoch, live, stale }: Shelf, peers: readonly Pid[]): readonly VaultChange[] {
  const pairs = [...new Set([...live.keys(), ...stale, ...peers])].map((peer) => pairErasure(wallet, epoch, peer))
  return [...pairs, { kind: MARKS, id: wallet, epoch, value: undefined }]
}
