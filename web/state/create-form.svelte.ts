import type { CreateWallet } from '@trivet/party'
import { chosen, clamp, emptyPlace, missingIn, newPlaceOf, type Choice, type MissingInPlaces, type PlaceChoice } from './place-choice.ts'
import type { WalletDraft } from './router.svelte.ts'

export const MIN_DEVICES = 2
export const MAX_DEVICES = 16

type Missing = 'missing' | MissingInPlaces

/** What a person has chosen for a new wallet so far. The passphrase is not here: it stays in its input. */
export class CreateForm {
  #total = $state(3)
  #threshold = $state(2)
  #places = $state.raw<readonly PlaceChoice[]>([])
  name = $state('')

  constructor(start: Partial<WalletDraft> & { readonly invitation?: string } = {}) {
    this.name = start.name ?? ''
    this.#total = clamp(start.total ?? 3, MIN_DEVICES, MAX_DEVICES)
    this.#threshold = clamp(start.threshold ?? 2, MIN_DEVICES, this.#total)
    this.#places = Array.from({ length: MAX_DEVICES - 1 }, (_, i) => emptyPlace(i + 2))
    for (const [i, known] of (start.known ?? []).entries()) this.choose(i + 2, { kind: 'known', known })
    // The company server takes the last place, so that the links to pass on come first.
    if (start.invitation !== undefined) this.choose(this.#total, { kind: 'company', invitation: start.invitation })
  }

  get total(): number {
    return this.#total
  }
  get threshold(): number {
    return this.#threshold
  }
  /** The other devices; this one is not among them. */
  get places(): readonly PlaceChoice[] {
    return this.#places.slice(0, this.#total - 1)
  }
  get mayLose(): number {
    return this.#total - this.#threshold
  }

  setTotal(total: number): void {
    const before = this.#total
    this.#total = clamp(total, MIN_DEVICES, MAX_DEVICES)
    this.#threshold = clamp(this.#threshold, MIN_DEVICES, this.#total)
    // A company server that would fall off the end keeps the last place.
    const last = this.#places[before - 2]
    if (this.#total < before && last?.kind === 'company') this.#move(last, this.#total)
  }

  setThreshold(threshold: number): void {
    this.#threshold = clamp(threshold, MIN_DEVICES, this.#total)
  }

  choose(key: number, choice: Choice): void {
    this.#places = this.#places.map((place) => (place.key === key ? chosen(place, choice) : place))
  }

  /** What is still missing, for the first thing to say. */
  get missing(): Missing | undefined {
    return this.name.trim() === '' ? 'missing' : missingIn(this.places)
  }

  /** @param pageUrl where links lead: the page's address without fragment */
  request(pageUrl: string, device: CreateWallet['device']): CreateWallet {
    return {
      name: this.name.trim(),
      threshold: this.#threshold,
      places: this.places.map(newPlaceOf),
      pageUrl,
      ...(device === undefined ? {} : { device }),
    }
  }

  #move(place: PlaceChoice, key: number): void {
    this.choose(key, place)
    this.choose(place.key, { kind: 'link', invitation: '' })
  }
}
