import { hex } from '@scure/base'
import { describe, expect, it } from 'vitest'
import { evenWallet, segwitWallet } from './bitcoin/fixture.ts'
import { accounts } from './index.ts'

const publicKey = hex.decode('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
const chainCode = new Uint8Array(32)
const keys = [...evenWallet.keys, { suite: 2, publicKey, chainCode } as const]

describe('accounts', () => {
  it('are an address of each network, a Solana address and the bare key', () => {
    expect(accounts(keys)).toEqual([
      {
        chain: 'bitcoin',
        label: 'Bitcoin (Taproot)',
        script: 'taproot',
        addresses: {
          mainnet: 'bc1pmfr3p9j00pfxjh0zmgp99y8zftmd3s5pmedqhyptwy6lm87hf5sspknck9',
          testnet: 'tb1pmfr3p9j00pfxjh0zmgp99y8zftmd3s5pmedqhyptwy6lm87hf5ssk79hv2',
          signet: 'tb1pmfr3p9j00pfxjh0zmgp99y8zftmd3s5pmedqhyptwy6lm87hf5ssk79hv2',
          regtest: 'bcrt1pmfr3p9j00pfxjh0zmgp99y8zftmd3s5pmedqhyptwy6lm87hf5ssm803es',
        },
      },
      { chain: 'solana', label: 'Solana', address: 'FVen3X669xLzsi6N2V91DoiyzHzg1uAgqiT8jZ9nS96Z' },
      { chain: 'ed25519', label: 'Ed25519', publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a' },
    ])
  })

  it('are only those for which the wallet has a key', () => {
    expect(accounts([{ suite: 2, publicKey, chainCode }]).map(({ chain }) => chain)).toEqual(['solana', 'ed25519'])
    expect(accounts(evenWallet.keys).map(({ chain }) => chain)).toEqual(['bitcoin'])
    expect(accounts([])).toEqual([])
  })

  it('have a second kind of Bitcoin address when there is a key of suite 1, after Taproot', () => {
    const bitcoin = accounts(segwitWallet.keys).flatMap((account) => account.chain === 'bitcoin' ? [account] : [])
    expect(bitcoin.map(({ script }) => script)).toEqual(['taproot', 'segwit'])
    expect(bitcoin[1]).toEqual({
      chain: 'bitcoin',
      label: 'Bitcoin (SegWit)',
      script: 'segwit',
      addresses: {
        mainnet: 'bc1q0ht9tyks4vh7p5p904t340cr9nvahy7u3re7zg',
        testnet: 'tb1q0ht9tyks4vh7p5p904t340cr9nvahy7um9zdem',
        signet: 'tb1q0ht9tyks4vh7p5p904t340cr9nvahy7um9zdem',
        regtest: 'bcrt1q0ht9tyks4vh7p5p904t340cr9nvahy7uevmqwj',
      },
    })
  })
})
