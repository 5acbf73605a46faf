import type { Account, KeyTexts, Outcome, Path, WholeKey } from '@trivet/chains'
import { Rpc, type PortLike } from '@trivet/party/port'
import type { GroupKey } from '@trivet/protocol/intent'

/** Beside the party, on the same port. */
export const CHAINS_SCOPE = 'chains'

/** What the worker works out about chains for the page: multiplying points of a curve would keep the page from answering a finger. */
export type ChainsTable = {
  accounts(keys: readonly GroupKey[], path: Path): readonly Account[]
  complete(intent: Uint8Array, keys: readonly GroupKey[], signatures: readonly Uint8Array[]): Outcome
  /** @param key whole, and secret as what comes of it */
  keyTexts(key: WholeKey): KeyTexts
}

/** As `chains` has them, but answered later. They are refused with the `MpcError`s of `serveChains`. */
export type Chains = { readonly [K in keyof ChainsTable]: (...args: Parameters<ChainsTable[K]>) => Promise<ReturnType<ChainsTable[K]>> }

/** Main thread: the chains of the worker at the other end of the port. */
export function remoteChains(port: PortLike): Chains {
  const rpc = new Rpc<ChainsTable>(port, CHAINS_SCOPE, {})
  return {
    accounts: (keys, path) => rpc.call('accounts', keys, path),
    complete: (intent, keys, signatures) => rpc.call('complete', intent, keys, signatures),
    keyTexts: (key) => rpc.call('keyTexts', key),
  }
}
