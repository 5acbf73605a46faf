/**
 * The wallets of the unlocked party. Memory follows the same reducer as the disk: a change is worked out, written and read back, and
 * only then counts (`protocol.md` §E.4).
 */
import { Bug, InputError, MpcError, Refused, VaultError, wipePair, type PairState, type Pid } from '@trivet/protocol/core'
import { NO_EPOCHS, reduceWallet, type WalletEpochs } from '@trivet/protocol/epoch'
import type { WalletId } from '../api.ts'
import { readCard, type Card } from '../identity/card.ts'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { OpenVault, VaultChange } from '../vault/index.ts'
import { checkCertificate } from './certify.ts'
import { encodeCover, type Cover } from './cover.ts'
import { Pairs } from './pairs.ts'
import { decodeWalletRecord, encodeWalletRecord, type WalletRecord } from './record.ts'
import { RestoredWallets } from './restored.ts'
import { UsedInstances } from './used-instances.ts'
import { coverEntry, walletOf, wipeShares, type Wallet } from './wallet.ts'

const KIND = 'wallet'

/** One wallet: its epochs, and the record of each. */
interface Entry {
  readonly epochs: WalletEpochs
  readonly records: readonly Wallet[]
}

export class Wallets {
  /** Requests for signatures that were answered. */
  readonly used: UsedInstances
  /** What ECDSA signing needs with each other member. */
  readonly pairs: Pairs
  /** From backup files: to be shown, never to sign with. */
  readonly restored: RestoredWallets
  readonly #vault: OpenVault
  readonly #deviceName: string
  readonly #ed25519: Ed25519
  readonly #all = new Map<WalletId, Entry>()
  #tail: Promise<void> = Promise.resolve()
  #wiped = false

  private constructor(vault: OpenVault, deviceName: string, ed25519: Ed25519, parts: Pick<Wallets, 'used' | 'pairs' | 'restored'>) {
    this.#vault = vault
    this.#deviceName = deviceName
    this.#ed25519 = ed25519
    this.used = parts.used
    this.pairs = parts.pairs
    this.restored = parts.restored
  }

  /** @throws {VaultError} E_DAMAGED */
  static async open(vault: OpenVault, deviceName: string, ed25519: Ed25519): Promise<Wallets> {
    const parts = { used: await UsedInstances.open(vault), pairs: await Pairs.open(vault), restored: await RestoredWallets.open(vault, ed25519) }
    const wallets = new Wallets(vault, deviceName, ed25519, parts)
    for (const { value } of await vault.readAll(KIND)) {
      try {
        const record = decodeWalletRecord(value)
        const cards = await Promise.all(record.cards.map((card) => readCard(card, ed25519)))
        const wallet = walletOf(record, cards)
        wallets.#load(wallet)
        await wallets.pairs.load(wallet.id, wallet.epoch.roster.epoch, peersOf(wallet))
      } catch (error) {
        wallets.wipe()
        throw error instanceof VaultError || !(error instanceof MpcError) ? error : new VaultError('E_DAMAGED', `wallet record: ${error.message}`, { cause: error })
      } finally {
        value.fill(0)
      }
    }
    return wallets
  }

  /** Those of this party's own, oldest first. */
  list(): readonly Wallet[] {
    return [...this.#all.values()].map(current).toSorted((a, b) => a.createdAt - b.createdAt)
  }

  has(id: WalletId): boolean {
    return this.#all.has(id)
  }

  /** One to work with. @throws {InputError} @throws {Refused} it came out of a backup file */
  get(id: WalletId): Wallet {
    const entry = this.#all.get(id)
    if (entry === undefined && this.restored.has(id)) throw new Refused('E_INPUT', READ_ONLY)
    if (entry === undefined) throw new InputError('wallet', 'this device has no such wallet')
    return current(entry)
  }

  /**
   * Stores new shares that everybody is about to vote for, and their pairs; resolves once they were read back.
   * @param pairs one for each other member where there is an ECDSA key, none elsewhere; wiped with the wallet, or where this fails
   * @throws {InputError} where this wallet has shares of that epoch already @throws {VaultError}
   */
  async prepare(record: Omit<WalletRecord, 'certificate'>, cards: readonly Card[], pairs: readonly PairState[]): Promise<void> {
    await this.#exclusive(async () => {
      const wallet = walletOf({ ...record, certificate: undefined }, cards)
      try {
        const before = this.#all.get(wallet.id) ?? NOTHING
        const epochs = reduceWallet(before.epochs, { kind: 'prepared', epoch: record.epoch })
        await this.#write(before, { epochs, records: [...before.records, wallet] }, wallet, pairs)
      } catch (error) {
        wipeShares(wallet)
        pairs.forEach(wipePair)
        throw error
      }
    })
  }

  /**
   * Everybody voted: from now on the epoch counts, and lower ones are erased.
   * @throws {MpcError} where the certificate does not fit the shares that this device prepared, or does not hold @throws {VaultError}
   */
  async commit(id: WalletId, certificate: Uint8Array): Promise<void> {
    await this.#exclusive(async () => {
      const before = this.#all.get(id) ?? NOTHING
      const epochs = reduceWallet(before.epochs, { kind: 'committed', certificate })
      if (epochs === before.epochs || epochs.active === undefined) return
      const { epoch } = epochs.active
      const prepared = before.records.find((record) => record.epoch === epoch)
      if (prepared === undefined) throw new Bug('an epoch without a record')
      await checkCertificate(prepared, certificate, this.#ed25519)
      const wallet = { ...prepared, certificate: epochs.active.certificate }
      const records = [wallet, ...before.records.filter((record) => epochs.prepared.includes(record.epoch))]
      await this.#write(before, { epochs, records }, wallet)
    })
  }

  /** Drops the shares from memory, also those of a write that is under way. */
  wipe(): void {
    this.#wiped = true
    this.pairs.wipe()
    this.restored.wipe()
    for (const { records } of this.#all.values()) records.forEach(wipeShares)
    this.#all.clear()
  }

  #load(wallet: Wallet): void {
    const before = this.#all.get(wallet.id) ?? NOTHING
    const prepared = reduceWallet(before.epochs, { kind: 'prepared', epoch: wallet.epoch })
    const epochs = wallet.certificate === undefined ? prepared : reduceWallet(prepared, { kind: 'committed', certificate: wallet.certificate })
    this.#all.set(wallet.id, { epochs, records: [...before.records, wallet] })
  }

  /** Puts `after` in the place of `before`: the record that is new or changed, and the erasure of those that went. */
  async #write(before: Entry, after: Entry, changed: Wallet, added: readonly PairState[] = []): Promise<void> {
    const { epoch: { roster: { epoch } } } = changed
    const gone = before.records.filter(({ epoch }) => !after.records.some((record) => record.epoch === epoch))
    const value = encodeWalletRecord(changed)
    const others = this.list().filter(({ id }) => id !== changed.id)
    const cover: Cover = { deviceName: this.#deviceName, wallets: [...others, current(after), ...this.restored.list()].map(coverEntry) }
    const erased = gone.map(({ id, epoch }): VaultChange => ({ kind: KIND, id, epoch: epoch.roster.epoch, value: undefined }))
    const move = { wallet: changed.id, epoch, added, gone: gone.map((record) => record.epoch.roster.epoch) }
    try {
      await this.pairs.along(move, (ofPairs) => this.#vault.write([{ kind: KIND, id: changed.id, epoch, value }, ...erased, ...ofPairs], encodeCover(cover)))
    } finally {
      value.fill(0)
    }
    gone.forEach(wipeShares)
    if (this.#wiped) wipeShares(changed)
    else this.#all.set(changed.id, after)
  }

  /** One change at a time: each begins with what the one before has left. */
  #exclusive(change: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(change)
    this.#tail = done.catch(() => undefined)
    return done
  }
}

const READ_ONLY = 'this wallet was restored from a backup file, so this device can show it but not use it: ask the other devices of the wallet to let this one in'

const NOTHING: Entry = { epochs: NO_EPOCHS, records: [] }

/** The epoch that counts, or else the first that was voted for. */
function current({ epochs, records }: Entry): Wallet {
  const epoch = epochs.active?.epoch ?? epochs.prepared[0]
  const found = records.find((record) => record.epoch === epoch)
  if (found === undefined) throw new Bug('a wallet without a record')
  return found
}

/** With whom there is a pair. */
function peersOf({ epoch, members }: Pick<Wallet, 'epoch' | 'members'>): readonly Pid[] {
  const mine = epoch.keys.find(({ suite }) => suite === 1)?.pid
  return mine === undefined ? [] : members.map(({ pid }) => pid).filter((pid) => pid !== mine)
}
