/** What a person sees of a Bitcoin transaction: one sentence, then fields. Warnings are in `warnings.ts`. */
import type { Preview, PreviewField } from '@trivet/protocol/intent'
import { accountName } from '../path.ts'
import { formatAmount, formatFeeRate } from './amount.ts'
import { locktimeOf, relativeLocks, replaceable } from './locktime.ts'
import { leavingWallet, nameOfOutput, type PaidOutput, signedSize, type Transfer, total } from './transfer.ts'
import { warningsFor } from './warnings.ts'

export function previewOf(transfer: Transfer): Preview {
  const { fee, network, outputs } = transfer
  const foreign = outputs.filter(({ own }) => !own)
  const leaving = leavingWallet(transfer)
  return {
    kind: 'bitcoin',
    sentence: sentenceFor(transfer),
    fields: [
      fromField(transfer),
      ...outputs.flatMap((output) => outputFields(output, transfer)),
      { label: 'Fee', value: formatAmount(fee), as: 'amount' },
      ...feeRateField(transfer),
      ...inputFields(transfer),
      { label: 'Network', value: network === 'mainnet' ? 'Bitcoin' : `Bitcoin ${network}`, as: 'text' },
      ...timeFields(transfer),
    ],
    warnings: warningsFor(transfer),
    spends: {
      network,
      amount: (leaving > 0n ? leaving : 0n).toString(),
      fee: fee.toString(),
      to: foreign.map((output) => nameOf(output)),
    },
  }
}

function sentenceFor(transfer: Transfer): string {
  const { fee, inputs, network, outputs } = transfer
  const on = network === 'mainnet' ? '' : ` on ${network}`
  const foreign = outputs.filter(({ own }) => !own)
  const [first] = foreign
  if (inputs.some(({ own }) => !own)) {
    const leaving = leavingWallet(transfer)
    const effect = leaving >= 0n ? `${formatAmount(leaving)} leaves this wallet` : `this wallet gains ${formatAmount(-leaving)}`
    return `Sign this wallet’s part of a transaction with others${on}: ${effect}; fee of all ${formatAmount(fee)}`
  }
  if (!first) return `Move ${formatAmount(total(outputs))} within this wallet${on}; fee ${formatAmount(fee)}`
  const others = foreign.length === 1 ? '' : foreign.length === 2 ? ' and 1 other output' : ` and ${foreign.length - 1} other outputs`
  return `Send ${formatAmount(total(foreign))} to ${shortName(first)}${others}${on}; fee ${formatAmount(fee)}`
}

function fromField({ hasAccounts, network, signer }: Transfer): PreviewField {
  const note = hasAccounts ? `${accountName(signer.path)} of this wallet` : `this wallet’s ${signer.title} address`
  return { label: 'From', value: signer.address(network), as: 'address', note }
}

function outputFields(output: PaidOutput, { hasAccounts, outputs }: Transfer): PreviewField[] {
  const { amount, destination, path } = output
  const label = nameOfOutput(output, outputs)
  const back = path && `back to this wallet${hasAccounts ? `, ${accountName(path)}` : ''}`
  const where: PreviewField = destination.type === 'address'
    ? { label, value: destination.address, as: 'address', ...(back !== undefined && { note: back }) }
    : { label, value: destination.hex, as: 'hex', note: scriptNote(destination) }
  return [where, { label: 'Amount', value: formatAmount(amount), as: 'amount' }]
}

function scriptNote(destination: Exclude<PaidOutput['destination'], { type: 'address' }>): string {
  if (destination.type === 'unknown') return 'a script Trivet cannot read'
  return destination.text === undefined ? 'data written to the blockchain' : `data written to the blockchain, reads “${destination.text}”`
}

function inputFields({ inputs }: Transfer): PreviewField[] {
  const own = inputs.filter((input) => input.own)
  const foreign = inputs.filter((input) => !input.own)
  const describe = (some: readonly { amount: bigint }[]): string => `${some.length}, together ${formatAmount(total(some))}`
  return [
    { label: 'Inputs of this wallet', value: describe(own), as: 'amount' },
    ...(foreign.length > 0 ? [{ label: 'Inputs of others', value: describe(foreign), as: 'amount' } as const] : []),
  ]
}

function feeRateField(transfer: Transfer): PreviewField[] {
  const vsize = signedSize(transfer)
  if (vsize === undefined) return []
  return [{ label: 'Fee rate', value: formatFeeRate(transfer.fee, vsize), as: 'amount', note: `${vsize} vB` }]
}

function timeFields(transfer: Transfer): PreviewField[] {
  const locktime = locktimeOf(transfer)
  return [
    ...(locktime ? [{ label: 'Locktime', value: locktime.text, as: 'text' } as const] : []),
    ...relativeLocks(transfer).map(({ input, text }) => ({ label: `Input ${input} waits`, value: text, as: 'text' }) as const),
    ...(replaceable(transfer) ? [{ label: 'Replaceable', value: 'yes, by one with a higher fee (BIP-125)', as: 'text' } as const] : []),
  ]
}

/** The address, or what stands in its place. */
const nameOf = ({ destination }: PaidOutput): string => (destination.type === 'address' ? destination.address : `${destination.type}:${destination.hex}`)

function shortName({ destination }: PaidOutput): string {
  if (destination.type === 'data') return 'a data output'
  if (destination.type === 'unknown') return 'a script Trivet cannot read'
  const { address } = destination
  return address.length > 24 ? `${address.slice(0, 10)}…${address.slice(-8)}` : address
}
