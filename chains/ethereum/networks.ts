/** The chains of Ethereum's kind that have a name here. Any other is signed for as well, with a warning. */
import { formatUnits } from 'viem/utils'

export interface EthereumChain {
  /** EIP-155 chain id. */
  readonly id: number
  readonly name: string
  /** What its native coin, of 18 decimal places, is called. */
  readonly symbol: string
  /** Its coins are worth nothing. */
  readonly test: boolean
  /** Charges for the transaction's data besides its gas, and no limit in the transaction covers that (OP Stack). */
  readonly dataFee: boolean
}

const chain = (id: number, name: string, more: Partial<EthereumChain> = {}): EthereumChain =>
  ({ id, name, symbol: 'ETH', test: false, dataFee: false, ...more })

export const ETHEREUM_CHAINS: readonly EthereumChain[] = [
  chain(1, 'Ethereum'),
  chain(10, 'OP Mainnet', { dataFee: true }),
  chain(56, 'BNB Smart Chain', { symbol: 'BNB' }),
  chain(100, 'Gnosis', { symbol: 'xDAI' }),
  chain(137, 'Polygon', { symbol: 'POL' }),
  chain(8453, 'Base', { dataFee: true }),
  chain(42161, 'Arbitrum One'),
  chain(43114, 'Avalanche', { symbol: 'AVAX' }),
  chain(59144, 'Linea'),
  chain(11155111, 'Sepolia', { test: true }),
  chain(17000, 'Holesky', { test: true }),
  chain(560048, 'Hoodi', { test: true }),
  chain(31337, 'Local test chain', { test: true }),
]

const byId = new Map(ETHEREUM_CHAINS.map((one) => [one.id, one]))

/** @returns undefined for a chain without a name here */
export const knownChain = (id: number): EthereumChain | undefined => byId.get(id)

/** "Ethereum", or "chain 12345". */
export const chainName = (id: number): string => knownChain(id)?.name ?? `chain ${id}`

/** "0.5 ETH"; the coin of a chain without a name here has none either. */
export const coins = (wei: bigint, chainId: number): string => `${formatUnits(wei, 18)} ${knownChain(chainId)?.symbol ?? 'native coin'}`
