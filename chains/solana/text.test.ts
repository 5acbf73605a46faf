import { utf8 } from '@scure/base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeMessageIntent, interpret, InvalidIntent } from '../index.ts'
import { seal } from '../envelope.ts'
import { visible } from '../text.ts'
import { decodeText, encodeText } from './text.ts'

describe('a text to sign', () => {
  it('is signed as its UTF-8, with nothing added', () => {
    expect(encodeText('Grüße, 世界 🌍\n\tok')).toEqual(utf8.decode('Grüße, 世界 🌍\n\tok'))
  })

  it.each([
    ['', 'expected a text to sign, got an empty one'],
    ['a'.repeat(8193), 'expected at most 8192 bytes, got 8193 characters'],
    ['ü'.repeat(4097), 'expected at most 8192 bytes, got 8194 bytes'],
    ['half \ud800', 'expected well-formed unicode, got half of a surrogate pair'],
    ['bell \u0007', 'control character U+0007 at position 5 cannot be signed; only line breaks and tabs can'],
    ['null \u0000', 'control character U+0000 at position 5 cannot be signed; only line breaks and tabs can'],
    ['line\r\n', 'control character U+000D at position 4 cannot be signed; only line breaks and tabs can'],
    ['\u001b[2J', 'control character U+001B at position 0 cannot be signed; only line breaks and tabs can'],
    ['delete \u007f', 'control character U+007F at position 7 cannot be signed; only line breaks and tabs can'],
    ['c1 \u0085', 'control character U+0085 at position 3 cannot be signed; only line breaks and tabs can'],
  ])('is refused: case %#', (text, message) => {
    expect(() => encodeText(text)).toThrow(new InvalidIntent('text', message))
  })

  it.each([
    ['a byte that begins nothing', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a cut character', [0x61, 0xe4, 0xb8]],
  ])('is refused as bytes with %s', (_, bytes) => {
    expect(() => decodeText(Uint8Array.from(bytes))).toThrow('expected UTF-8, got other bytes')
  })

  it('keeps a byte order mark, and shows it', () => {
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)
    expect(encodeText(decodeText(bytes))).toEqual(bytes)
    expect(visible(decodeText(bytes))).toBe('\\u{FEFF}a')
  })

  it('decodes to the same text again, whatever it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
      let bytes: Uint8Array
      try {
        bytes = encodeText(text)
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidIntent)
        return
      }
      expect(decodeText(bytes)).toBe(text)
    }), { numRuns: 500 })
  })
})

/**
 * Solana's message formats. Source: solana.com/docs, "Transactions": header of three counts (after 0x80 | version in version 0),
 * compact-u16 count and keys of the accounts, signers first, recent blockhash, instructions, and table look-ups in version 0.
 */
function solanaMessage(
  legacy: boolean, header: readonly number[], accounts: readonly Uint8Array[], blockhash: Uint8Array, instruction: Uint8Array,
): Uint8Array {
  return Uint8Array.of(
    ...(legacy ? [] : [0x80]), ...header,
    ...compact(accounts.length), ...accounts.flatMap((key) => [...key]), ...blockhash,
    1, 1, ...compact(1), 0, ...compact(instruction.length), ...instruction,
    ...(legacy ? [] : [0]),
  )
}
const compact = (n: number): number[] => (n < 0x80 ? [n] : [(n & 0x7f) | 0x80, n >> 7])

/** Bytes as hostile as they can be made: each of them would be allowed in a text. */
const textBytes = (length: number) => fc.uint8Array({ min: 0x20, max: 0x7e, minLength: length, maxLength: length })

describe('no Solana transaction can be signed as a text', () => {
  /** `own` is the wallet's key; it signs, so it is among the first accounts, wherever else the text may be of an attacker's making. */
  const transaction = fc.record({
    legacy: fc.boolean(),
    own: textBytes(32),
    signers: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(9, 10, 0x20, 0x41)),
    place: fc.nat(),
    more: fc.integer({ min: 0, max: 40 }),
    readonly: fc.tuple(fc.constantFrom(0, 9, 10, 0x20), fc.constantFrom(0, 9, 10, 0x20)),
    filling: textBytes(32),
    instruction: textBytes(12),
  }).map(({ legacy, own, signers, place, more, readonly, filling, instruction }) => {
    const accounts = Array.from({ length: signers + more }, (_, i) => (i === place % signers ? own : filling))
    return { own, message: solanaMessage(legacy, [signers, ...readonly], accounts, filling, instruction) }
  })

  it('even if every key, hash and number in it is made of printable characters', () => {
    fc.assert(fc.property(transaction, ({ own, message }) => {
      expect(() => interpret(seal('message', message), [{ suite: 2, publicKey: own, chainCode: new Uint8Array(32) }])).toThrow(InvalidIntent)
    }), { numRuns: 500 })
  })

  it('because a text that holds the raw key is refused, and only then', () => {
    const own = utf8.decode('a wallet key of 32 text letters.')
    const sign = (text: string) => interpret(encodeMessageIntent(text), [{ suite: 2, publicKey: own, chainCode: new Uint8Array(32) }])
    const message = 'the text holds the raw bytes of this wallet’s Ed25519 key, so it could be a Solana transaction'
    for (const text of ['a wallet key of 32 text letters.', 'before a wallet key of 32 text letters. and after']) {
      expect(() => sign(text)).toThrow(new InvalidIntent('text', message))
    }
    expect(sign('before a wallet key of 32 text letters').messages).toHaveLength(1)
  })
})
