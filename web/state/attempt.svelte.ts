/** One thing a person may try, and how it went: for a button with its busy state and its error. */
export class Attempt {
  #busy = $state(false)
  #error = $state.raw<unknown>()

  get busy(): boolean {
    return this.#busy
  }
  get error(): unknown {
    return this.#error
  }

  /** Runs `action` unless it is running already. Errors are kept for the screen. @returns whether it succeeded */
  async run(action: () => Promise<void>): Promise<boolean> {
    if (this.#busy) return false
    this.#busy = true
    this.#error = undefined
    try {
      await action()
      return true
    } catch (error) {
      this.#error = error
      return false
    } finally {
      this.#busy = false
    }
  }

  fail(error: unknown): void {
    this.#error = error
  }

  clear(): void {
    this.#error = undefined
  }
}
