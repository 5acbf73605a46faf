import * as chains from 'viem/chains'
import { usdc } from 'viem/tokens'
import { getAddress } from 'viem'
import { describe, expect, it } from 'vitest'
import { chainName, coins, ETHEREUM_CHAINS } from './networks.ts'
import { TOKENS } from './tokens.ts'

describe('chains', () => {
  it('have the coins and the kind of fee that viem knows', () => {
    for (const { id, symbol, test, dataFee } of ETHEREUM_CHAINS.filter((chain) => chain.id !== chains.hardhat.id)) {
      const theirs = Object.values(chains).find((chain) => chain.id === id)
      if (theirs === undefined) throw new Error(`viem does not know chain ${id}`)
      expect(theirs.nativeCurrency.decimals).toBe(18)
      expect(symbol).toBe(test ? 'ETH' : theirs.nativeCurrency.symbol.replace('XDAI', 'xDAI'))
      expect([id, 'testnet' in theirs && theirs.testnet]).toEqual([id, test])
      const l1Fee = 'contracts' in theirs && 'gasPriceOracle' in (theirs.contracts ?? {})
      expect([id, l1Fee]).toEqual([id, dataFee])
    }
  })

  it('are called by name or by number', () => {
    expect(chainName(11155111)).toBe('Sepolia')
    expect(chainName(31337)).toBe('Local test chain')
    expect(chainName(2)).toBe('chain 2')
    expect(coins(10n ** 17n, 43114)).toBe('0.1 AVAX')
    expect(new Set(ETHEREUM_CHAINS.map(({ id }) => id)).size).toBe(ETHEREUM_CHAINS.length)
  })
})

describe('tokens', () => {
  const all = Object.entries(TOKENS).flatMap(([chainId, tokens]) =>
    Object.entries(tokens).map(([address, token]) => ({ chainId: Number(chainId), address, token })))

  it('have addresses in the capitals of EIP-55, by which they are found', () => {
    for (const { address } of all) expect(address).toBe(getAddress(address))
  })

  it('are on chains with a name', () => {
    for (const { chainId } of all) expect(ETHEREUM_CHAINS.map(({ id }) => id)).toContain(chainId)
  })

  it('have the addresses of USDC that viem knows', () => {
    const ours = all.filter(({ token }) => token.symbol === 'USDC')
    expect(ours).toHaveLength(5)
    const theirs: Readonly<Record<number, string>> = usdc.addresses
    for (const { chainId, address, token } of ours) {
      expect(address).toBe(theirs[chainId])
      expect(token.decimals).toBe(usdc.decimals)
    }
  })
})
