/** The wallets of the unlocked party: read from its vault, changed only by writing there first (`protocol.md` §E.4). */
import { Bug, InputError, type PreparedEpoch } from '@trivet/protocol/core'
import { readCard, type Card } from '../identity/card.ts'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { OpenVault } from '../vault/index.ts'
import type { SessionMember } from '../session/member.ts'
import { decodeWalletRecord, encodeWalletRecord, type WalletRecord } from './record.ts'
import type { WalletId } from '../api.ts'

const KIND = 'wallet'

export interface Wallet extends WalletRecord {
  readonly id: WalletId
  readonly members: readonly SessionMember[]
}

/** What a locked vault shows of itself. */
export interface Cover {
  readonly deviceName: string
  readonly wallets: readonly { readonly id: WalletId; readonly name: string; readonly threshold: number; readonly total: number }[]
}

export class Wallets {
  readonly #vault: OpenVault
  readonly #deviceName: string
  readonly #all = new Map<WalletId, Wallet>()

  private constructor(vault: OpenVault, deviceName: string) {
    this.#vault = vault
    this.#deviceName = deviceName
  }

  /** @throws {VaultError} E_DAMAGED */
  static async open(vault: OpenVault, deviceName: string, ed25519: Ed25519): Promise<Wallets> {
    const wallets = new Wallets(vault, deviceName)
    for (const { value } of await vault.readAll(KIND)) {
      try {
        const record = decodeWalletRecord(value)
        wallets.#put(record, await Promise.all(record.cards.map((card) => readCard(card, ed25519))))
      } finally {
        value.fill(0)
      }
    }
    return wallets
  }

  /** Oldest first. */
  list(): readonly Wallet[] {
    return [...this.#all.values()].toSorted((a, b) => a.createdAt - b.createdAt)
  }

  /** @throws {InputError} */
  get(id: WalletId): Wallet {
    const wallet = this.#all.get(id)
    if (wallet === undefined) throw new InputError('wallet', 'this device has no such wallet')
    return wallet
  }

  /** Stores new shares that everybody is about to vote for; resolves once they were read back. */
  async prepare(record: Omit<WalletRecord, 'certificate'>, cards: readonly Card[]): Promise<void> {
    await this.#write({ ...record, certificate: undefined }, cards)
  }

  /** Everybody voted: from now on the epoch counts. */
  async commit(id: WalletId, certificate: Uint8Array): Promise<void> {
    const wallet = this.get(id)
    await this.#write({ ...wallet, certificate }, wallet.members.map(({ card }) => card))
  }

  /** Drops the shares from memory. */
  wipe(): void {
    for (const { epoch } of this.#all.values()) for (const key of epoch.keys) key.signingShare.fill(0)
    this.#all.clear()
  }

  async #write(record: WalletRecord, cards: readonly Card[]): Promise<void> {
    const value = encodeWalletRecord(record)
    const id = record.epoch.walletId
    const summary = { id, name: record.name, threshold: record.epoch.roster.threshold, total: cards.length }
    const others = this.list().filter((wallet) => wallet.id !== id)
    const cover: Cover = { deviceName: this.#deviceName, wallets: [...others.map(coverEntry), summary] }
    try {
      await this.#vault.write([{ kind: KIND, id, epoch: record.epoch.roster.epoch, value }], encodeCover(cover))
    } finally {
      value.fill(0)
    }
    this.#put(record, cards)
  }

  #put(record: WalletRecord, cards: readonly Card[]): void {
    this.#all.set(record.epoch.walletId, { ...record, id: record.epoch.walletId, members: membersOf(record.epoch, cards) })
  }
}

function coverEntry({ id, name, epoch }: Wallet): Cover['wallets'][number] {
  return { id, name, threshold: epoch.roster.threshold, total: epoch.roster.members.length }
}

/** Cards by share index. @param cards in the order of the roster */
function membersOf({ roster }: PreparedEpoch, cards: readonly Card[]): readonly SessionMember[] {
  return roster.members.map(({ pid }, i) => {
    const card = cards[i]
    if (card === undefined) throw new Bug('a member without a card')
    return { pid, card }
  })
}

export function encodeCover(cover: Cover): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(cover))
}

/** @returns undefined for bytes that are no cover */
export function decodeCover(bytes: Uint8Array | undefined): Cover | undefined {
  if (bytes === undefined) return undefined
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return isCover(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isCover(value: unknown): value is Cover {
  if (typeof value !== 'object' || value === null || !('deviceName' in value) || !('wallets' in value)) return false
  return typeof value.deviceName === 'string' && Array.isArray(value.wallets) && value.wallets.every((wallet: unknown) =>
    typeof wallet === 'object' && wallet !== null && 'id' in wallet && 'name' in wallet && 'threshold' in wallet && 'total' in wallet
    && typeof wallet.id === 'string' && typeof wallet.name === 'string' && typeof wallet.threshold === 'number' && typeof wallet.total === 'number')
}
