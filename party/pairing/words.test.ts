import { wordlist } from '@scure/bip39/wordlists/english.js'
import { describe, expect, test } from 'vitest'
import { seededRng } from '@trivet/protocol/testing'
import { commitmentOf, draftHash, fitsCommitment, offer, sameWords, wordsOf } from './words.ts'

const FROZEN = ['must', 'bone', 'script', 'suit']
const draft = draftHash('Savings', new Uint8Array([1, 2, 3]))

describe('words', () => {
  test('are four of the English list, and frozen: other words for the same pairing would look like an attack to an older device', () => {
    const nonces = [1, 2, 3].map((fill) => new Uint8Array(32).fill(fill))
    // Not to be regenerated: two builds that differ here cannot be paired.
    expect(wordsOf(draft, nonces)).toEqual(FROZEN)
    expect(FROZEN.every((word) => wordlist.includes(word))).toBe(true)
  })

  test('use all of their 44 bits', () => {
    const rng = seededRng('words 7')
    const seen = Array.from({ length: 4 }, () => new Set<string>())
    for (let i = 0; i < 20_000; i++) wordsOf(draft, [rng(32), rng(32)]).forEach((word, at) => seen[at]?.add(word))
    for (const words of seen) expect(words.size).toBeGreaterThan(2040)
  })

  test('stand for the name of the wallet apart from what follows it', () => {
    expect(draftHash('ab', new Uint8Array([99]))).not.toEqual(draftHash('a', new Uint8Array([98, 99])))
  })
})

describe('a commitment', () => {
  const nonce = new Uint8Array(32).fill(4)

  test('fits its own nonce, party and draft alone', () => {
    const commitment = commitmentOf(draft, 2, nonce)
    expect(fitsCommitment(commitment, draft, 2, nonce)).toBe(true)
    expect(fitsCommitment(commitment, draft, 1, nonce)).toBe(false)
    expect(fitsCommitment(commitment, draftHash('Saving', new Uint8Array([1, 2, 3])), 2, nonce)).toBe(false)
    for (let bit = 0; bit < 256; bit++) {
      const other = nonce.slice()
      other[bit >> 3] = (nonce[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(fitsCommitment(commitment, draft, 2, other)).toBe(false)
    }
    expect(fitsCommitment(commitment, draft, 2, nonce.subarray(0, 31))).toBe(false)
  })
})

describe('the offer', () => {
  test('holds the right words once, and two others that share no word with them or each other', () => {
    const rng = seededRng('words 11')
    for (let i = 0; i < 1_000; i++) {
      const right = wordsOf(draft, [rng(32), rng(32)])
      const sets = offer(right, rng)
      expect(sets).toHaveLength(3)
      expect(sets.filter((set) => sameWords(set, right))).toHaveLength(1)
      expect(sets.every((set) => set.length === 4 && set.every((word) => wordlist.includes(word)))).toBe(true)
      expect(new Set(sets.flat()).size).toBe(8 + new Set(right).size)
    }
  })

  test('puts them first, second and third alike', () => {
    const rng = seededRng('words 12')
    const counts = [0, 0, 0]
    const right = wordsOf(draft, [rng(32), rng(32)])
    for (let i = 0; i < 3_000; i++) {
      const at = offer(right, rng).findIndex((set) => sameWords(set, right))
      counts[at] = (counts[at] ?? 0) + 1
    }
    for (const count of counts) expect(count).toBeGreaterThan(900)
  })
})
