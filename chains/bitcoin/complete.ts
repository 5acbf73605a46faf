import { base64 } from '@scure/base'
import { InvalidIntent, InvalidSignature } from '../errors.ts'
import type { BitcoinNetwork } from './network.ts'
import { sighashes, type Transfer } from './transfer.ts'

interface Signed {
  readonly kind: 'bitcoin'
  readonly network: BitcoinNetwork
  /** Base64, version 0, with the wallet's signatures (`PSBT_IN_TAP_KEY_SIG` or `PSBT_IN_PARTIAL_SIG`), not finalised. */
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
 * @param signatures as the signer's suite gives them, one for each own input in their order: BIP-340 of 64 bytes, or ECDSA
 *   r ‖ s ‖ recovery id of 65
 * @throws {InvalidIntent} naming `signatures` when their number is wrong
 * @throws {InvalidSignature} when one does not verify for its input and the wallet's key, or has a high s
 */
export function completeTransfer(transfer: Transfer, signatures: readonly Uint8Array[]): BitcoinOutcome {
  const { inputs, network, signer, tx } = transfer
  const digests = sighashes(transfer)
  if (signatures.length !== digests.length) {
    const number = digests.length === 1 ? '1 signature' : `${digests.length} signatures`
    throw new InvalidIntent('signatures', `expected ${number}, got ${signatures.length}`)
  }
  for (const [i, { input, sighash }] of digests.entries()) {
    const signature = signatures[i]
    const field = signature && signer.signedField(signature, sighash, inputs[input]?.sighashType ?? 0)
    if (!field) throw new InvalidSignature(i, `the signature for input ${input} does not verify`)
    // `true`: after the first of them the library would guard what is signed.
    tx.updateInput(input, field, true)
  }
  const signed: Signed = { kind: 'bitcoin', network, psbt: base64.encode(tx.toPSBT(0)) }
  for (const { input } of digests) tx.finalizeIdx(input)
  return tx.isFinal ? { ...signed, complete: true, hex: tx.hex, txid: tx.id, vsize: tx.vsize } : { ...signed, complete: false }
}
