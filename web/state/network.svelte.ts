import type { BitcoinNetwork } from '@trivet/chains'

/** Those of `chains`, whose code is not loaded yet when the page starts. */
export const NETWORKS = ['mainnet', 'testnet', 'signet', 'regtest'] as const satisfies readonly BitcoinNetwork[]

/** The Bitcoin network that addresses and transactions are read for; a person's choice outlives a reload. */
export class NetworkChoice {
  readonly #store: Pick<Storage, 'getItem' | 'setItem'> | undefined
  #network = $state<BitcoinNetwork>('mainnet')

  constructor(store: Pick<Storage, 'getItem' | 'setItem'> | undefined) {
    this.#store = store
    const kept = store?.getItem('network')
    this.#network = NETWORKS.find((name) => name === kept) ?? 'mainnet'
  }

  get network(): BitcoinNetwork {
    return this.#network
  }

  choose(name: string): void {
    this.#network = NETWORKS.find((known) => known === name) ?? this.#network
    this.#store?.setItem('network', this.#network)
  }
}
