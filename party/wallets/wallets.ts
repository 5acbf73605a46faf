/**
 * The wallets of the unlocked party. Memory follows the same reducer as the disk: a change is worked out, written and read back, and
 * only then counts (`protocol.md` §E.4).
 */
import { InputError, Refused, wipePair, type PairState, type Pid } from '@trivet/protocol/core'
import { committedClaims, decodeCertificate, laterClaims, takingPart } from '@trivet/protocol/epoch'
import type { PartyId } from '@trivet/signalling/wire'
import type { WalletId } from '../api.ts'
import type { Clock } from '../clock.ts'
import { partyIdOfCard, type Card } from '../identity/card.ts'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { SessionMember } from '../session/member.ts'
import { EPOCH_KEY, type OpenVault, type VaultChange } from '../vault/index.ts'
import { checkClaims } from './certify.ts'
import { encodeCover, type Cover } from './cover.ts'
import { afterCommit, afterPreparing, changesBetween, counting, endedBetween, NOTHING, own, peersOf, prepared, standingOf, wipeEntry, type Entry, type Standing } from './entry.ts'
import { readEntries } from './loading.ts'
import { metWith } from './met.ts'
import { Pairs, type EpochMove } from './pairs.ts'
import type { WalletRecord } from './record.ts'
import { noShare, type SharelessWallet } from './shareless.ts'
import { UsedInstances } from './used-instances.ts'
import { coverEntry, walletOf, wipeShares, type Wallet } from './wallet.ts'

/** Shown to this device and not believed: the others have gone on without it. */
export interface LaterEpoch {
  readonly epoch: number
  /** Members of the epoch that counts here who took part, ascending; at least as many as are needed to sign. */
  readonly by: readonly Pid[]
}

export interface WalletsOptions {
  readonly vault: OpenVault
  readonly deviceName: string
  readonly ed25519: Ed25519
  readonly clock: Pick<Clock, 'now'>
}

export class Wallets {
  /** Requests for signatures that were answered. */
  readonly used: UsedInstances
  /** What ECDSA signing needs with each other member. */
  readonly pairs: Pairs
  readonly #options: WalletsOptions
  readonly #all: Map<WalletId, Entry>
  /** Not stored: whoever showed it shows it again when it comes. */
  readonly #later = new Map<WalletId, LaterEpoch>()
  readonly #moveListeners = new Set<(wallet: WalletId) => void>()
  readonly #outdatedListeners = new Set<(wallet: WalletId, party: PartyId) => void>()
  #tail: Promise<void> = Promise.resolve()
  #wiped = false

  private constructor(options: WalletsOptions, all: Map<WalletId, Entry>, parts: Pick<Wallets, 'used' | 'pairs'>) {
    this.#options = options
    this.#all = all
    this.used = parts.used
    this.pairs = parts.pairs
  }

  /** @throws {VaultError} E_DAMAGED */
  static async open(options: WalletsOptions): Promise<Wallets> {
    const { vault, ed25519 } = options
    const parts = { used: await UsedInstances.open(vault), pairs: await Pairs.open(vault) }
    const wallets = new Wallets(options, await readEntries(vault, ed25519), parts)
    try {
      for (const { records } of wallets.#all.values()) {
        for (const wallet of records) await wallets.pairs.load(wallet.id, wallet.epoch.roster.epoch, peersOf(wallet))
      }
      return wallets
    } catch (error) {
      wallets.wipe()
      throw error
    }
  }

  /** Those of this party's own, oldest first: the epoch that counts of each, or the first that was voted for. */
  list(): readonly Wallet[] {
    return this.#each((entry) => own(entry)).toSorted((a, b) => a.createdAt - b.createdAt)
  }

  /** From backup files: to be shown, and to deal from once the others let this device in; never to sign with. */
  readonly restored = {
    list: (): readonly Wallet[] => this.#each(({ restored }) => restored?.wallet),
    has: (id: WalletId): boolean => this.#all.get(id)?.restored !== undefined,
  }

  /** Those whose epoch counts without a share of it here. */
  shareless(): readonly SharelessWallet[] {
    return this.#each(({ shareless }) => shareless)
  }

  /** Whether it is one of this party's own. */
  has(id: WalletId): boolean {
    return own(this.#entry(id)) !== undefined
  }

  /** One to work with. @throws {InputError} @throws {Refused} it came out of a backup file, or this device holds no share of it any more */
  get(id: WalletId): Wallet {
    const entry = this.#entry(id)
    const wallet = own(entry)
    if (wallet !== undefined) return wallet
    if (entry.shareless !== undefined) throw noShare(entry.shareless)
    if (entry.restored !== undefined) throw new Refused('E_INPUT', READ_ONLY)
    throw new InputError('wallet', 'this device has no such wallet')
  }

  /** Records that were voted for and are not certain yet, beside whatever counts; ascending epoch. */
  prepared(id: WalletId): readonly Wallet[] {
    return prepared(this.#entry(id))
  }

  /** @returns undefined of a wallet that this device knows nothing of */
  standing(id: WalletId): Standing | undefined {
    const entry = this.#all.get(id)
    return entry === undefined ? undefined : standingOf(entry)
  }

  /** What made the epoch count that counts here, with or without a share of it. */
  certificate(id: WalletId): Uint8Array | undefined {
    const { active, shareless } = this.#entry(id).epochs
    return active?.certificate ?? shareless?.certificate
  }

  /**
   * Stores new shares that everybody is about to vote for, and their pairs; resolves once they were read back.
   * @param pairs one for each other member where there is an ECDSA key, none elsewhere; wiped with the wallet, or where this fails
   * @throws {InputError} where this wallet has shares of that epoch already, or of a later one @throws {VaultError}
   */
  async prepare(record: Omit<WalletRecord, 'certificate'>, cards: readonly Card[], pairs: readonly PairState[]): Promise<void> {
    await this.#exclusive(async () => {
      const wallet = walletOf({ ...record, certificate: undefined }, cards)
      try {
        const before = this.#entry(wallet.id)
        await this.#write(wallet.id, before, afterPreparing(before, wallet), { epoch: record.epoch.roster.epoch, added: pairs })
      } catch (error) {
        wipeShares(wallet)
        pairs.forEach(wipePair)
        throw error
      }
    })
  }

  /** This device is about to deal to these, and not to itself: what becomes of it, they can tell. @throws {VaultError} */
  async meet(id: WalletId, members: readonly SessionMember[]): Promise<void> {
    await this.#exclusive(async () => {
      const before = this.#entry(id)
      await this.#write(id, before, { ...before, met: metWith(before.met, members) }, { epoch: counting(before)?.epoch.roster.epoch, added: [] })
    })
  }

  /** Whom `meet` had, until it is known what became of it. */
  met(id: WalletId): readonly SessionMember[] {
    return this.#entry(id).met
  }

  /**
   * Everybody voted: from now on the epoch counts, and lower ones are erased. Where this device has no share of it, its old one is erased
   * too, if enough of those whom it knows have dealt (`protocol.md` §E.4 (b)). A certificate of an epoch that is over changes nothing.
   * @throws {MpcError} where the certificate has no place here, or does not hold; nothing is changed @throws {VaultError}
   */
  async commit(id: WalletId, certificate: Uint8Array): Promise<void> {
    await this.#exclusive(async () => {
      const before = this.#entry(id)
      await checkClaims(committedClaims(before.epochs, certificate), this.#options.ed25519)
      const after = afterCommit(before, certificate, this.#options.clock.now())
      if (after === before) return
      await this.#write(id, before, after, { epoch: after.epochs.active?.epoch.roster.epoch, added: [] })
    })
  }

  /**
   * A certificate that `commit` had no use for may still be worth showing: of a later epoch that members of the one that counts here made
   * without this device (`protocol.md` §E.4 (c)). It changes nothing that is stored.
   * @returns whether it is @throws {MpcError} a certificate that is none, or does not hold
   */
  async notice(id: WalletId, certificate: Uint8Array): Promise<boolean> {
    const own = counting(this.#entry(id))?.epoch.roster
    const shown = decodeCertificate(certificate)
    if (own === undefined || shown.roster.epoch <= Math.max(own.epoch, this.#later.get(id)?.epoch ?? 0)) return false
    await checkClaims(laterClaims(shown, own, id), this.#options.ed25519)
    this.#later.set(id, { epoch: shown.roster.epoch, by: takingPart(shown, own) })
    return true
  }

  /** What `notice` found, as long as it is later than what counts here. */
  later(id: WalletId): LaterEpoch | undefined {
    const later = this.#later.get(id)
    return later !== undefined && later.epoch > (this.standing(id)?.counting ?? 0) ? later : undefined
  }

  /** Somebody who is no member any more has the certificate: it need not be told again. @throws {VaultError} */
  async told(id: WalletId, party: PartyId): Promise<void> {
    await this.#exclusive(async () => {
      const before = this.#entry(id)
      const wallet = before.restored === undefined ? counting(before) : undefined
      const former = wallet?.descent.former.filter(({ card }) => partyIdOfCard(card) !== party)
      if (wallet === undefined || former?.length === wallet.descent.former.length) return
      const after = { ...wallet, descent: { ...wallet.descent, former: former ?? [] } }
      const records = before.records.map((record) => (record === wallet ? after : record))
      await this.#write(id, before, { ...before, records }, { epoch: wallet.epoch.roster.epoch, added: [] })
    })
  }

  /**
   * Erases what there is of a wallet that this device holds no working share of, or whose others have shown that they went on without it.
   * @param along what else is stored of it @throws {InputError} of any other; while its devices are changing @throws {VaultError}
   */
  async forget(id: WalletId, along: readonly VaultChange[]): Promise<void> {
    await this.#exclusive(async () => {
      const before = this.#entry(id)
      if (own(before) !== undefined && this.later(id) === undefined) throw new InputError('wallet', 'this device holds a working share of it')
      if (before === NOTHING) throw new InputError('wallet', 'this device has no such wallet')
      if (prepared(before).length > 0) throw new InputError('wallet', 'its devices are changing, and this one has confirmed it: wait until the others are online')
      await this.#write(id, before, NOTHING, { epoch: undefined, added: [] }, along)
    })
  }

  /** A member of the epoch that counts here has asked for something under one that is over. */
  outdated(wallet: WalletId, party: PartyId): void {
    for (const listener of [...this.#outdatedListeners]) listener(wallet, party)
  }

  /** Called with what `outdated` says. @returns a function that stops */
  onOutdated(listener: (wallet: WalletId, party: PartyId) => void): () => void {
    this.#outdatedListeners.add(listener)
    return () => { this.#outdatedListeners.delete(listener) }
  }

  /** Called when another epoch counts than before, or none with a share here: what was begun under the one before ends. @returns a function that stops */
  onMove(listener: (wallet: WalletId) => void): () => void {
    this.#moveListeners.add(listener)
    return () => { this.#moveListeners.delete(listener) }
  }

  /** Drops the shares from memory, also those of a write that is under way. */
  wipe(): void {
    this.#wiped = true
    this.pairs.wipe()
    for (const entry of this.#all.values()) wipeEntry(entry)
    this.#all.clear()
    this.#later.clear()
    this.#moveListeners.clear()
    this.#outdatedListeners.clear()
  }

  #entry(id: WalletId): Entry {
    return this.#all.get(id) ?? NOTHING
  }

  #each<T>(pick: (entry: Entry) => T | undefined): readonly T[] {
    return [...this.#all.values()].flatMap((entry) => pick(entry) ?? [])
  }

  /** Puts `after` in the place of `before`, with what it means for pairs, requests and the cover, in one transaction. */
  async #write(id: WalletId, before: Entry, after: Entry, pairs: Pick<EpochMove, 'epoch' | 'added'>, along: readonly VaultChange[] = []): Promise<void> {
    const ended = endedBetween(before, after)
    const changes = changesBetween(id, before, after)
    const erased = ended.flatMap(({ epoch }) => [...this.used.erasureOf(id, epoch), { kind: EPOCH_KEY, id, epoch, value: undefined }])
    try {
      await this.pairs.along({ wallet: id, ...pairs, gone: ended }, (ofPairs) =>
        this.#options.vault.write([...changes, ...erased, ...ofPairs, ...along], encodeCover(this.#coverWith(id, after))))
    } finally {
      for (const { value } of changes) value?.fill(0)
    }
    for (const { wallet } of ended) wipeShares(wallet)
    if (this.#wiped) wipeEntry(after)
    else if (after === NOTHING) {
      this.#all.delete(id)
      this.#later.delete(id)
    }
    else this.#all.set(id, after)
    if (before.epochs.active !== undefined && before.epochs.active !== after.epochs.active) for (const listener of [...this.#moveListeners]) listener(id)
  }

  #coverWith(id: WalletId, after: Entry): Cover {
    const entries = [...[...this.#all].filter(([other]) => other !== id).map(([, entry]) => entry), after]
    const shown = entries.flatMap((entry) => own(entry) ?? entry.restored?.wallet ?? entry.shareless ?? []).toSorted((a, b) => a.createdAt - b.createdAt)
    return { deviceName: this.#options.deviceName, wallets: shown.map((wallet) => coverEntry(wallet, 'epoch' in wallet ? wallet.epoch.roster : wallet.roster)) }
  }

  /** One change at a time: each begins with what the one before has left. */
  #exclusive(change: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(change)
    this.#tail = done.catch(() => undefined)
    return done
  }
}

const READ_ONLY = 'this wallet was restored from a backup file, so this device can show it but not use it: ask the other devices of the wallet to let this one in'
