import type { GroupKey } from '@trivet/protocol/intent'
import { hex } from '@scure/base'
import type { BitcoinNetwork } from './bitcoin/network.ts'
import type { PlacedScript } from './bitcoin/own-script.ts'
import { ownScripts } from './bitcoin/wallet.ts'
import { accountOf } from './ethereum/account.ts'
import { keyAt } from './keys.ts'
import type { Path } from './path.ts'
import { solanaAddress } from './solana/address.ts'

/** Where a wallet can be paid, and its bare key. Plain data: it can cross a message port and a REST door. */
export type Account =
  | {
    readonly chain: 'bitcoin'
    readonly label: string
    /** Taproot is of suite 3 (bc1p…), SegWit of suite 1 (bc1q…). */
    readonly script: PlacedScript['type']
    readonly addresses: Readonly<Record<BitcoinNetwork, string>>
    readonly path: Path
  }
  /** The same on every chain of Ethereum's kind. */
  | { readonly chain: 'ethereum'; readonly label: string; readonly address: string; readonly path: Path }
  | { readonly chain: 'solana'; readonly label: string; readonly address: string; readonly path: Path }
  | { readonly chain: 'ed25519'; readonly label: string; readonly publicKey: string; readonly path: Path }

/**
 * The accounts of a wallet at a path: for each suite it has a key of. A suite without a chain here has none.
 * @param path as `accountPath` gives it; by default of the first account, which is of the group keys themselves
 * @throws {InvalidIntent} naming `keys` for a key that is none, or `path`
 */
export function accounts(keys: readonly GroupKey[], path: Path = []): Account[] {
  const has = (suite: number): boolean => keys.some((key) => key.suite === suite)
  return [
    ...ownScripts(keys, [path]).map((script) => bitcoinAccount(script)),
    ...(has(1) ? [ethereumAccount(keys, path)] : []),
    ...(has(2) ? ed25519Accounts(keyAt(2, keys, path), path) : []),
  ]
}

function bitcoinAccount({ type, title, address, path }: PlacedScript): Account {
  return {
    chain: 'bitcoin',
    label: `Bitcoin (${title})`,
    script: type,
    addresses: { mainnet: address('mainnet'), testnet: address('testnet'), signet: address('signet'), regtest: address('regtest') },
    path,
  }
}

function ethereumAccount(keys: readonly GroupKey[], path: Path): Account {
  return { chain: 'ethereum', label: 'Ethereum', address: accountOf(keys, path).address, path }
}

const ed25519Accounts = (publicKey: Uint8Array, path: Path): Account[] => [
  { chain: 'solana', label: 'Solana', address: solanaAddress(publicKey), path },
  { chain: 'ed25519', label: 'Ed25519', publicKey: hex.encode(publicKey), path },
]
