/** For the tests of this folder: a wallet whose key is in one place, where the product's is in shares. */
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import type { GroupKey } from '@trivet/protocol/intent'
import { hex } from '@scure/base'
import { Transaction } from '@scure/btc-signer'
import type { TransactionInputUpdate } from '@scure/btc-signer/psbt.js'
import { taprootTweakPrivKey } from '@scure/btc-signer/utils.js'
import { examplePayee, scriptOf } from '../testing.ts'
import { type TaprootOutput, taprootOutput } from './taproot.ts'

export interface TestWallet {
  readonly keys: readonly GroupKey[]
  readonly groupKey: Uint8Array
  readonly output: TaprootOutput
  sign(message: Uint8Array): Uint8Array
}

/** @param secret hex, 32 bytes */
function testWallet(secret: string): TestWallet {
  const key = hex.decode(secret)
  const groupKey = secp256k1.getPublicKey(key, true)
  return {
    groupKey,
    keys: [{ suite: 3, publicKey: groupKey }],
    output: taprootOutput(groupKey),
    sign: (message) => schnorr.sign(message, taprootTweakPrivKey(key), new Uint8Array(32)),
  }
}

/** The group key of one has an even y, of the other an odd one. */
export const evenWallet = testWallet('0000000000000000000000000000000000000000000000000000000000000001')
export const oddWallet = testWallet('0000000000000000000000000000000000000000000000000000000000000006')

export const txid = (n: number): Uint8Array => new Uint8Array(32).fill(n)
export const payee = scriptOf(examplePayee('mainnet'), 'mainnet')

interface Draft {
  readonly version?: number
  readonly lockTime?: number
  readonly psbtVersion?: 0 | 2
  /** What each input has instead of, or besides, an output of 100,000 sat of the wallet; null for one that does not say what it spends. */
  readonly inputs?: readonly (TransactionInputUpdate | null)[]
  readonly outputs?: readonly { readonly script: Uint8Array; readonly amount: bigint }[]
}

/** A PSBT that spends from the wallet, with anything in it that a test wants. */
export function draft(wallet: TestWallet, { version = 2, lockTime = 0, psbtVersion = 0, ...rest }: Draft = {}): Uint8Array {
  const { inputs = [{}], outputs = [{ script: payee, amount: 60_000n }, { script: wallet.output.script, amount: 39_000n }] } = rest
  const tx = new Transaction({
    version, lockTime, PSBTVersion: psbtVersion, allowUnknownOutputs: true, allowUnknownInputs: true, disableScriptCheck: true, allowUnknownVersion: true,
    unknown: 'ignore',
  })
  inputs.forEach((input, i) => {
    const spent = input === null || 'nonWitnessUtxo' in input ? {} : { witnessUtxo: { amount: 100_000n, script: wallet.output.script } }
    tx.addInput({ txid: txid(i + 1), index: 0, ...spent, ...input }, true)
  })
  for (const output of outputs) tx.addOutput(output, true)
  return tx.toPSBT(psbtVersion)
}
