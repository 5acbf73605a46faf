import type { Account, KeyTexts, Outcome, Path, WholeKey } from '@trivet/chains'
import type { RequestView, SessionView, WalletView } from '@trivet/party'
import { Bug } from '@trivet/protocol/core'
import type { GroupKey } from '@trivet/protocol/intent'
import type { Chains } from '../chains/remote-chains.ts'
import { groupKeys } from './keys.ts'
import { Lazy } from './lazy.svelte.ts'

/** What the worker says about chains: asked for when a screen first needs it, and kept as long as the page is open. */
export class ChainAnswers {
  readonly #chains: Chains | undefined
  readonly #accounts = new Map<string, Lazy<readonly Account[]>>()
  readonly #outcomes = new Map<SessionView['id'], Lazy<Outcome>>()

  /** @param chains none where the browser cannot run a party */
  constructor(chains?: Chains) {
    this.#chains = chains
  }

  /** @param suites of the keys whose accounts are wanted: one after the other, so that what is there first is seen first */
  accounts(wallet: WalletView, suites: readonly GroupKey['suite'][], path: Path): Lazy<readonly Account[]> {
    const keys = groupKeys(wallet).filter(({ suite }) => suites.includes(suite))
    return kept(this.#accounts, `${wallet.id} ${suites.join()} ${path.join()}`, () => this.#ask.accounts(keys, path))
  }

  /** Of keys that are in no wallet yet; not kept. */
  addressesOf(keys: readonly GroupKey[], path: Path): Promise<readonly Account[]> {
    return this.#ask.accounts(keys, path)
  }

  /** What was made of a session's signatures; each is verified once more before it is put anywhere. */
  outcome(session: SessionView['id'], { intent }: RequestView, wallet: WalletView, signatures: readonly Uint8Array[]): Lazy<Outcome> {
    return kept(this.#outcomes, session, () => this.#ask.complete(intent, groupKeys(wallet), signatures))
  }

  /** A whole key as other programs read it. Secret, so it is kept nowhere. */
  keyTexts(key: WholeKey): Promise<KeyTexts> {
    return this.#ask.keyTexts(key)
  }

  get #ask(): Chains {
    if (this.#chains === undefined) throw new Bug('asked about chains without a worker')
    return this.#chains
  }
}

function kept<K, T>(answers: Map<K, Lazy<T>>, key: K, ask: () => Promise<T>): Lazy<T> {
  const known = answers.get(key)
  if (known !== undefined) return known
  const answer = new Lazy(ask)
  answers.set(key, answer)
  void answer.load()
  return answer
}
