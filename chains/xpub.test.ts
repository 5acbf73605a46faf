import { hex } from '@scure/base'
import { describe, expect, it } from 'vitest'
import { extendedPublicKey, InvalidIntent } from './index.ts'

/** Source: bitcoin/bips, `bip-0032.mediawiki`, chain m of test vectors 1 and 2; key and chain code are those inside. */
const BIP32 = [
  {
    publicKey: '0339a36013301597daef41fbe593a02cc513d0b55527ec2df1050e2e8ff49c85c2',
    chainCode: '873dff81c02f525623fd1fe5167eac3a55a049de3d314bb42ee227ffed37d508',
    xpub: 'xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8',
  },
  {
    publicKey: '03cbcaa9c98c877a26977d00825c956a238e8dddfbd322cce4f74b0b5bd6ace4a7',
    chainCode: '60499f801b896d83179a4374aeb7822aaeaceaa0db1f85ee3e904c4defbd9689',
    xpub: 'xpub661MyMwAqRbcFW31YEwpkMuc5THy2PSt5bDMsktWQcFF8syAmRUapSCGu8ED9W6oDMSgv6Zz8idoc4a6mr8BDzTJY47LJhkJ8UB7WEGuduB',
  },
] as const

describe('the extended public key', () => {
  it.each(BIP32)('is that of BIP-32 at depth 0: $publicKey', ({ publicKey, chainCode, xpub }) => {
    for (const suite of [1, 3] as const) {
      expect(extendedPublicKey(suite, [{ suite, publicKey: hex.decode(publicKey), chainCode: hex.decode(chainCode) }])).toBe(xpub)
    }
  })

  it('needs the key and a whole chain code', () => {
    const publicKey = hex.decode(BIP32[0].publicKey)
    expect(() => extendedPublicKey(1, [])).toThrow(new InvalidIntent('keys', 'this wallet has no ECDSA key'))
    expect(() => extendedPublicKey(3, [{ suite: 3, publicKey, chainCode: new Uint8Array(31) }])).toThrow('expected a chain code of 32 bytes, got 31')
  })
})
