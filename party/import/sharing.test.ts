import { readFileSync } from 'node:fs'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { PreparedEpoch, SuiteId } from '@trivet/protocol/core'
import { importLabel } from '@trivet/protocol/reshare'
import { joiners, reshared, testRoster } from '@trivet/protocol/testing'
import { describe, expect, test } from 'vitest'
import type { ImportSource } from '../api.ts'
import { ethereumAddress, publicKeyAt, segwitAddress, solanaAddress, taprootAddress } from './addresses.fixture.ts'
import { publicHash, wipeDealt, type Dealt } from './sharing.ts'
import { dealtSource, viewSource } from './source.ts'

const ABOUT = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about'
const HEX = '0000000000000000000000000000000000000000000000000000000000000001'

const phrase = (kind: 'ethereum' | 'bitcoin-segwit' | 'bitcoin-taproot' | 'solana', number = 0): ImportSource =>
  ({ kind: 'secret', text: ABOUT, choices: { account: { kind, number } } })
const digits = (hex: 'secp256k1' | 'ed25519-seed', suites?: readonly SuiteId[]): ImportSource =>
  ({ kind: 'secret', text: HEX, choices: { hex }, ...(suites === undefined ? {} : { suites }) })
const file = (kind: 'ecdsa' | 'eddsa', holder: number): ImportSource => ({
  kind: 'share', file: readFileSync(new URL(`../../protocol/import/vectors/tss-lib/${kind}/keygen_data_${holder}.json`, import.meta.url)),
})

/** What the members of a 2-of-3 wallet hold when these devices have dealt. */
function members(dealt: readonly Dealt[], seed: string): readonly PreparedEpoch[] {
  const [first] = dealt
  if (first === undefined) throw new Error('nobody deals')
  const { sharings } = first
  const identities = joiners(100, dealt.length)
  const dealers = dealt.map(({ holder }, i) => ({ pid: importLabel(holder), idKeyHash: identities[i]?.idKeyHash ?? new Uint8Array(32) }))
  const stored = reshared({
    seed, change: { kind: 'import', roster: testRoster(2, 3, sharings.map(({ suite }) => suite)), sharings, dealers },
    holdings: new Map(dealt.map(({ holder, shares }) => [importLabel(holder), { imported: shares }])),
  })
  return stored.map(({ epoch }) => epoch)
}

describe('a private key', () => {
  test.each([
    { source: phrase('ethereum'), suite: 1, address: '0x9858EfFD232B4033E47d90003D41EC34EcaEda94', write: ethereumAddress },
    { source: phrase('bitcoin-segwit'), suite: 1, address: 'bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu', write: segwitAddress },
    { source: phrase('bitcoin-taproot'), suite: 3, address: 'bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr', write: taprootAddress },
    { source: phrase('solana'), suite: 2, address: 'HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk', write: solanaAddress },
  ] as const)('is dealt to a wallet that has the old address $address', ({ source, suite, address, write }) => {
    const dealt = dealtSource(source)
    for (const { keys } of members([dealt], `phrase ${suite}`)) {
      expect(keys.map((key) => key.suite)).toEqual([suite])
      const [key] = keys
      if (key === undefined) throw new Error('no key')
      const facts = { ...key, what: 'account', suites: [suite], scalar: new Uint8Array(), firstAddress: dealt.firstPath, description: '', warnings: [] } as const
      expect(write(publicKeyAt(facts, dealt.firstPath))).toBe(address)
    }
  }, 30_000)

  test('of secp256k1 becomes the ECDSA and the BIP-340 key, or the one that is chosen', () => {
    const both = dealtSource(digits('secp256k1'))
    expect(both.sharings.map(({ suite }) => suite)).toEqual([1, 3])
    const [first] = members([both], 'both')
    expect(first?.keys.map(({ groupKey }) => bytesToHex(groupKey))).toEqual(Array(2).fill('0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'))
    expect(dealtSource(digits('secp256k1', [3])).sharings.map(({ suite }) => suite)).toEqual([3])
  }, 30_000)

  test('cannot become a key of another curve, or none', () => {
    expect(() => dealtSource(digits('secp256k1', [1, 2]))).toThrow(/suites.*suite 2/)
    expect(() => dealtSource(digits('ed25519-seed', [3]))).toThrow(/suites.*suite 3/)
    expect(() => dealtSource(digits('secp256k1', []))).toThrow(/suites/)
  })

  test('is seen beforehand as it will be, and nothing secret is in that', () => {
    const seen = viewSource(phrase('ethereum'))
    const dealt = dealtSource(phrase('ethereum'))
    expect(seen).toMatchObject({ firstPath: [0, 0], warnings: ['other-accounts'] })
    expect(seen.keys.map(({ suite, groupKey }) => ({ suite, groupKey }))).toEqual(dealt.sharings.map(({ suite, groupKey }) => ({ suite, groupKey })))
    expect(seen.keys[0]?.chainCode).toEqual(dealt.shares[0]?.chainCode)
    const secret = bytesToHex(dealt.shares[0]?.share ?? new Uint8Array())
    expect(JSON.stringify(seen, (_, value: unknown) => value instanceof Uint8Array ? bytesToHex(value) : value)).not.toContain(secret)
  })

  test('is gone once it is wiped', () => {
    const dealt = dealtSource(digits('secp256k1'))
    wipeDealt(dealt)
    expect(dealt.shares.flatMap(({ share }) => [...share])).toEqual(Array(64).fill(0))
  })
})

describe.each(['ecdsa', 'eddsa'] as const)('files of tss-lib for %s', (kind) => {
  test('of three of five holders are dealt to a wallet with the same public key', () => {
    const dealt = [0, 2, 4].map((holder) => dealtSource(file(kind, holder)))
    const { holders, keys } = viewSource(file(kind, 0))
    expect(holders).toEqual({ needed: 3, total: 5 })
    for (const epoch of members(dealt, kind)) expect(epoch.keys[0]?.groupKey).toEqual(keys[0]?.groupKey)
  }, 30_000)

  test('are known to belong together by what they have in common', () => {
    const [first, ...others] = [0, 1, 2, 3, 4].map((holder) => publicHash(dealtSource(file(kind, holder))))
    for (const hash of others) expect(hash).toEqual(first)
    expect(publicHash(dealtSource(file(kind === 'ecdsa' ? 'eddsa' : 'ecdsa', 0)))).not.toEqual(first)
    expect([0, 1, 2, 3, 4].map((holder) => dealtSource(file(kind, holder)).holder)).toEqual([0, 1, 2, 3, 4])
  })
})
