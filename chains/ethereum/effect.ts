/** What a transaction does, in words: an own one, or one that a Safe is to make. */
import type { PreviewField, PreviewWarning } from '@trivet/protocol/intent'
import type { Address, Hex } from 'viem'
import { shortAddress } from './address.ts'
import { describeCall } from './call-preview.ts'
import { readCall } from './call.ts'
import { coins } from './networks.ts'

export interface Effect {
  /** The beginning of the preview's sentence. */
  readonly sentence: string
  readonly fields: readonly PreviewField[]
  readonly warnings: readonly PreviewWarning[]
  /** Nothing leaves the account but the native coins that the transaction names. */
  readonly onlyCoins: boolean
}

export interface Sending {
  readonly chainId: number
  /** Absent where a contract is created. */
  readonly to?: Address
  /** Wei. */
  readonly value: bigint
  /** Lower case. */
  readonly data: Hex
}

/** @param from the account that sends */
export function effectOf({ chainId, data, to, value }: Sending, from: Address): Effect {
  if (to === undefined) return creation(chainId, value)
  if (data === '0x') return { sentence: `Send ${coins(value, chainId)} to ${shortAddress(to)}`, fields: [], warnings: [], onlyCoins: true }
  const call = readCall(data)
  const effect = call && describeCall(call, { chainId, contract: to, value, from })
  const sending = value > 0n ? `, sending ${coins(value, chainId)},` : ''
  if (effect) return { ...effect, sentence: call.name === 'deposit' ? effect.sentence : `${effect.sentence}${sending}` }
  const selector = data.length > 10 ? `${data.slice(0, 10)} …` : data
  return {
    sentence: `Call ${shortAddress(to)} with data Trivet cannot read${sending}`,
    fields: [],
    warnings: [{ level: 'danger', text: `Trivet cannot read this call (${selector}). Approve only if you know what it does: it may take anything this account has.` }],
    onlyCoins: false,
  }
}

function creation(chainId: number, value: bigint): Effect {
  return {
    sentence: `Create a contract${value > 0n ? ` and send it ${coins(value, chainId)}` : ''}`,
    fields: [],
    warnings: [{ level: 'danger', text: 'This creates a contract, and Trivet cannot read what it will do. There is no recipient: if you meant to pay somebody, decline.' }],
    onlyCoins: false,
  }
}
