import { accounts, complete, keyTexts } from '@trivet/chains'
import type { Chains } from '../chains/remote-chains.ts'

/** The chains without a worker, where nobody minds that the page waits. */
export const localChains: Chains = {
  accounts: async (keys, path) => accounts(keys, path),
  complete: async (intent, keys, signatures) => complete(intent, keys, signatures),
  keyTexts: async (key) => keyTexts(key),
}
