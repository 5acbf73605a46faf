import { NETWORK, TEST_NETWORK } from '@scure/btc-signer'
import type { BTC_NETWORK } from '@scure/btc-signer/utils.js'

/** Numbers on the wire, never to be reused. */
export const NETWORK_BYTES = { mainnet: 0, testnet: 1, signet: 2, regtest: 3 } as const
export type BitcoinNetwork = keyof typeof NETWORK_BYTES
export const BITCOIN_NETWORKS = ['mainnet', 'testnet', 'signet', 'regtest'] as const satisfies readonly BitcoinNetwork[]

/** How addresses are written. Signet's are the same as testnet's. */
export const ADDRESS_FORMATS: Readonly<Record<BitcoinNetwork, BTC_NETWORK>> = {
  mainnet: NETWORK,
  testnet: TEST_NETWORK,
  signet: TEST_NETWORK,
  regtest: { ...TEST_NETWORK, bech32: 'bcrt' },
}
