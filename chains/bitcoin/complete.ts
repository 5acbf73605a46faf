import { schnorr } from '@noble/curves/secp256k1.js'
import { base64 } from '@scure/base'
import { InvalidIntent, InvalidSignature } from '../errors.ts'
import type { BitcoinNetwork } from './network.ts'
import { sighashes, type Transfer } from './transfer.ts'

interface Signed {
  readonly kind: 'bitcoin'
  readonly network: BitcoinNetwork
  /** Base64, version 0, with the wallet's signatures (BIP-371 `PSBT_IN_TAP_KEY_SIG`), not finalised. */
  readonly psbt: string
}

/** `complete` is false while inputs of others still lack their signatures. */
export type BitcoinOutcome =
  | Signed & { readonly complete: false }
  | Signed & {
    readonly complete: true
    /** The transaction as the network takes it. */
    readonly hex: string
    readonly txid: string
    /** Virtual bytes. */
    readonly vsize: number
  }

/**
 * Puts the signatures into the transaction.
 * @param signatures BIP-340, 64 bytes, one for each own input in their order
 * @throws {InvalidIntent} naming `signatures` when their number is wrong
 * @throws {InvalidSignature} when one does not verify for its input and the wallet's output key
 */
export function completeTransfer(transfer: Transfer, signatures: readonly Uint8Array[]): BitcoinOutcome {
  const { inputs, network, tx, wallet } = transfer
  const digests = sighashes(transfer)
  if (signatures.length !== digests.length) {
    const number = digests.length === 1 ? '1 signature' : `${digests.length} signatures`
    throw new InvalidIntent('signatures', `expected ${number}, got ${signatures.length}`)
  }
  for (const [i, { input, sighash }] of digests.entries()) {
    const signature = signatures[i]
    if (signature === undefined || !verifies(signature, sighash, wallet.outputKey)) {
      throw new InvalidSignature(i, `the signature for input ${input} does not verify`)
    }
    // SIGHASH_DEFAULT is told by the missing byte, SIGHASH_ALL by one more (BIP-341).
    const tapKeySig = inputs[input]?.sighashType === 1 ? Uint8Array.of(...signature, 1) : signature
    tx.updateInput(input, { tapKeySig }, true)
  }
  const signed: Signed = { kind: 'bitcoin', network, psbt: base64.encode(tx.toPSBT(0)) }
  for (const { input } of digests) tx.finalizeIdx(input)
  return tx.isFinal ? { ...signed, complete: true, hex: tx.hex, txid: tx.id, vsize: tx.vsize } : { ...signed, complete: false }
}

function verifies(signature: Uint8Array, sighash: Uint8Array, outputKey: Uint8Array): boolean {
  try {
    return schnorr.verify(signature, sighash, outputKey)
  } catch {
    return false
  }
}
