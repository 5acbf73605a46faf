/**
 * Four words that people compare: 44 bits of a hash over everything that a screen shows of a roster, and a nonce of each party. Who stands between
 * two devices shows each of them another roster, and would have to find two that give the same words: it must be bound to its nonces before
 * it knows those of the others, so that it has one try in 2^44. Source: `security.md` §2, Vaudenay's commit-then-reveal.
 */
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { Bug, concat, equalBytes, toNumber, u16, u8, type Pid, type Rng } from '@trivet/protocol/core'

const DRAFT_TAG = utf8ToBytes('trivet/words-draft/v1')
const COMMIT_TAG = utf8ToBytes('trivet/words-commit/v1')
const WORDS_TAG = utf8ToBytes('trivet/words/v1')
const COUNT = 4
const BITS = 11n
export const NONCE_BYTES = 32
/** How many times four words people choose from. */
const OFFERED = 3

/** Four of BIP-39's English words. */
export type Words = readonly string[]

/**
 * What the words stand for: 32 bytes.
 * @param invitation the signed roster with all identity cards, as it travels
 */
export function draftHash(walletName: string, invitation: Uint8Array): Uint8Array {
  const name = utf8ToBytes(walletName)
  return sha256(concat(DRAFT_TAG, u16(name.length), name, invitation))
}

/** What a party says before it knows anybody's nonce. @param nonce 32 random bytes @returns 32 bytes */
export function commitmentOf(draft: Uint8Array, pid: Pid, nonce: Uint8Array): Uint8Array {
  return sha256(concat(COMMIT_TAG, draft, u16(pid), nonce))
}

export function fitsCommitment(commitment: Uint8Array, draft: Uint8Array, pid: Pid, nonce: Uint8Array): boolean {
  return nonce.length === NONCE_BYTES && equalBytes(commitment, commitmentOf(draft, pid, nonce))
}

/** @param nonces of all parties by ascending share index, 32 bytes each */
export function wordsOf(draft: Uint8Array, nonces: readonly Uint8Array[]): Words {
  const hash = sha256(concat(WORDS_TAG, draft, u8(nonces.length), ...nonces))
  const bits = hash.subarray(0, 6).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) >> 4n
  return Array.from({ length: COUNT }, (_, i) => word(Number((bits >> (BITS * BigInt(COUNT - 1 - i))) & 0x7ffn)))
}

/** The right words among others that have none in common with them or with each other, in an order that tells nothing. */
export function offer(right: Words, rng: Rng): readonly Words[] {
  const sets = [right]
  while (sets.length < OFFERED) {
    const decoy = Array.from({ length: COUNT }, () => word(below(wordlist.length, rng)))
    if (new Set([...sets.flat(), ...decoy]).size === new Set(sets.flat()).size + COUNT) sets.push(decoy)
  }
  const at = below(OFFERED, rng)
  return [...sets.slice(1, at + 1), right, ...sets.slice(at + 1)]
}

export function sameWords(a: Words, b: Words): boolean {
  return a.join(' ') === b.join(' ')
}

function word(index: number): string {
  const found = wordlist[index]
  if (found === undefined) throw new Bug('no such word')
  return found
}

/** Uniform: what would lean to one side is drawn again. */
function below(limit: number, rng: Rng): number {
  const whole = 2 ** 32 - (2 ** 32 % limit)
  for (;;) {
    const drawn = toNumber(rng(4))
    if (drawn < whole) return drawn % limit
  }
}
