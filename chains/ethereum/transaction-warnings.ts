import type { PreviewWarning } from '@trivet/protocol/intent'
import type { Address } from 'viem'
import { ZERO_ADDRESS } from './address.ts'
import { chainName, coins, knownChain } from './networks.ts'
import { knownToken } from './tokens.ts'
import type { UnsignedTransaction } from './transaction.ts'

/** What the simplest transaction uses; less is not enough for any. */
const LEAST_GAS = 21_000n
/** A fee of one whole coin is far above what is usual on every chain with a name here. */
const LARGE_FEE = 10n ** 18n
/** Fees above this part of what is sent are pointed out. */
const FEE_SHARE = 10n

/** Reasons to be careful that do not depend on what is called. */
export function warningsFor(tx: UnsignedTransaction, from: Address, fee: bigint): PreviewWarning[] {
  return [...recipient(tx, from), ...cost(tx, fee), ...chain(tx)]
}

function recipient({ chainId, data, to, value }: UnsignedTransaction, from: Address): PreviewWarning[] {
  if (to === undefined) return []
  if (to === ZERO_ADDRESS) return [danger('The recipient is the zero address, which nobody has: what is sent there is lost.')]
  if (data !== '0x') return []
  const token = knownToken(chainId, to)
  if (token?.wraps === true) return [care(`The recipient is the contract of ${token.symbol}, which gives ${token.symbol} for it.`)]
  if (token) return [danger(`The recipient is the contract of ${token.symbol}: what is sent there is refused or lost.`)]
  return [
    ...(to === from ? [care('The recipient is this account itself.')] : []),
    ...(value === 0n ? [care('Nothing is sent: only the fee is paid.')] : []),
  ]
}

function cost({ chainId, data, gas, value }: UnsignedTransaction, fee: bigint): PreviewWarning[] {
  const short = gas < LEAST_GAS ? [care(`The limit of ${gas} gas is below ${LEAST_GAS}, which every transaction needs: most chains refuse it.`)] : []
  if (fee >= LARGE_FEE) return [danger(`The fee may come to ${coins(fee, chainId)}, far above what is usual.`), ...short]
  if (data === '0x' && value > 0n && fee > value) return [danger('The fee may come to more than what is sent.'), ...short]
  if (data === '0x' && fee * FEE_SHARE > value && value > 0n) return [care(`The fee may come to ${(fee * 100n) / value} % of what is sent.`), ...short]
  return short
}

const chain = ({ chainId }: UnsignedTransaction): PreviewWarning[] => knownChain(chainId) === undefined
  ? [care(`Trivet does not know ${chainName(chainId)}. Signed for it, the transaction is valid there and nowhere else.`)]
  : []

const danger = (text: string): PreviewWarning => ({ level: 'danger', text })
const care = (text: string): PreviewWarning => ({ level: 'care', text })
