/** What a call does, in words. */
import type { PreviewField, PreviewWarning } from '@trivet/protocol/intent'
import type { Address } from 'viem'
import { formatUnits } from 'viem/utils'
import { shortAddress, ZERO_ADDRESS } from './address.ts'
import type { Call } from './call.ts'
import { chainName, coins } from './networks.ts'
import { knownToken } from './tokens.ts'

export interface CallContext {
  readonly chainId: number
  readonly contract: Address
  /** Wei sent along. */
  readonly value: bigint
  /** The account that signs. */
  readonly from: Address
}

/** From here on an allowance is no limit: some tokens store it in 96 bits. */
export const UNLIMITED = 2n ** 96n - 1n

interface CallEffect extends Words {
  /** Nothing leaves the account but the native coins that are sent along. */
  readonly onlyCoins: boolean
}

/** @returns undefined for a call that means something only at contracts other than this one */
export function describeCall(call: Call, context: CallContext): CallEffect | undefined {
  const token = knownToken(context.chainId, context.contract)
  const isOfCoin = call.name === 'deposit' || call.name === 'withdraw'
  if (isOfCoin && token?.wraps !== true) return undefined
  const { sentence, fields, warnings } = words(call, context)
  const unknown = token === undefined
    ? [care(`Trivet does not know the contract ${context.contract}: what the call says is shown, not what the contract makes of it.`)]
    : []
  return { sentence, fields, warnings: [...warnings, ...payment(call, context), ...unknown], onlyCoins: isOfCoin }
}

interface Words {
  readonly sentence: string
  readonly fields: readonly PreviewField[]
  readonly warnings: readonly PreviewWarning[]
}

function words(call: Call, context: CallContext): Words {
  switch (call.name) {
    case 'transfer': return {
      sentence: `Send ${tokens(call.amount, context)} to ${shortAddress(call.to)}`,
      fields: [address('Recipient', call.to), tokenField(call.amount, context)],
      warnings: recipientWarnings(call.to, context),
    }
    case 'transferFrom': return {
      sentence: `Move ${tokens(call.amount, context)} from ${shortAddress(call.from)} to ${shortAddress(call.to)}`,
      fields: [address('Owner', call.from), address('Recipient', call.to), tokenField(call.amount, context)],
      warnings: recipientWarnings(call.to, context),
    }
    case 'approve': return approval(call.spender, call.amount, context)
    case 'increaseAllowance': return {
      sentence: `Let ${shortAddress(call.spender)} take ${call.amount >= UNLIMITED ? `any amount of ${nameOf(context)}` : `${tokens(call.amount, context)} more`}`,
      fields: [address('Spender', call.spender), tokenField(call.amount, context, 'More allowed')],
      warnings: allowanceWarnings(call.spender, call.amount, context),
    }
    case 'safeTransferFrom': return {
      sentence: `Send ${call.amount === undefined ? 'item' : `${call.amount} of item`} ${call.item} of ${shortAddress(context.contract)} to ${shortAddress(call.to)}`,
      fields: [
        address('Owner', call.from), address('Recipient', call.to), { label: 'Item', value: call.item.toString(), as: 'text' },
        ...(call.amount === undefined ? [] : [{ label: 'Pieces', value: call.amount.toString(), as: 'amount' } as const]),
        ...(call.data === '0x' ? [] : [{ label: 'Data for the recipient', value: call.data, as: 'hex' } as const]),
      ],
      warnings: recipientWarnings(call.to, context),
    }
    case 'setApprovalForAll': return everything(call.operator, call.approved, context)
    case 'deposit': return { sentence: `Wrap ${coins(context.value, context.chainId)} as ${nameOf(context)}`, fields: [], warnings: [] }
    case 'withdraw': return { sentence: `Unwrap ${tokens(call.amount, context)}`, fields: [tokenField(call.amount, context)], warnings: [] }
  }
}

function approval(spender: Address, amount: bigint, context: CallContext): Words {
  const who = shortAddress(spender)
  const fields = [address('Spender', spender), tokenField(amount, context, 'Allowed')]
  const item = knownToken(context.chainId, context.contract) === undefined
    ? [care(`If the contract is a collection, ${spender} may take its item ${amount}.`)]
    : []
  if (amount === 0n) return { sentence: `End the right of ${who} to take ${nameOf(context)}`, fields, warnings: item }
  return {
    sentence: amount >= UNLIMITED ? `Let ${who} take any amount of ${nameOf(context)}` : `Let ${who} take up to ${tokens(amount, context)}`,
    fields,
    warnings: [...allowanceWarnings(spender, amount, context), ...item],
  }
}

function everything(operator: Address, approved: boolean, context: CallContext): Words {
  const collection = shortAddress(context.contract)
  const fields = [address('Operator', operator)]
  if (!approved) return { sentence: `End the right of ${shortAddress(operator)} to take items of ${collection}`, fields, warnings: [] }
  return {
    sentence: `Let ${shortAddress(operator)} take every item of ${collection}`,
    fields,
    warnings: [danger(`${operator} may take every item this account has or will have in ${context.contract}, at any time, until this is ended.`)],
  }
}

function allowanceWarnings(spender: Address, amount: bigint, context: CallContext): PreviewWarning[] {
  if (amount >= UNLIMITED) return [danger(`${spender} may take all of ${nameOf(context)} that this account has or will have, at any time, until this is ended.`)]
  return [care(`${spender} may take this much at any time, without asking again.`)]
}

function recipientWarnings(to: Address, { chainId, contract, from }: CallContext): PreviewWarning[] {
  if (to === ZERO_ADDRESS) return [danger('The recipient is the zero address, which nobody has: what is sent there is lost.')]
  if (to === contract || knownToken(chainId, to) !== undefined) return [danger('The recipient is the contract of a token: what is sent there is lost.')]
  return to === from ? [care('The recipient is this account itself.')] : []
}

/** Of these calls only WETH9's `deposit` takes coins. */
function payment(call: Call, { chainId, value }: CallContext): PreviewWarning[] {
  if (value === 0n || call.name === 'deposit') return []
  return [danger(`${coins(value, chainId)} is sent along with a call that takes none: the contract refuses it, or keeps it.`)]
}

/** "25 USDC"; of a token whose decimals are not known "25000000 base units of the token 0x1234…abcd". */
function tokens(amount: bigint, context: CallContext): string {
  const token = knownToken(context.chainId, context.contract)
  return token ? `${formatUnits(amount, token.decimals)} ${token.symbol}` : `${amount} base units of ${nameOf(context)}`
}

const nameOf = ({ chainId, contract }: CallContext): string => knownToken(chainId, contract)?.symbol ?? `the token ${shortAddress(contract)}`

function tokenField(amount: bigint, context: CallContext, label = 'Tokens'): PreviewField {
  const token = knownToken(context.chainId, context.contract)
  if (token) return { label, value: tokens(amount, context), as: 'amount', note: `${token.symbol} on ${chainName(context.chainId)}` }
  return { label, value: `${amount} base units`, as: 'amount', note: 'decimals unknown; for a collection this is the number of an item' }
}

const address = (label: string, value: Address): PreviewField => ({ label, value, as: 'address' })
const danger = (text: string): PreviewWarning => ({ level: 'danger', text })
const care = (text: string): PreviewWarning => ({ level: 'care', text })
