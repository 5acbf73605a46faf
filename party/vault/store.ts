/** One change of a transaction: the new value of a key, or `undefined` to delete it. */
export interface StoreChange {
  readonly key: string
  readonly value: Uint8Array | undefined
}

/**
 * Where the vault keeps its bytes: IndexedDB in the browser, SQLite in the headless party. Everything in it is sealed or public,
 * so a store needs to be durable and atomic, not secret.
 */
export interface Store {
  get(key: string): Promise<Uint8Array | undefined>
  /** All keys that start with `prefix`, in any order. */
  keys(prefix: string): Promise<string[]>
  /**
   * One transaction: all changes or none, durable when the promise resolves. Rejects when nothing was changed.
   * No key occurs twice in `changes`.
   */
  write(changes: readonly StoreChange[]): Promise<void>
}
