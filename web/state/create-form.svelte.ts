import type { CreateWallet, KnownView, LinkPreview } from '@trivet/party'
import type { WalletDraft } from './router.svelte.ts'

export const MIN_DEVICES = 2
export const MAX_DEVICES = 16

type PartyId = KnownView['partyId']

/** Where one of the other devices is. `read` is what the party made of the invitation; `known` a device that was paired with before. */
export interface PlaceChoice {
  readonly key: number
  readonly kind: 'link' | 'company' | 'known'
  readonly invitation: string
  readonly read?: LinkPreview
  readonly known?: PartyId
}

export type Missing = 'missing' | 'missingInvitation' | 'sameInvitation' | 'sameKnown'

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
    this.#places = Array.from({ length: MAX_DEVICES - 1 }, (_, i): PlaceChoice => ({ key: i + 2, kind: 'link', invitation: '' }))
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

  choose(key: number, choice: Partial<Omit<PlaceChoice, 'key'>>): void {
    this.#places = this.#places.map((place) => (place.key === key ? changed(place, choice) : place))
  }

  /** What is still missing, for the first thing to say. */
  get missing(): Missing | undefined {
    if (this.name.trim() === '') return 'missing'
    const known = this.places.flatMap((p) => (p.kind === 'known' && p.known !== undefined ? [p.known] : []))
    if (known.some((id, i) => known.indexOf(id) !== i)) return 'sameKnown'
    const invitations = this.places.filter((p) => p.kind === 'company').map((p) => p.invitation.trim())
    if (invitations.some((i) => i === '')) return 'missingInvitation'
    return invitations.some((invitation, i) => invitations.indexOf(invitation) !== i) ? 'sameInvitation' : undefined
  }

  /** @param pageUrl where links lead: the page's address without fragment */
  request(pageUrl: string, device: CreateWallet['device']): CreateWallet {
    return {
      name: this.name.trim(),
      threshold: this.#threshold,
      places: this.places.map(placeOf),
      pageUrl,
      ...(device === undefined ? {} : { device }),
    }
  }

  #move(place: PlaceChoice, key: number): void {
    this.choose(key, place)
    this.choose(place.key, { kind: 'link', invitation: '' })
  }
}

function placeOf({ kind, invitation, known }: PlaceChoice): CreateWallet['places'][number] {
  if (kind === 'known' && known !== undefined) return { kind, partyId: known }
  return kind === 'company' ? { kind, invitation: invitation.trim() } : { kind: 'link' }
}

/** A new invitation has not been read yet. */
function changed(place: PlaceChoice, choice: Partial<Omit<PlaceChoice, 'key'>>): PlaceChoice {
  const { read, ...rest } = place
  const same = choice.invitation === undefined || choice.invitation === place.invitation
  return { ...rest, ...(same && read !== undefined ? { read } : {}), ...choice, key: place.key }
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value))
}
