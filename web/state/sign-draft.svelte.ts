import { encodeMessageIntent, encodePsbtIntent, interpret, InvalidIntent, type BitcoinNetwork } from '@trivet/chains'
import type { WalletView } from '@trivet/party'
import type { Preview } from '@trivet/protocol/intent'
import { groupKeys } from './keys.ts'

/** What the form's content means; a preview for the person who writes it. The one that counts is made in the worker. */
export type Draft =
  | { readonly at: 'empty' }
  | { readonly at: 'wrong'; readonly message: string }
  | { readonly at: 'read'; readonly intent: Uint8Array; readonly preview: Preview }

/** What a person is about to ask signatures for, and from whom. */
export class SignDraft {
  readonly #wallet: () => WalletView
  readonly #network: () => BitcoinNetwork
  #chosen = $state.raw<readonly number[]>()
  kind = $state<'message' | 'psbt'>('message')
  text = $state('')
  psbt = $state.raw<string | Uint8Array>('')

  readonly result: Draft
  /** Share indices, this device first. */
  readonly signers: readonly number[]

  constructor(wallet: () => WalletView, network: () => BitcoinNetwork) {
    this.#wallet = wallet
    this.#network = network
    this.result = $derived(this.#read())
    this.signers = $derived(this.#chosen ?? preselected(this.#wallet()))
  }

  choose(signers: readonly number[]): void {
    this.#chosen = signers
  }

  #read(): Draft {
    const content = this.kind === 'message' ? this.text : this.psbt
    if (content.length === 0 || (typeof content === 'string' && content.trim() === '')) return { at: 'empty' }
    try {
      const intent = this.kind === 'message' ? encodeMessageIntent(this.text) : encodePsbtIntent(this.psbt, this.#network())
      const { preview } = interpret(intent, groupKeys(this.#wallet()))
      return { at: 'read', intent, preview }
    } catch (error) {
      if (error instanceof InvalidIntent) return { at: 'wrong', message: asSentence(error.message) }
      throw error
    }
  }
}

/** This device and, as far as possible, others who are online now. */
function preselected(wallet: WalletView): readonly number[] {
  const able = wallet.parties.filter((p) => !p.me && p.role !== 'third-party')
  const best = able.toSorted((a, b) => Number(b.online) - Number(a.online))
  return [wallet.myIndex, ...best.slice(0, wallet.threshold - 1).map((p) => p.index)]
}

function asSentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
}
