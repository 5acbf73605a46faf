/** Keeps a small stock of presignatures: made in the background while the party is unlocked, idle, and the others are there. */
import type { Pid } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import type { Clock } from '../clock.ts'
import { firstWithout } from '../roles.ts'
import type { Wallets } from '../wallets/wallets.ts'
import type { Wallet } from '../wallets/wallet.ts'
import type { PresignaturePool } from './pool.ts'
import { ecdsaShare, MAX_AT_ONCE } from './presign-request.ts'
import { poolKeyOf } from './presign-session.ts'

/** Nothing else has happened for so long. */
const IDLE_MS = 3_000
/** After a failure with a set of signers, it is left alone for so long, and twice as long after the next. */
const FIRST_PAUSE_MS = 60_000
/** With nothing to do it looks again after so long: a pause is over, something is too old. */
const LOOK_AGAIN_MS = 60_000
const LONGEST_PAUSE_MS = 3_600_000
/** Sets of signers of one wallet that are stocked: enough for small committees. */
const MAX_SETS = 6

export interface FillerOptions {
  /** Presignatures wanted for each set of signers; 0: none are made. */
  readonly target: number
  readonly clock: Clock
  readonly wallets: Wallets
  readonly pool: PresignaturePool
  readonly isOnline: (party: PartyId) => boolean
  /** Whether people are in the middle of something. */
  readonly isBusy: () => boolean
  /** Resolves when the session is over. */
  readonly make: (wallet: Wallet, signers: readonly Pid[], count: number) => Promise<void>
}

export class Filler {
  readonly #options: FillerOptions
  readonly #pauses = new Map<string, { readonly until: number; readonly ms: number }>()
  #cancel: () => void = () => undefined
  #isMaking = false
  #isStopped = false

  constructor(options: FillerOptions) {
    this.#options = options
  }

  /** Something has changed: who is there, what is held, what is going on. */
  changed(): void {
    this.#lookIn(IDLE_MS)
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel()
  }

  #lookIn(ms: number): void {
    const { target, clock } = this.#options
    if (target === 0 || this.#isMaking || this.#isStopped) return
    this.#cancel()
    this.#cancel = clock.after(ms, () => { this.#fill() })
  }

  #fill(): void {
    const { pool, clock, isBusy, make } = this.#options
    pool.expire(clock.now())
    const next = isBusy() ? undefined : this.#next()
    if (next === undefined) {
      this.#lookIn(LOOK_AGAIN_MS)
      return
    }
    const { wallet, signers, count, name } = next
    this.#isMaking = true
    // Whatever it failed of was logged where it happened.
    make(wallet, signers, count).then(() => { this.#pauses.delete(name) }, () => {
      const ms = Math.min(2 * (this.#pauses.get(name)?.ms ?? FIRST_PAUSE_MS / 2), LONGEST_PAUSE_MS)
      this.#pauses.set(name, { ms, until: clock.now() + ms })
    }).finally(() => {
      this.#isMaking = false
      this.changed()
    })
  }

  /** The first set that lacks some. Its first signer asks, so that two do not ask each other at once. */
  #next(): { readonly wallet: Wallet; readonly signers: readonly Pid[]; readonly count: number; readonly name: string } | undefined {
    const { target, clock, wallets, pool } = this.#options
    const now = clock.now()
    for (const wallet of wallets.list()) {
      const share = ecdsaShare(wallet)
      if (share === undefined || wallet.certificate === undefined) continue
      for (const signers of this.#sets(wallet, share.pid)) {
        const key = poolKeyOf({ wallet, share, signers, path: [] })
        const name = `${wallet.id} ${signers.join()}`
        const count = Math.min(target - pool.count(key, now), pool.room(key, now), MAX_AT_ONCE)
        if (count > 0 && now >= (this.#pauses.get(name)?.until ?? 0)) return { wallet, signers, count, name }
      }
    }
    return undefined
  }

  /** Sets of as many signers as are needed, all of them there, of which this party is the first. */
  #sets({ id, epoch, members }: Wallet, me: Pid): readonly (readonly Pid[])[] {
    const { isOnline, wallets } = this.#options
    const { threshold, epoch: number } = epoch.roster
    const signers = members.filter((member) => firstWithout('sign', [member]) === undefined)
    if (!signers.some(({ pid }) => pid === me)) return []
    const able = signers.filter(({ pid, card }) => pid > me && isOnline(card.partyId) && wallets.pairs.state(id, number, pid).state === 'ready')
    return subsets(able.map(({ pid }) => pid), threshold - 1).slice(0, MAX_SETS).map((others) => [me, ...others])
  }
}

function subsets(list: readonly Pid[], size: number): readonly (readonly Pid[])[] {
  if (size === 0) return [[]]
  return list.flatMap((head, i) => subsets(list.slice(i + 1), size - 1).map((tail) => [head, ...tail]))
}
