/** A part of the page that is fetched when it is first needed. */
export class Lazy<T> {
  readonly #load: () => Promise<T>
  #value = $state.raw<T>()
  #error = $state.raw<unknown>()
  #asked = false

  /** @param load fetches it; @param value it is there already */
  constructor(load: () => Promise<T>, value?: T) {
    this.#load = load
    this.#value = value
  }

  get value(): T | undefined {
    return this.#value
  }
  /** Why it could not be fetched. */
  get error(): unknown {
    return this.#error
  }

  /** Fetches it, once: asking again changes nothing. */
  async load(): Promise<void> {
    if (this.#asked || this.#value !== undefined) return
    this.#asked = true
    try {
      this.#value = await this.#load()
    } catch (error) {
      this.#error = error
    }
  }
}
