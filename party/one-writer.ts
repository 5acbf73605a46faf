/**
 * A party is open in one place at a time: its pairs' marks, the requests it answered and its presignatures are per device, not per
 * tab (`protocol.md` §A.8).
 */
import { Refused } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'

/** What the platform has for it; none where the store itself belongs to one process. */
export interface PartyLock {
  /**
   * @param options.takeOver takes it from whoever has it
   * @param lost somebody else has taken it: whatever was opened under it is to be closed at once
   * @returns what gives it back; `undefined` where it is held elsewhere, and was not to be taken over
   */
  acquire(partyId: PartyId, options: { readonly takeOver: boolean }, lost: () => void): Promise<(() => void) | undefined>
}

/** One opening of a party. Nothing of its records is read before `claim`. */
export class Tenancy {
  readonly #lock: PartyLock | undefined
  readonly #takeOver: boolean
  readonly #lost: () => void
  #giveBack: () => void = () => undefined
  #isLost = false

  /** @param lost called once, when another tab has taken over */
  constructor(lock: PartyLock | undefined, takeOver: boolean, lost: () => void) {
    this.#lock = lock
    this.#takeOver = takeOver
    this.#lost = lost
  }

  get isLost(): boolean {
    return this.#isLost
  }

  /** @throws {Refused} E_BUSY: the party is open in another tab; nothing was changed */
  async claim(partyId: PartyId): Promise<void> {
    if (this.#lock === undefined) return
    const giveBack = await this.#lock.acquire(partyId, { takeOver: this.#takeOver }, () => {
      this.#isLost = true
      this.#lost()
    })
    if (giveBack === undefined) throw openElsewhere()
    this.#giveBack = giveBack
  }

  end(): void {
    if (!this.#isLost) this.#giveBack()
    this.#giveBack = () => undefined
  }
}

export function openElsewhere(): Refused {
  return new Refused('E_BUSY', 'this device is open in another tab; use it there, or take over here')
}
