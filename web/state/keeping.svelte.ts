import { askToPersist, persistence, type Persistence, type PersistentStorage } from '../platform/persist.ts'

const ASKED = 'asked-to-persist'

/** Whether the browser promises to keep what is stored here. */
export class Keeping {
  readonly #storage: PersistentStorage | undefined
  readonly #store: Pick<Storage, 'getItem' | 'setItem'> | undefined
  #state = $state.raw<Persistence>()

  /** @param storage `navigator.storage`; @param store where it is noted that the browser was asked, so that it does not ask the person again */
  constructor(storage: PersistentStorage | undefined, store: Pick<Storage, 'getItem' | 'setItem'> | undefined) {
    this.#storage = storage
    this.#store = store
  }

  /** None before the browser has answered. */
  get state(): Persistence | undefined {
    return this.#state
  }

  /** Finds out; the first time it asks for the promise. */
  async askOnce(): Promise<void> {
    this.#state = await persistence(this.#storage)
    if (this.#state === 'not-promised' && this.#store?.getItem(ASKED) !== 'yes') await this.ask()
  }

  async ask(): Promise<void> {
    this.#store?.setItem(ASKED, 'yes')
    this.#state = await askToPersist(this.#storage)
  }
}
