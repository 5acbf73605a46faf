/** What people around one table hear of each other: the inviter reads four words out. */
export class Table {
  #words: readonly string[] | undefined
  readonly #listeners = new Set<(words: readonly string[]) => void>()

  readOut(words: readonly string[]): void {
    this.#words = words
    for (const listen of this.#listeners) listen(words)
    this.#listeners.clear()
  }

  /** What was read out last. */
  get words(): readonly string[] {
    if (this.#words === undefined) throw new Error('nothing was read out yet')
    return this.#words
  }

  /** What was read out last, or is next. */
  heard(): Promise<readonly string[]> {
    if (this.#words !== undefined) return Promise.resolve(this.#words)
    return new Promise((resolve) => {
      this.#listeners.add(resolve)
    })
  }
}
