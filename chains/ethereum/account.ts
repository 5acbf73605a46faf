import { secp256k1 } from '@noble/curves/secp256k1.js'
import { deriveChild } from '@trivet/protocol/derive'
import type { GroupKey } from '@trivet/protocol/intent'
import type { Address } from 'viem'
import { InvalidIntent } from '../errors.ts'
import { groupKeyOf } from '../keys.ts'
import type { Path } from '../path.ts'
import { ethereumAddress } from './address.ts'

export interface EthereumAccount {
  readonly path: Path
  /** Compressed point, 33 bytes: the group key, or the one below it at the path. */
  readonly publicKey: Uint8Array
  readonly address: Address
}

/**
 * The account at a path of the wallet; the first one, at the empty path, is the group key's own.
 * @throws {InvalidIntent} naming `keys` or `path`
 */
export function accountOf(keys: readonly GroupKey[], path: Path): EthereumAccount {
  const groupKey = groupKeyOf(1, keys)
  try {
    secp256k1.Point.fromBytes(groupKey)
  } catch (cause) {
    throw new InvalidIntent('keys', 'expected a compressed point of secp256k1, got other bytes', cause)
  }
  const publicKey = path.length === 0 ? groupKey : childOf(groupKey, keys, path)
  return { path, publicKey, address: ethereumAddress(publicKey) }
}

function childOf(groupKey: Uint8Array, keys: readonly GroupKey[], path: Path): Uint8Array {
  const chainCode = keys.find(({ suite }) => suite === 1)?.chainCode
  if (chainCode?.length !== 32) throw new InvalidIntent('keys', `expected a chain code of 32 bytes, got ${chainCode?.length ?? 0}`)
  try {
    return deriveChild(groupKey, chainCode, path).publicKey
  } catch (cause) {
    throw new InvalidIntent('path', `there is no key at the path ${path.join('/')}`, cause)
  }
}
