/** The few tokens whose amounts are shown as people write them. Of any other a contract alone knows the decimals, and it cannot be asked. */
import type { Address } from 'viem'

export interface Token {
  readonly symbol: string
  readonly decimals: number
  /** Wraps the chain's native coin: `deposit` and `withdraw` are WETH9's. */
  readonly wraps?: true
}

const USDC: Token = { symbol: 'USDC', decimals: 6 }
const WETH: Token = { symbol: 'WETH', decimals: 18, wraps: true }

/** By chain id and EIP-55 address. Sources: circle.com (USDC), tether.to, makerdao.com, weth.io, specs.optimism.io (predeploys). */
export const TOKENS: Readonly<Record<number, Readonly<Record<Address, Token>>>> = {
  1: {
    '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48': USDC,
    '0xdAC17F958D2ee523a2206206994597C13D831ec7': { symbol: 'USDT', decimals: 6 },
    '0x6B175474E89094C44Da98b954EedeAC495271d0F': { symbol: 'DAI', decimals: 18 },
    '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2': WETH,
  },
  10: { '0x0b2C639c533813f4Aa9D7837CAf62653d097Ff85': USDC, '0x4200000000000000000000000000000000000006': WETH },
  137: { '0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359': USDC },
  8453: { '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913': USDC, '0x4200000000000000000000000000000000000006': WETH },
  42161: { '0xaf88d065e77c8cC2239327C5EDb3A432268e5831': USDC },
}

/** @param address EIP-55 */
export const knownToken = (chainId: number, address: Address): Token | undefined => TOKENS[chainId]?.[address]
