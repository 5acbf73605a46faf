import type { Piece } from '@trivet/party/recovery'

/** What the page keeps besides what it shows: outside all reactive state, since the pieces hold shares. */
export class Kept {
  /** Bytes of the chosen files, encrypted, by the row's id. */
  readonly files = new Map<number, Uint8Array>()
  /** Of the files that are open. Secret. */
  readonly pieces = new Map<number, Piece>()
}
