/** Whether backup files belong together, and what is still missing. */
import { encodeRoster, equalBytes, type KeyShare } from '@trivet/protocol/core'
import type { Piece } from './piece.ts'

/**
 * Why a file cannot be used with the ones before it. `wallet`: another wallet's. `earlier`, `later`: of the same wallet, from before or
 * after a change of its devices; only files from after the last change, all of them, go together. `twice`: this device's file is there
 * already. `contradicts`: it says something else of the same wallet, so one of them was made up.
 */
export type Misfit = 'wallet' | 'earlier' | 'later' | 'twice' | 'contradicts'

/** @param before files that fit each other */
export function misfit([first, ...more]: readonly Piece[], next: Piece): Misfit | undefined {
  if (first === undefined) return undefined
  if (next.walletId !== first.walletId) return 'wallet'
  const [epoch, wanted] = [next.epoch.roster.epoch, first.epoch.roster.epoch]
  if (epoch !== wanted) return epoch < wanted ? 'earlier' : 'later'
  if (!saysTheSame(first, next)) return 'contradicts'
  return [first, ...more].some(({ index }) => index === next.index) ? 'twice' : undefined
}

/** Roster, session, chain codes, group keys, all verifying shares: everything that is not one device's own. */
function saysTheSame(a: Piece, b: Piece): boolean {
  const [left, right] = [a.epoch, b.epoch]
  return equalBytes(encodeRoster(left.roster), encodeRoster(right.roster))
    && equalBytes(left.sid, right.sid) && equalBytes(left.voteHash, right.voteHash)
    && left.keys.length === right.keys.length
    && left.keys.every((key, i) => isSameKey(key, right.keys[i]))
}

function isSameKey(a: KeyShare, b: KeyShare | undefined): boolean {
  return b !== undefined && a.suite === b.suite && equalBytes(a.keyId, b.keyId)
    && a.verifyingShares.length === b.verifyingShares.length
    && a.verifyingShares.every(({ pid, point }, i) => {
      const other = b.verifyingShares[i]
      return other !== undefined && pid === other.pid && equalBytes(point, other.point)
    })
}

export interface Missing {
  /** How many more files are needed; 0: enough. */
  readonly count: number
  /** Names of the devices whose files would do. */
  readonly of: readonly string[]
}

/** @param pieces files that fit each other, at least one */
export function missing(pieces: readonly Piece[]): Missing {
  const [first] = pieces
  if (first === undefined) return { count: 0, of: [] }
  const have = new Set(pieces.map(({ index }) => index))
  return {
    count: Math.max(0, first.epoch.roster.threshold - have.size),
    of: first.members.filter(({ index }) => !have.has(index)).map(({ name }) => name),
  }
}
