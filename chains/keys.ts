import type { GroupKey } from '@trivet/protocol/intent'
import { InvalidIntent } from './errors.ts'

const SUITES = {
  1: { curve: 'ECDSA', size: 33 },
  2: { curve: 'Ed25519', size: 32 },
  3: { curve: 'Bitcoin (Taproot)', size: 33 },
} as const

/**
 * The wallet's group key of one suite.
 * @throws {InvalidIntent} when the wallet has none, or it is not of the suite's size
 */
export function groupKeyOf(suite: 1 | 2 | 3, keys: readonly GroupKey[]): Uint8Array {
  const { curve, size } = SUITES[suite]
  const found = keys.find((key) => key.suite === suite)
  if (!found) throw new InvalidIntent('keys', `this wallet has no ${curve} key`)
  if (found.publicKey.length !== size) {
    throw new InvalidIntent('keys', `expected ${size} bytes for the ${curve} key, got ${found.publicKey.length}`)
  }
  return found.publicKey
}
