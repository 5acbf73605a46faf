/** For the tests of this folder: a wallet whose key is in one place, where the product's is in shares. */
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import type { GroupKey } from '@trivet/protocol/intent'
import { hex } from '@scure/base'
import { Transaction } from '@scure/btc-signer'
import type { TransactionInputUpdate } from '@scure/btc-signer/psbt.js'
import { taprootTweakPrivKey } from '@scure/btc-signer/utils.js'
import { examplePayee, scriptOf } from '../testing.ts'
import type { OwnScript } from './own-script.ts'
import { segwitScript } from './segwit.ts'
import { type TaprootOutput, taprootOutput } from './taproot.ts'

export interface TestWallet<Output extends { readonly script: Uint8Array } = TaprootOutput> {
  readonly keys: readonly GroupKey[]
  readonly groupKey: Uint8Array
  /** What inputs of `draft` spend from. */
  readonly output: Output
  sign(message: Uint8Array): Uint8Array
}

const chainCode = new Uint8Array(32)

/** A wallet without a key of suite 1, as the older ones are. @param secret hex, 32 bytes */
function taprootWallet(secret: string): TestWallet {
  const key = hex.decode(secret)
  const groupKey = secp256k1.getPublicKey(key, true)
  return {
    groupKey,
    keys: [{ suite: 3, publicKey: groupKey, chainCode }],
    output: taprootOutput(groupKey),
    sign: (message) => schnorr.sign(message, taprootTweakPrivKey(key), new Uint8Array(32)),
  }
}

/** The group key of one has an even y, of the other an odd one. */
export const evenWallet = taprootWallet('0000000000000000000000000000000000000000000000000000000000000001')
export const oddWallet = taprootWallet('0000000000000000000000000000000000000000000000000000000000000006')

/** What suite 1 gives: r ‖ s ‖ recovery id. */
export function signEcdsa(message: Uint8Array, secret: Uint8Array): Uint8Array {
  const [recovery = 0, ...compact] = secp256k1.sign(message, secret, { prehash: false, format: 'recovered' })
  return Uint8Array.of(...compact, recovery)
}

export const SEGWIT_SECRET = hex.decode('0000000000000000000000000000000000000000000000000000000000000003')
const segwitKey = secp256k1.getPublicKey(SEGWIT_SECRET, true)
/** `evenWallet` with a key of suite 1 besides. */
export const segwitWallet: TestWallet<OwnScript> = {
  groupKey: segwitKey,
  keys: [...evenWallet.keys, { suite: 1, publicKey: segwitKey, chainCode }],
  output: segwitScript(segwitKey),
  sign: (message) => signEcdsa(message, SEGWIT_SECRET),
}

export const txid = (n: number): Uint8Array => new Uint8Array(32).fill(n)
export const payee = scriptOf(examplePayee('mainnet'), 'mainnet')

/** An input with the whole transaction it spends from, with a witness, as the network has it. @param n tells inputs apart */
export function withPrevious(spent: { readonly amount: bigint; readonly script: Uint8Array }, n: number): TransactionInputUpdate {
  const previous = new Transaction({ allowUnknownOutputs: true })
  previous.addInput({ txid: txid(0x80 + n), index: n, finalScriptWitness: [new Uint8Array(72), new Uint8Array(33)] })
  previous.addOutput(spent, true)
  return { txid: previous.id, index: 0, nonWitnessUtxo: previous.toBytes(true, true) }
}

export interface Draft {
  readonly version?: number
  readonly lockTime?: number
  readonly psbtVersion?: 0 | 2
  /** What each input has instead of, or besides, an output of 100,000 sat of the wallet; null for one that does not say what it spends. */
  readonly inputs?: readonly (TransactionInputUpdate | null)[]
  readonly outputs?: readonly { readonly script: Uint8Array; readonly amount: bigint }[]
}

/** A PSBT that spends from the wallet, with anything in it that a test wants. */
export function draft({ output }: { readonly output: { readonly script: Uint8Array } }, options: Draft = {}): Uint8Array {
  const { version = 2, lockTime = 0, psbtVersion = 0, ...rest } = options
  const { inputs = [{}], outputs = [{ script: payee, amount: 60_000n }, { script: output.script, amount: 39_000n }] } = rest
  const tx = new Transaction({
    version, lockTime, PSBTVersion: psbtVersion, allowUnknownOutputs: true, allowUnknownInputs: true, disableScriptCheck: true, allowUnknownVersion: true,
    unknown: 'ignore',
  })
  inputs.forEach((input, i) => {
    const spent = input === null || 'nonWitnessUtxo' in input ? {} : { witnessUtxo: { amount: 100_000n, script: output.script } }
    tx.addInput({ txid: txid(i + 1), index: 0, ...spent, ...input }, true)
  })
  for (const paid of outputs) tx.addOutput(paid, true)
  return tx.toPSBT(psbtVersion)
}
