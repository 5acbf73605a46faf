import { encodeEthereumTransactionIntent, ETHEREUM_CHAINS, InvalidIntent, type EthereumChain, type Path, type TransactionRequest } from '@trivet/chains'
import { readDecimal } from './decimal.ts'
import { asSentence } from './sentence.ts'

/** Named as `chains` names them: its messages begin with the field that is wrong. */
export type PaymentField = 'chainId' | 'to' | 'value' | 'nonce' | 'gas' | 'maxFeePerGas' | 'maxPriorityFeePerGas' | 'gasPrice' | 'data'

/** What is wrong with a field: in words of the page's language, or as `chains` says it. */
export type FieldProblem =
  | { readonly why: 'no-number' | 'not-whole' }
  | { readonly why: 'too-fine'; readonly decimals: number }
  | { readonly why: 'chains'; readonly sentence: string }

export type PaymentReading =
  | { readonly at: 'incomplete'; readonly missing: readonly PaymentField[] }
  | { readonly at: 'wrong'; readonly problems: Readonly<Partial<Record<PaymentField, FieldProblem>>> }
  | { readonly at: 'read'; readonly intent: Uint8Array }

/** Decimal places of what a field is written in: the coin, gwei, or whole numbers. */
const DECIMALS: Readonly<Partial<Record<PaymentField, number>>> = {
  chainId: 0, nonce: 0, gas: 0, value: 18, maxFeePerGas: 9, maxPriorityFeePerGas: 9, gasPrice: 9,
}
/** Stands for what is not yet there, so that `chains` can judge the rest. */
const BLANK: Readonly<Record<PaymentField, string>> = {
  chainId: '1', to: `0x${'00'.repeat(20)}`, value: '0', nonce: '0', gas: '21000', maxFeePerGas: '0', maxPriorityFeePerGas: '0', gasPrice: '0', data: '0x',
}

/** The value of the chain select for a chain that has no name here. */
export const OTHER_CHAIN = 'other'

/** A payment on Ethereum or a chain of its kind, as it is being filled in. Every field is text, as written. */
export class PaymentForm {
  readonly fields = $state<Record<PaymentField, string>>({
    chainId: '', to: '', value: '', nonce: '', gas: '21000', maxFeePerGas: '', maxPriorityFeePerGas: '', gasPrice: '', data: '',
  })
  /** A chain id in decimal digits, or `OTHER_CHAIN`, whose id is then the field `chainId`. */
  chosen = $state('1')
  /** Of the account that pays. */
  path = $state.raw<Path>([])
  /** One price for gas instead of two, for chains that know no other. */
  legacy = $state(false)

  readonly chain: EthereumChain | undefined = $derived(ETHEREUM_CHAINS.find(({ id }) => String(id) === this.#chainId))
  readonly reading: PaymentReading = $derived(this.#read())
  /** Problems by field; of a field that is still empty there is none. */
  readonly problems: Readonly<Partial<Record<PaymentField, FieldProblem>>> = $derived(this.#problems())

  get #chainId(): string {
    return this.chosen === OTHER_CHAIN ? this.fields.chainId.trim() : this.chosen
  }

  /** The fields that a transaction of the chosen sort has. */
  get #wanted(): readonly PaymentField[] {
    return ['chainId', 'to', 'value', 'nonce', 'gas', ...(this.legacy ? ['gasPrice' as const] : ['maxFeePerGas' as const, 'maxPriorityFeePerGas' as const])]
  }

  #read(): PaymentReading {
    const problems = this.problems
    if (Object.keys(problems).length > 0) return { at: 'wrong', problems }
    const missing = this.#wanted.filter((field) => this.#isMissing(field))
    return missing.length > 0 ? { at: 'incomplete', missing } : { at: 'read', intent: encodeEthereumTransactionIntent(this.#request({}), this.path) }
  }

  #isMissing(field: PaymentField): boolean {
    // A call need not pay anything.
    if (field === 'value' && this.fields.data.trim() !== '') return false
    return this.#written(field) === ''
  }

  #problems(): Partial<Record<PaymentField, FieldProblem>> {
    const problems: Partial<Record<PaymentField, FieldProblem>> = {}
    for (const field of this.#wanted) {
      const decimals = DECIMALS[field]
      const text = this.#written(field)
      if (decimals === undefined || text === '') continue
      const read = readDecimal(text, decimals)
      if (read.at === 'wrong') problems[field] = read.why === 'no-number' ? { why: read.why } : decimals === 0 ? { why: 'not-whole' } : { why: read.why, decimals }
    }
    return { ...this.#toldByChains(problems), ...problems }
  }

  /** What `chains` says of the fields that are filled in and are numbers where they should be. */
  #toldByChains(known: Readonly<Partial<Record<PaymentField, FieldProblem>>>): Partial<Record<PaymentField, FieldProblem>> {
    try {
      encodeEthereumTransactionIntent(this.#request(known))
      return {}
    } catch (error) {
      if (!(error instanceof InvalidIntent)) throw error
      const [, name = '', message = error.message] = /^(\w+): (.*)$/su.exec(error.message) ?? []
      const field = [...this.#wanted, 'data' as const].find((wanted) => wanted === name) ?? 'to'
      return { [field]: { why: 'chains', sentence: asSentence(message) } }
    }
  }

  /** @param without fields that cannot be read: something harmless stands in for them, as for those that are empty */
  #request(without: Readonly<Partial<Record<PaymentField, unknown>>>): TransactionRequest {
    const text = (field: PaymentField): string => (Object.hasOwn(without, field) ? '' : this.#written(field))
    const number = (field: PaymentField): bigint => units(text(field) === '' ? BLANK[field] : text(field), text(field) === '' ? 0 : (DECIMALS[field] ?? 0))
    const common = {
      chainId: number('chainId'), nonce: number('nonce'), gas: number('gas'), value: number('value'),
      to: text('to') === '' ? BLANK.to : text('to'), data: text('data') === '' ? BLANK.data : text('data'),
    }
    if (this.legacy) return { ...common, gasPrice: number('gasPrice') }
    const maxFeePerGas = number('maxFeePerGas')
    const tip = number('maxPriorityFeePerGas')
    // The tip is part of the fee: while the fee is empty it is as high as the tip.
    return { ...common, maxFeePerGas: text('maxFeePerGas') === '' ? tip : maxFeePerGas, maxPriorityFeePerGas: tip }
  }

  #written(field: PaymentField): string {
    return field === 'chainId' ? this.#chainId : this.fields[field].trim()
  }
}

function units(text: string, decimals: number): bigint {
  const read = readDecimal(text, decimals)
  return read.at === 'read' ? read.units : 0n
}
