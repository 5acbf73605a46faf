import type { Preview, PreviewField, PreviewWarning } from '@trivet/protocol/intent'
import { formatGwei } from 'viem/utils'
import type { EthereumAccount } from './account.ts'
import { effectOf } from './effect.ts'
import { chainName, coins, knownChain } from './networks.ts'
import { warningsFor } from './transaction-warnings.ts'
import type { UnsignedTransaction } from './transaction.ts'

/** @param account that signs */
export function previewOf(tx: UnsignedTransaction, { address: from, note }: EthereumAccount): Preview {
  const effect = effectOf(tx, from)
  const fee = largestFee(tx)
  const { chainId, data, nonce, to, value } = tx
  const extra = knownChain(chainId)?.dataFee === true ? ' and a charge for data' : ''
  return {
    kind: 'ethereum',
    sentence: `${effect.sentence} on ${chainName(chainId)}, fee at most ${coins(fee, chainId)}${extra}`,
    fields: [
      { label: 'From', value: from, as: 'address', note },
      ...(to === undefined ? [] : [{ label: data === '0x' ? 'To' : 'Contract', value: to, as: 'address', ...(to === from && { note: 'this account itself' }) } as const]),
      { label: 'Amount', value: coins(value, chainId), as: 'amount' },
      ...effect.fields,
      { label: 'Fee at most', value: coins(fee, chainId), as: 'amount', note: feeNote(tx) },
      { label: 'Nonce', value: String(nonce), as: 'text' },
      { label: 'Chain', value: chainName(chainId), as: 'text', note: `chain id ${chainId}` },
      ...(data === '0x' ? [] : [{ label: 'Data', value: data, as: 'hex', note: sizeOf(data) } as const]),
      ...accessListFields(tx),
    ],
    warnings: worstFirst([...effect.warnings, ...warningsFor(tx, from, fee)]),
    // Rules count coins: what else a call may take from the account is in no amount, so no rule may pass it by its amount.
    ...(to !== undefined && effect.onlyCoins && {
      spends: { network: `eip155:${chainId}`, amount: (value + fee).toString(), fee: fee.toString(), to: [to] },
    }),
  }
}

/** Wei that the fee can come to: every unit of gas at the highest price. */
const largestFee = (tx: UnsignedTransaction): bigint => tx.gas * (tx.type === 'legacy' ? tx.gasPrice : tx.maxFeePerGas)

function feeNote(tx: UnsignedTransaction): string {
  const charge = knownChain(tx.chainId)?.dataFee === true ? '; the chain also charges for data, which no limit covers' : ''
  if (tx.type === 'legacy') return `${tx.gas} gas at ${formatGwei(tx.gasPrice)} gwei${charge}`
  return `${tx.gas} gas at up to ${formatGwei(tx.maxFeePerGas)} gwei, of it up to ${formatGwei(tx.maxPriorityFeePerGas)} gwei tip${charge}`
}

function accessListFields(tx: UnsignedTransaction): PreviewField[] {
  if (tx.type === 'legacy' || tx.accessList.length === 0) return []
  const keys = tx.accessList.reduce((sum, { storageKeys }) => sum + storageKeys.length, 0)
  return [{ label: 'Access list', value: `${tx.accessList.length} addresses, ${keys} storage keys`, as: 'text', note: 'only makes the call cheaper' }]
}

const worstFirst = (warnings: readonly PreviewWarning[]): PreviewWarning[] =>
  [...warnings.filter(({ level }) => level === 'danger'), ...warnings.filter(({ level }) => level === 'care')]

const sizeOf = (data: string): string => (data.length === 4 ? '1 byte' : `${data.length / 2 - 1} bytes`)
