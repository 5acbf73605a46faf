import type { PlaceView, SessionView, WalletView } from '@trivet/party'
import type { ChangeDraft, ChangeStart } from './change-start.ts'
import type { SignKind } from './sign-kinds.ts'

/** What the page shows. Nothing in a route is secret: it is kept in the browser's history of this tab. */
export type Route =
  | { readonly at: 'start' }
  | { readonly at: 'create'; readonly draft?: WalletDraft }
  | { readonly at: 'join' }
  /** `change`: what was asked for, to be asked for again. */
  | { readonly at: 'session'; readonly id: SessionView['id']; readonly change?: ChangeDraft }
  | { readonly at: 'restore' }
  /** A key that existed before. */
  | { readonly at: 'import' }
  | { readonly at: 'wallet'; readonly id: WalletView['id']; readonly part?: 'safety' }
  /** `check`: a file that was made before. */
  | { readonly at: 'backup'; readonly wallet: WalletView['id']; readonly check?: true }
  | { readonly at: 'export'; readonly wallet: WalletView['id'] }
  | { readonly at: 'change'; readonly wallet: WalletView['id']; readonly start: ChangeStart }
  /** `account`: which one of the chain signs, from 0. */
  | { readonly at: 'sign'; readonly wallet: WalletView['id']; readonly kind?: SignKind; readonly account?: number }

/** A new wallet as far as it was thought of before. */
export interface WalletDraft {
  readonly name: string
  readonly total: number
  readonly threshold: number
  /** Devices to be asked by name. */
  readonly known?: readonly NonNullable<PlaceView['partyId']>[]
}

/** A link that opened the page. It holds a secret, so it is kept here and neither in the address bar nor in the history. */
export type OpenedLink = { readonly kind: 'join' | 'company'; readonly link: string }

/** As much of `window` as routing needs. */
export interface RouterWindow {
  readonly history: { pushState(data: unknown, unused: string): void; readonly state: unknown }
  addEventListener(type: 'popstate', listener: () => void): void
  removeEventListener(type: 'popstate', listener: () => void): void
  scrollTo(x: number, y: number): void
}

export class Router {
  readonly #window: RouterWindow
  /** Entries of an earlier load of the page mean nothing to this one. */
  readonly #load = Math.floor(performance.timeOrigin)
  #route = $state.raw<Route>({ at: 'start' })
  #opened = $state.raw<OpenedLink>()

  constructor(window: RouterWindow, opened?: OpenedLink) {
    this.#window = window
    window.addEventListener('popstate', this.#onPop)
    if (opened !== undefined) this.follow(opened)
  }

  get route(): Route {
    return this.#route
  }
  get opened(): OpenedLink | undefined {
    return this.#opened
  }

  go(route: Route): void {
    if (route.at !== 'join' && route.at !== 'create') this.#opened = undefined
    this.#route = route
    this.#window.history.pushState({ load: this.#load, route } satisfies Entry, '')
    this.#window.scrollTo(0, 0)
  }

  /** Opens what a link asks for: a place in a wallet, or a new wallet with a company server. */
  follow(opened: OpenedLink): void {
    this.#opened = opened
    this.go({ at: opened.kind === 'join' ? 'join' : 'create' })
  }

  forgetLink(): void {
    this.#opened = undefined
  }

  close(): void {
    this.#window.removeEventListener('popstate', this.#onPop)
  }

  readonly #onPop = (): void => {
    const state = this.#window.history.state
    this.#route = isEntry(state) && state.load === this.#load ? state.route : { at: 'start' }
  }
}

interface Entry {
  readonly load: number
  readonly route: Route
}

/** Only this class writes entries, so the shape of `route` need not be looked at again. */
function isEntry(state: unknown): state is Entry {
  return typeof state === 'object' && state !== null && 'load' in state && 'route' in state
}
