/** Seed phrases. Source: BIP-39, English list. */
import { mnemonicToEntropy, mnemonicToSeedSync } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { InputError } from '@trivet/protocol/core'
import { accountNode, oldAddresses, type AccountChoice } from './accounts.ts'
import { ed25519KeyOfSeed, secp256k1Key, type ImportedKey, type KeyFacts } from './imported-key.ts'
import { descendEd25519, descendSecp256k1, topOfSeed } from './tree.ts'
import { wiping } from './wiping.ts'

const COUNTS = [12, 15, 18, 21, 24]
const WORDS = new Set(wordlist)
/** Well above 24 words of eight letters. */
const MAX_PHRASE = 1000
const MAX_PASSPHRASE = 1000

/**
 * @param text the words, divided by white space, in small letters or capitals
 * @param passphrase of BIP-39, sometimes called the 25th word; empty for none. Any passphrase opens some tree: a wrong one is seen by the address alone
 * @param choice which account of the seed becomes the key
 * @throws {InputError} naming `phrase` (words by their position alone), `passphrase` or `account`
 */
export function readPhrase(text: string, passphrase: string, choice: AccountChoice): ImportedKey {
  const account = accountNode(choice)
  const seed = seedOf(text, passphrase)
  const facts: KeyFacts = {
    suites: account.suites,
    description: `${account.label}, account ${choice.number} of the seed phrase${passphrase === '' ? '' : ' with its passphrase'} (${account.path})`,
    firstAddress: account.firstAddress,
    warnings: ['other-accounts', ...oldAddresses(account.foreign)],
  }
  try {
    if (account.curve === 'ed25519') {
      const { key } = descendEd25519(seed, account.indices)
      return wiping(key, () => ed25519KeyOfSeed(key, facts))
    }
    const { key, chainCode } = descendSecp256k1(topOfSeed(seed), account.indices)
    return wiping(key, () => secp256k1Key(key, { ...facts, chainCode }))
  } finally {
    seed.fill(0)
  }
}

/** 64 bytes. */
function seedOf(text: string, passphrase: string): Uint8Array {
  if (text.length > MAX_PHRASE) throw new InputError('phrase', `expected at most ${MAX_PHRASE} characters`)
  if (passphrase.length > MAX_PASSPHRASE) throw new InputError('passphrase', `expected at most ${MAX_PASSPHRASE} characters`)
  const words = text.normalize('NFKD').toLowerCase().split(/\s+/).filter((word) => word !== '')
  if (!COUNTS.includes(words.length)) throw new InputError('phrase', `expected 12, 15, 18, 21 or 24 words, got ${words.length}`)
  const unknown = words.flatMap((word, i) => WORDS.has(word) ? [] : [i + 1])
  if (unknown.length > 0) throw new InputError('phrase', `not in the English list: word ${unknown.join(', ')}`)
  const phrase = words.join(' ')
  try {
    mnemonicToEntropy(phrase, wordlist).fill(0)
  } catch {
    throw new InputError('phrase', 'the words do not belong together: one is wrong, or two are swapped (the checksum does not fit)')
  }
  return mnemonicToSeedSync(phrase, passphrase)
}
