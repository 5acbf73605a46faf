import type { GroupKey } from '@trivet/protocol/intent'
import { hex } from '@scure/base'
import type { BitcoinNetwork } from './bitcoin/network.ts'
import type { OwnScript } from './bitcoin/own-script.ts'
import { ownScripts } from './bitcoin/wallet.ts'
import { accountOf } from './ethereum/account.ts'
import { groupKeyOf } from './keys.ts'
import type { Path } from './path.ts'
import { solanaAddress } from './solana/address.ts'

/** Where a wallet can be paid, and its bare key. Plain data: it can cross a message port and a REST door. */
export type Account =
  | {
    readonly chain: 'bitcoin'
    readonly label: string
    /** Taproot is of suite 3 (bc1p…), SegWit of suite 1 (bc1q…). */
    readonly script: OwnScript['type']
    readonly addresses: Readonly<Record<BitcoinNetwork, string>>
  }
  /** The same on every chain of Ethereum's kind. */
  | { readonly chain: 'ethereum'; readonly label: string; readonly address: string; readonly path: Path }
  | { readonly chain: 'solana'; readonly label: string; readonly address: string }
  | { readonly chain: 'ed25519'; readonly label: string; readonly publicKey: string }

/**
 * The accounts of a wallet. A suite without a chain here has none.
 * @throws {InvalidIntent} naming `keys` for a key that is none
 */
export function accounts(keys: readonly GroupKey[]): Account[] {
  const has = (suite: number): boolean => keys.some((key) => key.suite === suite)
  return [
    ...ownScripts(keys).map((script) => bitcoinAccount(script)),
    ...(has(1) ? [ethereumAccount(keys)] : []),
    ...(has(2) ? ed25519Accounts(groupKeyOf(2, keys)) : []),
  ]
}

function bitcoinAccount({ type, title, address }: OwnScript): Account {
  return {
    chain: 'bitcoin',
    label: `Bitcoin (${title})`,
    script: type,
    addresses: { mainnet: address('mainnet'), testnet: address('testnet'), signet: address('signet'), regtest: address('regtest') },
  }
}

function ethereumAccount(keys: readonly GroupKey[]): Account {
  const { address, path } = accountOf(keys, [])
  return { chain: 'ethereum', label: 'Ethereum', address, path }
}

const ed25519Accounts = (publicKey: Uint8Array): Account[] => [
  { chain: 'solana', label: 'Solana', address: solanaAddress(publicKey) },
  { chain: 'ed25519', label: 'Ed25519', publicKey: hex.encode(publicKey) },
]
