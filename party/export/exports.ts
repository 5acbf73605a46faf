/**
 * What this device remembers of exports: which are announced, and which keys count as being in one place for ever. Without a stored
 * announcement of its own a device takes part in none. See `docs/protocols/export.md`.
 */
import { equalBytes, Refused, type ExportProposal, type SuiteId } from '@trivet/protocol/core'
import type { WalletId } from '../api.ts'
import type { OpenVault, VaultChange } from '../vault/index.ts'
import {
  areEqual, decodeExportedKeys, decodePendingExport, encodeExportedKeys, encodePendingExport, latestAt, type ExportedKeys, type PendingExport,
} from './announcement.ts'

/** One record for each key whose export is announced: id = wallet, `-`, suite; at the epoch of its shares. */
const PENDING = 'export'
/** One record a wallet, in no epoch: it outlives them all. */
const EXPORTED = 'exported'

export class Exports {
  readonly #vault: OpenVault
  /** By key and epoch. */
  readonly #pending: Map<string, PendingExport>
  readonly #exported: Map<WalletId, ExportedKeys>
  #tail: Promise<void> = Promise.resolve()

  private constructor(vault: OpenVault, pending: Map<string, PendingExport>, exported: Map<WalletId, ExportedKeys>) {
    this.#vault = vault
    this.#pending = pending
    this.#exported = exported
  }

  /** @throws {VaultError} E_DAMAGED */
  static async open(vault: OpenVault): Promise<Exports> {
    const pending = (await vault.readAll(PENDING)).map(({ id, epoch, value }) => ({ wallet: id.split('-')[0] ?? '', epoch, ...decodePendingExport(value) }))
    const exported = (await vault.readAll(EXPORTED)).map(({ id, value }) => [id, decodeExportedKeys(value)] as const)
    return new Exports(vault, new Map(pending.map((one) => [placeOf(one), one])), new Map(exported))
  }

  /** The announcements that stand: of the shares of this epoch, and not too old. */
  pending(wallet: WalletId, epoch: number, now: number): readonly PendingExport[] {
    return [...this.#pending.values()].filter((one) => one.wallet === wallet && one.epoch === epoch && now <= latestAt(one))
  }

  /** The one that stands and says exactly this; `undefined`: never stored here, cancelled, of other shares, or too old. */
  find(wallet: WalletId, epoch: number, proposal: ExportProposal, now: number): PendingExport | undefined {
    return this.pending(wallet, epoch, now).find((one) => areEqual(one.proposal, proposal))
  }

  /**
   * Resolves once it was read back. What no longer stands of this wallet is erased with it.
   * @throws {Refused} E_INPUT: this key's export is announced already @throws {VaultError}
   */
  async announce(pending: PendingExport): Promise<void> {
    await this.#exclusive(async () => {
      const { wallet, suite, epoch, storedAt } = pending
      const standing = this.pending(wallet, epoch, storedAt)
      if (standing.some((one) => one.suite === suite)) throw announcedAlready()
      const gone = [...this.#pending.values()].filter((one) => one.wallet === wallet && !standing.includes(one))
      const others = gone.filter((one) => placeOf(one) !== placeOf(pending))
      await this.#vault.write([{ ...recordOf(pending), value: encodePendingExport(pending) }, ...others.map(erased)])
      for (const one of others) this.#pending.delete(placeOf(one))
      this.#pending.set(placeOf(pending), pending)
    })
  }

  /** Nothing comes of it on this device any more. Of one that is not stored there is nothing to do. @throws {VaultError} then it still stands */
  async erase(wallet: WalletId, announcement: Uint8Array): Promise<void> {
    const one = [...this.#pending.values()].find((other) => other.wallet === wallet && equalBytes(other.proposal.announcement, announcement))
    if (one === undefined) return
    // At once: no key leaves while the disk takes its time.
    this.#pending.delete(placeOf(one))
    try {
      await this.#exclusive(() => this.#vault.write([erased(one)]))
    } catch (error) {
      this.#pending.set(placeOf(one), one)
      throw error
    }
  }

  /** For ever: resolves once it was read back. The first time counts. @throws {VaultError} */
  async mark(wallet: WalletId, suite: SuiteId, now: number): Promise<void> {
    await this.#exclusive(async () => {
      const before = this.#exported.get(wallet) ?? new Map<SuiteId, number>()
      if (before.has(suite)) return
      const keys = new Map([...before, [suite, now] as const])
      await this.#vault.write([{ kind: EXPORTED, id: wallet, value: encodeExportedKeys(keys) }])
      this.#exported.set(wallet, keys)
    })
  }

  /** When the first key of a wallet was exported, ms since 1970; `undefined`: none was, as far as this device took part. */
  exportedAt(wallet: WalletId): number | undefined {
    const times = [...this.#exported.get(wallet)?.values() ?? []]
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** One change at a time: each begins with what the one before has left. */
  #exclusive(change: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(change)
    this.#tail = done.catch(() => undefined)
    return done
  }
}

/** One key, one announcement: who wants another cancels the first. */
export function announcedAlready(): Refused {
  return new Refused('E_INPUT', 'taking out this key is announced already; cancel that first')
}

type Named = Pick<PendingExport, 'wallet' | 'suite' | 'epoch'>

function recordOf({ wallet, suite, epoch }: Named): { readonly kind: string; readonly id: string; readonly epoch: number } {
  return { kind: PENDING, id: `${wallet}-${suite}`, epoch }
}

function placeOf(one: Named): string {
  const { id, epoch } = recordOf(one)
  return `${id}/${epoch}`
}

function erased(one: Named): VaultChange {
  return { ...recordOf(one), value: undefined }
}
