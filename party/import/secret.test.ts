import { ed25519 } from '@noble/curves/ed25519.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { base58 } from '@scure/base'
import { describe, expect, test } from 'vitest'
import { legacyAddress, nestedAddress, publicKeyAt, segwitAddress, taprootAddress } from './addresses.fixture.ts'
import { secretForm } from './secret-form.ts'
import { readSecret } from './secret.ts'

/** BIP-49, BIP-84, BIP-86 and SLIP-132: accounts of the phrase abandon … about. */
const KEYS = {
  master: 'xprv9s21ZrQH143K3GJpoapnV8SFfukcVBSfeCficPSGfubmSFDxo1kuHnLisriDvSnRRuL2Qrg5ggqHKNVpxR86QEC8w35uxmGoggxtQTPvfUu',
  legacy: 'xprv9xpXFhFpqdQK3TmytPBqXtGSwS3DLjojFhTGht8gwAAii8py5X6pxeBnQ6ehJiyJ6nDjWGJfZ95WxByFXVkDxHXrqu53WCRGypk2ttuqncb',
  nested: 'yprvAHwhK6RbpuS3dgCYHM5jc2ZvEKd7Bi61u9FVhYMpgMSuZS613T1xxQeKTffhrHY79hZ5PsskBjcc6C2V7DrnsMsNaGDaWev3GLRQRgV7hxF',
  segwit: 'zprvAdG4iTXWBoARxkkzNpNh8r6Qag3irQB8PzEMkAFeTRXxHpbF9z4QgEvBRmfvqWvGp42t42nvgGpNgYSJA9iefm1yYNZKEm7z6qUWCroSQnE',
  taproot: 'xprv9xgqHN7yz9MwCkxsBPN5qetuNdQSUttZNKw1dcYTV4mkaAFiBVGQziHs3NRSWMkCzvgjEe3n9xV8oYywvM8at9yRqyaZVz6TYYhX98VjsUk',
  nestedTestnet: 'uprv91G7gZkzehuMVxDJTYE6tLivdF8e4rvzSu1LFfKw3b2Qx1Aj8vpoFnHdfUZ3hmi9jsvPifmZ24RTN2KhwB8BfMLTVqaBReibyaFFcTP1s9n',
  taprootAddress: 'xprvA449goEeU9okwCzzZaxiy475EQGQzBkc65su82nXEvcwzfSskb2hAt2WymrjyRL6kpbVTGL3cKtp9herYXSjjQ1j4stsXXiRF7kXkCacK3T',
}

describe('hexadecimal digits', () => {
  // Hardhat's and Foundry's first account.
  const digits = 'ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'

  test('are a key of secp256k1, with 0x or without, in capitals or not, with white space around', () => {
    const key = readSecret(digits, { hex: 'secp256k1' })
    expect(key).toMatchObject({ what: 'key', suites: [1, 3], chainCode: undefined, firstAddress: [], warnings: [] })
    expect(bytesToHex(key.scalar)).toBe(digits)
    expect(bytesToHex(key.groupKey)).toBe('038318535b54105d4a7aae60c08fc45f9687181b4fdfc625bd1a753fa7397fed75')
    for (const text of [`0x${digits}`, `0X${digits.toUpperCase()}`, `  ${digits}\n`]) expect(readSecret(text, { hex: 'secp256k1' })).toEqual(key)
  })

  test('are a seed of Ed25519, with the public key of RFC 8032', () => {
    // RFC 8032 §7.1, tests 1 and 2.
    for (const [seed, point] of [
      ['9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'],
      ['4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'],
    ] as const) {
      const key = readSecret(seed, { hex: 'ed25519-seed' })
      expect(key).toMatchObject({ what: 'key', suites: [2], chainCode: undefined })
      expect(bytesToHex(key.groupKey)).toBe(point)
      expect(readSecret(bytesToHex(key.scalar), { hex: 'ed25519-scalar' })).toMatchObject({ scalar: key.scalar, groupKey: key.groupKey })
    }
  })

  test('are a scalar of Ed25519, little-endian', () => {
    const key = readSecret(`01${'00'.repeat(31)}`, { hex: 'ed25519-scalar' })
    expect(key.groupKey).toEqual(ed25519.Point.BASE.toBytes())
  })
})

test('a key of Solana is read: seed and public key in base58', () => {
  const [seed, point] = ['9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a']
  const key = readSecret(base58.encode(hexToBytes(seed + point)))
  expect(key).toEqual({ ...readSecret(seed, { hex: 'ed25519-seed' }), description: 'A private key of Solana' })
})

describe('a key of Bitcoin', () => {
  test('of the compressed form is read (BIP-84’s first address)', () => {
    const key = readSecret('KyZpNDKnfs94vbrwhJneDi77V6jF64PWPF8x5cdJb8ifgg2DUc9d')
    expect(key).toMatchObject({ what: 'key', suites: [1, 3], warnings: [], description: 'A private key of Bitcoin (mainnet, compressed public key)' })
    expect(segwitAddress(key.groupKey)).toBe('bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu')
  })

  test('of a test network says so (BIP-49’s first address)', () => {
    const key = readSecret('cULrpoZGXiuC19Uhvykx7NugygA3k86b3hmdCeyvHYQZSxojGyXJ')
    expect(bytesToHex(key.scalar)).toBe('c9bdb49cfbaedca21c4b1f3a7803c34636b1d7dc55a717132443fc3f4c5867e8')
    expect(key.description).toBe('A private key of Bitcoin (testnet, compressed public key)')
  })

  test('of the uncompressed form is read, with a warning: its coins lie at another address', () => {
    // The example of the Bitcoin wiki, "Wallet import format".
    const key = readSecret('5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ')
    expect(bytesToHex(key.scalar)).toBe('0c28fca386c7a227600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d')
    expect(key.description).toBe('A private key of Bitcoin (mainnet, uncompressed public key)')
    expect(key.warnings).toEqual(['uncompressed'])
  })
})

describe('an extended private key', () => {
  test('of an account goes on to the addresses of its BIP', () => {
    const first = (text: string): Uint8Array => {
      const account = readSecret(text)
      expect(account).toMatchObject({ what: 'account', firstAddress: [0, 0] })
      return publicKeyAt(account, account.firstAddress)
    }
    expect(legacyAddress(first(KEYS.legacy))).toBe('1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA')
    expect(nestedAddress(first(KEYS.nested), 5)).toBe('37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf')
    expect(segwitAddress(first(KEYS.segwit))).toBe('bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu')
    expect(taprootAddress(first(KEYS.taproot))).toBe('bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr')
    expect(nestedAddress(first(KEYS.nestedTestnet), 196)).toBe('2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2')
  })

  test('says by its prefix what it may become', () => {
    expect(readSecret(KEYS.taproot)).toMatchObject({ suites: [1, 3], warnings: [] })
    expect(readSecret(KEYS.segwit)).toMatchObject({ suites: [1], warnings: [], description: 'The key of an account of SegWit (bc1q…) (zprv)' })
    expect(readSecret(KEYS.nested)).toMatchObject({ suites: [1], warnings: ['old-addresses'] })
    expect(readSecret(KEYS.nestedTestnet)).toMatchObject({ suites: [1], warnings: ['old-addresses'] })
  })

  test('of a single address is that address', () => {
    const key = readSecret(KEYS.taprootAddress)
    expect(key).toMatchObject({ firstAddress: [], description: 'The key of an account (xprv, at depth 5)' })
    expect(taprootAddress(publicKeyAt(key, key.firstAddress))).toBe('bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr')
  })

  test('of the top of a tree gives any account below it, or, with a warning, itself', () => {
    const account = readSecret(KEYS.master, { account: { kind: 'bitcoin-taproot', number: 0 } })
    const { scalar, groupKey, chainCode } = readSecret(KEYS.taproot)
    expect(account).toMatchObject({ scalar, groupKey, chainCode, suites: [3], firstAddress: [0, 0] })
    expect(account.description).toBe("Bitcoin Taproot (bc1p…), account 0 of the extended key (xprv, m/86'/0'/0')")
    expect(readSecret(KEYS.master)).toMatchObject({ suites: [1, 3], firstAddress: [], warnings: ['top'] })
  })
})

test('a phrase is read however it is spaced and capitalised', () => {
  const account = { kind: 'ethereum', number: 0 } as const
  const phrase = 'legal winner thank year wave sausage worth useful legal winner thank yellow'
  const expected = readSecret(phrase, { account })
  for (const text of [`\n ${phrase.replaceAll(' ', '\t \n')} `, phrase.toUpperCase(), phrase.replaceAll(' ', '\u3000')]) expect(readSecret(text, { account })).toEqual(expected)
})

test('the form of a secret is told before it is read', () => {
  expect(secretForm(' abandon about ')).toBe('phrase')
  expect(secretForm('0x12')).toBe('hex')
  expect(secretForm('5'.repeat(64))).toBe('hex')
  expect(secretForm('5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ')).toBe('wif')
  for (const key of Object.values(KEYS)) expect(secretForm(key)).toBe('extended')
})

test('what is given is independent of what was read: wiping one key leaves another of the same text', () => {
  const [one, other] = [readSecret(KEYS.segwit), readSecret(KEYS.segwit)]
  one.scalar.fill(0)
  expect(other.scalar.some((byte) => byte !== 0)).toBe(true)
  expect(hexToBytes(bytesToHex(other.groupKey))).toEqual(one.groupKey)
})
