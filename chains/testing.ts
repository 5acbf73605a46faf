/** Things to sign for tests, the demo and the documentation. */
import { Address, OutScript, Transaction } from '@scure/btc-signer'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64, utf8 } from '@scure/base'
import { ADDRESS_FORMATS, type BitcoinNetwork } from './bitcoin/network.ts'
import type { OwnScript } from './bitcoin/own-script.ts'
import { segwitScript } from './bitcoin/segwit.ts'
import { taprootOutput, taprootScript } from './bitcoin/taproot.ts'

export interface ExampleOptions {
  /** The wallet's secp256k1 group key, 33 bytes: of suite 3 for Taproot, of suite 1 for SegWit. */
  readonly groupKey: Uint8Array
  /** By default Taproot. */
  readonly script?: OwnScript['type']
  readonly network: BitcoinNetwork
  /** Satoshi in each input, all of the wallet; by default 150,000 and 80,000. */
  readonly inputs?: readonly bigint[]
  /** By default 120,000 sat to somebody else and the rest less a fee of 1,060 back to the wallet. */
  readonly outputs?: readonly { readonly address: string; readonly amount: bigint }[]
}

const FEE = 1_060n

/**
 * A PSBT that spends from one of the wallet's addresses. The previous outputs look real but exist on no network, and the same
 * options always give the same bytes.
 */
export function examplePsbt(options: ExampleOptions): { readonly bytes: Uint8Array; readonly base64: string } {
  const { groupKey, network, script = 'taproot', inputs = [150_000n, 80_000n] } = options
  const wallet = script === 'taproot' ? taprootScript(taprootOutput(groupKey)) : segwitScript(groupKey)
  const tx = new Transaction()
  inputs.forEach((amount, i) => {
    const spent = { amount, script: wallet.script }
    const from = wallet.type === 'taproot'
      ? { txid: digest(`previous transaction ${i}`), index: i, witnessUtxo: spent, tapInternalKey: groupKey.slice(1) }
      : previousOutput(spent, i)
    tx.addInput({ ...from, sequence: 0xfffffffd })
  })
  const spent = inputs.reduce((sum, amount) => sum + amount, 0n)
  const outputs = options.outputs ?? [
    { address: examplePayee(network), amount: 120_000n },
    { address: wallet.address(network), amount: spent - 120_000n - FEE },
  ]
  for (const { address, amount } of outputs) tx.addOutput({ script: scriptOf(address, network), amount })
  const bytes = tx.toPSBT(0)
  return { bytes, base64: base64.encode(bytes) }
}

/** With the previous transaction, which proves the amount of a SegWit input. */
function previousOutput(spent: { readonly amount: bigint; readonly script: Uint8Array }, i: number) {
  const previous = new Transaction()
  previous.addInput({ txid: digest(`transaction before ${i}`), index: 0 })
  previous.addOutput(spent)
  return { txid: previous.id, index: 0, witnessUtxo: spent, nonWitnessUtxo: previous.toBytes(true) }
}

/** An address (P2WPKH) of which nobody has the key: pay nothing to it. */
export const examplePayee = (network: BitcoinNetwork): string =>
  Address(ADDRESS_FORMATS[network]).encode({ type: 'wpkh', hash: digest('payee').slice(0, 20) })

/** scriptPubKey of an address. */
export function scriptOf(address: string, network: BitcoinNetwork): Uint8Array {
  return OutScript.encode(Address(ADDRESS_FORMATS[network]).decode(address))
}

const digest = (label: string): Uint8Array => sha256(utf8.decode(`trivet example ${label}`))
