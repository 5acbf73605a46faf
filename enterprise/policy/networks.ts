/** Chains of Ethereum's kind as a policy names them: `sepolia`, `op-mainnet`, or `eip155:8453` for any. */
import { ETHEREUM_CHAINS } from '@trivet/chains'

/** As previews name a chain. */
export const networkOf = (chainId: number | bigint): string => `eip155:${chainId}`

const byName = new Map(ETHEREUM_CHAINS.map(({ id, name }) => [name.toLowerCase().replaceAll(' ', '-'), networkOf(id)]))

export const NETWORK_NAMES: readonly string[] = [...byName.keys()]

/** @returns `eip155:` and the chain id in decimal digits; undefined for a name that is none */
export function readNetwork(name: string): string | undefined {
  return byName.get(name) ?? (/^eip155:[1-9][0-9]{0,15}$/.test(name) ? name : undefined)
}
