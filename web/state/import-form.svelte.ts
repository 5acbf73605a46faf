import type { Account } from '@trivet/chains'
import type { ImportView } from '@trivet/party'
import { secretForm, type SecretForm } from '@trivet/party/import/form'
import type { AccountKind, HexKind, SecretChoices } from '@trivet/party/import'
import { InputError, type SuiteId } from '@trivet/protocol/core'
import type { GroupKey } from '@trivet/protocol/intent'
import { addressOf, type AccountKind as AddressKind } from './accounts.ts'

/** What the worker found in it, and where it is paid. */
export interface Seen {
  readonly view: ImportView
  readonly accounts: readonly Account[]
}

/** Which address the old wallet shows for an account; of the older kinds of Bitcoin none is made here, and the newer one of the same key is seen. */
const ADDRESSES: Readonly<Record<AccountKind, AddressKind>> = {
  'ethereum': 'ethereum', 'bitcoin-segwit': 'segwit', 'bitcoin-taproot': 'taproot', 'bitcoin-nested': 'segwit', 'bitcoin-legacy': 'segwit', 'solana': 'solana',
}
const ALL: readonly AddressKind[] = ['ethereum', 'segwit', 'taproot', 'solana']

/** What a person says of a key that existed before. What was typed is not here: it stays in its field. */
export class ImportForm {
  what = $state<'key' | 'file'>('key')
  /** What was typed, by how it looks. */
  form = $state<SecretForm>()
  /** None: the key as it is. */
  account = $state<AccountKind>()
  /** From 1, as people count. */
  number = $state(1)
  testnet = $state(false)
  hex = $state<HexKind>('secp256k1')
  file = $state.raw<File>()
  #suites = $state.raw<readonly SuiteId[]>([])
  #seen = $state.raw<Seen>()

  get seen(): Seen | undefined {
    return this.#seen
  }
  /** Which keys of the wallet it becomes. */
  get suites(): readonly SuiteId[] {
    return this.#suites
  }
  /** Devices that have to bring a file. */
  get needed(): number {
    return this.#seen?.view.holders?.needed ?? 0
  }

  /** Something else was typed: what was seen is of the one before. */
  typed(text: string): void {
    const form = formOf(text)
    if (form !== this.form) this.account = form === 'phrase' ? 'ethereum' : undefined
    this.form = form
    this.changed()
  }

  changed(): void {
    this.#seen = undefined
  }

  found(seen: Seen): void {
    this.#seen = seen
    this.#suites = seen.view.keys.map(({ suite }) => suite)
  }

  toggle(suite: SuiteId): void {
    this.#suites = this.#suites.includes(suite) ? this.#suites.filter((one) => one !== suite) : [...this.#suites, suite]
  }

  /** @param passphrase of BIP-39, as it stands in its field */
  choices(passphrase: string): SecretChoices {
    return {
      ...(this.account === undefined ? {} : { account: { kind: this.account, number: this.number - 1, testnet: this.#isOnTestnet } }),
      ...(passphrase === '' ? {} : { passphrase }),
      ...(this.form === 'hex' ? { hex: this.hex } : {}),
    }
  }

  /** The addresses to compare, in the order in which they are shown. */
  addresses({ accounts }: Seen): readonly { readonly kind: AddressKind; readonly address: string }[] {
    const kinds = this.what === 'key' && this.account !== undefined ? [ADDRESSES[this.account]] : ALL
    return kinds.flatMap((kind) => {
      const address = addressOf(kind, accounts, this.#isOnTestnet ? 'testnet' : 'mainnet')
      return address === undefined ? [] : [{ kind, address }]
    })
  }

  get #isOnTestnet(): boolean {
    return this.testnet && this.account?.startsWith('bitcoin-') === true
  }
}

/** The keys of it as `chains` wants them. Where it has no chain code, its first address needs none. */
export function keysOf({ keys }: ImportView): readonly GroupKey[] {
  return keys.map(({ suite, groupKey, chainCode = new Uint8Array(32) }) => ({ suite, publicKey: groupKey, chainCode }))
}

/** @returns undefined for what is none, or too short yet to tell */
function formOf(text: string): SecretForm | undefined {
  try {
    return secretForm(text)
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}
