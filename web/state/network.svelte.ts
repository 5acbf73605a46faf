import { BITCOIN_NETWORKS, type BitcoinNetwork } from '@trivet/chains'

/** The Bitcoin network that addresses and transactions are read for; a person's choice outlives a reload. */
export class NetworkChoice {
  readonly #store: Pick<Storage, 'getItem' | 'setItem'> | undefined
  #network = $state<BitcoinNetwork>('mainnet')

  constructor(store: Pick<Storage, 'getItem' | 'setItem'> | undefined) {
    this.#store = store
    const kept = store?.getItem('network')
    this.#network = BITCOIN_NETWORKS.find((name) => name === kept) ?? 'mainnet'
  }

  get network(): BitcoinNetwork {
    return this.#network
  }

  choose(name: string): void {
    this.#network = BITCOIN_NETWORKS.find((known) => known === name) ?? this.#network
    this.#store?.setItem('network', this.#network)
  }
}
