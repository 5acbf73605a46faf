import { InputError, type SuiteId } from '@trivet/protocol/core'
import { combineShares } from '@trivet/protocol/export'
import type { Piece } from './piece.ts'
import { misfit, missing } from './pieces.ts'

/** A key of a wallet, in one piece. */
export interface RecoveredKey {
  readonly suite: SuiteId
  /** Encoded point, 33 bytes; of suite 2, 32. */
  readonly publicKey: Uint8Array
  /** 32 bytes. */
  readonly chainCode: Uint8Array
  /** Scalar, 32 bytes: big-endian; of suite 2 little-endian. Secret: whoever has it wipes it. */
  readonly secret: Uint8Array
}

/**
 * @param pieces of one wallet and state, from as many devices as its threshold, or more
 * @returns ascending suite; each secret times the generator is its public key
 * @throws {InputError} they do not fit each other, or are too few; {Disagreement} E_PKSUM: they do not add up to the key
 */
export function recoverKeys(pieces: readonly Piece[]): readonly RecoveredKey[] {
  for (const [i, piece] of pieces.entries()) {
    const reason = misfit(pieces.slice(0, i), piece)
    if (reason !== undefined) throw new InputError('files', `file ${i + 1} does not fit the ones before it: ${reason}`)
  }
  const { count } = missing(pieces)
  const [first] = pieces
  if (first === undefined || count > 0) throw new InputError('files', `${count} more are needed`)
  return first.epoch.keys.map(({ suite, groupKey, chainCode }, i) => ({
    suite, publicKey: groupKey, chainCode, secret: combineShares(pieces.flatMap(({ epoch }) => epoch.keys[i] ?? [])),
  }))
}
