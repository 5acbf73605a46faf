/**
 * What a PSBT does with the wallet's coins, checked. Every device derives this by itself from the bytes of the intent; the
 * preview, the sighashes and the finished transaction all come from it.
 *
 * A BIP-341 sighash commits to the amounts and scripts of *all* spent outputs. So a PSBT that lies about one of them, ours or
 * not, gets signatures that are worth nothing, and the amounts shown need no proof. A BIP-143 sighash commits to the amount of
 * its own input alone. So of one transaction two PSBTs can be made that each misstate another input, its amount or even whose it
 * is; each gets one valid signature, and together they spend more than either showed. The previous transaction proves what an
 * input spends (`proven`); where it is missing the preview says so.
 */
import type { Transaction } from '@scure/btc-signer'
import type { TransactionInput } from '@scure/btc-signer/psbt.js'
import { getPrevOut } from '@scure/btc-signer/transaction.js'
import { equalBytes } from '@scure/btc-signer/utils.js'
import { hex } from '@scure/base'
import { InvalidIntent } from '../errors.ts'
import { accountName, type Path, samePath } from '../path.ts'
import { formatAmount, MAX_MONEY } from './amount.ts'
import type { BitcoinNetwork } from './network.ts'
import { type Destination, destinationOf } from './output.ts'
import type { PlacedScript } from './own-script.ts'
import { parsePsbt } from './psbt.ts'
import type { SighashType } from './sighash.ts'

interface SpentOutput {
  /** Of the previous transaction, as people write it. */
  readonly txid: Uint8Array
  /** The output's place in it. */
  readonly index: number
  readonly sequence: number
  readonly amount: bigint
  readonly script: Uint8Array
  /** The PSBT holds the previous transaction, which has the id that the input names: the amount and the script are true. */
  readonly proven: boolean
  readonly own: boolean
  /** Of the account it was paid to, where it is own. */
  readonly path: Path | undefined
  /** Of foreign inputs it is of no interest. */
  readonly sighashType: SighashType
}

export interface PaidOutput {
  /** Pays to one of the wallet's own scripts. */
  readonly own: boolean
  /** Of the account it pays to, where it is own. */
  readonly path: Path | undefined
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
  /** The script that all own inputs spend from; its key signs. */
  readonly signer: PlacedScript
  /** Whether other accounts than the first were looked for. */
  readonly hasAccounts: boolean
  readonly inputs: readonly SpentOutput[]
  readonly outputs: readonly PaidOutput[]
  readonly fee: bigint
  /** Whether it spends from or pays to the account. */
  touches(path: Path): boolean
}

/**
 * @param psbt version 0 or 2
 * @param wallet all scripts of the wallet that may be in it, one or more
 * @throws {InvalidIntent} naming `psbt`, when it cannot be signed safely or is not for this wallet
 */
export function examine(psbt: Uint8Array, network: BitcoinNetwork, wallet: readonly PlacedScript[]): Transfer {
  const tx = parsePsbt(psbt)
  const inputs = Array.from({ length: tx.inputsLength }, (_, i) => spentOutput(tx.getInput(i), i, wallet))
  refuseDuplicates(inputs)
  const outputs = Array.from({ length: tx.outputsLength }, (_, i) => paidOutput(tx.getOutput(i), i, network, wallet))
  const signer = signerOf(inputs, network, wallet)
  const spent = total(inputs)
  const paid = total(outputs)
  for (const [what, sum] of [['inputs', spent], ['outputs', paid]] as const) {
    if (sum > MAX_MONEY) throw new InvalidIntent('psbt', `the ${what} add up to ${formatAmount(sum)}, more bitcoin than there is`)
  }
  if (paid > spent) throw new InvalidIntent('psbt', `the outputs (${formatAmount(paid)}) are more than the inputs (${formatAmount(spent)})`)
  return {
    tx, network, signer, inputs, outputs, fee: spent - paid,
    hasAccounts: wallet.some(({ path }) => path.length > 0),
    touches: (path) => [...inputs, ...outputs].some((part) => part.path !== undefined && samePath(part.path, path)),
  }
}

/** Sum of the amounts, in satoshi. */
export const total = (parts: readonly { readonly amount: bigint }[]): bigint => parts.reduce((sum, { amount }) => sum + amount, 0n)

/**
 * The sighash of each own input, in order.
 * @returns the place of the input in the transaction and 32 bytes
 */
export function sighashes({ tx, signer, inputs, outputs }: Transfer): { readonly input: number; readonly sighash: Uint8Array }[] {
  const sighashOf = signer.sighashesOf({ version: tx.version, lockTime: tx.lockTime, inputs, outputs })
  return inputs.flatMap(({ own, sighashType }, input) => own ? [{ input, sighash: sighashOf(input, sighashType) }] : [])
}

/**
 * Size of the finished transaction in virtual bytes, known before it is signed; ECDSA signatures can come out a byte shorter.
 * @returns undefined where others' inputs have a part in it
 */
export function signedSize({ tx, signer, inputs }: Transfer): number | undefined {
  if (inputs.some(({ own }) => !own)) return undefined
  const markerAndFlag = 2
  const witnesses = inputs.reduce((sum, { sighashType }) => sum + signer.witnessSize(sighashType), 0)
  return Math.ceil((4 * tx.unsignedTx.length + markerAndFlag + witnesses) / 4)
}

/**
 * Satoshi that the wallet has less afterwards, fee included; negative when a transaction with others pays it.
 *
 * In a transaction with others only what comes back to the account that signs is set off. What seems to be others' may be an account
 * of this wallet that the request did not name: asked once for each such account, the same output would be set off every time.
 */
export function leavingWallet({ inputs, outputs, signer }: Transfer): bigint {
  const alone = inputs.every(({ own }) => own)
  const back = outputs.filter(({ path }) => path !== undefined && (alone || samePath(path, signer.path)))
  return total(inputs.filter(({ own }) => own)) - total(back)
}

function spentOutput(input: TransactionInput, i: number, wallet: readonly PlacedScript[]): SpentOutput {
  const { txid, index, sequence = 0xffffffff, witnessUtxo, nonWitnessUtxo } = input
  if (txid === undefined || index === undefined) throw new InvalidIntent('psbt', `input ${i} lacks its previous transaction`)
  if (witnessUtxo === undefined && nonWitnessUtxo === undefined) {
    throw new InvalidIntent('psbt', `input ${i} does not say which output it spends, and without all of them the fee is not known`)
  }
  const { amount, script } = getPrevOut(input)
  requireMoney(amount, `input ${i}`)
  const from = wallet.find((own) => equalBytes(own.script, script))
  const sighashType = from?.sighashTypeOf(input, i) ?? 0
  return { txid, index, sequence, amount, script, proven: nonWitnessUtxo !== undefined, own: from !== undefined, path: from?.path, sighashType }
}

/** One key signs a request: all own inputs spend from the same script. */
function signerOf(inputs: readonly SpentOutput[], network: BitcoinNetwork, wallet: readonly PlacedScript[]): PlacedScript {
  const found = wallet.flatMap((from) => {
    const input = inputs.findIndex(({ script }) => equalBytes(script, from.script))
    return input < 0 ? [] : [{ from, input }]
  })
  const [first, second] = found
  if (!first) {
    const addresses = wallet.map((own) => own.address(network))
    throw new InvalidIntent('psbt', `no input spends from this wallet’s ${addresses.length === 1 ? 'address' : 'addresses'} ${addresses.join(' or ')}`)
  }
  if (second) {
    const each = found.map(({ from, input }) => `input ${input} from ${from.title}${wallet.length > 2 ? ` of ${accountName(from.path)}` : ''}`).join(', ')
    throw new InvalidIntent('psbt', `the inputs spend from ${found.length === 2 ? 'two' : found.length} addresses of this wallet with a key each (${each}); make ${found.length === 2 ? 'two transactions, one' : 'a transaction'} for each address`)
  }
  return first.from
}

function paidOutput(
  { amount, script }: { amount?: bigint | undefined; script?: Uint8Array | undefined }, i: number, network: BitcoinNetwork, wallet: readonly PlacedScript[],
): PaidOutput {
  if (amount === undefined || script === undefined) throw new InvalidIntent('psbt', `output ${i} lacks its amount or script`)
  requireMoney(amount, `output ${i}`)
  const to = wallet.find((own) => equalBytes(own.script, script))
  return { own: to !== undefined, path: to?.path, amount, script, destination: destinationOf(script, network) }
}

function requireMoney(amount: bigint, where: string): void {
  if (amount < 0n) throw new InvalidIntent('psbt', `${where} has a negative amount`)
  if (amount > MAX_MONEY) throw new InvalidIntent('psbt', `${where} is ${formatAmount(amount)}, more bitcoin than there is`)
}

function refuseDuplicates(inputs: readonly SpentOutput[]): void {
  const seen = new Map<string, number>()
  for (const [i, { txid, index }] of inputs.entries()) {
    const outpoint = `${hex.encode(txid)}:${index}`
    const first = seen.get(outpoint)
    if (first !== undefined) throw new InvalidIntent('psbt', `inputs ${first} and ${i} spend the same output ${outpoint}`)
    seen.set(outpoint, i)
  }
}
