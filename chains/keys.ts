import { deriveKey } from '@trivet/protocol/derive'
import type { GroupKey } from '@trivet/protocol/intent'
import { InvalidIntent, type IntentField } from './errors.ts'
import { type Path, writePath } from './path.ts'

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

/**
 * The wallet's key of one suite at a path; at the empty one the group key.
 * @throws {InvalidIntent} naming `keys` as `groupKeyOf` does, also where the chain code is none; or `path`
 */
export function keyAt(suite: 1 | 2 | 3, keys: readonly GroupKey[], path: Path): Uint8Array {
  const groupKey = groupKeyOf(suite, keys)
  if (path.length === 0) return groupKey
  const key = { suite, groupKey, chainCode: chainCodeOf(suite, keys) }
  attempt(() => deriveKey(key, []), 'keys', `expected a point of the curve for the ${SUITES[suite].curve} key, got other bytes`)
  return attempt(() => deriveKey(key, path).publicKey, 'path', `there is no key at the path ${writePath(path)}`)
}

/** 32 bytes. @throws {InvalidIntent} naming `keys` */
export function chainCodeOf(suite: 1 | 2 | 3, keys: readonly GroupKey[]): Uint8Array {
  const chainCode = keys.find((key) => key.suite === suite)?.chainCode
  if (chainCode?.length !== 32) throw new InvalidIntent('keys', `expected a chain code of 32 bytes, got ${chainCode?.length ?? 0}`)
  return chainCode
}

function attempt<T>(derive: () => T, field: IntentField, problem: string): T {
  try {
    return derive()
  } catch (cause) {
    throw new InvalidIntent(field, problem, cause)
  }
}
