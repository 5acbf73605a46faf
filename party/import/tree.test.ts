import { secp256k1 } from '@noble/curves/secp256k1.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { HDKey } from '@scure/bip32'
import { InputError, toBigInt } from '@trivet/protocol/core'
import { deriveKey } from '@trivet/protocol/derive'
import { describe, expect, test } from 'vitest'
import { readExtendedKey } from './extended-key.ts'
import { ed25519KeyOfSeed } from './imported-key.ts'
import { readSecret } from './secret.ts'
import { descendEd25519, descendSecp256k1, topOfSeed } from './tree.ts'
import bip32 from './vectors/bip32.json' with { type: 'json' }
import bip39 from './vectors/bip39.json' with { type: 'json' }
import slip10 from './vectors/slip10-ed25519.json' with { type: 'json' }

const NONE = new Uint8Array()
const lastIndex = (path: string): { index: number; hardened: boolean } => {
  const step = path.split('/').at(-1) ?? ''
  return { index: Number.parseInt(step, 10), hardened: step.endsWith("'") }
}

describe('BIP-32, test vectors 1 to 4', () => {
  test.each(bip32.seeds)('the tree of seed $seed', ({ seed, chains }) => {
    const [top, ...below] = chains
    const root = descendSecp256k1(topOfSeed(hexToBytes(seed)), [])
    let parent = readExtendedKey(top?.xprv ?? '')
    expect(bytesToHex(root.key)).toBe(bytesToHex(parent.scalar))
    expect(root.chainCode).toEqual(parent.chainCode)
    for (const { path, xprv, xpub } of below) {
      const child = readExtendedKey(xprv)
      const { index, hardened } = lastIndex(path)
      const chainCode = parent.chainCode ?? NONE
      if (hardened) {
        const node = descendSecp256k1(new HDKey({ privateKey: parent.scalar, chainCode }), [index])
        expect([bytesToHex(node.key), bytesToHex(node.chainCode)]).toEqual([bytesToHex(child.scalar), bytesToHex(child.chainCode ?? NONE)])
      } else {
        // As the parties go on below an imported key: by public data, and a tweak to their shares.
        const derived = deriveKey({ suite: 1, groupKey: parent.groupKey, chainCode }, [index])
        expect(secp256k1.Point.Fn.add(toBigInt(parent.scalar), derived.tweak)).toBe(toBigInt(child.scalar))
        expect([derived.publicKey, derived.chainCode]).toEqual([child.groupKey, child.chainCode])
      }
      expect(HDKey.fromExtendedKey(xpub).publicKey).toEqual(child.groupKey)
      parent = child
    }
  })
})

describe('BIP-32, test vector 5: what is no extended private key', () => {
  test.each(bip32.invalid)('$why', ({ key }) => {
    expect(() => readSecret(key)).toThrow(InputError)
    expect(() => readSecret(key)).toThrow(/^key: /)
  })
})

test.each(bip39)('BIP-39: $mnemonic', ({ mnemonic, seed, xprv }) => {
  const account = { kind: 'ethereum', number: 3 } as const
  const key = readSecret(mnemonic, { passphrase: 'TREZOR', account })
  const { key: scalar, chainCode } = descendSecp256k1(topOfSeed(hexToBytes(seed)), [44, 60, 3])
  const { scalar: fromTop, chainCode: codeFromTop } = readExtendedKey(xprv, account)
  expect(bytesToHex(key.scalar)).toBe(bytesToHex(scalar))
  expect(bytesToHex(fromTop)).toBe(bytesToHex(scalar))
  expect([key.chainCode, codeFromTop]).toEqual([chainCode, chainCode])
})

describe('SLIP-10 for Ed25519', () => {
  test.each(slip10)('the tree of seed $seed', ({ seed, chains }) => {
    for (const { path, chainCode, private: secret, public: point } of chains) {
      const indices = path.split('/').slice(1).map((step) => Number.parseInt(step, 10))
      const node = descendEd25519(hexToBytes(seed), indices)
      expect([bytesToHex(node.key), bytesToHex(node.chainCode)]).toEqual([secret, chainCode])
      expect(bytesToHex(ed25519KeyOfSeed(node.key, { suites: [2], description: '' }).groupKey)).toBe(point)
    }
  })
})
