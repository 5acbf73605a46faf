import { hex } from '@scure/base'
import { describe, expect, it } from 'vitest'
import { evenWallet, oddWallet, segwitWallet } from './bitcoin/fixture.ts'
import { accountPath, accounts, InvalidIntent } from './index.ts'
import { scriptOf } from './testing.ts'

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
        path: [],
      },
      { chain: 'solana', label: 'Solana', address: 'FVen3X669xLzsi6N2V91DoiyzHzg1uAgqiT8jZ9nS96Z', path: [] },
      { chain: 'ed25519', label: 'Ed25519', publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', path: [] },
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
      path: [],
    })
  })

  // Worked out by another program, from the formulas of BIP-32 and BIP-341, for the group keys 1·G and 6·G.
  it.each([
    [evenWallet, 'bb830663ac740d371ad13b85d962246d6d75c62c9e5bec36baf09c72f4e9c0eb'],
    [oddWallet, '1d29929d02e2db1cb8a60b43045fa3d94723a0613a531045474360ee7873f3ed'],
  ])('stand one below the other from the second on, each with a key of its own', (wallet, outputKey) => {
    expect([0, 1, 2].map((index) => accountPath(index))).toEqual([[], [0, 1], [0, 2]])
    // Of an imported account, and of one address' branch of it.
    expect([0, 1, 2].map((index) => accountPath(index, [0, 0]))).toEqual([[0, 0], [0, 1], [0, 2]])
    expect([0, 1].map((index) => accountPath(index, [0]))).toEqual([[0], [1]])
    const [second] = accounts(wallet.keys, accountPath(1))
    if (second?.chain !== 'bitcoin') throw new Error('expected a Bitcoin account')
    expect(second.path).toEqual([0, 1])
    expect(hex.encode(scriptOf(second.addresses.mainnet, 'mainnet'))).toBe(`5120${outputKey}`)
    expect(accounts(wallet.keys, accountPath(2))).not.toEqual([second])
  })

  it('are refused where no key can stand', () => {
    expect(() => accounts(keys, [2 ** 31])).toThrow(new InvalidIntent('path', 'there is no key at the path m/2147483648'))
  })
})
