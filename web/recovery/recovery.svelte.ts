import { keyTexts, type KeyTexts, type Path } from '@trivet/chains'
import { misfit, missing, peek, recoverKeys, wipeShares, type Misfit, type Missing, type Piece } from '@trivet/party/recovery'
import { MpcError } from '@trivet/protocol/core'
import { parsePath } from '@trivet/protocol/derive'
import { bytesOfFile } from '../screens/file-bytes.ts'
import { Kept } from './kept.ts'
import type { Opener } from './opener.ts'

export type TroubleName = Misfit | 'passphrase' | 'empty' | 'damaged' | 'version' | 'failed' | 'sum'

/** A backup file as the page shows it; what is in it is kept apart. */
export interface FileRow {
  readonly id: number
  readonly name: string
  /** `refused`: no passphrase makes it usable. */
  readonly at: 'closed' | 'opening' | 'open' | 'refused'
  readonly trouble?: TroubleName
  readonly walletName?: string
  readonly deviceName?: string
}

/** From backup files to keys. Shares and keys are in no reactive state: they are worked out when they are shown, and wiped. */
export class Recovery {
  readonly #opener: Opener
  readonly #kept = new Kept()
  #rows = $state.raw<readonly FileRow[]>([])
  #paths = $state.raw<readonly Path[]>([])
  #next = 0

  constructor(opener: Opener) {
    this.#opener = opener
  }

  get rows(): readonly FileRow[] {
    return this.#rows
  }
  /** Keys below the wallet's that are wanted as well. */
  get paths(): readonly Path[] {
    return this.#paths
  }
  get isBusy(): boolean {
    return this.#rows.some(({ at }) => at === 'opening')
  }
  get standsStill(): boolean {
    return this.#opener.isInPage
  }
  /** What is still needed; `undefined` before the first file is opened. */
  get missing(): Missing | undefined {
    const open = this.#rows.filter(({ at }) => at === 'open').flatMap(({ id }) => this.#kept.pieces.get(id) ?? [])
    return open.length === 0 ? undefined : missing(open)
  }

  async add(files: Iterable<File>): Promise<void> {
    for (const file of files) {
      const row: FileRow = { id: this.#next++, name: file.name, at: 'closed' }
      try {
        const bytes = await bytesOfFile(file)
        peek(bytes)
        this.#kept.files.set(row.id, bytes)
        this.#rows = [...this.#rows, row]
      } catch (error) {
        this.#rows = [...this.#rows, { ...row, at: 'refused', trouble: troubleOf(error) }]
      }
    }
  }

  async open(id: number, passphrase: string): Promise<void> {
    const bytes = this.#kept.files.get(id)
    if (bytes === undefined || this.isBusy) return
    if (passphrase === '') {
      this.#change(id, { at: 'closed', trouble: 'empty' })
      return
    }
    this.#change(id, { at: 'opening' })
    // What happens next may keep the page from being drawn.
    if (this.#opener.isInPage) await new Promise((resolve) => { setTimeout(resolve, 50) })
    try {
      this.#take(id, await this.#opener.open(bytes, passphrase))
    } catch (error) {
      const trouble = troubleOf(error)
      this.#change(id, { at: trouble === 'passphrase' ? 'closed' : 'refused', trouble })
    }
  }

  remove(id: number): void {
    const piece = this.#kept.pieces.get(id)
    if (piece !== undefined) wipeShares(piece)
    this.#kept.pieces.delete(id)
    this.#kept.files.delete(id)
    this.#rows = this.#rows.filter((row) => row.id !== id)
  }

  /** @returns whether there is such a path */
  addPath(text: string): boolean {
    try {
      const path = parsePath(text.trim())
      if (path.length > 0 && !this.#paths.some((other) => other.join() === path.join())) this.#paths = [...this.#paths, path]
      return true
    } catch (error) {
      if (error instanceof MpcError) return false
      throw error
    }
  }

  /** Secret: the keys of the wallet, each with those at the paths. @returns what is wrong instead */
  reveal(): readonly KeyTexts[] | TroubleName {
    try {
      const keys = recoverKeys([...this.#kept.pieces.values()])
      const texts = keys.flatMap((key) => [[], ...this.#paths].map((path) => keyTexts(key, path)))
      for (const { secret } of keys) secret.fill(0)
      return texts
    } catch (error) {
      return error instanceof MpcError && error.code === 'E_PKSUM' ? 'sum' : 'failed'
    }
  }

  #take(id: number, piece: Piece): void {
    const reason = misfit([...this.#kept.pieces.values()], piece)
    if (reason === undefined) {
      this.#kept.pieces.set(id, piece)
      this.#change(id, { at: 'open', walletName: piece.walletName, deviceName: piece.deviceName })
    } else {
      wipeShares(piece)
      this.#change(id, { at: 'refused', trouble: reason })
    }
  }

  #change(id: number, to: Pick<FileRow, 'at' | 'trouble' | 'walletName' | 'deviceName'>): void {
    this.#rows = this.#rows.map((row) => (row.id === id ? { id, name: row.name, ...to } : row))
  }
}

function troubleOf(error: unknown): TroubleName {
  switch (error instanceof MpcError ? error.code : undefined) {
    case 'E_PASSPHRASE': return 'passphrase'
    case 'E_DAMAGED': return 'damaged'
    case 'E_VERSION': return 'version'
    default: return 'failed'
  }
}
