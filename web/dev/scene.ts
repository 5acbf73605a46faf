import type { BackupView, ImportView, PartyView } from '@trivet/party'
import type { LockReason } from '../platform/auto-lock.ts'
import type { OpenedLink, Route } from '../state/router.svelte.ts'

export interface Scene {
  readonly view: PartyView
  readonly route?: Route
  readonly link?: OpenedLink
  readonly missing?: boolean
  /** Code of the error with which every verb is refused. */
  readonly refuse?: string
  /** Why the page locked the device. */
  readonly lockedFor?: LockReason
  /** What the page wrote down in this browser before. */
  readonly kept?: Readonly<Record<string, string>>
  /** The browser does not promise to keep what is stored. */
  readonly forgetful?: boolean
  /** What a backup file turns out to hold. */
  readonly backup?: BackupView
  /** What a key that is brought along turns out to be. */
  readonly imported?: ImportView
  /** What a person does once the screen is there, one after the other: `press` a control, `write` into one, or `choose` a file; all are CSS selectors. */
  readonly then?: readonly ({ readonly press: string } | { readonly write: string; readonly text: string } | { readonly choose: string })[]
}

/** Where that was written down. */
export function keptBy({ kept = {} }: Scene): Pick<Storage, 'getItem' | 'setItem'> {
  const values = new Map(Object.entries(kept))
  return { getItem: (key) => values.get(key) ?? null, setItem: (key, value) => void values.set(key, value) }
}
