/**
 * The pairs of this party's ECDSA keys, and the ban rule: a pair with whom a test failed is never used again, by any session, and a
 * test that a crash interrupted counts as failed, without blame (`protocol.md` §A.8).
 */
import { bytesToHex } from '@noble/hashes/utils.js'
import { Malformed, Refused, VaultError, wipePair, type PairChange, type PairState, type Pid } from '@trivet/protocol/core'
import { decodePairState, type PairBook } from '@trivet/protocol/dkls23'
import type { WalletId } from '../api.ts'
import type { PartyInWallet } from '../views.ts'
import type { OpenVault, VaultChange } from '../vault/index.ts'
import { decodePairMarks, noMarks, setOf, type PairMarks } from './pair-marks.ts'
import { erasureOf, MARKS, marksChange, nameOf, PAIR, pairChange, pairErasure, pairId, type Shelf } from './pair-records.ts'

/** More failures than fit into the record's byte say nothing new. */
const MOST_FAILURES = 255

export type PairingState = NonNullable<PartyInWallet['pairing']>

/** From this moment on these pairs are gone: a test failed, others take their place, or their epoch is over. */
export interface PairEnd {
  readonly wallet: WalletId
  readonly epoch: number
  readonly peers: readonly Pid[]
  readonly why: 'banned' | 'replaced' | 'moved'
}

/** What becomes of a wallet's pairs in a transaction that changes its epochs. */
export interface EpochMove {
  readonly wallet: WalletId
  /** The epoch that is prepared or committed; `undefined` where this device has no share of what counts from now on. */
  readonly epoch: number | undefined
  /** Its pairs, where they are new; kept, and wiped in the end, once they are written. */
  readonly added: readonly PairState[]
  /** Epochs that end, and with whom there were pairs in them. */
  readonly gone: readonly { readonly epoch: number; readonly peers: readonly Pid[] }[]
}

export class Pairs {
  readonly #vault: OpenVault
  readonly #shelves = new Map<string, Shelf>()
  readonly #listeners = new Set<(end: PairEnd) => void>()
  #tail: Promise<unknown> = Promise.resolve()
  #wiped = false

  private constructor(vault: OpenVault) {
    this.#vault = vault
  }

  /** @throws {VaultError} E_DAMAGED */
  static async open(vault: OpenVault): Promise<Pairs> {
    const pairs = new Pairs(vault)
    for (const { id, epoch, value } of await vault.readAll(MARKS)) pairs.#shelf(id, epoch).marks = decodePairMarks(value)
    return pairs
  }

  /** Reads what there is; pairs whose test was interrupted are erased. @throws {VaultError} */
  async load(wallet: WalletId, epoch: number, peers: readonly Pid[]): Promise<void> {
    const shelf = this.#shelf(wallet, epoch)
    const { marks, live, stale } = shelf
    const interrupted = new Set([...marks.testing.values()].flat())
    for (const peer of peers) {
      const pair = interrupted.has(peer) || marks.banned.has(peer) ? undefined : await this.#read(wallet, epoch, peer)
      if (pair !== undefined) live.set(peer, pair)
    }
    if (interrupted.size === 0) return
    marks.testing.clear()
    for (const peer of interrupted) stale.add(peer)
    await this.#save(shelf)
  }

  /** The pairs of one epoch as they are at any moment: another session may end one. */
  book(wallet: WalletId, epoch: number): PairBook {
    return { get: (peer) => this.#get(this.#shelf(wallet, epoch), peer) }
  }

  state(wallet: WalletId, epoch: number, peer: Pid): PairingState {
    const { live, marks, differing } = this.#shelf(wallet, epoch)
    const isReady = live.has(peer) && !differing.has(peer)
    return { state: isReady ? 'ready' : marks.banned.has(peer) ? 'banned' : 'lost', bans: marks.bans.get(peer) ?? 0 }
  }

  /**
   * Resolves once it is lasting. In memory it is so at once, before this returns its promise: between a failed test and the ban no
   * other session has a turn.
   * @throws {VaultError}
   */
  async apply(wallet: WalletId, epoch: number, { kind, sid, peers }: PairChange): Promise<void> {
    const shelf = this.#shelf(wallet, epoch)
    const { testing } = shelf.marks
    if (kind === 'testing') testing.set(bytesToHex(sid), peers)
    else testing.delete(bytesToHex(sid))
    if (kind === 'banned') this.#ban(shelf, peers)
    try {
      await this.#save(shelf)
    } catch (error) {
      // The mark may still be on the disk: `settled` tries again to remove it.
      if (kind === 'tested') testing.set(bytesToHex(sid), peers)
      throw error
    }
  }

  /**
   * A pair set up anew takes the place of the old one, and lifts its ban, once it is lasting. Whatever uses the old one is told to end
   * first; where the new one cannot be stored, all is as it was.
   * @param pair from here on this object's to wipe @throws {VaultError} @throws {Refused} E_BANNED: a test of the old one failed meanwhile
   */
  async renew(wallet: WalletId, epoch: number, pair: PairState): Promise<void> {
    const { peer } = pair
    await this.#inTurn(async () => {
      const { live, marks, stale, differing } = this.#shelf(wallet, epoch)
      const [old, bans] = [live.get(peer), marks.bans.get(peer)]
      // Out of reach before it is replaced: what began with the old one must not go on with the new one.
      live.delete(peer)
      this.#tell({ wallet, epoch, peers: [peer], why: 'replaced' })
      try {
        await this.#write(wallet, epoch, pair, marks)
      } catch (error) {
        wipePair(pair)
        if (old !== undefined && !marks.banned.has(peer)) this.#keep(wallet, epoch, old)
        else if (old !== undefined) wipePair(old)
        throw error
      }
      if (old !== undefined) wipePair(old)
      if (marks.bans.get(peer) !== bans) {
        // Its own write comes next, and erases this pair.
        wipePair(pair)
        throw new Refused('E_BANNED', `a safety check with party ${peer} failed while the two were set up anew`, { culprits: [peer] })
      }
      for (const set of [marks.banned, stale, differing]) set.delete(peer)
      this.#keep(wallet, epoch, pair)
    })
  }

  /** They turned out to hold another pair than this device: until it is set up anew it counts as lost. Not kept over a restart. */
  differ(wallet: WalletId, epoch: number, peers: readonly Pid[]): void {
    for (const peer of peers) this.#shelf(wallet, epoch).differing.add(peer)
  }

  /** A session ended: if its test never took place, its mark goes, and an erasure that failed is tried again. @throws {VaultError} */
  async settled(wallet: WalletId, epoch: number, sid: Uint8Array): Promise<void> {
    const shelf = this.#shelf(wallet, epoch)
    if (shelf.marks.testing.delete(bytesToHex(sid)) || shelf.stale.size > 0) await this.#save(shelf)
  }

  /** How many signatures in a row these signers made that did not verify (`protocol.md` §D.6). @param signers ascending */
  failures(wallet: WalletId, epoch: number, signers: readonly Pid[]): number {
    return this.#shelf(wallet, epoch).marks.failures.get(setOf(signers)) ?? 0
  }

  /** Counts one that did not verify, or forgets them after one that did. @throws {VaultError} */
  async signed(wallet: WalletId, epoch: number, signers: readonly Pid[], isValid: boolean): Promise<void> {
    const shelf = this.#shelf(wallet, epoch)
    const before = this.failures(wallet, epoch, signers)
    if (isValid && before === 0) return
    if (isValid) shelf.marks.failures.delete(setOf(signers))
    else shelf.marks.failures.set(setOf(signers), Math.min(before + 1, MOST_FAILURES))
    await this.#save(shelf)
  }

  /** Called at once when a pair ends: whatever uses it ends before anything more of it leaves. @returns a function that stops */
  onEnd(listener: (end: PairEnd) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  /** Writes a wallet's change of epochs with what it means for its pairs, in one transaction. @throws {VaultError} */
  async along(move: EpochMove, write: (changes: readonly VaultChange[]) => Promise<void>): Promise<void> {
    const { wallet, epoch, gone } = move
    await this.#inTurn(async () => {
      const ending = gone.map((end) => ({ ...end, shelf: this.#shelf(wallet, end.epoch) }))
      const added = epoch === undefined ? [] : move.added.map((pair) => pairChange(wallet, epoch, pair))
      const changes = [...added, ...ending.flatMap(({ shelf, peers }) => erasureOf(shelf, peers))]
      const bans = new Map(ending.flatMap(({ shelf }) => [...shelf.marks.bans]))
      const marks = epoch === undefined || bans.size === 0 ? undefined : { ...this.#shelf(wallet, epoch).marks, bans }
      const carried = marks === undefined || epoch === undefined ? [] : [marksChange(wallet, epoch, marks)]
      try {
        await write([...changes, ...carried])
      } finally {
        for (const { value } of changes) value?.fill(0)
      }
      for (const { shelf, peers } of ending) {
        this.#tell({ wallet, epoch: shelf.epoch, peers, why: 'moved' })
        this.#forget(shelf)
      }
      if (epoch === undefined) return
      if (marks !== undefined) this.#shelf(wallet, epoch).marks = marks
      for (const pair of move.added) this.#keep(wallet, epoch, pair)
    })
  }

  /** Drops the pairs from memory. */
  wipe(): void {
    this.#wiped = true
    for (const shelf of this.#shelves.values()) this.#forget(shelf)
    this.#listeners.clear()
  }

  #get({ live, marks }: Shelf, peer: Pid): PairState {
    const pair = live.get(peer)
    if (pair !== undefined) return pair
    if (this.#wiped) throw locked()
    const facts = { culprits: [peer] }
    if (marks.banned.has(peer)) throw new Refused('E_BANNED', `signing with party ${peer} is blocked, since a safety check failed; choose other devices`, facts)
    throw new Refused('E_PAIR_STATE', `what this device had set up with party ${peer} is lost; choose other devices`, facts)
  }

  #ban({ wallet, epoch, live, marks, stale }: Shelf, peers: readonly Pid[]): void {
    for (const peer of peers) {
      const pair = live.get(peer)
      live.delete(peer)
      if (pair !== undefined) wipePair(pair)
      if (!marks.banned.has(peer)) marks.bans.set(peer, (marks.bans.get(peer) ?? 0) + 1)
      marks.banned.add(peer)
      stale.add(peer)
    }
    this.#tell({ wallet, epoch, peers, why: 'banned' })
  }

  #tell(end: PairEnd): void {
    for (const listener of [...this.#listeners]) listener(end)
  }

  /** A pair set up anew, and marks that do not ban it. */
  async #write(wallet: WalletId, epoch: number, pair: PairState, marks: PairMarks): Promise<void> {
    if (this.#wiped) throw locked()
    const change = pairChange(wallet, epoch, pair)
    const banned = new Set([...marks.banned].filter((pid) => pid !== pair.peer))
    try {
      await this.#vault.write([change, marksChange(wallet, epoch, { ...marks, banned })])
    } finally {
      change.value?.fill(0)
    }
  }

  async #read(wallet: WalletId, epoch: number, peer: Pid): Promise<PairState | undefined> {
    let record: Uint8Array | undefined
    try {
      record = await this.#vault.read(PAIR, pairId(wallet, peer), epoch)
      const pair = record && decodePairState(record)
      return pair?.peer === peer ? pair : undefined
    } catch (error) {
      // Damage takes the pair, not the wallet, and accuses nobody (`protocol.md` §A.8).
      if (error instanceof Malformed || (error instanceof VaultError && error.code === 'E_DAMAGED')) return undefined
      throw error
    } finally {
      record?.fill(0)
    }
  }

  /** Marks as they are when their turn comes, and the erasure of what is to go, in one transaction. */
  #save(shelf: Shelf): Promise<void> {
    return this.#inTurn(async () => {
      const { wallet, epoch, marks, stale } = shelf
      if (this.#wiped) throw locked()
      if (this.#shelves.get(nameOf(wallet, epoch)) !== shelf) return // the epoch has ended
      const erased = [...stale]
      await this.#vault.write([marksChange(wallet, epoch, marks), ...erased.map((peer) => pairErasure(wallet, epoch, peer))])
      for (const peer of erased) stale.delete(peer)
    })
  }

  #keep(wallet: WalletId, epoch: number, pair: PairState): void {
    if (this.#wiped) wipePair(pair)
    else this.#shelf(wallet, epoch).live.set(pair.peer, pair)
  }

  #forget({ wallet, epoch, live }: Shelf): void {
    for (const pair of live.values()) wipePair(pair)
    live.clear()
    this.#shelves.delete(nameOf(wallet, epoch))
  }

  #shelf(wallet: WalletId, epoch: number): Shelf {
    const name = nameOf(wallet, epoch)
    const shelf = this.#shelves.get(name) ?? { wallet, epoch, live: new Map(), marks: noMarks(), stale: new Set(), differing: new Set() }
    this.#shelves.set(name, shelf)
    return shelf
  }

  /** One write at a time, in the order in which they were asked for. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(work)
    this.#tail = done.catch(() => undefined)
    return done
  }
}

function locked(): VaultError {
  return new VaultError('E_LOCKED', 'the vault is locked')
}
