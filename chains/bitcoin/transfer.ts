/**
 * What a PSBT does with the wallet's coins, checked. Every device derives this by itself from the bytes of the intent; the
 * preview, the sighashes and the finished transaction all come from it.
 *
 * A BIP-341 sighash commits to the amounts and scripts of *all* spent outputs. So a PSBT that lies about one of them, ours or
 * not, gets signatures that are worth nothing, and the amounts shown here need no proof.
 */
import type { Transaction } from '@scure/btc-signer'
import type { TransactionInput } from '@scure/btc-signer/psbt.js'
import { getPrevOut, SigHash, SigHashNames } from '@scure/btc-signer/transaction.js'
import { equalBytes } from '@scure/btc-signer/utils.js'
import { hex } from '@scure/base'
import { InvalidIntent } from '../errors.ts'
import { formatAmount, MAX_MONEY } from './amount.ts'
import type { BitcoinNetwork } from './network.ts'
import { type Destination, destinationOf } from './output.ts'
import { parsePsbt } from './psbt.ts'
import { taprootAddress, type TaprootOutput } from './taproot.ts'

interface SpentOutput {
  readonly own: boolean
  readonly amount: bigint
  readonly script: Uint8Array
  readonly sequence: number
  /** BIP-341: 0 is DEFAULT, 1 is ALL, and they mean the same. Of foreign inputs it is of no interest. */
  readonly sighashType: 0 | 1
}

export interface PaidOutput {
  /** Pays to the wallet's own script. */
  readonly own: boolean
  readonly amount: bigint
  readonly script: Uint8Array
  readonly destination: Destination
}

/** What people call an output: "To", "Change"; numbered, from 1 and in the transaction's order, only where there are several of a kind. */
export function nameOfOutput(output: PaidOutput, all: readonly PaidOutput[]): string {
  const alike = all.filter(({ own }) => own === output.own)
  return `${output.own ? 'Change' : 'To'}${alike.length === 1 ? '' : ` ${alike.indexOf(output) + 1}`}`
}

export interface Transfer {
  readonly tx: Transaction
  readonly network: BitcoinNetwork
  readonly wallet: TaprootOutput
  readonly inputs: readonly SpentOutput[]
  readonly outputs: readonly PaidOutput[]
  readonly fee: bigint
}

/**
 * @param psbt version 0 or 2
 * @throws {InvalidIntent} naming `psbt`, when it cannot be signed safely or is not for this wallet
 */
export function examine(psbt: Uint8Array, network: BitcoinNetwork, wallet: TaprootOutput): Transfer {
  const tx = parsePsbt(psbt)
  refuseDuplicates(tx)
  const inputs = Array.from({ length: tx.inputsLength }, (_, i) => spentOutput(tx.getInput(i), i, wallet))
  const outputs = Array.from({ length: tx.outputsLength }, (_, i) => paidOutput(tx.getOutput(i), i, network, wallet))
  if (!inputs.some(({ own }) => own)) {
    throw new InvalidIntent('psbt', `no input spends from this wallet’s address ${taprootAddress(wallet.outputKey, network)}`)
  }
  const spent = total(inputs)
  const paid = total(outputs)
  for (const [what, sum] of [['inputs', spent], ['outputs', paid]] as const) {
    if (sum > MAX_MONEY) throw new InvalidIntent('psbt', `the ${what} add up to ${formatAmount(sum)}, more bitcoin than there is`)
  }
  if (paid > spent) throw new InvalidIntent('psbt', `the outputs (${formatAmount(paid)}) are more than the inputs (${formatAmount(spent)})`)
  return { tx, network, wallet, inputs, outputs, fee: spent - paid }
}

/** Sum of the amounts, in satoshi. */
export const total = (parts: readonly { readonly amount: bigint }[]): bigint => parts.reduce((sum, { amount }) => sum + amount, 0n)

/**
 * The BIP-341 key-path sighash of each own input, in order.
 * @returns the place of the input in the transaction and 32 bytes
 */
export function sighashes({ tx, inputs }: Transfer): { readonly input: number; readonly sighash: Uint8Array }[] {
  const scripts = inputs.map(({ script }) => script)
  const amounts = inputs.map(({ amount }) => amount)
  return inputs.flatMap(({ own, sighashType }, input) =>
    own ? [{ input, sighash: tx.preimageWitnessV1(input, scripts, sighashType, amounts) }] : [])
}

/**
 * Size of the finished transaction in virtual bytes, known before it is signed: a key-path witness is one signature of 64 bytes, or 65 with ALL.
 * @returns undefined where others' inputs have a part in it
 */
export function signedSize({ tx, inputs }: Transfer): number | undefined {
  if (inputs.some(({ own }) => !own)) return undefined
  const markerAndFlag = 2
  const witnesses = inputs.reduce((sum, { sighashType }) => sum + 2 + 64 + sighashType, 0)
  return Math.ceil((4 * tx.unsignedTx.length + markerAndFlag + witnesses) / 4)
}

/** Satoshi that the wallet has less afterwards, fee included; negative when a transaction with others pays it. */
export const leavingWallet = ({ inputs, outputs }: Transfer): bigint => total(inputs.filter(({ own }) => own)) - total(outputs.filter(({ own }) => own))

function spentOutput(input: TransactionInput, i: number, wallet: TaprootOutput): SpentOutput {
  if (input.witnessUtxo === undefined && input.nonWitnessUtxo === undefined) {
    throw new InvalidIntent('psbt', `input ${i} does not say which output it spends, and a taproot signature commits to all of them`)
  }
  const { amount, script } = getPrevOut(input)
  requireMoney(amount, `input ${i}`)
  const own = equalBytes(script, wallet.script)
  if (own) requireOurs(input, i, wallet)
  return { own, amount, script, sequence: input.sequence ?? 0xffffffff, sighashType: own ? sighashTypeOf(input, i) : 0 }
}

/** An own input is a key-path spend without a script tree, signed by nobody yet. */
function requireOurs(input: TransactionInput, i: number, wallet: TaprootOutput): void {
  if (input.tapKeySig !== undefined || input.finalScriptWitness !== undefined || input.finalScriptSig !== undefined) {
    throw new InvalidIntent('psbt', `input ${i} is signed already; give the PSBT as it was before`)
  }
  if (input.tapInternalKey !== undefined && !equalBytes(input.tapInternalKey, wallet.internalKey)) {
    throw new InvalidIntent('psbt', `input ${i} names another internal key than this wallet’s`)
  }
  if (input.tapMerkleRoot !== undefined || input.tapLeafScript !== undefined || input.tapScriptSig !== undefined) {
    throw new InvalidIntent('psbt', `input ${i} names a script tree, and this wallet’s address has none`)
  }
  if (input.redeemScript !== undefined || input.witnessScript !== undefined || input.partialSig !== undefined) {
    throw new InvalidIntent('psbt', `input ${i} has fields of an older kind of address, and this wallet’s is taproot`)
  }
}

function sighashTypeOf({ sighashType = SigHash.DEFAULT }: TransactionInput, i: number): 0 | 1 {
  if (sighashType === SigHash.DEFAULT) return 0
  if (sighashType === SigHash.ALL) return 1
  const names: Readonly<Record<number, string>> = SigHashNames
  const name = names[sighashType] ?? `0x${sighashType.toString(16)}`
  throw new InvalidIntent('psbt', `input ${i} asks for sighash ${name}, which lets others change the transaction; only DEFAULT and ALL are signed`)
}

function paidOutput(
  { amount, script }: { amount?: bigint | undefined; script?: Uint8Array | undefined }, i: number, network: BitcoinNetwork, wallet: TaprootOutput,
): PaidOutput {
  if (amount === undefined || script === undefined) throw new InvalidIntent('psbt', `output ${i} lacks its amount or script`)
  requireMoney(amount, `output ${i}`)
  return { own: equalBytes(script, wallet.script), amount, script, destination: destinationOf(script, network) }
}

function requireMoney(amount: bigint, where: string): void {
  if (amount < 0n) throw new InvalidIntent('psbt', `${where} has a negative amount`)
  if (amount > MAX_MONEY) throw new InvalidIntent('psbt', `${where} is ${formatAmount(amount)}, more bitcoin than there is`)
}

function refuseDuplicates(tx: Transaction): void {
  const seen = new Map<string, number>()
  for (let i = 0; i < tx.inputsLength; i++) {
    const { txid, index } = tx.getInput(i)
    if (txid === undefined || index === undefined) throw new InvalidIntent('psbt', `input ${i} lacks its previous transaction`)
    const outpoint = `${hex.encode(txid)}:${index}`
    const first = seen.get(outpoint)
    if (first !== undefined) throw new InvalidIntent('psbt', `inputs ${first} and ${i} spend the same output ${outpoint}`)
    seen.set(outpoint, i)
  }
}
