import type { PartyVerbs, PartyView, SessionView, VaultView, WalletView } from '@trivet/party'

/** The party as the page reaches it: its verbs, and a snapshot at each change. Real ones live in the worker. */
export interface PartyClient {
  readonly verbs: PartyVerbs
  /** Tells the newest snapshot now and at each change. @returns a function that stops listening */
  listen(listener: (view: PartyView) => void): () => void
}

const NOTHING: PartyView = { connection: { state: 'idle' }, vaults: [], wallets: [], sessions: [] }

/** What the party in the worker shows of itself, and what may be asked of it. Holds no secret: passphrases only pass through. */
export class PartyState {
  readonly #client: PartyClient
  readonly #stop: () => void
  #view = $state.raw(NOTHING)
  #known = $state.raw(false)

  constructor(client: PartyClient) {
    this.#client = client
    this.#stop = client.listen((view) => {
      this.#view = view
      this.#known = true
    })
  }

  get view(): PartyView { return this.#view }
  /** Whether the worker has told its first snapshot. */
  get known(): boolean { return this.#known }
  get verbs(): PartyVerbs { return this.#client.verbs }

  /** Sessions that wait for this person's yes or no. */
  readonly questions: readonly SessionView[] = $derived(this.#view.sessions.filter((s) => s.state.at === 'approving' && !s.state.answered))
  /** Signatures made since the page was opened, newest first. */
  readonly finished: readonly SessionView[] = $derived(
    this.#view.sessions.filter((s) => s.kind === 'sign' && s.state.at === 'done').toSorted((a, b) => b.createdAt - a.createdAt),
  )
  /** Whether leaving the page now would break something off. */
  readonly busy: boolean = $derived(this.#view.sessions.some((s) => s.state.at !== 'done' && s.state.at !== 'failed'))

  session(id: SessionView['id']): SessionView | undefined {
    return this.#view.sessions.find((s) => s.id === id)
  }

  wallet(id: WalletView['id']): WalletView | undefined {
    return this.#view.wallets.find((w) => w.id === id)
  }

  vault(id: VaultView['partyId']): VaultView | undefined {
    return this.#view.vaults.find((v) => v.partyId === id)
  }

  close(): void {
    this.#stop()
  }
}
