/**
 * A device's disk, on which the power can go at any write: what was written before stays, and a process that died says and writes nothing more.
 * Some accidents break what a store promises (`docs/storage.md`): these take what lies there, and the vault has to notice.
 */
import type { Store, StoreChange } from '@trivet/party/vault'

/** What lay on a disk at one moment. */
export type Image = ReadonlyMap<string, Uint8Array>

/** What becomes of one write. */
export type Accident =
  /** The power goes before anything of it is there, or when all of it is and nobody knows yet. */
  | { readonly at: 'before' | 'after' }
  /** It is refused: no space left. The process goes on. */
  | { readonly at: 'refused' }
  /** So many of its changes are there, and so many bytes of the next; either the power goes then, or the disk says that all went well. */
  | { readonly at: 'torn'; readonly changes: number; readonly bytes: number; readonly isReported: boolean }
  /** It is reported and read back, and gone with everything after it once the power goes. */
  | { readonly at: 'lost' }

export class Disk {
  /** What lay there before write i, for each so far. */
  readonly images: Image[] = []
  /** What becomes of write i: asked at each. */
  accident: (write: number, changes: readonly StoreChange[]) => Accident | undefined = () => undefined
  /** Called when an accident happens, with the power already off where it goes. */
  struck: (accident: Accident) => void = () => undefined
  #contents: Map<string, Uint8Array>
  #process = 0
  #lostFrom: Image | undefined

  constructor(contents: Image = new Map()) {
    this.#contents = new Map(contents)
  }

  get contents(): Image {
    return this.#contents
  }

  /** What the next process reads and writes; the one before is over. */
  start(): Store {
    this.powerOff()
    const process = this.#process
    // What a dead process asks is never answered.
    const ifAlive = <T>(act: () => Promise<T>): Promise<T> => (this.#process === process ? act() : new Promise<T>(() => undefined))
    return {
      get: (key) => ifAlive(async () => this.#contents.get(key)?.slice()),
      keys: (prefix) => ifAlive(async () => [...this.#contents.keys()].filter((key) => key.startsWith(prefix))),
      write: (changes) => ifAlive(() => this.#write(changes)),
    }
  }

  /** The process is gone, and with it what the disk only said it had. */
  powerOff(): void {
    this.#process += 1
    if (this.#lostFrom !== undefined) this.#contents = new Map(this.#lostFrom)
    this.#lostFrom = undefined
  }

  /** A copy of earlier is put in the place of what lies there. */
  restore(image: Image): void {
    this.#contents = new Map(image)
  }

  async #write(changes: readonly StoreChange[]): Promise<void> {
    const before = new Map(this.#contents)
    const accident = this.accident(this.images.push(before) - 1, changes)
    if (accident?.at === 'lost') this.#lostFrom ??= before
    if (accident?.at === 'torn') this.#tear(changes, accident)
    else if (accident?.at !== 'before' && accident?.at !== 'refused') for (const change of changes) this.#put(change)
    if (accident === undefined) return
    const isOver = accident.at === 'before' || accident.at === 'after' || (accident.at === 'torn' && !accident.isReported)
    if (isOver) this.powerOff()
    this.struck(accident)
    if (accident.at === 'refused') throw new Error('no space left')
    if (isOver) await new Promise(() => undefined)
  }

  #tear(changes: readonly StoreChange[], { changes: whole, bytes }: Extract<Accident, { at: 'torn' }>): void {
    for (const change of changes.slice(0, whole)) this.#put(change)
    const half = changes[whole]
    if (half?.value !== undefined && bytes > 0) this.#put({ key: half.key, value: half.value.subarray(0, bytes) })
  }

  #put({ key, value }: StoreChange): void {
    if (value === undefined) this.#contents.delete(key)
    else this.#contents.set(key, value.slice())
  }
}
