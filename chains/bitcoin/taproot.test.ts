import { hex } from '@scure/base'
import { describe, expect, it } from 'vitest'
import { evenWallet, oddWallet } from './fixture.ts'
import { taprootAddress, taprootOutput } from './taproot.ts'

/** Source: BIP-86, section "Test vectors". */
const BIP86 = [
  {
    internalKey: 'cc8a4bc64d897bddc5fbc2f670f7a8ba0b386779106cf1223c6fc5d7cd6fc115',
    outputKey: 'a60869f0dbcf1dc659c9cecbaf8050135ea9e8cdc487053f1dc6880949dc684c',
    script: '5120a60869f0dbcf1dc659c9cecbaf8050135ea9e8cdc487053f1dc6880949dc684c',
    address: 'bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr',
  },
  {
    internalKey: '83dfe85a3151d2517290da461fe2815591ef69f2b18a2ce63f01697a8b313145',
    outputKey: 'a82f29944d65b86ae6b5e5cc75e294ead6c59391a1edc5e016e3498c67fc7bbb',
    script: '5120a82f29944d65b86ae6b5e5cc75e294ead6c59391a1edc5e016e3498c67fc7bbb',
    address: 'bc1p4qhjn9zdvkux4e44uhx8tc55attvtyu358kutcqkudyccelu0was9fqzwh',
  },
  {
    internalKey: '399f1b2f4393f29a18c937859c5dd8a77350103157eb880f02e8c08214277cef',
    outputKey: '882d74e5d0572d5a816cef0041a96b6c1de832f6f9676d9605c44d5e9a97d3dc',
    script: '5120882d74e5d0572d5a816cef0041a96b6c1de832f6f9676d9605c44d5e9a97d3dc',
    address: 'bc1p3qkhfews2uk44qtvauqyr2ttdsw7svhkl9nkm9s9c3x4ax5h60wqwruhk7',
  },
]

describe('the wallet’s Taproot output', () => {
  it.each(BIP86)('has the address $address of BIP-86, whichever the parity of the key', ({ internalKey, outputKey, script, address }) => {
    for (const parity of ['02', '03']) {
      const output = taprootOutput(hex.decode(parity + internalKey))
      expect(hex.encode(output.internalKey)).toBe(internalKey)
      expect(hex.encode(output.outputKey)).toBe(outputKey)
      expect(hex.encode(output.script)).toBe(script)
      expect(taprootAddress(output.outputKey, 'mainnet')).toBe(address)
    }
  })

  it('is that of the BIP-341 wallet test vector without a script tree', () => {
    // Source: bitcoin/bips, bip-0341/wallet-test-vectors.json, the first of scriptPubKey.
    const output = taprootOutput(hex.decode('02d6889cb081036e0faefa3a35157ad71086b123b2b144b649798b494c300a961d'))
    expect(hex.encode(output.script)).toBe('512053a1f6e454df1aa2776a2814a721372d6258050de330b3c6d10ee8f4e0dda343')
    expect(taprootAddress(output.outputKey, 'mainnet')).toBe('bc1p2wsldez5mud2yam29q22wgfh9439spgduvct83k3pm50fcxa5dps59h4z5')
  })

  it('is written with the prefix of each network', () => {
    const { outputKey } = evenWallet.output
    expect(taprootAddress(outputKey, 'mainnet')).toMatch(/^bc1p/)
    expect(taprootAddress(outputKey, 'testnet')).toMatch(/^tb1p/)
    expect(taprootAddress(outputKey, 'signet')).toBe(taprootAddress(outputKey, 'testnet'))
    expect(taprootAddress(outputKey, 'regtest')).toMatch(/^bcrt1p/)
  })

  it('is refused for bytes that are no point', () => {
    const wrong = [new Uint8Array(33), new Uint8Array(33).fill(0xff), Uint8Array.of(4, ...evenWallet.groupKey.slice(1)), evenWallet.groupKey.slice(1)]
    for (const key of wrong) {
      expect(() => taprootOutput(key)).toThrow('expected a compressed point of secp256k1, got other bytes')
    }
  })

  it('is tested below with a key of either parity', () => {
    expect([evenWallet.groupKey[0], oddWallet.groupKey[0]]).toEqual([2, 3])
  })
})
