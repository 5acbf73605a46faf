import type { PartyView } from '@trivet/party'
import type { OpenedLink, Route } from '../state/router.svelte.ts'

export interface Scene {
  readonly view: PartyView
  readonly route?: Route
  readonly link?: OpenedLink
  readonly missing?: boolean
  /** Code of the error with which every verb is refused. */
  readonly refuse?: string
  /** What a person does once the screen is there, one after the other: `press` a control, or `write` into one; both are CSS selectors. */
  readonly then?: readonly ({ readonly press: string } | { readonly write: string; readonly text: string })[]
}
