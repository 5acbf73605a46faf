/** Things to sign for tests, the demo and the documentation. */
import { Address, OutScript, Transaction } from '@scure/btc-signer'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64, utf8 } from '@scure/base'
import { ADDRESS_FORMATS, type BitcoinNetwork } from './bitcoin/network.ts'
import { taprootAddress, taprootOutput } from './bitcoin/taproot.ts'

export interface ExampleOptions {
  /** The wallet's secp256k1 group key, 33 bytes. */
  readonly groupKey: Uint8Array
  readonly network: BitcoinNetwork
  /** Satoshi in each input, all of the wallet; by default 150,000 and 80,000. */
  readonly inputs?: readonly bigint[]
  /** By default 120,000 sat to somebody else and the rest less a fee of 1,060 back to the wallet. */
  readonly outputs?: readonly { readonly address: string; readonly amount: bigint }[]
}

const FEE = 1_060n

/**
 * A PSBT that spends from the wallet's Taproot address. The previous outputs look real but exist on no network, and the same
 * options always give the same bytes.
 */
export function examplePsbt(options: ExampleOptions): { readonly bytes: Uint8Array; readonly base64: string } {
  const { groupKey, network, inputs = [150_000n, 80_000n] } = options
  const wallet = taprootOutput(groupKey)
  const tx = new Transaction()
  inputs.forEach((amount, i) => {
    tx.addInput({ txid: digest(`previous transaction ${i}`), index: i, sequence: 0xfffffffd, witnessUtxo: { amount, script: wallet.script }, tapInternalKey: wallet.internalKey })
  })
  const spent = inputs.reduce((sum, amount) => sum + amount, 0n)
  const outputs = options.outputs ?? [
    { address: examplePayee(network), amount: 120_000n },
    { address: taprootAddress(wallet.outputKey, network), amount: spent - 120_000n - FEE },
  ]
  for (const { address, amount } of outputs) tx.addOutput({ script: scriptOf(address, network), amount })
  const bytes = tx.toPSBT(0)
  return { bytes, base64: base64.encode(bytes) }
}

/** An address (P2WPKH) of which nobody has the key: pay nothing to it. */
export const examplePayee = (network: BitcoinNetwork): string =>
  Address(ADDRESS_FORMATS[network]).encode({ type: 'wpkh', hash: digest('payee').slice(0, 20) })

/** scriptPubKey of an address. */
export function scriptOf(address: string, network: BitcoinNetwork): Uint8Array {
  return OutScript.encode(Address(ADDRESS_FORMATS[network]).decode(address))
}

const digest = (label: string): Uint8Array => sha256(utf8.decode(`trivet example ${label}`))
