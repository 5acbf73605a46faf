import type { PlaceChoice } from './place-choice.ts'

/** What becomes of a member. `leaves`: it still works, and can take part once more; `lost`: nobody counts on it. */
export type Fate = 'stays' | 'leaves' | 'lost'

/** What somebody wants to change about the devices of a wallet, before anything is chosen. `index`: share index. `again`: from a restored device. */
export type ChangeStart =
  | { readonly kind: 'replace' | 'remove'; readonly index: number }
  | { readonly kind: 'leave' | 'add' | 'giveBack' | 'refresh' | 'approvals' | 'again' }
  | { readonly kind: 'draft'; readonly draft: ChangeDraft }

/** A change as it was chosen before. Nothing in it is secret: invitations are left out. */
export interface ChangeDraft {
  /** By share index; whoever is not here stays. */
  readonly fates: readonly (readonly [index: number, fate: Fate])[]
  readonly places: readonly PlaceChoice[]
  readonly threshold: number
}
