import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { toBigInt } from '@trivet/protocol/core'
import { deriveKey } from '@trivet/protocol/derive'
import { describe, expect, test } from 'vitest'
import { ACCOUNT_LABELS, type AccountChoice } from './accounts.ts'
import { ethereumAddress, legacyAddress, nestedAddress, publicKeyAt, segwitAddress, solanaAddress, taprootAddress } from './addresses.fixture.ts'
import type { ImportedKey } from './imported-key.ts'
import { readSecret } from './secret.ts'

const JUNK = 'test test test test test test test test test test test junk'
const ABOUT = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about'

const read = (phrase: string, kind: AccountChoice['kind'], number = 0, more: Partial<AccountChoice> = {}): ImportedKey =>
  readSecret(phrase, { account: { kind, number, ...more } })

describe('a seed phrase shows its known addresses', () => {
  test('of Ethereum: the first five of the phrase that Hardhat and Foundry use', () => {
    const account = read(JUNK, 'ethereum')
    expect(account).toMatchObject({ what: 'account', suites: [1], firstAddress: [0, 0], description: "Ethereum, account 0 of the seed phrase (m/44'/60'/0')" })
    expect([0, 1, 2, 3, 4].map((i) => ethereumAddress(publicKeyAt(account, [0, i])))).toEqual([
      '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
      '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
      '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
      '0x90F79bf6EB2c4f870365E785982E1f101E93b906',
      '0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65',
    ])
  })

  test('of Ethereum for the phrase of BIP-39’s first vector', () => {
    const account = read(ABOUT, 'ethereum')
    expect(ethereumAddress(publicKeyAt(account, account.firstAddress))).toBe('0x9858EfFD232B4033E47d90003D41EC34EcaEda94')
  })

  test('of BIP-84, receiving and change', () => {
    const account = read(ABOUT, 'bitcoin-segwit')
    expect(bytesToHex(publicKeyAt(account, [0, 0]))).toBe('0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c')
    expect([[0, 0], [0, 1], [1, 0]].map((path) => segwitAddress(publicKeyAt(account, path)))).toEqual([
      'bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu', 'bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g', 'bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el',
    ])
  })

  test('of BIP-86, receiving and change', () => {
    const account = read(ABOUT, 'bitcoin-taproot')
    expect(account.suites).toEqual([3])
    expect([[0, 0], [0, 1], [1, 0]].map((path) => taprootAddress(publicKeyAt(account, path)))).toEqual([
      'bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr',
      'bc1p4qhjn9zdvkux4e44uhx8tc55attvtyu358kutcqkudyccelu0was9fqzwh',
      'bc1p3qkhfews2uk44qtvauqyr2ttdsw7svhkl9nkm9s9c3x4ax5h60wqwruhk7',
    ])
  })

  test('of BIP-49 on testnet and, by SLIP-132, on mainnet, and of BIP-44', () => {
    expect(nestedAddress(publicKeyAt(read(ABOUT, 'bitcoin-nested', 0, { testnet: true }), [0, 0]), 196)).toBe('2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2')
    expect(nestedAddress(publicKeyAt(read(ABOUT, 'bitcoin-nested'), [0, 0]), 5)).toBe('37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf')
    expect(legacyAddress(publicKeyAt(read(ABOUT, 'bitcoin-legacy'), [0, 0]))).toBe('1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA')
  })

  test('of Solana, whose account is one hardened key', () => {
    const key = read(ABOUT, 'solana')
    expect(solanaAddress(key.groupKey)).toBe('HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk')
    expect(key).toMatchObject({ what: 'key', suites: [2], chainCode: undefined, firstAddress: [], description: "Solana, account 0 of the seed phrase (m/44'/501'/0'/0')" })
  })
})

test('the accounts of a phrase, and of its passphrases, are different keys', () => {
  const keys = [
    read(ABOUT, 'ethereum'), read(ABOUT, 'ethereum', 1), read(ABOUT, 'ethereum', 2 ** 31 - 1), read(ABOUT, 'solana'), read(ABOUT, 'solana', 1),
    read(ABOUT, 'bitcoin-segwit'), read(ABOUT, 'bitcoin-segwit', 0, { testnet: true }),
    readSecret(ABOUT, { account: { kind: 'ethereum', number: 0 }, passphrase: ' ' }),
  ]
  expect(new Set(keys.map((key) => bytesToHex(key.groupKey))).size).toBe(keys.length)
})

test('a key below a shared account is the one the old wallet signs with', () => {
  const account = read(JUNK, 'ethereum')
  const { tweak, publicKey } = deriveKey({ suite: 1, groupKey: account.groupKey, chainCode: account.chainCode ?? new Uint8Array() }, [0, 0])
  const child = secp256k1.Point.Fn.add(toBigInt(account.scalar), tweak)
  expect(child.toString(16)).toBe('ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80')
  expect(secp256k1.Point.BASE.multiply(child).toBytes()).toEqual(publicKey)
})

test('the scalar of an Ed25519 account, reduced, signs under its address by the strict rule', () => {
  const { scalar, groupKey } = read(ABOUT, 'solana')
  const { Fn, BASE } = ed25519.Point
  const message = new TextEncoder().encode('a nonce of any origin')
  const nonce = 12345678901234567890n
  const R = BASE.multiply(nonce).toBytes()
  const k = sha512(Uint8Array.of(...R, ...groupKey, ...message)).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n)
  const S = Fn.add(nonce, Fn.mul(Fn.create(k), Fn.fromBytes(scalar)))
  expect(ed25519.verify(Uint8Array.of(...R, ...Fn.toBytes(S)), message, groupKey, { zip215: false })).toBe(true)
})

test('every kind of account has a name and can be read; Bitcoin’s old addresses come with a warning', () => {
  for (const { kind, label } of ACCOUNT_LABELS) {
    const key = read(ABOUT, kind)
    expect(key.description.startsWith(`${label}, account 0 of the seed phrase (m/`)).toBe(true)
    expect(key.warnings[0]).toBe('other-accounts')
    const old = kind === 'bitcoin-nested' || kind === 'bitcoin-legacy'
    expect(key.warnings.length).toBe(old ? 2 : 1)
    if (old) expect(key.warnings[1]).toBe('old-addresses')
  }
})
