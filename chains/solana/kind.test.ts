import { ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { bytesToNumberLE } from '@noble/curves/utils.js'
import { deriveKey } from '@trivet/protocol/derive'
import { base58, base64, hex, utf8 } from '@scure/base'
import { describe, expect, it } from 'vitest'
import { accounts, complete, decodeIntent, encodeMessageIntent, interpret, InvalidIntent, InvalidSignature, verifyMessage } from '../index.ts'

/** Source: RFC 8032 §7.1, the key of test 1. */
const secret = hex.decode('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60')
const publicKey = hex.decode('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
const chainCode = new Uint8Array(32)
const keys = [{ suite: 2, publicKey, chainCode }] as const
const preview = (text: string) => interpret(encodeMessageIntent(text), keys).preview

describe('a message', () => {
  it('is shown as it is, with the address that signs it', () => {
    expect(interpret(encodeMessageIntent('hello\nworld'), keys)).toEqual({
      suite: 2,
      taproot: false,
      path: [],
      messages: [utf8.decode('hello\nworld')],
      preview: {
        kind: 'message',
        sentence: 'Sign the message “hello world”',
        fields: [
          { label: 'Message', value: 'hello\nworld', as: 'text' },
          { label: 'Length', value: '11 bytes', as: 'text' },
          { label: 'Signed by', value: base58.encode(publicKey), as: 'address', note: 'the Ed25519 key of this wallet' },
        ],
        warnings: [],
      },
    })
  })

  it('is cut in the sentence alone', () => {
    const { sentence, fields } = preview('🌍'.repeat(61))
    expect(sentence).toBe(`Sign the message “${'🌍'.repeat(60)}…”`)
    expect(fields[0]?.value).toBe('🌍'.repeat(61))
  })

  it('warns of what other programs may show differently', () => {
    expect(preview('pay \u202e1 cba\u200b')).toMatchObject({
      sentence: 'Sign the message “pay \\u{202E}1 cba\\u{200B}”',
      warnings: [
        { level: 'danger', text: 'The text turns its own direction around (U+202E), so other programs may show it in another order than here.' },
        { level: 'care', text: 'The text holds characters that cannot be seen (U+200B). They are written out here.' },
      ],
    })
  })

  it('warns of a text as long as a hash', () => {
    expect(preview('x'.repeat(32)).warnings.map(({ level }) => level)).toEqual(['danger'])
    expect(preview('x'.repeat(31)).warnings).toEqual([])
    expect(preview('x'.repeat(33)).warnings).toEqual([])
  })

  it('is decoded as it was encoded', () => {
    expect(decodeIntent(encodeMessageIntent('hello'))).toEqual({ kind: 'message', path: [], text: 'hello' })
  })

  it('needs a wallet with an Ed25519 key', () => {
    const intent = encodeMessageIntent('hello')
    expect(() => interpret(intent, [])).toThrow(new InvalidIntent('keys', 'this wallet has no Ed25519 key'))
    expect(() => interpret(intent, [{ suite: 3, publicKey, chainCode }])).toThrow('this wallet has no Ed25519 key')
    expect(() => interpret(intent, [{ suite: 2, publicKey: publicKey.slice(1), chainCode }])).toThrow('expected 32 bytes for the Ed25519 key, got 31')
  })
})

describe('a signed message', () => {
  const intent = encodeMessageIntent('hello')
  const signature = ed25519.sign(utf8.decode('hello'), secret)

  it('is given in the forms that are used', () => {
    expect(complete(intent, keys, [signature])).toEqual({
      kind: 'message',
      text: 'hello',
      signature: { hex: hex.encode(signature), base58: base58.encode(signature), base64: base64.encode(signature) },
      publicKey: hex.encode(publicKey),
      address: base58.encode(publicKey),
    })
    expect(verifyMessage(publicKey, 'hello', signature)).toBe(true)
  })

  it('is refused when it does not verify', () => {
    const cut = signature.slice(1)
    for (const bad of [ed25519.sign(utf8.decode('hello '), secret), ed25519.sign(utf8.decode('hello'), new Uint8Array(32).fill(1)), cut, new Uint8Array(64)]) {
      expect(() => complete(intent, keys, [bad])).toThrow(InvalidSignature)
      expect(verifyMessage(publicKey, 'hello', bad)).toBe(false)
    }
    expect(() => complete(intent, keys, [])).toThrow(new InvalidIntent('signatures', 'expected 1 signature, got 0'))
    expect(() => complete(intent, keys, [signature, signature])).toThrow('expected 1 signature, got 2')
  })

  it('is verified by the strict rules, not by those of ZIP-215', () => {
    // A key of small order: with R = key and s = 0 every message has a "signature" under the loose rules.
    const smallOrder = Uint8Array.of(1, ...new Uint8Array(31))
    const forged = Uint8Array.of(...smallOrder, ...new Uint8Array(32))
    expect(ed25519.verify(forged, utf8.decode('anything'), smallOrder, { zip215: true })).toBe(true)
    expect(verifyMessage(smallOrder, 'anything', forged)).toBe(false)
  })
})

describe('a message of another account', () => {
  const path = [0, 1]
  const key = { suite: 2, groupKey: publicKey, chainCode } as const
  const child = deriveKey(key, path)
  const intent = encodeMessageIntent('hello', path)

  /** RFC 8032 with the scalar at the path, which nobody has but a test; the nonce need not be its. */
  function signAt(message: Uint8Array): Uint8Array {
    const { Fn, BASE } = ed25519.Point
    const scalar = Fn.create(ed25519.utils.getExtendedPublicKey(secret).scalar + child.tweak)
    const nonce = 12345n
    const R = BASE.multiply(nonce).toBytes()
    const k = Fn.create(bytesToNumberLE(sha512(Uint8Array.of(...R, ...child.publicKey, ...message))))
    return Uint8Array.of(...R, ...Fn.toBytes(Fn.create(nonce + k * scalar)))
  }

  it('names the account, and is signed by the key at its path', () => {
    const { path: at, messages, preview: shown } = interpret(intent, keys)
    expect(at).toEqual(path)
    expect(messages).toEqual([utf8.decode('hello')])
    expect(shown.fields.at(-1)).toEqual({ label: 'Signed by', value: base58.encode(child.publicKey), as: 'address', note: 'account 2 (m/0/1) of this wallet' })
    expect(accounts(keys, path)).toContainEqual({ chain: 'solana', label: 'Solana', address: base58.encode(child.publicKey), path })
    const signature = signAt(utf8.decode('hello'))
    expect(complete(intent, keys, [signature])).toMatchObject({ publicKey: hex.encode(child.publicKey), address: base58.encode(child.publicKey) })
    expect(() => complete(encodeMessageIntent('hello'), keys, [signature])).toThrow(InvalidSignature)
    expect(() => complete(intent, keys, [ed25519.sign(utf8.decode('hello'), secret)])).toThrow(InvalidSignature)
  })

  it('is another intent than the first account’s, which is as it always was', () => {
    expect(hex.encode(intent)).toBe(`0106020000000000000001${hex.encode(utf8.decode('hello'))}`)
    expect(hex.encode(encodeMessageIntent('hello', []))).toBe(`0101${hex.encode(utf8.decode('hello'))}`)
    expect(decodeIntent(intent)).toEqual({ kind: 'message', path, text: 'hello' })
  })

  it('is refused without a path, at a hardened one, or without a chain code to derive with', () => {
    expect(() => decodeIntent(hex.decode('010600ff'))).toThrow(new InvalidIntent('path', 'expected an index, got none: the group key itself signs texts without a path'))
    expect(() => decodeIntent(hex.decode('01060180000000'.concat('61')))).toThrow(InvalidIntent)
    expect(() => encodeMessageIntent('hello', [0x8000_0000])).toThrow(InvalidIntent)
    expect(() => interpret(intent, [{ suite: 2, publicKey, chainCode: new Uint8Array(31) }])).toThrow('expected a chain code of 32 bytes, got 31')
  })
})
