import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { GroupKey } from '@trivet/protocol/intent'
import type { Address } from 'viem'
import { InvalidIntent } from '../errors.ts'
import { keyAt } from '../keys.ts'
import { accountName, type Path } from '../path.ts'
import { ethereumAddress } from './address.ts'

export interface EthereumAccount {
  readonly path: Path
  /** Compressed point, 33 bytes: the group key, or the one below it at the path. */
  readonly publicKey: Uint8Array
  readonly address: Address
  /** Which one it is, beside its address in a preview. */
  readonly note: string
}

/**
 * The account at a path of the wallet; the first one, at the empty path, is the group key's own.
 * @throws {InvalidIntent} naming `keys` or `path`
 */
export function accountOf(keys: readonly GroupKey[], path: Path): EthereumAccount {
  const publicKey = keyAt(1, keys, path)
  try {
    secp256k1.Point.fromBytes(publicKey)
  } catch (cause) {
    throw new InvalidIntent('keys', 'expected a compressed point of secp256k1, got other bytes', cause)
  }
  const note = path.length === 0 ? 'this wallet’s Ethereum account' : `${accountName(path)} of this wallet`
  return { path, publicKey, address: ethereumAddress(publicKey), note }
}
