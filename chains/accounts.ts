import type { GroupKey } from '@trivet/protocol/intent'
import { hex } from '@scure/base'
import type { BitcoinNetwork } from './bitcoin/network.ts'
import { taprootAddress, taprootOutput } from './bitcoin/taproot.ts'
import { groupKeyOf } from './keys.ts'
import { solanaAddress } from './solana/address.ts'

/** Where a wallet can be paid, and its bare key. Plain data: it can cross a message port and a REST door. */
export type Account =
  | { readonly chain: 'bitcoin'; readonly label: string; readonly addresses: Readonly<Record<BitcoinNetwork, string>> }
  | { readonly chain: 'solana'; readonly label: string; readonly address: string }
  | { readonly chain: 'ed25519'; readonly label: string; readonly publicKey: string }

/**
 * The accounts of a wallet. A suite without a chain here has none.
 * @throws {InvalidIntent} naming `keys` for a key that is none
 */
export function accounts(keys: readonly GroupKey[]): Account[] {
  const has = (suite: number): boolean => keys.some((key) => key.suite === suite)
  return [
    ...(has(3) ? [bitcoinAccount(groupKeyOf(3, keys))] : []),
    ...(has(2) ? ed25519Accounts(groupKeyOf(2, keys)) : []),
  ]
}

function bitcoinAccount(groupKey: Uint8Array): Account {
  const { outputKey } = taprootOutput(groupKey)
  const on = (network: BitcoinNetwork): string => taprootAddress(outputKey, network)
  return {
    chain: 'bitcoin',
    label: 'Bitcoin (Taproot)',
    addresses: { mainnet: on('mainnet'), testnet: on('testnet'), signet: on('signet'), regtest: on('regtest') },
  }
}

const ed25519Accounts = (publicKey: Uint8Array): Account[] => [
  { chain: 'solana', label: 'Solana', address: solanaAddress(publicKey) },
  { chain: 'ed25519', label: 'Ed25519', publicKey: hex.encode(publicKey) },
]
