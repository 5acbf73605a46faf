import { secp256k1 } from '@noble/curves/secp256k1.js'
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { base58, createBase58check } from '@scure/base'
import { concat, InputError, u32 } from '@trivet/protocol/core'
import { describe, expect, test } from 'vitest'
import { readSecret, type SecretChoices } from './secret.ts'

const base58check = createBase58check(sha256)
const ETHEREUM = { account: { kind: 'ethereum', number: 0 } } as const
const GOOD = 'legal winner thank year wave sausage worth useful legal winner thank yellow'
const WORDS = GOOD.split(' ')
const XPRV = 'xprv9s21ZrQH143K3GJpoapnV8SFfukcVBSfeCficPSGfubmSFDxo1kuHnLisriDvSnRRuL2Qrg5ggqHKNVpxR86QEC8w35uxmGoggxtQTPvfUu'
const ACCOUNT = 'zprvAdG4iTXWBoARxkkzNpNh8r6Qag3irQB8PzEMkAFeTRXxHpbF9z4QgEvBRmfvqWvGp42t42nvgGpNgYSJA9iefm1yYNZKEm7z6qUWCroSQnE'
const WIF = 'KyZpNDKnfs94vbrwhJneDi77V6jF64PWPF8x5cdJb8ifgg2DUc9d'
const DIGITS = 'ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
/** RFC 8032 §7.1, test 1, as a wallet of Solana writes it. */
const SOLANA_KEY = base58.encode(hexToBytes(
  '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
))
const SECP = { hex: 'secp256k1' } as const

const bigEndian = (scalar: bigint): string => scalar.toString(16).padStart(64, '0')
const littleEndian = (scalar: bigint): string => bytesToHex(hexToBytes(bigEndian(scalar)).reverse())
const q = secp256k1.Point.Fn.ORDER
const L = ed25519.Point.Fn.ORDER
const L1 = Uint8Array.of(1)

const wif = (...parts: readonly Uint8Array[]): string => base58check.encode(concat(...parts))
const key32 = hexToBytes(DIGITS)

function extended({ version = 0x0488ade4, head = new Uint8Array(9), chainCode = key32, key = concat(Uint8Array.of(0), key32) }: {
  version?: number; head?: Uint8Array; chainCode?: Uint8Array; key?: Uint8Array
}): string {
  return base58check.encode(concat(u32(version), head, chainCode, key))
}

const swapWords = (a: number, b: number): string => WORDS.map((word, i) => i === a ? WORDS[b] : i === b ? WORDS[a] : word).join(' ')
const withWord = (at: number, word: string): string => WORDS.map((old, i) => i === at ? word : old).join(' ')

type Case = readonly [name: string, text: string, choices: SecretChoices, field: string, says: RegExp]

const PHRASES: readonly Case[] = [
  ['one word of it', 'legal winner', ETHEREUM, 'phrase', /got 2$/],
  ['eleven words', WORDS.slice(1).join(' '), ETHEREUM, 'phrase', /12, 15, 18, 21 or 24 words, got 11/],
  ['thirteen words', `${GOOD} yellow`, ETHEREUM, 'phrase', /got 13/],
  ['twenty-five words', `${GOOD} ${GOOD} yellow`, ETHEREUM, 'phrase', /got 25/],
  ['two phrases in one', `${GOOD} ${GOOD}`, ETHEREUM, 'phrase', /checksum/],
  ['its last word wrong', withWord(11, 'zoo'), ETHEREUM, 'phrase', /checksum/],
  ['two words swapped', swapWords(0, 1), ETHEREUM, 'phrase', /two are swapped/],
  ['one word twelve times', 'abandon '.repeat(12), ETHEREUM, 'phrase', /checksum/],
  ['a word mistyped', withWord(3, 'yaer'), ETHEREUM, 'phrase', /English list: word 4$/],
  ['two words mistyped', withWord(3, 'yaer').replace('yellow', 'yelow'), ETHEREUM, 'phrase', /word 4, 12$/],
  ['a word cut to four letters', withWord(5, 'saus'), ETHEREUM, 'phrase', /word 6$/],
  ['words of another language', withWord(0, 'abaisser'), ETHEREUM, 'phrase', /word 1$/],
  ['a word in other letters', withWord(0, 'lеgal'), ETHEREUM, 'phrase', /word 1$/],
  ['commas', GOOD.replaceAll(' ', ', '), ETHEREUM, 'phrase', /word 1, 2, 3/],
  ['numbers before the words', GOOD.replace(/\w+/g, (word) => `1. ${word}`), ETHEREUM, 'phrase', /24|English list/],
  ['an empty line of words too long', `${GOOD} ${'a'.repeat(1000)}`, ETHEREUM, 'phrase', /at most 1000 characters/],
  ['hexadecimal with spaces', DIGITS.replace(/..../g, '$& '), ETHEREUM, 'phrase', /got 16/],
  ['no account chosen', GOOD, {}, 'account', /choose which one/],
  ['a passphrase without end', GOOD, { ...ETHEREUM, passphrase: 'x'.repeat(1001) }, 'passphrase', /at most 1000/],
  ['a kind of digits chosen for it', GOOD, { ...ETHEREUM, ...SECP }, 'hex', /only hexadecimal digits/],
]

const ACCOUNTS: readonly Case[] = [
  ['number −1', GOOD, { account: { kind: 'ethereum', number: -1 } }, 'account', /from 0 to 2147483647, got -1/],
  ['number 2^31', GOOD, { account: { kind: 'ethereum', number: 2 ** 31 } }, 'account', /got 2147483648/],
  ['number ½', GOOD, { account: { kind: 'bitcoin-segwit', number: 0.5 } }, 'account', /got 0.5/],
  ['number NaN', GOOD, { account: { kind: 'solana', number: Number.NaN } }, 'account', /got NaN/],
  ['number ∞', GOOD, { account: { kind: 'solana', number: Infinity } }, 'account', /got Infinity/],
  ['a testnet of Ethereum', GOOD, { account: { kind: 'ethereum', number: 0, testnet: true } }, 'account', /same accounts on its test networks/],
  ['a testnet of Solana', GOOD, { account: { kind: 'solana', number: 0, testnet: true } }, 'account', /same accounts/],
  ['one below an account', ACCOUNT, ETHEREUM, 'account', /not the top of a tree/],
  ['one of Solana below an extended key', XPRV, { account: { kind: 'solana', number: 0 } }, 'account', /from the seed/],
  ['one of a bad number below an extended key', XPRV, { account: { kind: 'ethereum', number: -1 } }, 'account', /got -1/],
  ['one of a key of Bitcoin', WIF, ETHEREUM, 'account', /no accounts/],
  ['one of hexadecimal digits', DIGITS, { ...ETHEREUM, ...SECP }, 'account', /no accounts/],
]

const HEX: readonly Case[] = [
  ['no kind', DIGITS, {}, 'hex', /choose secp256k1/],
  ['63 digits', DIGITS.slice(1), SECP, 'key', /expected 64 hexadecimal digits, got 63/],
  ['65 digits', `${DIGITS}0`, SECP, 'key', /got 65/],
  ['0x alone', '0x', SECP, 'key', /got 0/],
  ['0x twice', `0x0x${DIGITS}`, SECP, 'key', /hexadecimal digits alone/],
  ['a letter O in it', `0x${DIGITS.replace('0', 'O')}`, SECP, 'key', /hexadecimal digits alone/],
  ['zero', '0'.repeat(64), SECP, 'key', /from 1 to below the order of secp256k1/],
  ['the order', bigEndian(q), SECP, 'key', /below the order of secp256k1/],
  ['above the order', 'f'.repeat(64), SECP, 'key', /below the order/],
  ['zero for Ed25519', '0'.repeat(64), { hex: 'ed25519-scalar' }, 'key', /order of Ed25519/],
  ['L for Ed25519', littleEndian(L), { hex: 'ed25519-scalar' }, 'key', /order of Ed25519/],
  ['a scalar of Ed25519 in the other order', bigEndian(L - 1n), { hex: 'ed25519-scalar' }, 'key', /little-endian/],
  ['a public key', `02${DIGITS}`, SECP, 'key', /got 66/],
  ['an address of Ethereum', '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266', SECP, 'key', /got 40/],
  ['a passphrase given with it', DIGITS, { ...SECP, passphrase: 'x' }, 'passphrase', /only a seed phrase/],
]

const WIFS: readonly Case[] = [
  ['a character changed', WIF.replace('p', 'q'), {}, 'key', /checksum/],
  ['a character missing', WIF.slice(0, -1), {}, 'key', /checksum/],
  ['a letter l in it', WIF.replace('d', 'l'), {}, 'key', /none of base58/],
  ['a version of another coin', wif(Uint8Array.of(0xb0), key32, L1), {}, 'key', /version 128 or 239\), got version 176/],
  ['31 bytes', wif(Uint8Array.of(0x80), key32.slice(1)), {}, 'key', /expected 33 or 34 bytes, got 32/],
  ['two bytes after the key', wif(Uint8Array.of(0x80), key32, Uint8Array.of(1, 1)), {}, 'key', /got 35/],
  ['another mark than compressed', wif(Uint8Array.of(0x80), key32, Uint8Array.of(2)), {}, 'key', /mark of a compressed/],
  ['zero', wif(Uint8Array.of(0x80), new Uint8Array(32), L1), {}, 'key', /from 1 to below the order/],
  ['the order', wif(Uint8Array.of(0xef), hexToBytes(bigEndian(q)), L1), {}, 'key', /below the order/],
  ['a kind of digits chosen', WIF, SECP, 'hex', /only hexadecimal/],
  ['a passphrase given with it', WIF, { passphrase: 'x' }, 'passphrase', /only a seed phrase/],
  ['an address', '1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA', {}, 'key', /expected a seed phrase/],
  ['an encrypted key (BIP-38)', '6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg', {}, 'key', /got version 1$/],
]

const EXTENDED: readonly Case[] = [
  ['a character changed', XPRV.replace('VB', 'VC'), {}, 'key', /checksum/],
  ['a character missing', XPRV.slice(0, -1), {}, 'key', /checksum/],
  ['a character that base58 has not', `${XPRV.slice(0, 4)}0${XPRV.slice(5)}`, {}, 'key', /none of base58/],
  ['a public one', extended({ version: 0x0488b21e, key: secp256k1.getPublicKey(key32) }), {}, 'key', /no secret in it/],
  ['a public one of SegWit', extended({ version: 0x04b24746, key: secp256k1.getPublicKey(key32) }), {}, 'key', /no secret in it/],
  ['one of a multi-signature wallet', extended({ version: 0x02aa7a99 }), {}, 'key', /multi-signature/],
  ['one of another coin', extended({ version: 0x019d9cfe }), {}, 'key', /unknown version/],
  ['a byte short', base58check.encode(concat(u32(0x0488ade4), new Uint8Array(73))), {}, 'key', /expected an extended key of 78 bytes, got 77/],
  ['a byte long', base58check.encode(concat(u32(0x0488ade4), new Uint8Array(75))), {}, 'key', /got 79/],
  ['a public key inside', extended({ key: secp256k1.getPublicKey(key32) }), {}, 'key', /the key in it is not/],
  ['zero inside', extended({ key: new Uint8Array(33) }), {}, 'key', /from 1 to below the order/],
  ['the order inside', extended({ key: hexToBytes(`00${bigEndian(q)}`) }), ETHEREUM, 'key', /below the order/],
  ['a top with a parent', extended({ head: Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0, 0) }), {}, 'key', /top of a tree, and that it has/],
  ['a top with an index', extended({ head: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1) }), {}, 'key', /top of a tree, and that it has/],
  ['a passphrase given with it', XPRV, { passphrase: 'x' }, 'passphrase', /only a seed phrase/],
  ['a kind of digits chosen', XPRV, SECP, 'hex', /only hexadecimal/],
]

const SOLANA: readonly Case[] = [
  ['a character changed in the private half', SOLANA_KEY.replace('2', '3'), {}, 'key', /of another private key/],
  ['a character changed at the end', SOLANA_KEY.replace(/.$/, (last) => last === 'z' ? 'y' : 'z'), {}, 'key', /of another private key/],
  ['a letter O in it', SOLANA_KEY.replace('2', 'O'), {}, 'key', /none of base58/],
  ['61 bytes', base58.encode(Uint8Array.from({ length: 61 }, () => 200)), {}, 'key', /expected 64 bytes, as Solana’s wallets export them, got 61/],
  ['65 bytes', base58.encode(Uint8Array.from({ length: 65 }, () => 200)), {}, 'key', /got 65/],
  ['an account chosen', SOLANA_KEY, { account: { kind: 'solana', number: 0 } }, 'account', /no accounts/],
]

const OTHERS: readonly Case[] = [
  ['nothing', '', {}, 'key', /got nothing/],
  ['white space', ' \n\t', {}, 'key', /got nothing/],
  ['one word', 'abandon', {}, 'key', /expected a seed phrase/],
  ['something endless', 'x'.repeat(1_000_000), {}, 'key', /at most 120 characters/],
  ['a file of JSON', '{"version":3,"crypto":{}}', {}, 'key', /expected a seed phrase/],
  ['a key of another chain’s tools', 'edsk3gUfUPyBSfrS9CCgmCiQsTCHGkviBDusMxDJstFtojtc1zcpsh', {}, 'key', /got version 13$/],
]

describe.each([
  { what: 'a phrase', cases: PHRASES }, { what: 'an account', cases: ACCOUNTS }, { what: 'hexadecimal digits', cases: HEX },
  { what: 'a key of Bitcoin', cases: WIFS }, { what: 'an extended key', cases: EXTENDED }, { what: 'a key of Solana', cases: SOLANA }, { what: 'a secret', cases: OTHERS },
])('$what is refused by name:', ({ cases }) => {
  test.each(cases)('%s', (_, text, choices, field, says) => {
    let error: unknown
    try {
      readSecret(text, choices)
    } catch (caught) {
      error = caught
    }
    expect(error).toBeInstanceOf(InputError)
    if (!(error instanceof InputError)) return
    expect([error.field, error.message]).toEqual([field, expect.stringMatching(says)])
    // Neither a word nor a run of characters of what was typed in.
    for (const part of text.split(/\s+/).filter(({ length }) => length > 8)) expect(error.message).not.toContain(part.slice(0, 8))
  })
})
