/** The wallet's own scripts: one for each key that Bitcoin can use, with what its kind of input needs to be signed. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { TransactionInput } from '@scure/btc-signer/psbt.js'
import { SigHashNames } from '@scure/btc-signer/transaction.js'
import { InvalidIntent } from '../errors.ts'
import type { Path } from '../path.ts'
import type { BitcoinNetwork } from './network.ts'
import type { SighashType, Unsigned } from './sighash.ts'

export interface OwnScript {
  /** The suite of the key that signs. */
  readonly suite: 1 | 3
  readonly type: 'taproot' | 'segwit'
  readonly title: 'Taproot' | 'SegWit'
  /** scriptPubKey. */
  readonly script: Uint8Array
  readonly address: (network: BitcoinNetwork) => string
  /**
   * With which hash type an input is signed that spends from this script.
   * @param i its place, for the error
   * @throws {InvalidIntent} naming `psbt`, unless the input is of this kind, unsigned, and asks for nothing that others could change
   */
  sighashTypeOf(input: TransactionInput, i: number): SighashType
  /** The sighash of each input, 32 bytes, by its place. What is common to all is hashed once. */
  sighashesOf(tx: Unsigned): (i: number, sighashType: SighashType) => Uint8Array
  /** Most bytes of a finished input's witness, its count of elements included. */
  witnessSize(sighashType: SighashType): number
  /** The field of a PSBT's input that holds the signature; undefined when it does not verify. */
  signedField(signature: Uint8Array, sighash: Uint8Array, sighashType: SighashType): Pick<TransactionInput, 'tapKeySig' | 'partialSig'> | undefined
}

/** One of them, and where its key stands in the wallet. */
export interface PlacedScript extends OwnScript {
  readonly path: Path
}

/** @throws {InvalidIntent} naming `keys` when the group key is no compressed point of secp256k1 */
export function requirePoint(groupKey: Uint8Array): void {
  try {
    secp256k1.Point.fromBytes(groupKey)
  } catch (cause) {
    throw new InvalidIntent('keys', 'expected a compressed point of secp256k1, got other bytes', cause)
  }
}

/** @throws {InvalidIntent} when one of the fields that a signature leaves behind is there */
export function refuseSigned(input: TransactionInput, i: number, field: 'tapKeySig' | 'partialSig'): void {
  if (input[field] !== undefined || input.finalScriptWitness !== undefined || input.finalScriptSig !== undefined) {
    throw new InvalidIntent('psbt', `input ${i} is signed already; give the PSBT as it was before`)
  }
}

/** The refusal of a hash type. @param signed what is signed instead */
export function wrongSighash(sighashType: number, i: number, signed: string): InvalidIntent {
  const names: Readonly<Record<number, string>> = SigHashNames
  const name = names[sighashType] ?? `0x${sighashType.toString(16)}`
  return new InvalidIntent('psbt', `input ${i} asks for sighash ${name}, ${signed}`)
}
