/** What a request is about, as rules judge it: read from the intent itself, not from the sentences made for people. */
import { decodeIntent, type Intent } from '@trivet/chains'
import type { SignRequest } from '@trivet/party'
import type { Preview } from '@trivet/protocol/intent'
import { z } from 'zod'
import { networkOf } from './networks.ts'

/** Amounts are in sats or wei, fee included. */
export type Subject =
  | { readonly kind: 'message'; readonly bytes: number }
  | { readonly kind: 'ethereum-message'; readonly bytes: number }
  /** Without `spends` the preview does not say what leaves the wallet. */
  | { readonly kind: 'bitcoin'; readonly spends?: Spends }
  | { readonly kind: 'ethereum'; readonly spends: Spends }
  /** Takes something else than coins as well. `contract` is absent where one is created. */
  | { readonly kind: 'ethereum-call'; readonly network: string; readonly amount: bigint; readonly contract?: string }
  | { readonly kind: 'ethereum-typed-data'; readonly network?: string; readonly contract?: string }

export type SubjectOf<Kind extends Subject['kind']> = Extract<Subject, { kind: Kind }>

interface Spends {
  readonly network: string
  readonly amount: bigint
  readonly to: readonly string[]
}

type Transaction = Extract<Intent, { kind: 'ethereum-transaction' }>['transaction']

/** @throws InvalidIntent, which this party's own interpretation has thrown before; SyntaxError for an amount that is no number */
export function subjectOf({ intent, interpretation: { preview } }: SignRequest): Subject {
  const decoded = decodeIntent(intent)
  const spends = spendsOf(preview)
  switch (decoded.kind) {
    case 'message': return { kind: 'message', bytes: Buffer.byteLength(decoded.text) }
    case 'bitcoin-psbt': return { kind: 'bitcoin', ...(spends === undefined ? {} : { spends }) }
    case 'ethereum-transaction': return spends === undefined ? callOf(decoded.transaction) : { kind: 'ethereum', spends }
    case 'ethereum-message': return { kind: 'ethereum-message', bytes: decoded.message.length }
    case 'ethereum-typed-data': return typedDataOf(decoded.json)
  }
}

function spendsOf({ spends }: Preview): Spends | undefined {
  return spends && { network: spends.network, amount: BigInt(spends.amount), to: spends.to }
}

function callOf(transaction: Transaction): Subject {
  const { chainId, value, gas, to } = transaction
  const price = transaction.type === 'legacy' ? transaction.gasPrice : transaction.maxFeePerGas
  return { kind: 'ethereum-call', network: networkOf(chainId), amount: value + gas * price, ...(to === undefined ? {} : { contract: to }) }
}

const TypedData = z.looseObject({
  domain: z.looseObject({
    chainId: z.union([z.int(), z.string().regex(/^\d{1,78}$/)]).optional(),
    // A domain may say that its contract is any text: such data are refused, and the text stays out of the log.
    verifyingContract: z.string().regex(/^0x[0-9a-fA-F]{40}$/).optional(),
  }),
})

function typedDataOf(json: string): Subject {
  const { domain: { chainId, verifyingContract: contract } } = TypedData.parse(JSON.parse(json))
  return {
    kind: 'ethereum-typed-data',
    ...(chainId === undefined ? {} : { network: networkOf(BigInt(chainId)) }),
    ...(contract === undefined ? {} : { contract }),
  }
}
