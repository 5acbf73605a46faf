import type { PartyVerbs, PartyView, SessionView, VaultView, WalletView } from '@trivet/party'
import type { DrivenParty } from '@trivet/party/port'
import { Bug } from '@trivet/protocol/core'
import type { LockReason } from '../platform/auto-lock.ts'

const NOTHING: PartyView = { connection: { state: 'idle' }, vaults: [], known: [], wallets: [], sessions: [] }

/** What the party in the worker shows of itself, and what may be asked of it. Holds no secret: passphrases only pass through. */
export class PartyState {
  readonly #driven: DrivenParty | undefined
  readonly #stop: (() => void) | undefined
  #view = $state.raw(NOTHING)
  #known = $state.raw(false)
  #broken = $state.raw<Error>()
  #lockedFor = $state.raw<LockReason>()

  /** @param driven none where the browser cannot run a party */
  constructor(driven?: DrivenParty) {
    this.#driven = driven
    this.#stop = driven?.subscribe((view) => {
      this.#view = view
      this.#known = true
      if (view.me !== undefined) this.#lockedFor = undefined
    })
  }

  get view(): PartyView {
    return this.#view
  }
  /** Whether the worker has told its first snapshot. */
  get known(): boolean {
    return this.#known
  }
  /** Why the worker stopped, if it did. */
  get broken(): Error | undefined {
    return this.#broken
  }
  get verbs(): PartyVerbs {
    if (this.#driven === undefined) throw new Bug('asked something of a party that was not started')
    return this.#driven.verbs
  }

  /** Sessions that wait for this person's word. */
  readonly questions: readonly SessionView[] = $derived(this.#view.sessions.filter(asks))
  /** Signatures made since the page was opened, newest first. */
  readonly finished: readonly SessionView[] = $derived(
    this.#view.sessions.filter((s) => s.kind === 'sign' && s.state.at === 'done').toSorted((a, b) => b.createdAt - a.createdAt),
  )
  /** Whether leaving the page now would break something off. */
  readonly busy: boolean = $derived(this.#view.sessions.some((s) => s.state.at !== 'done' && s.state.at !== 'failed'))

  /** Why the page locked the device by itself; until it is unlocked again. */
  get lockedFor(): LockReason | undefined {
    return this.#lockedFor
  }

  /** Locks a device that nobody uses, and says why. */
  async lockFor(why: LockReason): Promise<void> {
    this.#lockedFor = why
    try {
      await this.verbs.lock()
      // A view from before the lock has taken it for an unlocked device.
      if (this.#view.me === undefined) this.#lockedFor = why
    } catch (error) {
      // What should be locked and is not must not stay on the screen.
      this.#broken = error instanceof Error ? error : new Bug(String(error))
    }
  }

  session(id: SessionView['id']): SessionView | undefined {
    return this.#view.sessions.find((s) => s.id === id)
  }

  wallet(id: WalletView['id']): WalletView | undefined {
    return this.#view.wallets.find((w) => w.id === id)
  }

  vault(id: VaultView['partyId']): VaultView | undefined {
    return this.#view.vaults.find((v) => v.partyId === id)
  }

  fail(message: string): void {
    this.#broken = new Bug(message)
  }

  close(): void {
    this.#stop?.()
  }
}

function asks({ state }: SessionView): boolean {
  if (state.at === 'approving') return !state.answered
  return state.at === 'comparing' && !state.answered && (state.words ?? state.offered) !== undefined
}
