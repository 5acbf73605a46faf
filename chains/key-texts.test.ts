import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { createBase58check, hex } from '@scure/base'
import { WIF } from '@scure/btc-signer'
import { describe, expect, it } from 'vitest'
import { InvalidIntent, type KeyForm, keyTexts, type KeyTexts, type WholeKey } from './index.ts'

/** BIP-32, test vector 2: the root and its child 0. */
const XPRV = 'xprv9s21ZrQH143K31xYSDQpPDxsXRTUcvj2iNHm5NUtrGiGG5e2DtALGdso3pGz6ssrdK4PFmM8NSpSBHNqPqm55Qn3LqFtT2emdEXVYsCzC2U'
const XPRV_0 = 'xprv9vHkqa6EV4sPZHYqZznhT2NPtPCjKuDKGY38FBWLvgaDx45zo9WQRUT3dKYnjwih2yJD9mkrocEZXo1ex8G81dwSM1fwqWpWkeS3v86pgKt'

const secretOf = (xprv: string): Uint8Array => createBase58check(sha256).decode(xprv).slice(46)
const chainCodeOf = (xprv: string): Uint8Array => createBase58check(sha256).decode(xprv).slice(13, 45)
const textOf = ({ texts }: KeyTexts, form: KeyForm): string | undefined => texts.find((text) => text.form === form)?.text

function keyOf(suite: 1 | 3, secret: Uint8Array, chainCode: Uint8Array = new Uint8Array(32)): WholeKey {
  return { suite, secret, chainCode, publicKey: secp256k1.getPublicKey(secret) }
}

function edKey(): WholeKey {
  const { Fn, BASE } = ed25519.Point
  const scalar = Fn.create(BigInt(`0x${'7b'.repeat(32)}`))
  return { suite: 2, secret: Fn.toBytes(scalar), chainCode: new Uint8Array(32).fill(9), publicKey: BASE.multiply(scalar).toBytes() }
}

describe('a key in one piece', () => {
  it('of secp256k1 is written as the root of BIP-32’s test vector', () => {
    for (const suite of [1, 3] as const) {
      expect(textOf(keyTexts(keyOf(suite, secretOf(XPRV), chainCodeOf(XPRV))), 'xprv')).toBe(XPRV)
    }
  })

  it('is written in the import format of Bitcoin’s wallets', () => {
    const secret = hex.decode('0c28fca386c7a227600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d')
    const texts = keyTexts(keyOf(3, secret))
    expect(textOf(texts, 'wif')).toBe('KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617')
    const testnet = { bech32: 'tb', pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef }
    expect(hex.encode(Uint8Array.from(WIF(testnet).decode(textOf(texts, 'wif-testnet') ?? '')))).toBe(hex.encode(secret))
    expect(textOf(texts, 'hex')).toBe(hex.encode(secret))
    expect(textOf(texts, 'tprv')).toMatch(/^tprv8/)
  })

  it('comes with the addresses that it opens', () => {
    const secret = hex.decode('4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318')
    const { accounts } = keyTexts(keyOf(1, secret))
    expect(accounts.map(({ chain }) => chain)).toEqual(['bitcoin', 'ethereum'])
    expect(accounts[1]).toMatchObject({ address: '0x2c7536E3605D9C16a7a3D7b1898e529396a65c23' })
    expect(keyTexts(keyOf(3, secret)).accounts).toMatchObject([{ chain: 'bitcoin', script: 'taproot' }])
  })

  it('gives the keys below it as BIP-32 does, without an xprv of their own', () => {
    const child = keyTexts(keyOf(1, secretOf(XPRV), chainCodeOf(XPRV)), [0])
    expect(textOf(child, 'hex')).toBe(hex.encode(secretOf(XPRV_0)))
    expect(child.publicKey).toBe(hex.encode(secp256k1.getPublicKey(secretOf(XPRV_0))))
    expect(textOf(child, 'xprv')).toBeUndefined()
  })

  it('of Ed25519 is a scalar whose point is its public key, at every path', () => {
    const { Fn, BASE } = ed25519.Point
    for (const path of [[], [0], [7, 1]]) {
      const { texts, publicKey } = keyTexts(edKey(), path)
      expect(texts.map(({ form }) => form)).toEqual(['scalar'])
      expect(hex.encode(BASE.multiply(Fn.fromBytes(hex.decode(texts[0]?.text ?? ''))).toBytes())).toBe(publicKey)
    }
    expect(keyTexts(edKey()).publicKey).toBe(hex.encode(edKey().publicKey))
  })

  it('has none at a hardened path', () => {
    expect(() => keyTexts(edKey(), [2 ** 31])).toThrow(InvalidIntent)
  })
})
