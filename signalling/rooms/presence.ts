import type { PartyId } from '../wire/index.ts'
import type { PresenceView } from './view.ts'

/** Who is connected, who watches whom. Presence is mutual: one sees another by watching only if watched back. */
export class Presence implements PresenceView {
  /** The watched of each connected party. */
  readonly #watched = new Map<PartyId, ReadonlySet<PartyId>>()

  connect(party: PartyId): void {
    this.#watched.set(party, new Set())
  }

  disconnect(party: PartyId): void {
    this.#watched.delete(party)
  }

  /** Replaces what a connected party watches. */
  watch(party: PartyId, watched: readonly PartyId[]): void {
    if (this.#watched.has(party)) this.#watched.set(party, new Set(watched))
  }

  isOnline(party: PartyId): boolean {
    return this.#watched.has(party)
  }

  watchEachOther(one: PartyId, other: PartyId): boolean {
    return this.#watches(one, other) && this.#watches(other, one)
  }

  /** @returns the connected parties that this one watches and that watch it */
  mutual(party: PartyId): PartyId[] {
    return [...this.#watched.get(party) ?? []].filter((other) => this.#watches(other, party))
  }

  #watches(party: PartyId, other: PartyId): boolean {
    return this.#watched.get(party)?.has(other) ?? false
  }
}
