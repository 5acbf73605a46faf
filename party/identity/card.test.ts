import { ed25519 } from '@noble/curves/ed25519.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, ROLES, u8 } from '@trivet/protocol/core'
import { describe, expect, test } from 'vitest'
import { makeCard, readCard, type CardFacts } from './card.ts'
import type { Ed25519 } from './ed25519.ts'

const SECRET = new Uint8Array(32).fill(7)
const verify: Ed25519['verify'] = async (key, message, signature) => ed25519.verify(signature, message, key, { zip215: false })
const FACTS: CardFacts = {
  name: 'Anna', role: 'mobile-app', build: new Uint8Array(32),
  identityKey: ed25519.getPublicKey(SECRET), sealingKey: new Uint8Array(32).fill(1), channelKey: new Uint8Array(32).fill(2),
}

/** A card whose maker does not keep to the rules of names; signed as any. */
function cardNamed(name: Uint8Array): Uint8Array {
  const body = concat(
    u8(1), FACTS.identityKey, FACTS.sealingKey, FACTS.channelKey, u8(ROLES[FACTS.role]), FACTS.build, u8(name.length), name,
  )
  return concat(body, ed25519.sign(concat(utf8ToBytes('trivet/card/v1'), body), SECRET))
}

describe('the name on a card', () => {
  test.each([
    'Anna', 'Анна 安娜', '<img src=x onerror=alert(1)>', '</script><script>alert(1)</script>', 'javascript:alert(1)', '__proto__', 'constructor', '{{7*7}}', 'W'.repeat(64),
  ])('may be any plain text, which is read as it stands: %s', async (name) => {
    expect((await readCard(cardNamed(utf8ToBytes(name)), { verify })).name).toBe(name)
    expect((await readCard((await makeCard({ ...FACTS, name }, async (message) => ed25519.sign(message, SECRET))).bytes, { verify })).name).toBe(name)
  })

  test.each([
    ['turned', 'Anna\u202Egnp'], ['isolated', '\u2066Ben\u2069'], ['with an Arabic mark', '\u061CAnna'], ['with a zero-width space', 'An\u200Bna'],
    ['with a zero-width joiner', 'An\u200Dna'], ['with a byte order mark', 'Anna\uFEFF'], ['with a soft hyphen', 'An\u00ADna'], ['of two lines', 'Anna\nBen'],
    ['with a null', 'Anna\u0000'], ['with an escape', '\u001B[31mAnna'], ['with a line separator', 'Anna\u2028'], ['with spaces around', ' Anna '],
    ['not composed', 'e\u0301'], ['of nothing but marks', '\u200B'],
  ])('is refused when it is no plain text: %s', async (_, name) => {
    await expect(readCard(cardNamed(utf8ToBytes(name)), { verify })).rejects.toThrow('identity card: its name is no plain text')
  })

  test('is refused when it is no UTF-8, empty, or of more than 64 bytes', async () => {
    await expect(readCard(cardNamed(Uint8Array.of(0xff, 0xfe)), { verify })).rejects.toThrow('its name is no plain text')
    await expect(readCard(cardNamed(Uint8Array.of(0xed, 0xa0, 0x80)), { verify })).rejects.toThrow('its name is no plain text')
    await expect(readCard(cardNamed(new Uint8Array()), { verify })).rejects.toThrow('length does not fit')
    await expect(readCard(cardNamed(new Uint8Array(65).fill(0x61)), { verify })).rejects.toThrow('length does not fit')
  })
})
