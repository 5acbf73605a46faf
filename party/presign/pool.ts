/**
 * Presignatures of the unlocked party: in memory alone, so that no rolled-back disk, restored backup, second tab or crash can bring
 * one back, and taken out before anything is computed from them (`protocol.md` §D.7; `docs/architecture.md`, "Single use").
 */
import { bytesToHex } from '@noble/hashes/utils.js'
import { equalBytes, type Pid } from '@trivet/protocol/core'
import { wipePresignature, type Presignature } from '@trivet/protocol/dkls23'
import type { WalletId } from '../api.ts'
import type { StockView } from '../views.ts'

/** Unused ones for one set of signers and path. */
const MAX_PER_SET = 20
const MAX_IN_ALL = 60
/** Older ones are thrown away. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000

/** For whom and for which key: presignatures of one kind can stand for each other. */
export interface PoolKey {
  readonly wallet: WalletId
  readonly keyId: Uint8Array
  readonly epoch: number
  /** Ascending. */
  readonly signers: readonly Pid[]
  readonly path: readonly number[]
}

interface Held {
  readonly wallet: WalletId
  readonly presignature: Presignature
  readonly madeAt: number
}

export class PresignaturePool {
  /** By hex of the id; oldest first. */
  readonly #held = new Map<string, Held>()
  #isClosed = false

  /** What is above the limits is wiped at once; once the pool is closed, everything. @param now milliseconds since 1970 */
  put(key: PoolKey, presignatures: readonly Presignature[], now: number): void {
    for (const presignature of presignatures) {
      const isWelcome = !this.#isClosed && this.room(key, now) > 0 && isOfKind(key, key.wallet, presignature)
      if (isWelcome) this.#held.set(bytesToHex(presignature.id), { wallet: key.wallet, presignature, madeAt: now })
      else wipePresignature(presignature)
    }
  }

  /** How many more of a kind there is room for. */
  room(key: PoolKey, now: number): number {
    this.expire(now)
    return Math.max(0, Math.min(MAX_PER_SET - this.#of(key).length, MAX_IN_ALL - this.#held.size))
  }

  count(key: PoolKey, now: number): number {
    this.expire(now)
    return this.#of(key).length
  }

  /** Takes the oldest `count` of a kind out, all or none: from here on nobody else can use them. */
  takeOldest(key: PoolKey, count: number, now: number): readonly Presignature[] | undefined {
    this.expire(now)
    const ids = this.#of(key).slice(0, count).map(({ presignature }) => presignature.id)
    return ids.length === count ? this.take(key, ids, now) : undefined
  }

  /** Takes these out, all or none, and only if each is of this kind and none is named twice. */
  take(key: PoolKey, ids: readonly Uint8Array[], now: number): readonly Presignature[] | undefined {
    this.expire(now)
    const names = ids.map(bytesToHex)
    const kind = this.#of(key)
    const found = names.flatMap((name) => kind.find(({ presignature }) => bytesToHex(presignature.id) === name)?.presignature ?? [])
    if (found.length !== names.length || new Set(names).size !== names.length) return undefined
    for (const name of names) this.#held.delete(name)
    return found
  }

  /** Wipes what is not to be used any more: of a banned pair, an old epoch, a lost wallet, a request that is over. */
  drop(isGone: (wallet: WalletId, presignature: Omit<Presignature, 'phi' | 'u' | 'v'>) => boolean): void {
    for (const [name, { wallet, presignature }] of this.#held) if (isGone(wallet, presignature)) this.#wipe(name)
  }

  /** Wipes what is too old. */
  expire(now: number): void {
    for (const [name, { madeAt }] of this.#held) if (now - madeAt > MAX_AGE_MS) this.#wipe(name)
  }

  /** Wipes everything; from here on nothing is held. */
  close(): void {
    this.#isClosed = true
    for (const name of this.#held.keys()) this.#wipe(name)
  }

  /** For people: how many for each set of signers of a wallet. */
  stock(wallet: WalletId, now: number): readonly StockView[] {
    this.expire(now)
    const counts = new Map<string, { readonly signers: readonly Pid[]; count: number }>()
    for (const held of this.#held.values()) {
      if (held.wallet !== wallet) continue
      const { signers } = held.presignature
      const entry = counts.get(signers.join()) ?? { signers, count: 0 }
      counts.set(signers.join(), { signers, count: entry.count + 1 })
    }
    return [...counts.values()]
  }

  #of(key: PoolKey): readonly Held[] {
    return [...this.#held.values()].filter(({ wallet, presignature }) => isOfKind(key, wallet, presignature))
  }

  #wipe(name: string): void {
    const held = this.#held.get(name)
    this.#held.delete(name)
    if (held !== undefined) wipePresignature(held.presignature)
  }
}

/** Whether a presignature that is held for a wallet is of a kind. */
export function isOfKind(key: PoolKey, holder: WalletId, { keyId, epoch, signers, path }: Omit<Presignature, 'phi' | 'u' | 'v'>): boolean {
  return holder === key.wallet && equalBytes(keyId, key.keyId) && epoch === key.epoch
    && signers.join() === key.signers.join() && path.join() === key.path.join()
}
