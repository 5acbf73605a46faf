/**
 * The refresh that ends an import of a whole key (`protocol.md` §F.1): until it, the device that had the key may have kept every share that it
 * dealt. That device begins it by itself, as soon as all members are there; the others say yes by themselves, since it is part of what their people
 * have approved.
 */
import { equalBytes, MpcError } from '@trivet/protocol/core'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import type { ChangeWallet, WalletId } from '../api.ts'
import type { ChangeView } from '../views.ts'
import type { Card } from '../identity/card.ts'
import type { Wallet } from '../wallets/wallet.ts'
import type { SessionDeps } from './deps.ts'

/** The others have to have stored the certificate too. */
const SETTLE_MS = 1_000
/** Before it is tried again; twice as long each time. */
const RETRY_MS = 5_000
const MOST_RETRY_MS = 300_000

/** Of files no device dealt alone, so that none knows what the others got. */
export function awaitsRefresh({ descent: { origin, oldEpoch, dealers } }: Pick<Wallet, 'descent'>): boolean {
  return origin === 'imported' && oldEpoch === 0 && dealers.length === 1
}

/** Whether a change that somebody asks for is this one, and asked for by who has to. */
export function isFirstRefresh(wallet: Pick<Wallet, 'descent'>, asking: Card, { isRefresh }: ChangeView): boolean {
  return awaitsRefresh(wallet) && isRefresh && isDealer(wallet, asking)
}

function isDealer({ descent: { dealers } }: Pick<Wallet, 'descent'>, { identityKey }: Card): boolean {
  return dealers.some((dealer) => equalBytes(dealer.identityKey, identityKey))
}

interface FirstRefreshOptions {
  readonly deps: Pick<SessionDeps, 'identity' | 'wallets' | 'clock' | 'log'>
  readonly isOnline: (party: PartyId) => boolean
  readonly isMaking: (wallet: WalletId) => boolean
  /** A change of devices that begins by itself. @param ended when it is over, however */
  readonly change: (options: ChangeWallet, ended: () => void) => Promise<SessionId>
  /** Takes one that is over out of sight. */
  readonly forget: (id: SessionId) => void
}

export class FirstRefresh {
  readonly #options: FirstRefreshOptions
  readonly #tries = new Map<WalletId, number>()
  readonly #underWay = new Set<WalletId>()
  readonly #last = new Map<WalletId, SessionId>()
  #cancelNext: (() => void) | undefined
  #isClosed = false

  constructor(options: FirstRefreshOptions) {
    this.#options = options
  }

  /** Somebody has come or gone, or something has changed here. */
  look(): void {
    if (this.#waiting().length > 0) this.#in(SETTLE_MS)
  }

  close(): void {
    this.#isClosed = true
    this.#cancelNext?.()
  }

  #in(ms: number): void {
    if (this.#isClosed || this.#cancelNext !== undefined) return
    this.#cancelNext = this.#options.deps.clock.after(ms, () => {
      this.#cancelNext = undefined
      const { deps: { wallets }, isMaking } = this.#options
      for (const wallet of this.#waiting()) {
        // What is being made, or finished, comes first; it is over soon.
        if (isMaking(wallet.id) || wallets.prepared(wallet.id).length > 0) this.#in(SETTLE_MS)
        else this.#begin(wallet)
      }
    })
  }

  /** Those that this device brought, and all of whose members are there. */
  #waiting(): readonly Wallet[] {
    const { deps: { wallets, identity: { card } }, isOnline } = this.#options
    return wallets.list().filter((wallet) => wallet.certificate !== undefined && awaitsRefresh(wallet) && isDealer(wallet, card)
      && !this.#underWay.has(wallet.id) && wallet.members.every(({ card: { partyId } }) => partyId === card.partyId || isOnline(partyId)))
  }

  #begin({ id: wallet, members, epoch: { roster: { threshold } } }: Wallet): void {
    const { deps: { log }, change } = this.#options
    const ended = (): void => {
      if (!this.#underWay.delete(wallet)) return
      const tries = (this.#tries.get(wallet) ?? 0) + 1
      this.#tries.set(wallet, tries)
      this.#in(Math.min(MOST_RETRY_MS, RETRY_MS * 2 ** (tries - 1)))
    }
    const last = this.#last.get(wallet)
    if (last !== undefined) this.#options.forget(last)
    this.#underWay.add(wallet)
    change({ wallet, threshold, stay: members.map(({ pid }) => pid), leaving: [], places: [], pageUrl: '' }, ended).then((id) => { this.#last.set(wallet, id) }).catch((error: unknown) => {
      log('an imported key could not be refreshed', { wallet, code: error instanceof MpcError ? error.code : 'E_BUG' })
      ended()
    })
  }
}
