import type { ChangeWallet, PartyInWallet, WalletView } from '@trivet/party'
import type { ChangeDraft, ChangeStart, Fate } from './change-start.ts'
import { MAX_DEVICES, MIN_DEVICES } from './create-form.svelte.ts'
import { chosen, clamp, emptyPlace, missingIn, newPlaceOf, type Choice, type MissingInPlaces, type PlaceChoice } from './place-choice.ts'

/** A member as it stands in the form. `fixed`: why its person cannot choose. */
export interface Member {
  readonly party: PartyInWallet
  readonly fate: Fate
  readonly fixed?: 'guest' | 'mine'
  /** It goes, and has to take part once more. */
  readonly oncemore: boolean
}

type ChangeProblem = 'tooFew' | 'noDealers' | 'leaveLater' | MissingInPlaces

/**
 * What a person has chosen about the devices of a wallet: who stays, who goes, who comes, how many must approve. New parts are made from
 * those of at least t members (`protocol.md` §E): of those who stay, and where these are too few of those who go, and of restored devices.
 */
export class ChangeForm {
  readonly #wallet: () => WalletView
  #fates = $state.raw<ChangeDraft['fates']>([])
  #places = $state.raw<readonly PlaceChoice[]>([])
  #wanted = $state(MIN_DEVICES)
  #nextKey = 1

  /** @param wallet as it is at any time: who is online changes */
  constructor(wallet: () => WalletView, start: ChangeStart) {
    this.#wallet = wallet
    this.#wanted = wallet().threshold
    this.#begin(start)
  }

  /** This device was restored from a backup: it takes a new place. */
  get isRestored(): boolean {
    return this.#wallet().state === 'restored'
  }
  /** How many old parts are needed. */
  get needed(): number {
    return this.#wallet().threshold
  }
  readonly members: readonly Member[] = $derived.by(() => {
    const stay = this.#able().filter((p) => this.#fateOf(p) === 'stays').length
    const going = this.#able().filter((p) => this.#fateOf(p) === 'leaves')
    // Whoever starts it takes part; then those who are here.
    const first = going.toSorted((a, b) => Number(b.me) - Number(a.me) || Number(b.online) - Number(a.online) || a.index - b.index)
    const mine = first[0]?.me === true ? 1 : 0
    // Where devices from backups bring old parts, nobody can leave with one.
    const isEnough = stay + Number(this.isRestored) < this.needed && stay + going.length >= this.needed
    const dealers = first.slice(0, isEnough ? Math.max(this.needed - stay, mine) : mine)
    return this.#wallet().parties.map((party) => {
      const fixed = this.#fixed(party)
      return { party, fate: this.#fateOf(party), oncemore: dealers.includes(party), ...(fixed === undefined ? {} : { fixed }) }
    })
  })
  get staying(): readonly PartyInWallet[] {
    return this.members.filter((m) => m.fate === 'stays').map((m) => m.party)
  }
  get leaving(): readonly PartyInWallet[] {
    return this.members.filter((m) => m.oncemore).map((m) => m.party)
  }
  /** Who holds no part afterwards, guests apart. */
  get going(): readonly Member[] {
    return this.members.filter((m) => m.fate !== 'stays' && m.fixed === undefined)
  }
  /** Who must come online, this device apart. */
  get called(): readonly PartyInWallet[] {
    return [...this.staying, ...this.leaving].filter((p) => !p.me)
  }
  get places(): readonly PlaceChoice[] {
    return this.#places
  }
  get total(): number {
    return this.staying.length + this.#places.length + Number(this.isRestored)
  }
  get threshold(): number {
    return clamp(this.#wanted, MIN_DEVICES, Math.max(MIN_DEVICES, this.total))
  }
  get mayAdd(): boolean {
    return this.total < MAX_DEVICES
  }
  /** Old parts that those who come must bring, restored from backups. */
  get toBring(): number {
    return Math.max(0, this.needed - this.staying.length - this.leaving.length - Number(this.isRestored))
  }
  /** Devices that are lost, as many as could sign: whoever has them all needs nobody else. */
  get couldSign(): boolean {
    return this.members.filter((m) => m.fate === 'lost' && m.fixed !== 'guest').length >= this.needed
  }
  /** Nobody comes or goes, and as many must approve: only the parts are new. */
  get isRefresh(): boolean {
    return !this.isRestored && this.#places.length === 0 && this.threshold === this.needed && this.members.every((m) => m.fate === 'stays')
  }
  get problem(): ChangeProblem | undefined {
    if (this.total < MIN_DEVICES) return 'tooFew'
    if (this.toBring > this.#places.filter((p) => p.kind === 'link').length) return 'noDealers'
    if (this.toBring > 0 && this.leaving.length > 0) return 'leaveLater'
    return missingIn(this.#places)
  }

  setFate(index: number, fate: Fate): void {
    this.#fates = [...this.#fates.filter(([of]) => of !== index), [index, fate]]
  }
  setThreshold(threshold: number): void {
    this.#wanted = threshold
  }
  add(): void {
    this.#places = [...this.#places, emptyPlace(this.#nextKey)]
    this.#nextKey += 1
  }
  takeAway(key: number): void {
    this.#places = this.#places.filter((place) => place.key !== key)
  }
  choose(key: number, choice: Choice): void {
    this.#places = this.#places.map((place) => (place.key === key ? chosen(place, choice) : place))
  }

  /** @param pageUrl where links lead: the page's address without fragment */
  request(pageUrl: string): ChangeWallet {
    const indices = (parties: readonly PartyInWallet[]): number[] => parties.map((p) => p.index)
    return {
      wallet: this.#wallet().id, threshold: this.threshold, stay: indices(this.staying), leaving: indices(this.leaving),
      places: this.#places.map(newPlaceOf), pageUrl,
    }
  }

  /** To be chosen again. An invitation is good for once, and a secret. */
  draft(): ChangeDraft {
    return { fates: this.#fates, threshold: this.threshold, places: this.#places.map(({ key, kind, known }) => ({ ...emptyPlace(key), kind, ...(known === undefined ? {} : { known }) })) }
  }

  #begin(start: ChangeStart): void {
    const { parties, myIndex, threshold } = this.#wallet()
    const away = parties.filter((p) => p.index !== myIndex && !p.online && this.#fixed(p) === undefined)
    if (start.kind === 'replace' || start.kind === 'remove') this.setFate(start.index, away.some((p) => p.index === start.index) ? 'lost' : 'leaves')
    else if (start.kind === 'leave') this.setFate(myIndex, 'leaves')
    else if (start.kind === 'giveBack' && away[0] !== undefined && away.length === 1) this.setFate(away[0].index, 'lost')
    else if (start.kind === 'again') for (const { index } of away) this.setFate(index, 'lost')
    else if (start.kind === 'draft') this.#take(start.draft)
    if (start.kind === 'replace' || start.kind === 'add' || start.kind === 'giveBack') this.add()
    if (start.kind === 'again') while (this.total < threshold) this.add()
  }
  #take({ fates, places, threshold }: ChangeDraft): void {
    this.#fates = fates
    this.#places = places
    this.#wanted = threshold
    this.#nextKey = Math.max(0, ...places.map(({ key }) => key)) + 1
  }

  /** Members with an old part to make new ones from. */
  #able(): readonly PartyInWallet[] {
    return this.#wallet().parties.filter((party) => this.#fixed(party) === undefined)
  }
  #fateOf(party: PartyInWallet): Fate {
    return this.#fixed(party) === undefined ? (this.#fates.find(([index]) => index === party.index)?.[1] ?? 'stays') : 'lost'
  }
  #fixed(party: PartyInWallet): Member['fixed'] {
    if (party.role === 'third-party') return 'guest'
    return this.isRestored && party.index === this.#wallet().myIndex ? 'mine' : undefined
  }
}
