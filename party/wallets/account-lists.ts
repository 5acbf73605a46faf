/**
 * How many accounts a person has opened in each wallet, and what they are called: of this device alone, in no backup. Which keys they
 * stand for is not known here; whoever shows them counts from 0.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, InputError, Malformed, Reader, u8, VaultError } from '@trivet/protocol/core'
import type { WalletId } from '../api.ts'
import { decodeUtf8, isCheckedName, MAX_NAME_BYTES, plainText } from '../identity/text.ts'
import type { OpenVault, VaultChange } from '../vault/index.ts'

const KIND = 'accounts'
const VERSION = 1
/** Of one chain: as many as people may want, and few enough to be shown. */
const MAX_ACCOUNTS = 100
const MAX_CHAINS = 16

/** Labels by account, by chain; '' for one without. A chain that is not there has one account without a label. */
type Lists = ReadonlyMap<string, readonly string[]>

export class AccountLists {
  readonly #vault: OpenVault
  readonly #all: Map<WalletId, Lists>
  #tail: Promise<void> = Promise.resolve()

  private constructor(vault: OpenVault, all: Map<WalletId, Lists>) {
    this.#vault = vault
    this.#all = all
  }

  /** @throws {VaultError} E_DAMAGED */
  static async open(vault: OpenVault): Promise<AccountLists> {
    const records = await vault.readAll(KIND)
    return new AccountLists(vault, new Map(records.map(({ id, value }) => [id, decodeAccountLists(value)])))
  }

  /** Those of a wallet, as far as there is more to say of a chain than that it has one account. */
  of(wallet: WalletId): readonly { readonly chain: string; readonly labels: readonly string[] }[] {
    return [...this.#all.get(wallet) ?? []].map(([chain, labels]) => ({ chain, labels }))
  }

  /**
   * One more account of a chain: the next, so that none is left out. Resolves once it was read back.
   * @returns its index
   * @throws {InputError} there are too many, or it is no chain's name @throws {VaultError}
   */
  async add(wallet: WalletId, chain: string): Promise<number> {
    return this.#change(wallet, chain, (labels) => {
      if (labels.length >= MAX_ACCOUNTS) throw new InputError('chain', `a wallet has at most ${MAX_ACCOUNTS} accounts of a chain`)
      return [...labels, '']
    }).then((labels) => labels.length - 1)
  }

  /**
   * @param label made plain text of at most 64 bytes; empty takes the old one away
   * @throws {InputError} there is no such account @throws {VaultError}
   */
  async label(wallet: WalletId, chain: string, index: number, label: string): Promise<void> {
    await this.#change(wallet, chain, (labels) => {
      if (!Number.isInteger(index) || index < 0 || index >= labels.length) throw new InputError('index', `expected 0 to ${labels.length - 1}, got ${index}`)
      return labels.with(index, plainText(label, MAX_NAME_BYTES))
    })
  }

  /** What is stored of a wallet that is to be forgotten; then `forget`. */
  erasureOf(wallet: WalletId): VaultChange {
    return { kind: KIND, id: wallet, value: undefined }
  }

  forget(wallet: WalletId): void {
    this.#all.delete(wallet)
  }

  /** One change at a time: each begins with what the one before has left. */
  #change(wallet: WalletId, chain: string, change: (labels: readonly string[]) => readonly string[]): Promise<readonly string[]> {
    const done = this.#tail.then(async () => {
      if (!isChain(chain)) throw new InputError('chain', 'expected a name of 1 to 16 small letters and digits')
      const before = this.#all.get(wallet) ?? new Map<string, readonly string[]>()
      const labels = change(before.get(chain) ?? [''])
      const lists = new Map([...before, [chain, labels]])
      if (lists.size > MAX_CHAINS) throw new InputError('chain', `a wallet has accounts of at most ${MAX_CHAINS} chains`)
      await this.#vault.write([{ kind: KIND, id: wallet, value: encodeAccountLists(lists) }])
      this.#all.set(wallet, lists)
      return labels
    })
    this.#tail = done.then(() => undefined, () => undefined)
    return done
  }
}

/** u8 version ‖ u8 chains, then each: u8 length ‖ name ‖ u8 accounts, then each: u8 length ‖ label */
export function encodeAccountLists(lists: Lists): Uint8Array {
  const text = (value: string): Uint8Array => {
    const bytes = utf8ToBytes(value)
    return concat(u8(bytes.length), bytes)
  }
  return concat(u8(VERSION), u8(lists.size), ...[...lists].flatMap(([chain, labels]) => [text(chain), u8(labels.length), ...labels.map(text)]))
}

/** @throws {VaultError} E_DAMAGED */
export function decodeAccountLists(bytes: Uint8Array): Lists {
  try {
    return read(new Reader(bytes, 'accounts'))
  } catch (error) {
    throw error instanceof Malformed ? damaged(error.message, error) : error
  }
}

function read(reader: Reader): Lists {
  const version = reader.number(1)
  if (version !== VERSION) throw damaged(`accounts: expected version ${VERSION}, got ${version}`)
  const text = (): string => decodeUtf8(reader.take(reader.number(1))) ?? '\u0000'
  const lists = new Map<string, readonly string[]>()
  for (let left = reader.number(1); left > 0; left--) {
    const chain = text()
    const labels = Array.from({ length: reader.number(1) }, text)
    if (!isChain(chain) || lists.has(chain) || labels.length === 0) throw damaged('accounts: a chain that cannot be')
    if (labels.some((label) => label !== '' && !isCheckedName(label))) throw damaged('accounts: a label that is no plain text')
    lists.set(chain, labels)
  }
  reader.end()
  return lists
}

const isChain = (name: string): boolean => /^[a-z0-9]{1,16}$/.test(name)

function damaged(what: string, cause?: Malformed): VaultError {
  return new VaultError('E_DAMAGED', what, cause === undefined ? {} : { cause })
}
