import { hex, utf8 } from '@scure/base'
import fc from 'fast-check'
import { bytesToHex, hashMessage, type Hex, recoverMessageAddress, serializeTransaction } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import {
  complete, decodeIntent, encodeEthereumMessageIntent, interpret, InvalidIntent, InvalidSignature, type SignableMessage, verifyEthereumMessage,
} from '../index.ts'
import { ETH, fieldsOf, PAYEE, stranger, wallet, warningsOf } from './fixture.ts'

const { keys } = wallet
const preview = (message: SignableMessage) => interpret(encodeEthereumMessageIntent(message), keys).preview

function completed(message: SignableMessage) {
  const intent = encodeEthereumMessageIntent(message)
  const outcome = complete(intent, keys, interpret(intent, keys).messages.map((digest) => wallet.sign(digest)))
  if (outcome.kind !== 'ethereum-message') throw new Error('expected a message')
  return outcome
}

describe('a message', () => {
  it('is hashed and signed as viem does it', async () => {
    const account = privateKeyToAccount(wallet.secret)
    await fc.assert(fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (raw) => {
      const intent = encodeEthereumMessageIntent({ raw })
      const [digest = new Uint8Array()] = interpret(intent, keys).messages
      expect(bytesToHex(digest)).toBe(hashMessage({ raw }))
      const { signature } = completed({ raw })
      expect(signature).toBe(await account.signMessage({ message: { raw } }))
      expect(await recoverMessageAddress({ message: { raw }, signature })).toBe(wallet.address)
    }), { numRuns: 50 })
  })

  it('has the bytes it always had', () => {
    expect(hex.encode(encodeEthereumMessageIntent('Grüße', [3]))).toBe('010401000000034772c3bcc39f65')
  })

  it('is the same as a text, its bytes and their hex', () => {
    const intent = encodeEthereumMessageIntent('hello')
    expect(encodeEthereumMessageIntent({ raw: utf8.decode('hello') })).toEqual(intent)
    expect(encodeEthereumMessageIntent({ raw: '0x68656C6c6f' })).toEqual(intent)
    expect(decodeIntent(intent)).toEqual({ kind: 'ethereum-message', path: [], message: utf8.decode('hello'), text: 'hello' })
    expect(decodeIntent(encodeEthereumMessageIntent({ raw: '0xff' }))).toEqual({ kind: 'ethereum-message', path: [], message: Uint8Array.of(255) })
  })

  it.each<[SignableMessage, string]>([
    ['', 'expected a message to sign, got an empty one'],
    [{ raw: '0x' }, 'expected a message to sign, got an empty one'],
    [{ raw: new Uint8Array() }, 'expected a message to sign, got an empty one'],
    ['a'.repeat(8193), 'expected at most 8192 bytes, got 8193 characters'],
    ['ü'.repeat(4097), 'expected at most 8192 bytes, got 8194'],
    [{ raw: new Uint8Array(8193) }, 'expected at most 8192 bytes, got 8193'],
    [{ raw: `0x${'00'.repeat(8193)}` }, 'expected at most 8192 bytes, got 8193'],
    ['half \ud800', 'expected well-formed unicode, got half of a surrogate pair'],
    [{ raw: '0x1' }, 'expected 0x and an even number of hex digits, got "0x1"'],
    [{ raw: 'hello' }, 'expected 0x and an even number of hex digits, got "hello"'],
  ])('is refused: case %#', (message, reason) => {
    expect(() => encodeEthereumMessageIntent(message)).toThrow(new InvalidIntent('text', reason))
  })
})

describe('the preview of a message', () => {
  it('shows all of it', () => {
    expect(preview('example.org wants you to sign in\r\n\r\nNonce: 1')).toEqual({
      kind: 'ethereum',
      sentence: 'Sign the message “example.org wants you to sign in Nonce: 1” as 0x9d8A…5A4F',
      fields: [
        { label: 'Message', value: 'example.org wants you to sign in\r\n\r\nNonce: 1', as: 'text' },
        { label: 'Length', value: '44 bytes', as: 'text' },
        { label: 'Signed by', value: wallet.address, as: 'address', note: 'this wallet’s Ethereum account' },
        { label: 'Form', value: 'EIP-191 (personal_sign)', as: 'text' },
      ],
      warnings: [],
    })
  })

  const READ = 'danger: The message is no text. Trivet cannot read this. Approve only if you know what it is.'
  const looksLike = (what: string): string =>
    `danger: The message looks like ${what}, and whoever asks may use it as one. Nobody can see here what it stands for: decline unless you made it yourself.`
  const transaction = serializeTransaction({ chainId: 1, to: PAYEE, value: ETH, type: 'eip1559' })
  const legacy = serializeTransaction({ chainId: 1, to: PAYEE, value: ETH, type: 'legacy' })

  it.each<[string, SignableMessage, string[]]>([
    ['bytes that are no text', { raw: '0xff' }, [READ]],
    ['a control character', 'bell \u0007', [READ]],
    ['a hash', { raw: `0x${'fe'.repeat(32)}` }, [looksLike('a hash'), READ]],
    ['a text as long as a hash', 'x'.repeat(32), [looksLike('a hash')]],
    ['a hash written in hex', `0x${'fe'.repeat(32)}`, [looksLike('a hash')]],
    ['a transaction', { raw: transaction }, [looksLike('a transaction'), READ]],
    ['a transaction written in hex', transaction, [looksLike('a transaction')]],
    ['a legacy transaction', { raw: legacy }, [looksLike('a transaction'), READ]],
    ['characters that turn the text around', 'pay \u202e1 cba', [
      'danger: The text turns its own direction around (U+202E), so other programs may show it in another order than here.',
    ]],
    ['characters that cannot be seen', 'a\u200bb', ['care: The text holds characters that cannot be seen (U+200B). They are written out here.']],
    ['hex of something else', '0x1234', []],
  ])('warns of %s', (_, message, warnings) => {
    expect(warningsOf(preview(message))).toEqual(warnings)
  })

  it('shows bytes that are no text in hex', () => {
    const shown = preview({ raw: '0x00ff' })
    expect(shown.sentence).toBe('Sign 2 bytes that are no text as 0x9d8A…5A4F')
    expect(fieldsOf(shown)).toContain('Message: 0x00ff (bytes that are no text)')
  })
})

describe('a signed message', () => {
  const intent = encodeEthereumMessageIntent('hello')
  const good = completed('hello')

  it('is given with who signed it', () => {
    expect(good).toEqual({
      kind: 'ethereum-message', signature: good.signature, address: wallet.address, message: '0x68656c6c6f', text: 'hello',
    })
    expect(good.signature).toMatch(/^0x[0-9a-f]{128}1[bc]$/u)
    expect('text' in completed({ raw: '0xff' })).toBe(false)
  })

  it('is refused when somebody else signed it', () => {
    const [digest = new Uint8Array()] = interpret(intent, keys).messages
    expect(() => complete(intent, keys, [stranger.sign(digest)])).toThrow(InvalidSignature)
  })

  it('can be verified', () => {
    const { address, signature } = good
    const zeroV: Hex = `${signature.slice(0, -2)}0${signature.endsWith('1b') ? '0' : '1'}` as Hex
    expect(verifyEthereumMessage(address, 'hello', signature)).toBe(true)
    expect(verifyEthereumMessage(address.toLowerCase(), { raw: '0x68656c6c6f' }, zeroV)).toBe(true)
  })

  it.each([
    ['another account', stranger.address, 'hello', good.signature],
    ['another message', good.address, 'hello ', good.signature],
    ['an empty message', good.address, '', good.signature],
    ['another v', good.address, 'hello', `${good.signature.slice(0, -2)}1d`],
    ['a cut signature', good.address, 'hello', good.signature.slice(0, -2)],
    ['no hex', good.address, 'hello', 'x'.repeat(132)],
    ['zeros', good.address, 'hello', `0x${'00'.repeat(64)}1b`],
  ])('does not verify with %s', (_, address, message, signature) => {
    expect(verifyEthereumMessage(address, message, signature)).toBe(false)
  })

  it('does not verify with a high s', () => {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
    const s = (order - BigInt(`0x${good.signature.slice(66, 130)}`)).toString(16).padStart(64, '0')
    const flipped = good.signature.endsWith('1b') ? '1c' : '1b'
    expect(verifyEthereumMessage(good.address, 'hello', `${good.signature.slice(0, 66)}${s}${flipped}`)).toBe(false)
  })
})
