import type { VaultView } from '@trivet/party'
import { marksWith, missingVaults, readMarks, writeMarks, type MarkedVault, type MarkerStore } from '../platform/vault-marker.ts'

/** The vaults that should be in this browser. */
export class ExpectedVaults {
  readonly #store: MarkerStore | undefined
  #marks = $state.raw<readonly MarkedVault[]>([])

  /** @param store where the marks are kept, apart from the vaults; without one nothing is expected after a reload */
  constructor(store: MarkerStore | undefined) {
    this.#store = store
    this.#marks = readMarks(store)
  }

  /** These are here: from now on they are expected. */
  note(vaults: readonly VaultView[]): void {
    // Another tab may have written since.
    const before = readMarks(this.#store)
    this.#keep(before, marksWith(before, vaults))
  }

  /** Expected, and not among these. */
  missing(vaults: readonly VaultView[]): readonly MarkedVault[] {
    return missingVaults(this.#marks, vaults)
  }

  /** A wallet of that party is back, under another party: it is not missed any more. */
  restored(partyId: string, wallet: string): void {
    const before = readMarks(this.#store)
    const after = before.map((mark) => (mark.partyId === partyId ? { ...mark, wallets: mark.wallets.filter(({ id }) => id !== wallet) } : mark))
    this.#keep(before, after.filter(({ wallets }) => wallets.length > 0))
  }

  /** Its person knows. */
  forget({ partyId }: MarkedVault): void {
    const before = readMarks(this.#store)
    this.#keep(before, before.filter((mark) => mark.partyId !== partyId))
  }

  #keep(before: readonly MarkedVault[], after: readonly MarkedVault[]): void {
    if (JSON.stringify(before) !== JSON.stringify(after)) writeMarks(this.#store, after)
    this.#marks = after
  }
}
