import type { PreviewWarning } from '@trivet/protocol/intent'
import { formatAmount, formatFeeRate, formatShare } from './amount.ts'
import { locktimeOf, relativeLocks } from './locktime.ts'
import { dustLimit } from './output.ts'
import { leavingWallet, nameOfOutput, signedSize, type Transfer, total } from './transfer.ts'

/** Fees above this part of what is sent are pointed out. */
const FEE_SHARE = 10n
/** …and above this rate, in satoshi per virtual byte. */
const FEE_RATE = 500n

type Rule = (transfer: Transfer) => readonly PreviewWarning[]

/** Reasons to be careful, worst first. */
export function warningsFor(transfer: Transfer): PreviewWarning[] {
  const found = [foreignInputs, fee, outputs, network, unproven, withinWallet, waiting].flatMap((rule) => rule(transfer))
  return [...found.filter(({ level }) => level === 'danger'), ...found.filter(({ level }) => level === 'care')]
}

const danger = (text: string): PreviewWarning => ({ level: 'danger', text })
const care = (text: string): PreviewWarning => ({ level: 'care', text })

const foreignInputs: Rule = (transfer) => {
  const foreign = transfer.inputs.filter(({ own }) => !own)
  if (foreign.length === 0) return []
  const whose = foreign.length === 1 ? '1 input belongs to another party' : `${foreign.length} inputs belong to other parties`
  const loss = leavingWallet(transfer)
  return [danger(`${whose}. Approve only if you agreed on a transaction with them${loss > 0n ? `; ${formatAmount(loss)} leaves this wallet` : ''}.`)]
}

const fee: Rule = (transfer) => {
  const sent = total(transfer.outputs.filter(({ own }) => !own))
  const base = sent > 0n ? sent : total(transfer.outputs)
  const vsize = signedSize(transfer)
  return [
    ...(base === 0n ? [danger('Everything that is spent goes to the fee.')] : []),
    ...(base > 0n && transfer.fee * FEE_SHARE > base ? [danger(`The fee is ${formatShare(transfer.fee, base)} of what is ${sent > 0n ? 'sent' : 'moved'}.`)] : []),
    ...(vsize !== undefined && transfer.fee > FEE_RATE * BigInt(vsize)
      ? [danger(`The fee rate of ${formatFeeRate(transfer.fee, vsize)} is far above what is usual.`)]
      : []),
  ]
}

const outputs: Rule = (transfer) => transfer.outputs.flatMap((output) => {
  const { amount, destination, script } = output
  const name = `The output “${nameOfOutput(output, transfer.outputs)}”`
  const small = amount < dustLimit(script) ? [care(`${name} is dust: at ${formatAmount(amount)} most nodes will not pass the transaction on.`)] : []
  if (destination.type === 'unknown') return [danger(`${name} pays to a script Trivet cannot read: perhaps anybody can take it, perhaps nobody.`), ...small]
  if (destination.type === 'data') return amount > 0n ? [danger(`${name} destroys ${formatAmount(amount)}: nobody can spend an output that holds data.`)] : []
  return destination.anyoneCanSpend && amount > 0n ? [danger(`${name} can be taken by anybody.`), ...small] : small
})

/** Neither keys nor PSBTs say for which network they are: only the outputs that are spent exist on one network alone. */
const network: Rule = (transfer) => transfer.network === 'mainnet'
  ? []
  : [care(`A PSBT does not say for which network it is, and this wallet’s key is the same on all. If its inputs are mainnet’s, this spends real bitcoin, whatever “${transfer.network}” says.`)]

/** The attack on BIP-143 that `transfer.ts` describes. A single own input needs no proof: misstating it only spoils its signature. */
const unproven: Rule = ({ signer, inputs }) => {
  if (signer.type === 'taproot') return []
  const single = inputs.filter(({ own }) => own).length === 1
  const count = inputs.filter(({ own, proven }) => !proven && !(own && single)).length
  if (count === 0) return []
  return [care(`Nothing proves what ${count} of ${inputs.length} inputs spend: the PSBT lacks their previous transactions. If it misstates them and you sign the same transaction again, this wallet loses more than is shown. Have the program that made the PSBT include the previous transactions, or spend fewer inputs at once.`)]
}

const withinWallet: Rule = (transfer) => transfer.outputs.every(({ own }) => own) ? [care('No output leaves this wallet: only the fee is paid.')] : []

const waiting: Rule = (transfer) => {
  const locktime = locktimeOf(transfer)
  return [
    ...(locktime?.enforced === true ? [care(`The transaction is valid only later: ${locktime.text}.`)] : []),
    ...(relativeLocks(transfer).length > 0 ? [care('The transaction is valid only when its inputs are old enough.')] : []),
  ]
}
