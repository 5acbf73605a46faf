import {
  accountPath,
  encodeEthereumMessageIntent,
  encodeEthereumTransactionIntent,
  encodeMessageIntent,
  encodePsbtIntent,
  encodeTypedDataIntent,
  interpret,
  InvalidIntent,
  type Account,
  type BitcoinNetwork,
  type Path,
} from '@trivet/chains'
import type { WalletView } from '@trivet/party'
import type { SuiteId } from '@trivet/protocol/core'
import type { Preview } from '@trivet/protocol/intent'
import { groupKeys } from './keys.ts'
import { PaymentForm, type PaymentField } from './payment-form.svelte.ts'
import { asSentence } from './sentence.ts'
import { suiteOf, type PastedKind, type SignKind } from './sign-kinds.ts'
import { obstacleOf, preselected } from './signers.ts'

/** What the form's content means; a preview for the person who writes it. The one that counts is made in the worker. */
export type Draft =
  | { readonly at: 'empty' }
  /** A payment whose fields are right as far as they go. */
  | { readonly at: 'incomplete'; readonly missing: readonly PaymentField[] }
  /** `message`: what is wrong with the whole; a payment says it at its fields. */
  | { readonly at: 'wrong'; readonly message?: string }
  | { readonly at: 'read'; readonly intent: Uint8Array; readonly suite: SuiteId; readonly preview: Preview }

type Content = string | Uint8Array

/** What a person is about to ask signatures for, and from whom. */
export class SignDraft {
  readonly #wallet: () => WalletView
  readonly #network: () => BitcoinNetwork
  readonly #known: () => readonly Account[]
  #account = $state(0)
  #chosen = $state.raw<readonly number[]>()
  #contents = $state.raw<Readonly<Record<PastedKind, Content>>>({ transaction: '', message: '', typedData: '', psbt: '', text: '' })
  kind = $state<SignKind>()
  /** Whether an Ethereum message that is written in hex stands for the bytes it spells. */
  hex = $state(false)
  readonly payment = new PaymentForm()

  readonly result: Draft
  /** The key that signs, as far as it is known. */
  readonly suite: SuiteId | undefined
  /** Share indices, this device first. */
  readonly signers: readonly number[]

  /** @param known accounts of the wallet that a PSBT may be about, as far as they are worked out */
  constructor(wallet: () => WalletView, network: () => BitcoinNetwork, known: () => readonly Account[], kind?: SignKind, account = 0) {
    this.#wallet = wallet
    this.#network = network
    this.#known = known
    this.kind = kind
    this.account = account
    this.result = $derived(this.#read())
    this.suite = $derived(this.result.at === 'read' ? this.result.suite : this.kind === undefined ? undefined : suiteOf(this.kind))
    this.signers = $derived(this.#able(this.#chosen) ?? preselected(this.#wallet(), this.suite))
  }

  /** Another kind may be of another chain, with accounts of its own: it begins with the first. */
  pick(kind: SignKind): void {
    this.kind = kind
    this.account = 0
  }

  /** Which account signs, from 0, where the content does not say so itself. */
  get account(): number {
    return this.#account
  }
  set account(index: number) {
    this.#account = index
    this.payment.path = accountPath(index, this.#wallet().firstPath)
  }

  content(kind: PastedKind): Content {
    return this.#contents[kind]
  }

  write(kind: PastedKind, content: Content): void {
    this.#contents = { ...this.#contents, [kind]: content }
  }

  /** Whether the Ethereum message can be read as bytes in hex. */
  get mayBeHex(): boolean {
    return /^0x(?:[0-9a-f]{2})+$/iu.test(String(this.#contents.message).trim())
  }

  choose(signers: readonly number[]): void {
    this.#chosen = signers
  }

  /** Those chosen by hand, but for anybody who cannot sign with the key that the content now asks for. */
  #able(chosen: readonly number[] | undefined): readonly number[] | undefined {
    const { parties, myIndex } = this.#wallet()
    return chosen?.filter((index) => index === myIndex || parties.some((p) => p.index === index && obstacleOf(p, this.suite) === undefined))
  }

  #read(): Draft {
    try {
      const intent = this.#intent()
      if (!(intent instanceof Uint8Array)) return intent
      const { suite, preview } = interpret(intent, groupKeys(this.#wallet()))
      return { at: 'read', intent, suite, preview }
    } catch (error) {
      if (error instanceof InvalidIntent) return { at: 'wrong', message: asSentence(error.message) }
      throw error
    }
  }

  /** @throws {InvalidIntent} */
  #intent(): Uint8Array | Draft {
    const kind = this.kind
    if (kind === undefined) return { at: 'empty' }
    if (kind === 'payment') {
      const { reading } = this.payment
      return reading.at === 'read' ? reading.intent : reading.at === 'wrong' ? { at: 'wrong' } : reading
    }
    const content = this.#contents[kind]
    return (typeof content === 'string' ? content.trim() : content).length === 0 ? { at: 'empty' } : this.#encode(kind, content)
  }

  #encode(kind: PastedKind, content: Content): Uint8Array {
    if (kind === 'psbt') return encodePsbtIntent(content, this.#network(), { keys: groupKeys(this.#wallet()), accounts: this.#known() })
    // Only a PSBT is ever a file of bytes: anything else is refused below for what it looks like as text.
    const text = typeof content === 'string' ? content : new TextDecoder().decode(content)
    const path: Path = accountPath(this.#account, this.#wallet().firstPath)
    if (kind === 'text') return encodeMessageIntent(text, path)
    if (kind === 'transaction') return encodeEthereumTransactionIntent(text, path)
    if (kind === 'typedData') return encodeTypedDataIntent(text, path)
    return encodeEthereumMessageIntent(this.hex && this.mayBeHex ? { raw: text.trim() } : text, path)
  }
}
